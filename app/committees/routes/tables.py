"""Columns of rosters and of appointments, as pages and files show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from app.committees.models import CommitteeName
from app.committees.queries import AlternateRow, FactsRow, HolderRow, PastRow, Place, RosterRow
from app.committees.queries.roster import OPEN_END
from app.committees.rules import COMMITTEE_WORDS, ENDING_WORDS, HOW_WORDS, OFFICE_WORDS, SEAT_WORDS, SINGLE_OFFICES
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow
from app.web import wording
from app.web.access import the_actor
from app.web.addresses import record_link, url
from app.web.on_date import is_past

VACANT = "Vacant"
ON_LEAVE = "on leave"
INDENT = "\u2003"


def roster_columns(alternates: Mapping[int, str], *, with_changes: bool) -> Sequence[Column[RosterRow]]:
    """The columns of a roster on its page, with links to change it for who may; alternates are given by seat."""
    shown = (replace(HOLDER, aside=partial(_noted, alternates)), INSTITUTION, *SEAT_COLUMNS)
    if not with_changes:
        return (*shown, Column("term", "", _term, link=TERM_LINK, narrow=Narrow.ACT))
    return (*shown, Column("change", "Change", _verb, link=_change, narrow=Narrow.STATE))


def _noted(alternates: Mapping[int, str], row: RosterRow) -> str | None:
    """What stands beside a holder, and who stands in for them."""
    stands_in = f"alternate {alternates[row.seat_id]}" if row.seat_id in alternates else None
    return "; ".join(filter(None, (_aside(row), stands_in))) or None


def alternates_column(alternates: Mapping[int, str]) -> Sequence[Column[RosterRow]]:
    """Who stands in for each holder, as files hold it, where anybody does."""
    column = Column[RosterRow]("alternates", "Alternates", lambda row: alternates.get(row.seat_id))
    return (column,) if alternates else ()


def _person(row: RosterRow | PastRow) -> str | None:
    return url("members.person", person_id=row.person_id) if row.person_id else None


def _term(row: RosterRow) -> str:
    return "Term" if row.appointment_id else ""


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
    office = OFFICE_WORDS[row.office] if row.office in SINGLE_OFFICES else None
    return ", ".join(filter(None, (office, ON_LEAVE if row.on_leave else None))) or None


SEAT_LINK = record_link("committees.seat", "seat_id", lambda row: row.seat_id)
TERM_LINK = record_link("committees.appointment", "appointment_id", lambda row: row.appointment_id)
HOLDER = Column[RosterRow](
    "holder", "Holder", lambda row: row.holder or VACANT, Kind.NAME, link=_person, aside=_aside, narrow=Narrow.NAME
)
INSTITUTION = Column[RosterRow]("institution", "Institution", _institution, narrow=Narrow.META)
SEAT_COLUMNS: Sequence[Column[RosterRow]] = (
    Column("seat", "Seat", lambda row: row.seat, link=SEAT_LINK),
    Column("kind", "Filled", lambda row: SEAT_WORDS[row.kind]),
    Column("votes", "Votes", lambda row: "yes" if row.votes else "no"),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE),
    Column("last_day", "To", lambda row: row.until, Kind.DATE, narrow=Narrow.AMOUNT),
)
FILE_COLUMNS: Sequence[Column[RosterRow]] = (
    HOLDER,
    INSTITUTION,
    Column("office", "Office", lambda row: OFFICE_WORDS[row.office] if row.office else None),
    *SEAT_COLUMNS,
    Column("decision", "Decision", lambda row: row.decision),
    Column("vacant_since", "Vacant since", lambda row: row.vacant_since, Kind.DATE),
    Column("on_leave", "On leave", lambda row: "yes" if row.on_leave else None),
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


HOLDER_COLUMNS: Sequence[Column[HolderRow]] = (
    Column(
        "holder",
        "Holder",
        lambda row: row.holder,
        Kind.NAME,
        link=record_link("members.person", "person_id", lambda row: row.person_id),
        aside=lambda row: OFFICE_WORDS[row.office] if row.office in SINGLE_OFFICES else None,
        narrow=Narrow.NAME,
    ),
    Column("how", "How", lambda row: HOW_WORDS[row.how], narrow=Narrow.META),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "To", lambda row: row.last_day or OPEN_END, Kind.DATE, narrow=Narrow.AMOUNT),
    Column("decision", "Decision", lambda row: row.decision),
    Column("ended_how", "Ended", lambda row: ENDING_WORDS[row.ended_how] if row.ended_how else None),
    Column("end_reason", "Because", lambda row: row.end_reason),
    Column(
        "term",
        "",
        lambda _row: "Term",
        link=record_link("committees.appointment", "appointment_id", lambda row: row.id),
        narrow=Narrow.ACT,
    ),
)
ALTERNATE_COLUMNS: Sequence[Column[AlternateRow]] = (
    Column(
        "person",
        "Alternate",
        lambda row: row.person,
        Kind.NAME,
        link=record_link("members.person", "person_id", lambda row: row.person_id),
        narrow=Narrow.NAME,
    ),
    Column("rank", "Order", lambda row: row.rank, Kind.NUMBER, narrow=Narrow.SAID),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "To", lambda row: row.last_day or OPEN_END, Kind.DATE, narrow=Narrow.AMOUNT),
)


def alternate_columns() -> Sequence[Column[AlternateRow]]:
    """The alternates of a seat, with the way to end one for who may."""
    ending = record_link("committees.end_alternate", "alternate_id", lambda row: row.id)
    return (*ALTERNATE_COLUMNS, Column("end", "Change", lambda _row: "End", link=ending, narrow=Narrow.STATE))


PART_COLUMNS: Sequence[Column[Place]] = (
    Column(
        "name",
        "Committee",
        lambda row: f"{INDENT * row.depth}{row.name}",
        Kind.NAME,
        link=record_link("committees.committee", "committee_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("kind", "Kind", lambda row: COMMITTEE_WORDS[row.kind], narrow=Narrow.META),
    Column("founded", "Founded", lambda row: row.founded_on, Kind.DATE, narrow=Narrow.AMOUNT),
)


FACTS_COLUMNS: Sequence[Column[FactsRow]] = (
    Column("kind", "Kind", lambda row: COMMITTEE_WORDS[row.kind], Kind.NAME, narrow=Narrow.NAME),
    Column(
        "parent",
        "Part of",
        lambda row: row.parent_name,
        link=record_link("committees.committee", "committee_id", lambda row: row.parent_id),
        narrow=Narrow.META,
    ),
    Column("remit", "Remit", lambda row: row.remit, narrow=Narrow.SAID),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.SAID),
    Column("last_day", "Until", lambda row: row.last_day or OPEN_END, Kind.DATE, narrow=Narrow.STATE),
)


def name_columns(names: Sequence[CommitteeName]) -> Sequence[Column[CommitteeName]]:
    """The names of a committee with their days; who may put one right finds the way to it."""
    columns: list[Column[CommitteeName]] = [
        Column("name", "Name", lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
        Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.SAID),
        Column("last_day", "Until", lambda row: row.last_day or OPEN_END, Kind.DATE, narrow=Narrow.STATE),
    ]
    if is_past() or not the_actor().may(Permission.COMMITTEE_FOUND):
        return columns
    first = names[-1].id if names else 0
    correct = record_link("committees.correct_name", "name_id", lambda row: row.id)
    back = record_link("committees.take_back_name", "name_id", lambda row: row.id if row.id != first else None)
    return [
        *columns,
        Column("correct", "", lambda _row: "Correct", link=correct, narrow=Narrow.ACT),
        Column("back", "", lambda row: "Take back" if row.id != first else "", link=back, narrow=Narrow.ACT),
    ]
