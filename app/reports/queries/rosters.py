"""The roster book: every seat of every committee on a day."""

from __future__ import annotations

from app.committees.queries import RosterRow, list_own_committees, roster
from app.committees.rules import OFFICE_WORDS, SEAT_WORDS
from app.core.actor import Actor
from app.core.errors import NotFoundError
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.reports.queries.catalogue import report
from app.reports.rules import Asked, Parameter
from app.web import wording

COLUMNS = (
    Column[RosterRow]("committee", "Committee", lambda row: row.committee, Kind.NAME, narrow=Narrow.META),
    Column[RosterRow]("seat", "Seat", lambda row: row.seat, narrow=Narrow.SAID),
    Column[RosterRow]("holder", "Holder", lambda row: row.holder or "Vacant", narrow=Narrow.NAME),
    Column[RosterRow](
        "office", "Office", lambda row: OFFICE_WORDS[row.office] if row.office else None, narrow=Narrow.META
    ),
    Column[RosterRow](
        "institution", "Institution", lambda row: row.institution or row.seat_institution, narrow=Narrow.META
    ),
    Column[RosterRow]("kind", "Filled", lambda row: SEAT_WORDS[row.kind]),
    Column[RosterRow]("votes", "Votes", lambda row: "yes" if row.votes else "no"),
    Column[RosterRow]("first_day", "From", lambda row: row.first_day, Kind.DATE),
    Column[RosterRow]("last_day", "To", lambda row: row.until, Kind.DATE),
    Column[RosterRow]("vacant_since", "Vacant since", lambda row: row.vacant_since, Kind.DATE),
)


@report(
    "roster-book",
    title="Roster book",
    question="Who sits on which committee on a day, and which seats are vacant?",
    audience=Permission.REPORT_COMMITTEE,
    asks=(Parameter.DAY, Parameter.COMMITTEE),
)
def roster_book(asked: Asked, actor: Actor) -> Table[RosterRow]:
    """The rosters of all committees the reader may ask for, as their pages show them."""
    reach = {each.id for each in list_own_committees(actor, Permission.REPORT_COMMITTEE, on=asked.on)}
    if asked.committee_id is not None and asked.committee_id not in reach:
        message = "There is no such report."
        raise NotFoundError(message)
    rows = [row for row in roster(asked.committee_id, on=asked.on, known=asked.known) if row.committee_id in reach]
    vacant = sum(row.holder is None for row in rows)
    seats = wording.plural(len(rows), "seat", "seats")
    note = f"{seats}, {wording.count(vacant)} of them vacant. Both days of a term are included."
    return Table(f"Roster book on {wording.long_day(asked.on)}", COLUMNS, rows, notes=[note])
