"""Who holds a seat stands in for nobody on it: an alternate who is seated is an alternate no more."""

from __future__ import annotations

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.committees.models import Appointment, Seat, SeatAlternate
from app.committees.rules import in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, overlapping, retract, supersede
from app.core.periods import ONE_DAY
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
        _record(appointment, actor)


def _stand_in_after(found: SeatAlternate, appointment: Appointment) -> None:
    last = appointment.last_day
    if last is None or last >= clock.today() or (found.last_day is not None and found.last_day <= last):
        return
    going_on = {"first_day": last + ONE_DAY, "last_day": found.last_day, "recorded_at": clock.now()}
    db.session.add(SeatAlternate(seat_id=found.seat_id, person_id=found.person_id, rank=found.rank, **going_on))


def _record(appointment: Appointment, actor: Actor) -> None:
    seat = db.session.get_one(Seat, appointment.seat_id)
    person = db.session.get_one(Person, appointment.person_id)
    record(
        "committees.end_standing_in",
        Subject("seat", seat.id),
        summary=f"An alternate of seat {seat.position} holds it from {in_words(appointment.first_day)}, and stands in"
        " no more.",
        before={"person": Personal(person.name, person.id)},
        actor=actor,
    )
