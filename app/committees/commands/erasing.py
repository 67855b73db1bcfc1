"""How committees forget a person: addresses, what they signed, why they were on leave; seats keep their number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.committees.models import (
    Appointment,
    AppointmentLeave,
    Bylaws,
    Committee,
    CommitteeDissolution,
    CommitteePaper,
)
from app.core.database import db
from app.core.personal_data import DataSubject, erases

SIGNED: tuple[InstrumentedAttribute[Any], ...] = (
    Bylaws.adopted_by,
    CommitteePaper.added_by,
    CommitteePaper.withdrawn_by,
    CommitteeDissolution.dissolved_by,
    CommitteeDissolution.called_off_by,
)
FORGOTTEN = "The reason was removed with the person it was about"


@erases("addresses of committees")
def erase_contact(subject: DataSubject) -> int:
    """Let no committee be written to at an address of the person's."""
    theirs = update(Committee).where(Committee.contact_email.in_(subject.present_addresses))
    return _count(theirs.values(contact_email=None).returning(Committee.id))


@erases("records they made of committees")
def erase_signatures(subject: DataSubject) -> int:
    """Take the names of who recorded bylaws, papers and endings out of them, where nobody else bears them."""
    changes = (update(column.class_).where(column.in_(subject.signatures)) for column in SIGNED)
    return sum(
        _count(change.values({column: subject.alias}).returning(column))
        for column, change in zip(SIGNED, changes, strict=True)
    )


@erases("why they were on leave from seats")
def erase_leave(subject: DataSubject) -> int:
    """Forget why somebody was on leave; the days stay, for a quorum of them was counted without their seat."""
    theirs = select(Appointment.id).where(Appointment.person_id == (subject.person_id or 0))
    forgotten = update(AppointmentLeave).where(AppointmentLeave.appointment_id.in_(theirs))
    return _count(forgotten.values(reason=FORGOTTEN).returning(AppointmentLeave.id))


def _count(statement: Any) -> int:
    return len(db.session.execute(statement.execution_options(synchronize_session=False)).all())
