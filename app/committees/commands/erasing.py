"""How committees forget a person: an address of theirs that a committee is written to; seats keep their number."""

from __future__ import annotations

from sqlalchemy import update

from app.committees.models import Committee
from app.core.database import db
from app.core.personal_data import DataSubject, erases


@erases("addresses of committees")
def erase_contact(subject: DataSubject) -> int:
    """Let no committee be written to at an address of the person's."""
    theirs = update(Committee).where(Committee.contact_email.in_(subject.present_addresses))
    changed = theirs.values(contact_email=None).returning(Committee.id)
    return len(db.session.execute(changed.execution_options(synchronize_session=False)).all())
