"""Alternates of seats: who stands in for the holder, in their order, from a first to a last day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.committees.commands.committees import days_said, locked_committee
from app.committees.commands.entries import check_belongs, person_of, seat_of
from app.committees.models import Appointment, Committee, Seat, SeatAlternate
from app.committees.rules import check_within, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, overlapping, retract, supersede
from app.core.paging import exists_row
from app.core.periods import ONE_DAY, Period
from app.members.models import Person


def add_alternate(seat_id: int, person_id: int, period: Period, *, actor: Actor) -> SeatAlternate:
    """Let somebody stand in for the holder of a seat on some days, after all who do so already.

    Of a seat that an institution fills it is somebody who belongs to it or represents it on the first day.
    """
    committee = locked_committee(seat_of(seat_id).committee_id, actor)
    seat = seat_of(seat_id)
    person = person_of(person_id)
    check_within(committee.period, period, "The committee")
    check_within(seat.period, period, "The seat")
    _check_alternate(seat, person_id, period)
    others = _standing_in(seat_id, period)
    added = SeatAlternate(
        seat_id=seat_id,
        person_id=person_id,
        rank=max((each.rank for each in others), default=0) + 1,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(added)
    db.session.flush()
    record(
        "committees.add_alternate",
        Subject("seat", seat_id),
        summary=f"Added an alternate of seat {seat.position} of {committee.name}.",
        after={"person": Personal(person.name, person.id), "rank": added.rank} | days_said(period),
        actor=actor,
    )
    return added


def move_alternate_up(alternate_id: int, *, actor: Actor) -> SeatAlternate:
    """Let an alternate be asked before the one above, from today on; until yesterday their order was what it was."""
    found, seat, committee = _standing(alternate_id, actor)
    today = clock.today()
    asked = _standing_in(seat.id, Period(max(today, found.first_day), found.last_day))
    above = max((each for each in asked if each.rank < found.rank), key=lambda each: each.rank, default=None)
    if above is None:
        raise DomainError("They are the first alternate already.")
    ranks = found.rank, above.rank
    moved = _ranked(found, ranks[1])
    _ranked(above, ranks[0])
    db.session.flush()
    record(
        "committees.move_alternate_up",
        Subject("seat", seat.id),
        summary=f"Changed the order of the alternates of seat {seat.position} of {committee.name}.",
        before={"rank": ranks[0]},
        after={"person": _named(found), "rank": ranks[1]},
        actor=actor,
    )
    return moved


def end_alternate(alternate_id: int, last_day: date, *, reason: str | None, actor: Actor) -> SeatAlternate:
    """Let somebody stand in no longer than a day; before their first, it is taken back that they would."""
    found, seat, committee = _standing(alternate_id, actor)
    before = found.period
    if before.last is not None and last_day >= before.last:
        raise DomainError(f"They stand in until {in_words(before.last)} already.", "last_day")
    if last_day < before.first:
        retract(found)
    else:
        supersede(found, last_day=last_day)
    db.session.flush()
    record(
        "committees.end_alternate",
        Subject("seat", seat.id),
        summary=f"An alternate of seat {seat.position} of {committee.name} stands in until {in_words(last_day)}.",
        before={"person": _named(found)} | days_said(before),
        after={"last_day": last_day.isoformat()},
        reason=reason,
        actor=actor,
    )
    return found


def _standing(alternate_id: int, actor: Actor) -> tuple[SeatAlternate, Seat, Committee]:
    """An alternate on record with seat and committee, which is locked."""
    found = db.session.get(SeatAlternate, alternate_id)
    if found is None:
        raise NotFoundError("There is no such alternate.")
    seat = seat_of(found.seat_id)
    committee = locked_committee(seat.committee_id, actor)
    db.session.refresh(found)
    if found.superseded_at is not None:
        raise NotFoundError("There is no such alternate.")
    return found, seat, committee


def _check_alternate(seat: Seat, person_id: int, period: Period) -> None:
    held = select(Appointment.id).where(
        Appointment.seat_id == seat.id,
        Appointment.person_id == person_id,
        as_known(Appointment),
        overlapping(Appointment, period),
    )
    if exists_row(held):
        raise DomainError("They hold this seat themselves on some of these days.", "person_id")
    if any(each.person_id == person_id for each in _standing_in(seat.id, period)):
        raise DomainError("They are an alternate of this seat on some of these days already.", "person_id")
    check_belongs(seat, person_id, period.first)


def _named(found: SeatAlternate) -> Personal:
    return Personal(db.session.get_one(Person, found.person_id).name, found.person_id)


def _standing_in(seat_id: int, period: Period) -> Sequence[SeatAlternate]:
    asked = select(SeatAlternate).where(
        SeatAlternate.seat_id == seat_id, as_known(SeatAlternate), overlapping(SeatAlternate, period)
    )
    return db.session.scalars(asked.order_by(SeatAlternate.rank, SeatAlternate.id)).all()


def _ranked(found: SeatAlternate, rank: int) -> SeatAlternate:
    """Somebody with another rank from today on, by an entry of its own where they stood in before."""
    today = clock.today()
    if found.first_day >= today:
        return supersede(found, rank=rank)
    last_day = found.last_day
    supersede(found, last_day=today - ONE_DAY)
    going_on = SeatAlternate(
        seat_id=found.seat_id,
        person_id=found.person_id,
        rank=rank,
        first_day=today,
        last_day=last_day,
        recorded_at=clock.now(),
    )
    db.session.add(going_on)
    return going_on
