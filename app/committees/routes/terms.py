"""The page of a term: how it came about, what the bylaws say of it, leave, and what was known of it before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue

from app.audit.queries import may_read_history
from app.committees.commands import ASK_THE_SECRETARIAT
from app.committees.models import Appointment, AppointmentLeave, Seat
from app.committees.queries import TermView, find_holding_over, get_term_view, may_appoint
from app.committees.queries.appointing import find_followed
from app.committees.routes.blueprint import pages
from app.committees.rules import (
    ENDING_WORDS,
    HOW_WORDS,
    OFFICE_WORDS,
    BylawFacts,
    Ending,
    Replacement,
    limit_said,
    ordinal,
    term_said,
)
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.on_date import is_past
from app.web.table_files import tables_page
from app.web.wording import day, instant, long_day

Statement = tuple[str, str, str]


@dataclass(frozen=True)
class Hindrance:
    """Why nobody can be appointed to a seat here."""

    lead: str
    text: str
    after: bool = False


FORMER_COLUMNS: Sequence[Column[Appointment]] = (
    Column("until", "Known until", lambda row: instant(row.superseded_at), Kind.NAME, narrow=Narrow.NAME),
    Column("holder", "Holder", lambda row: row.person.name, narrow=Narrow.META),
    Column("office", "Office", lambda row: OFFICE_WORDS[row.office], narrow=Narrow.META),
    Column("first", "From", lambda row: row.first_day, Kind.DATE),
    Column("term_ends", "Term ends", lambda row: row.term_ends, Kind.DATE),
    Column("last", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.AMOUNT),
    Column("ended", "Ended", lambda row: _ended(row), narrow=Narrow.SAID),  # noqa: PLW0108 - it is defined below
)


OFFICE_COLUMNS: Sequence[Column[Appointment]] = (
    Column(
        "office",
        "Office",
        lambda row: OFFICE_WORDS[row.office],
        Kind.NAME,
        link=lambda row: url("committees.appointment", appointment_id=row.id),
        narrow=Narrow.NAME,
    ),
    Column("decision", "Decision", lambda row: row.decision, narrow=Narrow.META),
    Column("first", "From", lambda row: row.first_day, Kind.DATE),
    Column("last", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.AMOUNT),
)


def _leave_columns(*, may_change: bool) -> Sequence[Column[AppointmentLeave]]:
    shown: tuple[Column[AppointmentLeave], ...] = (
        Column("first", "From", lambda row: day(row.first_day), Kind.NAME, narrow=Narrow.NAME),
        Column("last", "To", lambda row: day(row.last_day) if row.last_day else "open", narrow=Narrow.AMOUNT),
    )
    if not may_change:
        return shown  # Why somebody is away is told to whoever keeps the committee, and to nobody else.
    why = Column[AppointmentLeave]("reason", "Reason", lambda row: row.reason, narrow=Narrow.META)
    if is_past():
        return (*shown, why)
    return (
        *shown,
        why,
        Column("end", "", lambda row: "End" if _end(row) else "", link=_end, narrow=Narrow.ACT),
        Column("change", "", lambda _row: "Correct", link=_correct, narrow=Narrow.ACT),
    )


def _end(row: AppointmentLeave) -> str | None:
    ends_later = row.last_day is None or row.last_day > today()
    return url("committees.end_leave", leave_id=row.id) if ends_later else None


def _correct(row: AppointmentLeave) -> str:
    return url("committees.correct_leave", leave_id=row.id)


@pages.get("/committees/appointments/<int:appointment_id>")
@requires(Permission.COMMITTEE_READ)
def appointment(appointment_id: int) -> ResponseReturnValue:
    """A term: who, where, from when to when, and what can be done about it."""
    view = get_term_view(appointment_id, the_actor())
    return tables_page(
        "committees/appointment.html",
        {
            "offices": Table("Offices of the term", OFFICE_COLUMNS, view.chain if len(view.chain) > 1 else ()),
            "leave": Table("Leave", _leave_columns(may_change=view.may_change), view.leave),
            "former": Table("Known before", FORMER_COLUMNS, view.former if _tells_all(view) else ()),
        },
        view=view,
        facts=_facts(view),
        term=_term(view),
        state=_state(view),
        today=today(),
    )


def statements_of(seat: Seat, facts: BylawFacts) -> list[Statement]:
    """What is said to whoever fills a seat: what the bylaws give, and that somebody holds over on it until then."""
    told = _bylaw_statements(facts, seat)
    holder = find_holding_over(seat.id, today())
    if holder is None:
        return told
    since = long_day(holder.term_ends)
    text = f"Their term ended on {since}; it goes on until the day before this one begins."
    return [*told, ("", f"{holder.person.name} holds over.", text)]


def _bylaw_statements(facts: BylawFacts, seat: Seat) -> list[Statement]:
    if facts.term_months is None:
        return [("", "No set term.", "The bylaws of this committee set no length of a term.")]
    cycle = f" Terms on this seat end with a cycle: {long_day(seat.cycle_end)} and so on." if seat.cycle_end else ""
    out = facts.replacement is Replacement.SERVES_OUT and not seat.cycle_end
    left = " Who follows somebody that left early serves out their term." if out else ""
    over = " Who holds the seat stays until somebody follows." if facts.holds_over else ""
    limit = f", {limit_said(facts)}" if facts.limit_terms else ""
    return [("", f"A term is {term_said(facts)}{limit}.", f"{cycle}{left}{over}".strip())]


def hindrance_of_seat(seat: Seat) -> Hindrance | None:
    """Why the actor cannot fill a seat: the bylaws leave it to the secretariat, or it follows an office."""
    followed = find_followed(seat)
    if followed is not None:
        return Hindrance("This seat follows an office.", followed)
    if not may_appoint(seat.committee_id, the_actor(), today()):
        return Hindrance("The secretariat fills this seat.", ASK_THE_SECRETARIAT)
    return None


def _facts(view: TermView) -> list[tuple[Any, ...]]:
    entry = view.entry
    return [
        ("Holder", entry.person.name, url("members.person", person_id=entry.person_id)),
        ("Office", OFFICE_WORDS[entry.office]),
        ("Seat", _seat_words(entry.seat)),
        ("How", _how(view)),
        ("Decision", entry.decision),
        ("First day", long_day(entry.first_day)),
        ("Last day", long_day(entry.last_day) if entry.last_day else _open_words(view)),
        *([("Ended", _ended(entry))] if entry.ended_how or entry.end_reason else []),
        ("On record since", instant(entry.recorded_at)),
    ]


def _seat_words(seat: Seat) -> str:
    """The number of a seat, with its name where that says more."""
    number = str(seat.position)
    return number if seat.label.casefold() == f"seat {number}" else f"{number}, {seat.label}"


def _how(view: TermView) -> str:
    if view.source is None:
        return HOW_WORDS[view.entry.how]
    office, committee = OFFICE_WORDS[view.source.office].lower(), view.source.committee.name
    return f"{HOW_WORDS[view.entry.how]}, as {office} of {committee}"


def _open_words(view: TermView) -> str:
    if view.is_of_program:
        return "with the office"
    return "until somebody follows" if view.entry.term_ends else "open"


def _ended(entry: Appointment) -> str | None:
    if entry.ended_how is None:
        return entry.end_reason
    how = ENDING_WORDS[entry.ended_how]
    if entry.follows_id is not None and entry.ended_how is Ending.OFFICE:
        how = "With the office"
    if entry.ended_how is Ending.REPLACED and entry.last_day == entry.term_ends:
        how = ENDING_WORDS[Ending.TERM]
    return f"{how}: {entry.end_reason}" if entry.end_reason else how


def _state(view: TermView) -> str:
    """How the term stands today, in one or two words."""
    entry, on = view.entry, today()
    if entry.first_day > on:
        return "Planned"
    if entry.last_day is not None and entry.last_day < on:
        return "Ended"
    if any(each.period.contains(on) for each in view.leave):
        return "On leave"
    over = view.held_over_since
    return "Holds over" if over is not None and over <= on else "Active"


def _term(view: TermView) -> list[tuple[str, str]]:
    """What the bylaws say of the term, and what became of it."""
    entry, told = view.entry, [("By the bylaws", term_said(view.facts))]
    if view.began != entry.first_day:
        told.append(("The term began", long_day(view.began)))
    if entry.term_ends is not None:
        told.append(("The term ends", long_day(entry.term_ends)))
    over = view.held_over_since
    if over is not None:
        told.append(("Held over since" if over <= today() else "Will hold over from", long_day(over)))
    if view.number is not None:
        told.append(("Terms", f"the {ordinal(view.number)}, of {limit_said(view.facts)}"))
    if entry.limit_waived and _tells_all(view):
        told.append(("The limit does not hold", entry.limit_waived))
    return told


def _tells_all(view: TermView) -> bool:
    """Whether the reader keeps the committee or reads the trail: why no limit held, and what was wrong, is theirs."""
    return view.may_change or may_read_history(the_actor())
