"""What `flask verify` proves of terms: rights, deputies, seats that follow an office, and who holds over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.committees.models import Appointment, AppointmentLeave, Bylaws, Committee, Seat, SeatAlternate
from app.committees.queries.following import entries_of_seat, sitting_of, sittings_wanted
from app.committees.queries.terms import list_acting
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES, Ending, Office, roles_of
from app.core import clock
from app.core.database import db
from app.core.history import as_known, beyond, overlapping
from app.core.periods import ONE_DAY, Period, joined
from app.core.permissions import Role
from app.core.verification import verifies
from app.members.models import Person

Held = tuple[int, int, Role]  # The appointment, the user, and the role.


@verifies("Rights of seats are those of the office held, from their first to their last day")
def check_days_of_rights() -> Iterator[str]:
    """Compare the roles that follow from appointments with those appointments, from today on."""
    rest = Period(clock.today())
    asked = (
        select(Appointment, Person.user_id, Committee.grants_role)
        .join(Person, Person.id == Appointment.person_id)
        .join(Committee, Committee.id == Appointment.committee_id)
        .where(as_known(Appointment), overlapping(Appointment, rest))
        .order_by(Appointment.id)
    )
    due: dict[Held, list[Period]] = defaultdict(list)
    for found, user_id, of_committee in db.session.execute(asked):
        for role in roles_of(found.office, of_committee):
            due[found.id, user_id, role] += _rest([found.period], rest)
    for appointment_id, user_id, role in _differing(due, _given(GrantSource.APPOINTMENT, rest)):
        yield f"Appointment {appointment_id}: the role {role} of user {user_id} has other days."


@verifies("A deputy has the rights of a chair while there is none, and at no other time")
def check_deputies() -> Iterator[str]:
    """Compare on which days deputies act with the roles they hold for it, from today on."""
    rest = Period(clock.today())
    deputies = select(Appointment.committee_id).where(as_known(Appointment), Appointment.office == Office.DEPUTY)
    acting = select(Grant.committee_id).where(Grant.source == GrantSource.DEPUTYSHIP, overlapping(Grant, rest))
    asked = select(Committee.id).where(or_(Committee.id.in_(deputies), Committee.id.in_(acting)))
    due: dict[Held, list[Period]] = defaultdict(list)
    for committee_id in db.session.scalars(asked.order_by(Committee.id)).all():
        for spell in list_acting(committee_id, rest.first):
            due[spell.appointment_id, spell.user_id, Role.CHAIR] += [spell.period]
    for appointment_id, user_id, _role in _differing(due, _given(GrantSource.DEPUTYSHIP, rest)):
        yield f"Appointment {appointment_id}: user {user_id} acts as chair on other days than those without one."


@verifies("A seat that follows an office is held by whoever holds it, on every day")
def check_following() -> Iterator[str]:
    """Compare the entries of seats that follow with the appointments to the offices."""
    asked = select(Seat).where(Seat.follows_committee_id.is_not(None)).options(joinedload(Seat.committee))
    for seat in db.session.scalars(asked.order_by(Seat.id)).all():
        entries = entries_of_seat(seat.id)
        held = {sitting_of(each) for each in entries if each.follows_id is not None}
        if held != set(sittings_wanted(seat, seat.committee, entries)):
            office = OFFICE_WORDS[seat.follows_office or Office.MEMBER].lower()
            yield f"{seat.committee.name}: seat {seat.position} is not held as the office of {office} that it follows."


@verifies("Nobody sits past the end of a term under bylaws that let nobody hold over")
def check_holding_over() -> Iterator[str]:
    """Look at every entry that goes on after the end of its term, by the bylaws of the first day of the term."""
    terms = {
        row.id: row
        for row in db.session.execute(
            select(Appointment.id, Appointment.continues_id, Appointment.first_day)
            .where(as_known(Appointment))
            .order_by(Appointment.id)
        )
    }
    asked = (
        select(Appointment)
        .where(
            as_known(Appointment),
            beyond(Appointment, Appointment.term_ends),
            Appointment.term_ends.is_not(None),
        )
        .order_by(Appointment.id)
    )
    adopted = list(db.session.scalars(select(Bylaws).order_by(Bylaws.first_day, Bylaws.number)))
    for found in db.session.scalars(asked):
        began, first = found.id, found.first_day
        while terms[began].continues_id in terms:
            began = terms[began].continues_id
            first = terms[began].first_day
        in_force = [each for each in adopted if each.committee_id == found.committee_id and each.first_day <= first]
        if not in_force or not in_force[-1].holds_over:
            yield f"Appointment {found.id} goes on after its term, which nobody holds over by the bylaws."


@verifies("A term that goes on under another office has no gap, and one holder on one seat")
def check_chains() -> Iterator[str]:
    """Compare every entry that continues another one with it."""
    asked = select(Appointment).where(as_known(Appointment)).order_by(Appointment.id)
    before = {each.id: each for each in db.session.scalars(asked)}
    for each in before.values():
        former = before.get(each.continues_id or 0)
        if each.continues_id is not None and (former is None or not _goes_on(former, each)):
            yield f"Appointment {each.id} does not go on from appointment {each.continues_id}."


@verifies("Leave lies within the days of who is on it")
def check_leave() -> Iterator[str]:
    """Compare leave with its entry, but for what ends with a committee and lasts again where that is called off."""
    asked = (
        select(AppointmentLeave.id, Appointment.id)
        .join(Appointment, Appointment.id == AppointmentLeave.appointment_id)
        .where(
            as_known(AppointmentLeave),
            as_known(Appointment),
            Appointment.ended_how.is_distinct_from(Ending.DISSOLVED),
            or_(
                AppointmentLeave.first_day < Appointment.first_day,
                AppointmentLeave.first_day > Appointment.last_day,
                AppointmentLeave.last_day > Appointment.last_day,
            ),
        )
    )
    for leave_id, appointment_id in db.session.execute(asked.order_by(AppointmentLeave.id)):
        yield f"Leave {leave_id} is not within the days of appointment {appointment_id}."


@verifies("Who ended because somebody followed has a successor from the next day on")
def check_replaced() -> Iterator[str]:
    """Look on the seat and, of an office that one person holds, in it; a dissolution ends also those who follow."""
    asked = (
        select(Appointment, Committee.dissolved_on)
        .join(Committee, Committee.id == Appointment.committee_id)
        .where(as_known(Appointment))
        .order_by(Appointment.id)
    )
    found = db.session.execute(asked).all()
    begun = {key for each, _ in found for key in _places(each, each.first_day)}
    for each, dissolved_on in found:
        if each.ended_how is not Ending.REPLACED or each.last_day in {None, dissolved_on}:
            continue
        if begun.isdisjoint(_places(each, each.last_day + ONE_DAY)):
            yield f"Appointment {each.id} ended because somebody followed, and nobody did on the next day."


@verifies("Nobody is an alternate of a seat they hold themselves")
def check_standing_in() -> Iterator[str]:
    """Compare the alternates of seats with who holds them."""
    asked = (
        select(SeatAlternate.id, SeatAlternate.seat_id)
        .join(Appointment, Appointment.seat_id == SeatAlternate.seat_id)
        .where(
            as_known(SeatAlternate),
            as_known(Appointment),
            Appointment.person_id == SeatAlternate.person_id,
            or_(Appointment.last_day.is_(None), Appointment.last_day >= SeatAlternate.first_day),
            or_(SeatAlternate.last_day.is_(None), SeatAlternate.last_day >= Appointment.first_day),
        )
    )
    for alternate_id, seat_id in db.session.execute(asked.order_by(SeatAlternate.id, Appointment.id)):
        yield f"Alternate {alternate_id} of seat {seat_id} holds it on some of these days."


def _places(each: Appointment, day: date) -> set[tuple[int, Office | None, date]]:
    """The seat of an entry and the office of its committee that one person holds, each with a day."""
    in_office = {(each.committee_id, each.office, day)} if each.office in SINGLE_OFFICES else set()
    return {(each.seat_id, None, day)} | in_office


def _goes_on(former: Appointment, following: Appointment) -> bool:
    same = former.seat_id == following.seat_id and former.person_id == following.person_id
    return same and former.last_day is not None and former.last_day + ONE_DAY == following.first_day


def _given(source: GrantSource, rest: Period) -> dict[Held, list[Period]]:
    """The roles that follow from appointments in some way, with their days."""
    found: dict[Held, list[Period]] = defaultdict(list)
    asked = select(Grant).where(Grant.source == source, overlapping(Grant, rest)).order_by(Grant.id)
    for grant in db.session.scalars(asked):
        found[grant.source_id or 0, grant.user_id, grant.role] += _rest([grant.period], rest)
    return found


def _differing(due: dict[Held, list[Period]], given: dict[Held, list[Period]]) -> list[Held]:
    return [each for each in sorted(due.keys() | given.keys()) if joined(due[each]) != joined(given[each])]


def _rest(periods: Iterable[Period], rest: Period) -> list[Period]:
    return [left for each in periods if (left := each.clip(rest)) is not None]
