"""The seats an institution fills that are about to be freed, and who sits on them: for page and commands alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from app.committees.models import Appointment, Seat
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, beyond
from app.core.permissions import Permission
from app.members.models import Departure
from app.members.rules import freed_on


@dataclass(frozen=True)
class FreedSeat:
    """A seat that is freed: on which committee, what it is called, who sits on it, and its last day.

    None for one that begins only later: who was to sit on it never does.
    """

    committee: str
    committee_id: int
    label: str
    holder: str | None
    last_day: date | None


def list_freed_seats(departure: Departure, actor: Actor) -> list[FreedSeat]:
    """The seats that an institution fills beyond its days of grace, a line for each who sits on one."""
    actor.require(Permission.COMMITTEE_FOUND)
    last_day = freed_on(departure.last_day, departure.grace_days)
    sitting = list_sitting(departure.institution_id, last_day, last_day, departure.noticed_on)
    freed = [_freed(each.seat, each.person.name, last_day) for each in sitting]
    held = {each.seat_id for each in sitting}
    asked = (
        select(Seat)
        .where(*seats_going_on(departure.institution_id, last_day, last_day))
        .options(joinedload(Seat.committee))
        .order_by(Seat.committee_id, Seat.position, Seat.id)
    )
    return freed + [_freed(seat, None, last_day) for seat in db.session.scalars(asked) if seat.id not in held]


def list_sitting(institution_id: int, last_day: date, after: date, known_on: date) -> list[Appointment]:
    """Appointments on record, that go on after a day, to seats of an institution that have begun by its last day.

    Those to seats that begin later too, unless they were recorded since it was known that it would be no member then.
    """
    asked = (
        select(Appointment)
        .join(Seat, Seat.id == Appointment.seat_id)
        .where(
            Seat.institution_id == institution_id,
            as_known(Appointment),
            or_(Seat.first_day <= last_day, Appointment.recorded_at < clock.start_of(known_on)),
            beyond(Appointment, after),
        )
        .options(joinedload(Appointment.person), joinedload(Appointment.seat).joinedload(Seat.committee))
        .order_by(Appointment.committee_id, Appointment.id)
    )
    return list(db.session.scalars(asked))


def seats_going_on(institution_id: int, last_day: date, after: date) -> Sequence[ColumnElement[bool]]:
    """Which seats of an institution have begun by its last day and go on after a day.

    A seat that begins later was given to it knowing that it would be no member.
    """
    return (
        Seat.institution_id == institution_id,
        Seat.first_day <= last_day,
        beyond(Seat, after),
    )


def _freed(seat: Seat, holder: str | None, last_day: date) -> FreedSeat:
    ends = last_day if seat.first_day <= last_day else None
    return FreedSeat(seat.committee.name, seat.committee_id, seat.label, holder, ends)
