"""How lines forget a person: the name of who noted a stage."""

from __future__ import annotations

from sqlalchemy import update

from app.core.database import db
from app.core.personal_data import DataSubject, erases
from app.lines.models import LineStage


@erases("stages of lines they noted")
def erase_signatures(subject: DataSubject) -> int:
    """Take the name of who noted a stage out of it, where nobody else bears it."""
    theirs = update(LineStage).where(LineStage.noted_by.in_(subject.signatures)).values(noted_by=subject.alias)
    returned = theirs.returning(LineStage.id).execution_options(synchronize_session=False)
    return len(db.session.execute(returned).all())
