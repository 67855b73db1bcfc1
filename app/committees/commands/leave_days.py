"""Leave follows its entry: handed on where a term goes on under another one, cut or taken back where that changes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from app.committees.models import Appointment, AppointmentLeave
from app.core import clock
from app.core.database import db
from app.core.history import as_known, overlapping, retract, supersede
from app.core.periods import Period


def fit_leave(appointment: Appointment, *, holder_before: int) -> None:
    """Let leave lie within the days of an entry that was changed; it is none where the entry was somebody else's.

    What was known of leave until now stays with what was known of the entry until now.
    """
    db.session.flush()
    is_none = appointment.superseded_at is not None or appointment.person_id != holder_before
    for leave in _leave(appointment, as_known(AppointmentLeave)):
        rest = None if is_none else _within(leave.period, appointment.period)
        if rest is None:
            retract(leave)
        elif rest != leave.period:
            supersede(leave, first_day=rest.first, last_day=rest.last)
    if appointment.person_id != holder_before:
        _leave_with(appointment, holder_before)


def hand_on_leave(former: Appointment, following: Appointment) -> None:
    """Let the leave of an entry go on with another one of the same term, on the days of each.

    Between an entry that was split or taken back and the one that has its days now.
    """
    for leave in _leave(former, as_known(AppointmentLeave), overlapping(AppointmentLeave, following.period)):
        rest = leave.period.clip(following.period)
        stays = None if former.superseded_at is not None else leave.period.clip(former.period)
        if rest is None:
            continue
        if stays is None:
            supersede(leave, appointment_id=following.id, first_day=rest.first, last_day=rest.last)
            continue
        supersede(leave, first_day=stays.first, last_day=stays.last)
        db.session.add(
            AppointmentLeave(
                appointment_id=following.id,
                reason=leave.reason,
                first_day=rest.first,
                last_day=rest.last,
                recorded_at=clock.now(),
            )
        )


def _within(leave: Period, entry: Period) -> Period | None:
    """The days of leave that are days of an entry; of leave without a last day nobody knows yet when it ends."""
    rest = leave.clip(entry)
    return Period(rest.first) if rest is not None and leave.last is None else rest


def _leave_with(appointment: Appointment, holder_before: int) -> None:
    """Keep what was known of the leave of a former holder with the entry as it was known, which names them.

    Where the entry was never known otherwise, nobody knew of the leave either.
    """
    db.session.flush()
    known = db.session.scalar(
        select(Appointment.id)
        .where(
            Appointment.seat_id == appointment.seat_id,
            Appointment.person_id == holder_before,
            Appointment.superseded_at == appointment.recorded_at,
        )
        .order_by(Appointment.id.desc())
        .limit(1)
    )
    for leave in _leave(appointment):
        if known is None:
            db.session.delete(leave)
        else:
            leave.appointment_id = known
    db.session.flush()


def _leave(appointment: Appointment, *conditions: ColumnElement[bool]) -> Sequence[AppointmentLeave]:
    asked = select(AppointmentLeave).where(AppointmentLeave.appointment_id == appointment.id, *conditions)
    return db.session.scalars(asked.order_by(AppointmentLeave.id)).all()
