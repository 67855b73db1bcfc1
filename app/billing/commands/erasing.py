"""How the books forget a person: the name of who recorded or closed something, never an issued invoice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from app.billing.models import (
    Approval,
    BillingPolicy,
    ClosedYear,
    ExchangeRate,
    FeeRun,
    InvoiceDispute,
    Payment,
    Refund,
    ReminderBlock,
    ReminderPolicy,
    StandingPolicy,
    WriteOff,
)
from app.core.database import db
from app.core.personal_data import DataSubject, erases

SIGNED: tuple[InstrumentedAttribute[Any], ...] = (
    Payment.recorded_by,
    FeeRun.prepared_by,
    Refund.recorded_by,
    WriteOff.recorded_by,
    ExchangeRate.recorded_by,
    ClosedYear.closed_by,
    InvoiceDispute.noted_by,
    InvoiceDispute.settled_by,
    ReminderBlock.noted_by,
    ReminderPolicy.adopted_by,
    StandingPolicy.adopted_by,
    BillingPolicy.adopted_by,
    Approval.asked_by,
    Approval.decided_by,
)


@erases("records they made in the books")
def erase_signatures(subject: DataSubject) -> int:
    """Take the names of who recorded it out of the books, where nobody else bears them."""
    return sum(_replace(column, subject) for column in SIGNED)


def _replace(column: InstrumentedAttribute[Any], subject: DataSubject) -> int:
    change = update(column.class_).where(column.in_(subject.signatures)).values({column: subject.alias})
    return len(
        db.session.execute(
            change.returning(column).execution_options(synchronize_session=False),
        ).all()
    )
