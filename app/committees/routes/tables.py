"""Columns of rosters and of appointments, as pages and files show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.committees.queries import PastRow, RosterRow
from app.committees.rules import OFFICE_WORDS, SEAT_WORDS, SINGLE_OFFICES
from app.core.tables import Column, Kind, Narrow
from app.web import wording
from app.web.addresses import url

VACANT = "Vacant"
OPEN_END = "open"


def roster_columns(*, with_changes: bool) -> Sequence[Column[RosterRow]]:
    """The columns of a roster on its page, with links to change it for who may."""
    shown = (HOLDER, INSTITUTION, *SEAT_COLUMNS)
    if not with_changes:
        return shown
    return (*shown, Column("change", "Change", _verb, link=_change, narrow=Narrow.STATE))


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


def _aside(row: RosterRow) -> str | None:
    """What stands beside a holder: an office that is more than a member's; beside a vacancy, since when it is one."""
    if row.office is None:
        return f"since {wording.day(row.vacant_since)}"
    return OFFICE_WORDS[row.office] if row.office in SINGLE_OFFICES else None


HOLDER = Column[RosterRow](
    "holder", "Holder", lambda row: row.holder or VACANT, Kind.NAME, link=_person, aside=_aside, narrow=Narrow.NAME
)
INSTITUTION = Column[RosterRow]("institution", "Institution", _institution, narrow=Narrow.META)
SEAT_COLUMNS: Sequence[Column[RosterRow]] = (
    Column("seat", "Seat", lambda row: row.seat),
    Column("kind", "Filled", lambda row: SEAT_WORDS[row.kind]),
    Column("votes", "Votes", lambda row: "yes" if row.votes else "no"),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE),
    Column("last_day", "To", until, Kind.DATE, narrow=Narrow.AMOUNT),
)
FILE_COLUMNS: Sequence[Column[RosterRow]] = (
    HOLDER,
    INSTITUTION,
    Column("office", "Office", lambda row: OFFICE_WORDS[row.office] if row.office else None),
    *SEAT_COLUMNS,
    Column("decision", "Decision", lambda row: row.decision),
    Column("vacant_since", "Vacant since", lambda row: row.vacant_since, Kind.DATE),
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
