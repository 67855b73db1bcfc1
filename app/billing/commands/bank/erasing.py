"""How statements of banks forget a person: the name of who imported or decided something, never a line of the bank."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from app.billing.models import BankEntry, BankFile, BankMatch, BankStatement
from app.core.database import db
from app.core.personal_data import DataSubject, erases

SIGNED: tuple[InstrumentedAttribute[str] | InstrumentedAttribute[str | None], ...] = (
    BankFile.brought_by,
    BankStatement.imported_by,
    BankEntry.decided_by,
    BankMatch.matched_by,
)


@erases("statements they imported and lines they decided")
def erase_signatures(subject: DataSubject) -> int:
    """Take the names of who did it out of the books, where nobody else bears them."""
    return sum(_replace(column, subject) for column in SIGNED)


def _replace(column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], subject: DataSubject) -> int:
    change = update(column.class_).where(column.in_(subject.signatures)).values({column: subject.alias})
    returned = change.returning(column).execution_options(synchronize_session=False)
    return len(db.session.execute(returned).all())
