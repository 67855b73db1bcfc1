"""What the bylaws of a committee say on a day, and the terms that somebody served on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, true

from app.committees.models import Appointment, AppointmentLeave, Bylaws, Seat
from app.committees.rules import (
    USUAL,
    Appointer,
    BylawFacts,
    Fraction,
    How,
    Office,
    Served,
    days_besides,
    in_words,
    is_over_limit,
    over_later,
    over_words,
    proposed_last,
    terms_counted,
)
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, overlapping
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.models import Person


@dataclass(frozen=True)
class TermProposal:
    """What the bylaws give somebody on a seat from a day on: the last day, if any, and how the limit stands.

    `counted` are the terms before it that count, `limit` is how many there may be in all; `is_over` says that this
    would be one too many, or makes a later one on record one, `over_words` how that is said.
    """

    last_day: date | None
    counted: int
    limit: int | None
    is_over: bool
    over_words: str = ""


def bylaws_on(committee_id: int, day: date, known: datetime | None = None) -> BylawFacts:
    """The bylaws of a committee in force on a day, as known at an instant; the usual ones where it had adopted none."""
    return bylaws_of([committee_id], day, known).get(committee_id, USUAL)


def may_appoint(committee_id: int, actor: Actor, day: date) -> bool:
    """Whether the actor may put people on seats of a committee by its bylaws of a day; else its chair asks for it."""
    if actor.has_all(Permission.COMMITTEE_FOUND):
        return True
    its_own = actor.may(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    return its_own and bylaws_on(committee_id, day).appointer is Appointer.CHAIR


def adopted_by(known: datetime | None) -> ColumnElement[bool]:
    """The condition that bylaws were adopted by an instant; all that there are without one, as none are rewritten."""
    return true() if known is None else Bylaws.adopted_at <= known


def bylaws_of(committee_ids: Sequence[int], day: date, known: datetime | None = None) -> Mapping[int, BylawFacts]:
    """The bylaws in force on a day, by committee; those that never adopted any are not in it."""
    asked = (
        select(Bylaws)
        .where(Bylaws.committee_id.in_(list(committee_ids)), Bylaws.first_day <= day, adopted_by(known))
        .order_by(Bylaws.committee_id, Bylaws.first_day, Bylaws.number)
    )
    return {found.committee_id: facts_of(found) for found in db.session.scalars(asked)}


def facts_of(found: Bylaws) -> BylawFacts:
    """Adopted bylaws as values."""
    return BylawFacts(
        voters=found.voters,
        quorum=Fraction(found.quorum_numerator, found.quorum_denominator, found.quorum_more_than),
        quorum_base=found.quorum_base,
        majority=Fraction(found.majority_numerator, found.majority_denominator, found.majority_more_than),
        majority_base=found.majority_base,
        casting_vote=found.casting_vote,
        proxies=found.proxies,
        term_months=found.term_months,
        limit_kind=found.limit_kind,
        limit_terms=found.limit_terms,
        break_months=found.break_months,
        part_terms=found.part_terms,
        replacement=found.replacement,
        holds_over=found.holds_over,
        warning_days=found.warning_days,
        appointer=found.appointer,
    )


def list_served(committee_id: int, person_id: int, *, besides: int | None = None) -> list[Served]:
    """The terms of a person on a committee as known now; entries that continue one another are one term.

    Who sat there by another office served no term of this committee.
    `besides` leaves the term of an entry out, with all that it continues or that continues it.
    """
    asked = (
        select(Appointment.id, Appointment.continues_id, Appointment.first_day, Appointment.last_day)
        .where(
            Appointment.committee_id == committee_id,
            Appointment.person_id == person_id,
            Appointment.how != How.EX_OFFICIO,
            as_known(Appointment),
        )
        .order_by(Appointment.first_day, Appointment.id)
    )
    begun: dict[int, int] = {}
    terms: dict[int, Period] = {}
    for row in db.session.execute(asked):
        first = begun.get(row.continues_id, row.id)
        begun[row.id] = first
        terms[first] = Period(terms[first].first if first in terms else row.first_day, row.last_day)
    left_out = begun.get(besides) if besides is not None else None
    return [Served(period) for first, period in terms.items() if first != left_out]


def propose_term(seat: Seat, person_id: int | None, first_day: date, *, besides: int | None = None) -> TermProposal:
    """What the bylaws of that day give somebody who begins on a seat on a day.

    `besides` is the entry that is being put right, whose own term does not count.
    """
    facts = bylaws_on(seat.committee_id, first_day)
    last_day = proposed_last(
        facts, first_day, cycle=seat.cycle_end, left=_left_by_predecessor(seat.id, first_day, besides)
    )
    if seat.last_day is not None and (last_day is None or last_day > seat.last_day):
        last_day = seat.last_day
    served = list_served(seat.committee_id, person_id, besides=besides) if person_id is not None else []
    counted = terms_counted(facts, served, first_day)
    words = over_words(counted, facts.limit_terms or 0, facts.limit_kind)
    if not is_over_limit(facts, served, first_day):
        words = _over_later(seat.committee_id, served, Period(first_day, last_day))
    return TermProposal(last_day, counted, facts.limit_terms, bool(words), words)


def _over_later(committee_id: int, served: Sequence[Served], period: Period) -> str:
    """How a term is refused that makes a later one on record one too many; nothing where it makes none."""
    later = sorted(each.period.first for each in served if each.period.first > period.first)
    if not later:
        return ""
    if period.last is None or period.last >= later[0]:
        period = Period(period.first, later[0] - ONE_DAY)
    limits = {day: bylaws_on(committee_id, day) for day in later}
    day = over_later(limits, served, period)
    if day is None:
        return ""
    facts, which = limits[day], f"With it, the one from {in_words(day)}"
    counted = terms_counted(facts, [*served, Served(period)], day)
    return over_words(counted, facts.limit_terms or 0, facts.limit_kind, which)


def _left_by_predecessor(seat_id: int, first_day: date, besides: int | None) -> date | None:
    """When the term of whoever left the seat last before a day would have ended."""
    asked = (
        select(func.coalesce(Appointment.term_ends, Appointment.last_day))
        .where(
            Appointment.seat_id == seat_id,
            Appointment.last_day < first_day,
            Appointment.id != (besides or 0),
            as_known(Appointment),
        )
        .order_by(Appointment.last_day.desc(), Appointment.id.desc())
        .limit(1)
    )
    return db.session.scalar(asked)


@dataclass(frozen=True)
class Spell:
    """Days on which a deputy acts as chair, with the appointment that makes them deputy and their user."""

    appointment_id: int
    user_id: int
    period: Period


def list_acting(committee_id: int, since: date) -> list[Spell]:
    """When the deputies of a committee act from a day on: while nobody is there as chair, and they are.

    A chair on leave is not there, nor is a deputy.
    """
    rest = Period(since)
    asked = (
        select(Appointment.id, Appointment.office, Appointment.first_day, Appointment.last_day, Person.user_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.committee_id == committee_id,
            Appointment.office.in_([Office.CHAIR, Office.DEPUTY]),
            as_known(Appointment),
            overlapping(Appointment, rest),
        )
        .order_by(Appointment.first_day, Appointment.id)
    )
    rows = db.session.execute(asked).all()
    away = leaves_of([row.id for row in rows])
    present = {row.id: days_besides([Period(row.first_day, row.last_day)], away.get(row.id, [])) for row in rows}
    led = [period for row in rows if row.office is Office.CHAIR for period in present[row.id]]
    return [
        Spell(row.id, row.user_id, Period(max(period.first, since), period.last))
        for row in rows
        if row.office is Office.DEPUTY
        for period in days_besides(present[row.id], led)
        if period.overlaps(rest)
    ]


def leaves_of(appointment_ids: Sequence[int]) -> Mapping[int, Sequence[Period]]:
    """The leave of holders of seats by their appointment, in the order of its days."""
    asked = (
        select(AppointmentLeave)
        .where(AppointmentLeave.appointment_id.in_(list(appointment_ids)), as_known(AppointmentLeave))
        .order_by(AppointmentLeave.first_day, AppointmentLeave.id)
    )
    found: dict[int, list[Period]] = {}
    for leave in db.session.scalars(asked) if appointment_ids else ():
        found.setdefault(leave.appointment_id, []).append(leave.period)
    return found
