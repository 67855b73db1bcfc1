"""What whoever keeps committees must act on: ends of terms, vacancies, who holds over, members that free seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.committees.models import Appointment, Committee, Seat
from app.committees.queries.committees import exists_on
from app.committees.queries.roster import RosterRow, list_ending_terms, list_vacancies
from app.committees.queries.terms import bylaws_of
from app.committees.rules import USUAL, BylawFacts
from app.committees.rules.bylaws import LONGEST_WARNING
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, on_day, valid
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Departure, Membership, MembershipClass
from app.members.rules import LeavingState, freed_on

SOON = timedelta(days=LONGEST_WARNING)


@dataclass(frozen=True)
class FreedSoon:
    """A seat whose institution leaves or has lapsed: who sits there, and the last day it has the seat."""

    committee_id: int
    committee: str
    seat_id: int
    number: int
    institution: str
    holder: str | None
    last_day: date


def list_terms_ending(actor: Actor) -> list[RosterRow]:
    """Terms that end within the days by which the committee's bylaws warn, and nobody is appointed to follow."""
    today = clock.today()
    rows = [row for row in list_ending_terms(actor, on=today, within=SOON) if row.ends is not None]
    bylaws = _bylaws(rows)
    return [row for row in rows if row.ends and (row.ends - today).days <= _facts(bylaws, row).warning_days]


def list_old_vacancies(actor: Actor) -> list[RosterRow]:
    """Seats that nobody has held for longer than the days by which the committee's bylaws warn."""
    today = clock.today()
    rows = [row for row in list_vacancies(actor, on=today) if row.vacant_since is not None]
    bylaws = _bylaws(rows)
    return [
        row for row in rows if row.vacant_since and (today - row.vacant_since).days > _facts(bylaws, row).warning_days
    ]


def list_holding_over(actor: Actor) -> Sequence[Appointment]:
    """Who stays on a seat though the term has ended, until somebody follows."""
    today = clock.today()
    asked = (
        select(Appointment)
        .join(Committee, Committee.id == Appointment.committee_id)
        .options(joinedload(Appointment.person), joinedload(Appointment.seat), joinedload(Appointment.committee))
        .where(valid(Appointment, today), Appointment.term_ends < today, exists_on(today))
    )
    asked = _own(asked, actor).order_by(Appointment.term_ends, Appointment.id)
    return db.session.scalars(asked).all()


def list_freed_soon(actor: Actor) -> list[FreedSoon]:
    """Seats that their institution loses, as it has given notice or its membership has ended: the soonest first."""
    asked = (
        select(Seat)
        .join(Committee, Committee.id == Seat.committee_id)
        .options(joinedload(Seat.committee), joinedload(Seat.institution))
        .where(on_day(Seat, clock.today()), Seat.institution_id.is_not(None), exists_on(clock.today()))
        .order_by(Seat.committee_id, Seat.position, Seat.id)
    )
    last_days = _last_days()
    asked = _own(asked.where(Seat.institution_id.in_(sorted(last_days))), actor)
    seats = [seat for seat in db.session.scalars(asked) if _goes_beyond(seat, last_days)]
    holders = _holders([seat.id for seat in seats])
    found = [
        FreedSoon(
            committee_id=seat.committee_id,
            committee=seat.committee.name,
            seat_id=seat.id,
            number=seat.position,
            institution=seat.institution.name if seat.institution else "",
            holder=holders.get(seat.id),
            last_day=last_days[seat.institution_id or 0],
        )
        for seat in seats
    ]
    return sorted(found, key=lambda each: (each.last_day, each.committee, each.number))


def _goes_beyond(seat: Seat, last_days: Mapping[int, date]) -> bool:
    last = last_days[seat.institution_id or 0]
    return last >= clock.today() and (seat.last_day is None or seat.last_day > last)


def _last_days() -> dict[int, date]:
    """The last day, after the days of grace, of institutions that leave or have no membership that goes on."""
    today = clock.today()
    leaving = select(Departure.institution_id, Departure.last_day, Departure.grace_days).where(
        Departure.state == LeavingState.NOTICE_GIVEN
    )
    goes_on = or_(Membership.last_day.is_(None), Membership.last_day > today)
    lapsed = (
        select(Membership.institution_id, func.max(Membership.last_day), func.max(MembershipClass.grace_days))
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .where(as_known(Membership))
        .group_by(Membership.institution_id)
        .having(func.count().filter(goes_on) == 0)
    )
    found = {each: freed_on(last, grace) for each, last, grace in db.session.execute(lapsed) if last is not None}
    return found | {each: freed_on(last, grace) for each, last, grace in db.session.execute(leaving)}


def _holders(seat_ids: Sequence[int]) -> dict[int, str]:
    asked = (
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(Appointment.seat_id.in_(seat_ids), valid(Appointment, clock.today()))
        .order_by(Appointment.id)
    )
    return {each.seat_id: each.person.name for each in db.session.scalars(asked)}


def _own(asked: AnySelect, actor: Actor) -> AnySelect:
    if actor.has_all(Permission.COMMITTEE_EDIT):
        return asked
    return asked.where(Committee.id.in_(actor.own_committees(Permission.COMMITTEE_EDIT)))


def _bylaws(rows: Iterable[RosterRow]) -> Mapping[int, BylawFacts]:
    return bylaws_of(sorted({row.committee_id for row in rows}), clock.today())


def _facts(bylaws: Mapping[int, BylawFacts], row: RosterRow) -> BylawFacts:
    return bylaws.get(row.committee_id, USUAL)
