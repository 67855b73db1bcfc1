"""Who holds over goes when somebody follows, on the seat or in the office, and holds over again where nobody does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import and_, func, or_, select

from app.audit.commands import Subject, record
from app.committees.commands.entries import AppointmentValues, check_free, said_of, seat_of, values_of
from app.committees.commands.grants import write_rights_anew
from app.committees.commands.leave_days import fit_leave
from app.committees.commands.standing_in import end_standing_in
from app.committees.models import Appointment, Committee, Seat
from app.committees.rules import SINGLE_OFFICES, Ending, in_words
from app.core.actor import Actor
from app.core.database import db
from app.core.history import as_known, supersede
from app.core.periods import ONE_DAY
from app.members.models import Person


def first_to_follow(seat: Seat, values: AppointmentValues, ends: date) -> date | None:
    """The first day of whoever follows on a seat, or after the term in an office that one person holds."""
    follows = and_(Appointment.seat_id == seat.id, Appointment.first_day > values.period.first)
    if values.office in SINGLE_OFFICES:
        holds = and_(Appointment.committee_id == seat.committee_id, Appointment.office == values.office)
        follows = or_(follows, and_(holds, Appointment.first_day > ends))
    return db.session.scalar(select(func.min(Appointment.first_day)).where(follows, as_known(Appointment)))


def end_held_over(seat: Seat, wanted: AppointmentValues, committee: Committee, actor: Actor) -> None:
    """End whoever holds over on a seat, or elsewhere in the office given, with the day before a successor begins."""
    first_day = wanted.period.first
    goes = Appointment.seat_id == seat.id
    if wanted.office in SINGLE_OFFICES:
        goes = or_(goes, and_(Appointment.committee_id == committee.id, Appointment.office == wanted.office))
    holding = select(Appointment).where(
        goes,
        as_known(Appointment),
        Appointment.follows_id.is_(None),
        Appointment.term_ends < first_day,
        or_(Appointment.last_day.is_(None), Appointment.last_day >= first_day),
    )
    for each in db.session.scalars(holding.order_by(Appointment.id)).all():
        _replace(each, first_day, committee, actor)


def settle_replaced(committee: Committee, seat_ids: Collection[int], actor: Actor) -> None:
    """Let whoever held over until somebody followed end with the day before that one begins now, if any does.

    On the seats named, and on all others of the committee in the offices that one person holds.
    """
    db.session.flush()
    asked = select(Appointment).where(Appointment.committee_id == committee.id, as_known(Appointment))
    entries = db.session.scalars(asked.order_by(Appointment.first_day, Appointment.id)).all()
    for each in entries:
        is_touched = each.seat_id in seat_ids or each.office in SINGLE_OFFICES
        if each.ended_how is Ending.REPLACED and is_touched:
            follows = min((other.first_day for other in entries if _follows(other, each)), default=None)
            if each.last_day != (follows - ONE_DAY if follows else None):
                _replace(each, follows, committee, actor)


def _follows(other: Appointment, each: Appointment) -> bool:
    """Whether an entry begins after another one on its seat, or after its term in the office one person holds."""
    if other.seat_id == each.seat_id:
        return other.first_day > each.first_day
    has_office = each.office in SINGLE_OFFICES and other.office is each.office
    return has_office and each.term_ends is not None and other.first_day > each.term_ends


def _replace(appointment: Appointment, first_day: date | None, committee: Committee, actor: Actor) -> None:
    """Let an entry end with the day before a successor begins; without one it is held over again."""
    seat, person = seat_of(appointment.seat_id), db.session.get_one(Person, appointment.person_id)
    before = values_of(appointment)
    if first_day is None:
        supersede(appointment, last_day=seat.last_day, ended_how=None, end_reason=None)
        told = "is held over again"
    else:
        supersede(appointment, last_day=first_day - ONE_DAY, ended_how=Ending.REPLACED, end_reason=None)
        told = f"ends with {in_words(first_day - ONE_DAY)}, as somebody follows"
    fit_leave(appointment, holder_before=appointment.person_id)
    end_standing_in(appointment, actor)
    check_free(committee, seat, values_of(appointment), besides=appointment.id)
    write_rights_anew(appointment, committee, actor)
    record(
        "committees.replace",
        Subject("committee", committee.id),
        summary=f"The term on seat {seat.position} of {committee.name} {told}.",
        actor=actor,
        before=said_of(seat, person, before),
        after=said_of(seat, person, values_of(appointment)),
    )
