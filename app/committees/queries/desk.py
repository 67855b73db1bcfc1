"""What whoever keeps committees must act on: ends of terms, vacancies, who holds over, seats set free, no chair.

All is counted once between two changes and kept: the first page of everybody asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, and_, select

from app.audit.remembering import remembered
from app.committees.models import Appointment, AppointmentLeave, Bylaws, Committee, Seat
from app.committees.queries.committees import exists_on
from app.committees.queries.names import dated_name
from app.committees.queries.roster import NAME, RosterRow, list_ending_terms, list_vacancies
from app.committees.rules import USUAL, Office, ends_soon, in_words, is_old_vacancy
from app.committees.rules.bylaws import LONGEST_WARNING
from app.core import clock
from app.core.actor import Actor, Granted, program
from app.core.bulk import among
from app.core.database import db
from app.core.history import on_day, valid
from app.core.paging import AnySelect
from app.core.permissions import Permission, Role
from app.members.models import Institution, Person
from app.members.queries import MembershipEnd, list_ends_ahead

SOON = timedelta(days=LONGEST_WARNING)
Kept = tuple[int, ...] | None


@dataclass(frozen=True)
class HeldOver:
    """Who stays on a seat though the term has ended, until somebody follows."""

    committee_id: int
    committee: str
    number: int
    holder: str
    term_ends: date


@dataclass(frozen=True)
class FreedSoon:
    """A seat whose institution leaves, lapses or has lapsed: who sits there, and the last day it has the seat.

    `member_until` is the last day of its membership, None where that never began; `leaves` that it has given notice.
    """

    committee_id: int
    committee: str
    seat_id: int
    number: int
    institution: str
    holder: str | None
    last_day: date
    member_until: date | None
    leaves: bool

    def said(self, today: date) -> str:
        """Why and when the seat ends, true on the day it is said."""
        until, day = self.member_until, in_words(self.last_day)
        if until is None:
            return f"{self.institution} is no member; its seat ends with {day}"
        verbs = ("leaves with", "left with") if self.leaves else ("is a member until", "was a member until")
        is_member = until >= today
        renewed = "unless that is renewed, " if is_member and not self.leaves else ""
        ends = "that day" if until == self.last_day else day
        return f"{self.institution} {verbs[not is_member]} {in_words(until)}; {renewed}its seat ends with {ends}"


@dataclass(frozen=True)
class Leaderless:
    """A committee with seats that nobody chairs; `chair` is one on leave, for whom no deputy acts."""

    committee_id: int
    committee: str
    chair: str | None
    deputy: str | None
    is_empty: bool


def list_terms_ending(actor: Actor) -> tuple[RosterRow, ...]:
    """Terms that end within the days by which the committee's bylaws warn, and nobody is appointed to follow."""
    return _terms_ending(clock.today(), kept_by(actor))


def list_old_vacancies(actor: Actor) -> tuple[RosterRow, ...]:
    """Seats that nobody has held for longer than the days by which the committee's bylaws warn."""
    return _old_vacancies(clock.today(), kept_by(actor))


def list_holding_over(actor: Actor) -> tuple[HeldOver, ...]:
    """Who stays on a seat though the term has ended, until somebody follows, the longest first."""
    return _holding_over(clock.today(), kept_by(actor))


def list_freed_soon(actor: Actor, committee_id: int | None = None) -> tuple[FreedSoon, ...]:
    """Seats that their institution loses within the days by which bylaws warn, the soonest first; of all or of one."""
    found = _freed_soon(clock.today(), kept_by(actor))
    return tuple(each for each in found if committee_id in {None, each.committee_id})


def list_leaderless(actor: Actor) -> tuple[Leaderless, ...]:
    """Committees with seats and no chair, or one on leave whom no deputy stands in for (RULES, Governance)."""
    return _leaderless(clock.today(), kept_by(actor))


@remembered
def _terms_ending(today: date, kept: Kept) -> tuple[RosterRow, ...]:
    rows, warned = list_ending_terms(keeper(kept), on=today, within=SOON), _warnings(today)
    return tuple(row for row in rows if row.ends and ends_soon(row.ends, today, _of_its(warned, row)))


@remembered
def _old_vacancies(today: date, kept: Kept) -> tuple[RosterRow, ...]:
    rows, warned = list_vacancies(keeper(kept), on=today), _warnings(today)
    since = [(row, row.vacant_since) for row in rows]
    return tuple(row for row, day in since if day and is_old_vacancy(day, today, _of_its(warned, row)))


@remembered
def _holding_over(today: date, kept: Kept) -> tuple[HeldOver, ...]:
    asked = (
        select(
            Committee.id.label("committee_id"),
            dated_name(today, None).label("committee"),
            Seat.position.label("number"),
            NAME.label("holder"),
            Appointment.term_ends,
        )
        .select_from(Appointment)
        .join(Committee, Committee.id == Appointment.committee_id)
        .join(Seat, Seat.id == Appointment.seat_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(valid(Appointment, today), Appointment.term_ends < today, exists_on(today))
        .order_by(Appointment.term_ends, Appointment.id)
    )
    return tuple(HeldOver(**row._mapping) for row in db.session.execute(_of(asked, kept)))  # noqa: SLF001 - documented


@remembered
def _freed_soon(today: date, kept: Kept) -> tuple[FreedSoon, ...]:
    ends = {each.institution_id: each for each in list_ends_ahead(today, today + SOON)}
    if not ends:
        return ()
    asked = (
        select(
            Committee.id.label("committee_id"),
            dated_name(today, None).label("committee"),
            Seat.id.label("seat_id"),
            Seat.position.label("number"),
            Institution.name.label("institution"),
            NAME.label("holder"),
            Seat.institution_id,
            Seat.last_day,
        )
        .select_from(Seat)
        .join(Committee, Committee.id == Seat.committee_id)
        .join(Institution, Institution.id == Seat.institution_id)
        .outerjoin(Appointment, and_(Appointment.seat_id == Seat.id, valid(Appointment, today)))
        .outerjoin(Person, Person.id == Appointment.person_id)
        .where(on_day(Seat, today), among(Seat.institution_id, sorted(ends)), exists_on(today))
        .order_by(Committee.sort_name, Committee.id, Seat.position, Seat.id)
    )
    warned = _warnings(today)
    found = [_freed(row, ends[row.institution_id]) for row in db.session.execute(_of(asked, kept))]
    near = [each for each in found if each and ends_soon(each.last_day, today, _of_its(warned, each))]
    return tuple(sorted(near, key=lambda each: each.last_day))


def _freed(row: Row[Any], end: MembershipEnd) -> FreedSoon | None:
    """A seat that ends sooner than it would by itself, because its institution goes."""
    if row.last_day is not None and row.last_day <= end.freed_on:
        return None
    return FreedSoon(
        committee_id=row.committee_id,
        committee=row.committee,
        seat_id=row.seat_id,
        number=row.number,
        institution=row.institution,
        holder=row.holder,
        last_day=end.freed_on,
        member_until=end.member_until,
        leaves=end.leaves,
    )


@remembered
def _leaderless(today: date, kept: Kept) -> tuple[Leaderless, ...]:
    chair, deputy = (_holder(today, office) for office in (Office.CHAIR, Office.DEPUTY))
    away = select(AppointmentLeave.id).where(
        AppointmentLeave.appointment_id == Appointment.id, valid(AppointmentLeave, today)
    )
    here = [found.where(~away.correlate(Appointment).exists()) for found in (chair, deputy)]
    seat = select(Seat.id).where(Seat.committee_id == Committee.id, on_day(Seat, today))
    sitting = select(Appointment.id).where(Appointment.committee_id == Committee.id, valid(Appointment, today))
    asked = (
        select(
            Committee.id.label("committee_id"),
            dated_name(today, None).label("committee"),
            chair.scalar_subquery().label("chair"),
            here[1].scalar_subquery().label("deputy"),
            (~sitting.correlate(Committee).exists()).label("is_empty"),
        )
        .where(exists_on(today), seat.correlate(Committee).exists(), ~here[0].exists())
        .order_by(Committee.sort_name, Committee.id)
    )
    rows = [Leaderless(**row._mapping) for row in db.session.execute(_of(asked, kept))]  # noqa: SLF001 - documented
    return tuple(row for row in rows if row.chair is None or row.deputy is None)


def _holder(today: date, office: Office) -> AnySelect:
    """Who holds an office of a committee on a day, by name."""
    return (
        select(NAME)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.committee_id == Committee.id, Appointment.office == office, valid(Appointment, today))
        .order_by(Appointment.id)
        .limit(1)
        .correlate(Committee)
    )


@remembered
def _warnings(today: date) -> Mapping[int, int]:
    """By how many days the bylaws in force warn, by committee."""
    asked = select(Bylaws.committee_id, Bylaws.warning_days).where(Bylaws.first_day <= today)
    rows = db.session.execute(asked.order_by(Bylaws.committee_id, Bylaws.first_day, Bylaws.number))
    return MappingProxyType({row.committee_id: row.warning_days for row in rows})


def _of_its(warned: Mapping[int, int], row: RosterRow | FreedSoon) -> int:
    return warned.get(row.committee_id, USUAL.warning_days)


def kept_by(actor: Actor) -> Kept:
    """The committees an actor keeps; None for all."""
    if actor.has_all(Permission.COMMITTEE_EDIT):
        return None
    return tuple(sorted(actor.own_committees(Permission.COMMITTEE_EDIT)))


def keeper(kept: Kept) -> Actor:
    """Somebody who keeps these committees, whoever that is: what is remembered hangs on no actor."""
    if kept is None:
        return program("desk")
    return Actor("", 0, tuple(Granted(Role.CHAIR, committee_id=each) for each in kept))


def _of(asked: AnySelect, kept: Kept) -> AnySelect:
    return asked if kept is None else asked.where(Committee.id.in_(kept))
