"""Up to when the books are closed."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from app.billing.models import ClosedYear
from app.core.database import db


def find_closed_until() -> date | None:
    """The last day of the years that take no more entries, None where none is closed."""
    return db.session.scalar(select(func.max(ClosedYear.last_day)))


def open_day(day: date) -> date:
    """The day something of a day is booked on: in a closed year, the first of the open one."""
    closed = find_closed_until()
    return day if closed is None else max(day, closed + timedelta(days=1))
