"""How the books forget a person: the name of who recorded a payment or prepared a run, never an issued invoice."""

from __future__ import annotations

from sqlalchemy import update

from app.billing.models import FeeRun, Payment
from app.core.database import db
from app.core.personal_data import DataSubject, erases


@erases("records they made in the books")
def erase_signatures(subject: DataSubject) -> int:
    """Take the names of who recorded it out of payments and fee runs, where nobody else bears them."""
    payments = update(Payment).where(Payment.recorded_by.in_(subject.signatures)).values(recorded_by=subject.alias)
    runs = update(FeeRun).where(FeeRun.prepared_by.in_(subject.signatures)).values(prepared_by=subject.alias)
    changes = (payments.returning(Payment.id), runs.returning(FeeRun.id))
    return sum(len(db.session.execute(change.execution_options(synchronize_session=False)).all()) for change in changes)
