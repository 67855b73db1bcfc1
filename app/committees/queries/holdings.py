"""What committees hold about a person, and when that stands against an erasure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from app.committees.models import Appointment, Committee, Seat
from app.committees.rules import OFFICE_WORDS
from app.core.database import db
from app.core.history import as_known
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds
from app.members.queries import register_bonds

GROUND = "Who sat on which seat on which day is the consortium's own record; it names a number from then on"


@register_bonds
def seats() -> AnySelect:
    """Seats tie people to the consortium until their term ends."""
    of = Appointment
    return select(of.person_id, of.last_day, of.recorded_at, of.superseded_at)


@holds("committees.appointments", place=21)
def appointments_of(subject: DataSubject) -> Held | None:
    """Every appointment of a person, with what was corrected since."""
    asked = (
        select(Appointment, Committee.name, Seat.label)
        .join(Committee, Committee.id == Appointment.committee_id)
        .join(Seat, Seat.id == Appointment.seat_id)
        .where(Appointment.person_id == subject.person_id)
        .order_by(Appointment.first_day, Appointment.id)
    )
    rows = [
        {
            "Committee": name,
            "Seat": label,
            "Office": OFFICE_WORDS[row.office],
            "From": row.first_day,
            "Until": row.last_day,
            "Decision": row.decision,
            "Why it ended": row.end_reason,
            "Corrected": row.superseded_at,
        }
        for row, name, label in db.session.execute(asked)
    ]
    why = "The rosters of committees name who sits on them, for any day."
    return held_rows("Seats on committees", why, rows, Fate.KEPT, ground=GROUND, until="without the name")


@forbids_erasure("committees.seats")
def seats_held(subject: DataSubject, on: date) -> list[Obstacle]:
    """A seat held on the day or later stands against an erasure: the roster would name nobody."""
    held = (
        select(Appointment.id)
        .where(
            Appointment.committee_id == Committee.id,
            Appointment.person_id == subject.person_id,
            as_known(Appointment),
            or_(Appointment.last_day.is_(None), Appointment.last_day >= on),
        )
        .exists()
    )
    asked = select(Committee.id, Committee.name).where(held).order_by(Committee.sort_name, Committee.id)
    return [
        Obstacle(f"They hold a seat on {row.name}: end that term first.", "committee", row.id)
        for row in db.session.execute(asked)
    ]


@free_texts("committees.committees")
def texts_of_committees(_subject: DataSubject) -> Sequence[AnySelect]:
    """What a committee is for, and what appointed people to it and ended that."""
    return [
        free_text("Remit", "committee", Committee.id, Committee.remit),
        free_text("Decision of an appointment", "committee", Appointment.committee_id, Appointment.decision),
        free_text("Why an appointment ended", "committee", Appointment.committee_id, Appointment.end_reason),
    ]
