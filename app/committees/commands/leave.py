"""Leave of those who sit on a committee: they keep the seat, and are outside the base of its quorum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.committees.commands.committees import days_said
from app.committees.commands.entries import Entry, standing_entry
from app.committees.commands.following import settle_offices
from app.committees.models import Appointment, AppointmentLeave
from app.committees.rules import check_within, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import advance, as_known, lock, overlapping, retract, supersede
from app.core.periods import Period


@dataclass(frozen=True)
class LeaveValues:
    """On which days somebody is on leave, and why."""

    period: Period
    reason: str


def begin_leave(appointment_id: int, values: LeaveValues, *, version: int, actor: Actor) -> AppointmentLeave:
    """Put on record that the holder of a seat is on leave, from a first to a last day within the term."""
    entry = standing_entry(appointment_id, version, actor)
    _check_leave(entry.appointment, values.period, besides=None)
    leave = AppointmentLeave(
        appointment_id=appointment_id,
        reason=values.reason,
        first_day=values.period.first,
        last_day=values.period.last,
        recorded_at=clock.now(),
    )
    db.session.add(leave)
    _settled(entry, actor)
    _record("begin_leave", f"is on leave from {in_words(values.period.first)}", entry, actor, after=_said(leave, entry))
    return leave


def end_leave(leave_id: int, last_day: date, *, version: int, actor: Actor) -> AppointmentLeave:
    """Let a leave end with a day, before the one it would have ended with."""
    leave, entry = _standing(leave_id, version, actor)
    before = _said(leave, entry)
    if last_day < leave.first_day:
        raise DomainError(f"The leave begins on {in_words(leave.first_day)}: withdraw it instead.", "last_day")
    if leave.last_day is not None and last_day >= leave.last_day:
        raise DomainError(f"The leave ends on {in_words(leave.last_day)} already.", "last_day")
    supersede(leave, last_day=last_day)
    _settled(entry, actor)
    _record("end_leave", f"is back after {in_words(last_day)}", entry, actor, before=before, after=_said(leave, entry))
    return leave


def correct_leave(leave_id: int, values: LeaveValues, *, reason: str, version: int, actor: Actor) -> AppointmentLeave:
    """Put right what was recorded wrongly of a leave; what was known until now stays on record."""
    leave, entry = _standing(leave_id, version, actor)
    before = _said(leave, entry)
    _check_leave(entry.appointment, values.period, besides=leave_id)
    supersede(leave, first_day=values.period.first, last_day=values.period.last, reason=values.reason)
    _settled(entry, actor)
    told = {"before": before, "after": _said(leave, entry), "reason": reason}
    _record("correct_leave", "has a leave that is corrected", entry, actor, **told)
    return leave


def withdraw_leave(leave_id: int, *, reason: str, version: int, actor: Actor) -> None:
    """Take back a leave that should never have been recorded."""
    leave, entry = _standing(leave_id, version, actor)
    retract(leave)
    _settled(entry, actor)
    _record("withdraw_leave", "was on no leave", entry, actor, before=_said(leave, entry), reason=reason)


def _standing(leave_id: int, version: int, actor: Actor) -> tuple[AppointmentLeave, Entry]:
    found = db.session.get(AppointmentLeave, leave_id)
    if found is None:
        raise NotFoundError("There is no such leave.")
    entry = standing_entry(found.appointment_id, version, actor)
    leave = lock(AppointmentLeave, leave_id)
    if leave.superseded_at is not None:
        raise NotFoundError("There is no such leave.")
    return leave, entry


def _check_leave(appointment: Appointment, period: Period, *, besides: int | None) -> None:
    if appointment.last_day is not None and period.first > appointment.last_day:
        raise DomainError(f"The term ends on {in_words(appointment.last_day)}.", "first_day")
    # Of leave without a last day nobody knows yet whether it lasts as long as the term.
    check_within(appointment.period, period if period.last else Period(period.first, appointment.last_day), "The term")
    asked = select(AppointmentLeave).where(
        AppointmentLeave.appointment_id == appointment.id,
        as_known(AppointmentLeave),
        overlapping(AppointmentLeave, period),
        AppointmentLeave.id != (besides or 0),
    )
    other = db.session.scalar(asked.order_by(AppointmentLeave.first_day, AppointmentLeave.id).limit(1))
    if other is not None:
        raise DomainError(f"They are on leave from {in_words(other.first_day)} on some of these days.", "first_day")


def _settled(entry: Entry, actor: Actor) -> None:
    """Count the change as one of the entry, so that forms filled before are stale; a deputy acts or does no more."""
    advance(entry.appointment)
    db.session.flush()
    settle_offices(entry.committee, actor)


def _said(leave: AppointmentLeave, entry: Entry) -> dict[str, Any]:
    return days_said(leave.period) | {"leave": Personal(leave.reason, entry.person.id)}


def _record(verb: str, what: str, entry: Entry, actor: Actor, **told: Any) -> None:
    who = {"seat": entry.seat.position, "person": Personal(entry.person.name, entry.person.id)}
    told |= {name: who | told[name] for name in ("before", "after") if name in told}
    record(
        f"committees.{verb}",
        Subject("committee", entry.committee.id),
        summary=f"Who sits on seat {entry.seat.position} of {entry.committee.name} {what}.",
        actor=actor,
        **told,
    )
