"""Columns of rosters and of appointments, as pages and files show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.committees.queries import PastRow, RosterRow
from app.committees.rules import OFFICE_WORDS, SEAT_WORDS
from app.core.tables import Column, Kind, Narrow
from app.web import wording
from app.web.addresses import url

VACANT = "Vacant"
OPEN_END = "open"


def roster_columns(*, with_committee: bool = False, with_changes: bool = False) -> Sequence[Column[RosterRow]]:
    """The columns of a roster; with the committee for rosters of several, with links to change it for who may."""
    shown: list[Column[RosterRow]] = []
    if with_committee:
        shown.append(Column("committee", "Committee", lambda row: row.committee, Kind.NAME, link=_committee))
    shown += SEAT_COLUMNS
    if with_changes:
        shown.append(Column("change", "Change", _verb, link=_change, narrow=Narrow.STATE))
    return shown


def _committee(row: RosterRow) -> str:
    return url("committees.committee", committee_id=row.committee_id)


def _person(row: RosterRow | PastRow) -> str | None:
    return url("members.person", person_id=row.person_id) if row.person_id else None


def until(row: RosterRow) -> date | str | None:
    """The last day of a term, or that it is open; nothing for a vacant seat."""
    return row.last_day or (OPEN_END if row.holder else None)


def _verb(row: RosterRow) -> str:
    return "Term" if row.appointment_id else "Appoint"


def _change(row: RosterRow) -> str:
    if row.appointment_id:
        return url("committees.appointment", appointment_id=row.appointment_id)
    return url("committees.appoint", seat_id=row.seat_id)


def _institution(row: RosterRow) -> str | None:
    return row.institution or row.seat_institution


def _office(row: RosterRow) -> str:
    return OFFICE_WORDS[row.office] if row.office else f"since {wording.day(row.vacant_since)}"


SEAT_COLUMNS: Sequence[Column[RosterRow]] = (
    Column(
        "holder",
        "Holder",
        lambda row: row.holder or VACANT,
        Kind.NAME,
        link=_person,
        narrow=Narrow.NAME,
    ),
    Column("institution", "Institution", _institution, narrow=Narrow.META),
    Column("office", "Office", _office, narrow=Narrow.META),
    Column("seat", "Seat", lambda row: row.seat),
    Column("kind", "Filled", lambda row: SEAT_WORDS[row.kind]),
    Column("votes", "Votes", lambda row: "yes" if row.votes else "no"),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE),
    Column("last_day", "To", until, Kind.DATE, narrow=Narrow.AMOUNT),
)

TERM_COLUMNS: Sequence[Column[PastRow]] = (
    Column("holder", "Holder", lambda row: row.holder, Kind.NAME, link=_person, narrow=Narrow.NAME),
    Column("office", "Office", lambda row: OFFICE_WORDS[row.office], narrow=Narrow.META),
    Column("label", "Seat", lambda row: row.label, narrow=Narrow.META),
    Column("decision", "Decision", lambda row: row.decision),
    Column("end_reason", "Ended because", lambda row: row.end_reason),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE),
    Column("last_day", "To", lambda row: row.last_day or OPEN_END, Kind.DATE, narrow=Narrow.AMOUNT),
)


def coming_columns(*, with_changes: bool) -> Sequence[Column[PastRow]]:
    """The columns of terms to come."""
    shown = [column for column in TERM_COLUMNS if column.key != "end_reason"]
    if with_changes:
        shown.append(
            Column(
                "change",
                "Change",
                lambda _row: "Term",
                link=lambda row: url("committees.appointment", appointment_id=row.id),
                narrow=Narrow.STATE,
            )
        )
    return shown
