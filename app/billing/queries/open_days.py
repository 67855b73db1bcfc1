"""Since when something is open on invoices: from which day on money can settle them, for none goes below zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from app.billing.models import Allocation, Invoice
from app.billing.queries.closed_years import open_day
from app.billing.rules import OpenDays
from app.core.bulk import among
from app.core.database import db


def open_days(invoice_ids: Collection[int], since: date) -> OpenDays:
    """What is open on invoices, and what settled them since a day, or since the first of the open year."""
    first = open_day(since)
    rows = db.session.execute(
        select(Allocation.invoice_id, Allocation.day, func.sum(Allocation.amount_minor))
        .where(among(Allocation.invoice_id, invoice_ids), Allocation.day > first)
        .group_by(Allocation.invoice_id, Allocation.day)
        .order_by(Allocation.day.desc(), Allocation.invoice_id)
    )
    settled: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for invoice_id, day, amount in rows:
        settled[invoice_id or 0].append((day, int(amount)))
    asked = select(Invoice.id, Invoice.open_minor).where(among(Invoice.id, invoice_ids)).order_by(Invoice.id)
    return OpenDays(first, {row.id: row.open_minor for row in db.session.execute(asked)}, settled)
