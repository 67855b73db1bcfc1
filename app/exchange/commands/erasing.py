"""How exchanges forget a person: what they signed; whom material was for names a number from then on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import db
from app.core.personal_data import DataSubject, erases
from app.exchange.models import Exchange, ExchangePaper, HealthLimit, Holding

SIGNED: tuple[InstrumentedAttribute[Any], ...] = (
    Exchange.requested_by,
    Exchange.decided_by,
    Exchange.shipped_by,
    Exchange.received_by,
    ExchangePaper.added_by,
    ExchangePaper.withdrawn_by,
    Holding.noted_by,
    HealthLimit.noted_by,
)


@erases("records they made of exchanges")
def erase_signatures(subject: DataSubject) -> int:
    """Take the names of who recorded exchanges, papers and holdings out of them, where nobody else bears them."""
    changes = (update(column.class_).where(column.in_(subject.signatures)) for column in SIGNED)
    return sum(
        _count(change.values({column: subject.alias}).returning(column))
        for column, change in zip(SIGNED, changes, strict=True)
    )


def _count(statement: Any) -> int:
    return len(db.session.execute(statement.execution_options(synchronize_session=False)).all())
