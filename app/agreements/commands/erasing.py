"""How agreements forget who took their steps; who signed one stays, for it proves that it was agreed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from app.agreements.models import Agreement, AgreementSignature, AgreementStep, AgreementVersion
from app.core.database import db
from app.core.personal_data import DataSubject, erases

SIGNED: tuple[InstrumentedAttribute[Any], ...] = (
    Agreement.drafted_by,
    AgreementStep.by,
    AgreementVersion.approved_by,
    AgreementSignature.recorded_by,
)


@erases("steps they took with agreements")
def erase_steps(subject: DataSubject) -> int:
    """Take the names of who drafted, negotiated and approved out of the records, where nobody else bears them."""
    return sum(_erased(column, subject) for column in SIGNED)


def _erased(column: InstrumentedAttribute[Any], subject: DataSubject) -> int:
    change = update(column.class_).where(column.in_(subject.signatures)).values({column: subject.alias})
    return len(db.session.execute(change.returning(column).execution_options(synchronize_session=False)).all())
