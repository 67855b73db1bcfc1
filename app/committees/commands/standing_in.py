"""Who holds a seat stands in for nobody on it: an alternate who is seated is one no more, unless that was a mistake."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.committees.models import Appointment, Seat, SeatAlternate
from app.committees.rules import in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, overlapping, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.members.models import Person


def end_standing_in(appointment: Appointment, actor: Actor) -> None:
    """Let whoever holds a seat by an entry be an alternate of it until the day before, and after it where that is past.

    Somebody whose term has ended by now goes on to stand in as was recorded; of a term to come nobody knows.
    """
    asked = select(SeatAlternate).where(
        SeatAlternate.seat_id == appointment.seat_id,
        SeatAlternate.person_id == appointment.person_id,
        as_known(SeatAlternate),
        overlapping(SeatAlternate, appointment.period),
    )
    for found in db.session.scalars(asked.order_by(SeatAlternate.id)).all():
        _stand_in_after(found, appointment)
        if found.first_day < appointment.first_day:
            supersede(found, last_day=appointment.first_day - ONE_DAY)
        else:
            retract(found)
        db.session.flush()
        when = in_words(appointment.first_day)
        _record(found, "end_standing_in", f"holds it from {when}, and stands in no more", actor)


def stand_in_again(appointment: Appointment, person_id: int, held: Period, actor: Actor) -> None:
    """Let somebody stand in as before on the days an entry gave them, now that it is taken back or put right.

    Only on days of the seat, and on none that they hold it by another entry.
    """
    db.session.flush()
    seat = db.session.get_one(Seat, appointment.seat_id)
    theirs = SeatAlternate.seat_id == seat.id, SeatAlternate.person_id == person_id
    since = _first_known(appointment, person_id)
    asked = select(SeatAlternate).where(*theirs, SeatAlternate.superseded_at >= since, overlapping(SeatAlternate, held))
    for was in db.session.scalars(asked.order_by(SeatAlternate.first_day, SeatAlternate.id)).all():
        days = was.period.clip(held)
        days = days.clip(seat.period) if days else None
        for period in _not_taken([days] if days else [], appointment.seat_id, person_id):
            again = _again(was, period)
            db.session.flush()
            when = in_words(period.first)
            _record(again, "stand_in_again", f"does not hold it from {when}, and stands in again", actor)


def _first_known(appointment: Appointment, person_id: int) -> datetime:
    """Since when an entry has named somebody: no alternate row of theirs has reached into its days from then on."""
    since: datetime | None = appointment.recorded_at
    known = appointment.recorded_at
    asked = select(Appointment.recorded_at).where(
        Appointment.seat_id == appointment.seat_id, Appointment.person_id == person_id
    )
    while since is not None:
        known = since
        since = db.session.scalar(
            asked.where(Appointment.superseded_at == since, Appointment.recorded_at < since)
            .order_by(Appointment.recorded_at, Appointment.id)
            .limit(1)
        )
    return known


def _not_taken(days: list[Period], seat_id: int, person_id: int) -> list[Period]:
    """The days on which somebody neither holds a seat nor is an alternate of it."""
    for model in (Appointment, SeatAlternate):
        theirs = model.seat_id == seat_id, model.person_id == person_id, as_known(model)
        asked = select(model.first_day, model.last_day).where(*theirs).order_by(model.first_day, model.id)
        for first, last in db.session.execute(asked):
            days = [rest for each in days for rest in each.without(Period(first, last))]
    return days


def _again(was: SeatAlternate, period: Period) -> SeatAlternate:
    """Somebody as an alternate on more days, in one with those before; the last, where the rank is another's now."""
    asked = select(SeatAlternate).where(SeatAlternate.seat_id == was.seat_id, as_known(SeatAlternate))
    standing = db.session.scalars(asked.order_by(SeatAlternate.first_day, SeatAlternate.id)).all()
    ranks = [each.rank for each in standing if each.period.overlaps(period)]
    for each in standing:
        is_before = each.person_id == was.person_id and each.last_day == period.first - ONE_DAY
        if is_before and each.rank not in ranks:
            return supersede(each, last_day=period.last)
    again = SeatAlternate(
        seat_id=was.seat_id,
        person_id=was.person_id,
        rank=was.rank if was.rank not in ranks else max(ranks) + 1,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(again)
    return again


def _stand_in_after(found: SeatAlternate, appointment: Appointment) -> None:
    last = appointment.last_day
    if last is None or last >= clock.today() or (found.last_day is not None and found.last_day <= last):
        return
    going_on = {"first_day": last + ONE_DAY, "last_day": found.last_day, "recorded_at": clock.now()}
    db.session.add(SeatAlternate(seat_id=found.seat_id, person_id=found.person_id, rank=found.rank, **going_on))


def _record(alternate: SeatAlternate, verb: str, what: str, actor: Actor) -> None:
    seat = db.session.get_one(Seat, alternate.seat_id)
    person = db.session.get_one(Person, alternate.person_id)
    record(
        f"committees.{verb}",
        Subject("seat", seat.id),
        summary=f"An alternate of seat {seat.position} {what}.",
        before={"person": Personal(person.name, person.id)},
        actor=actor,
    )
