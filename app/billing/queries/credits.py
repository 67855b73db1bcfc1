"""What of an invoice can still be credited: its lines, what of each was credited before, and the tax taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.billing.models import Invoice, InvoiceLine, InvoiceRecord
from app.billing.rules import CreditableLine
from app.core.database import db


@dataclass(frozen=True)
class Creditable:
    """An issued invoice as it can be credited; amounts in minor units, `content` as it was frozen.

    `taxes_credited` is what was credited before by tax category and rate: base and tax.
    """

    currency: str
    content: Mapping[str, Any]
    lines: Sequence[CreditableLine]
    taxes_credited: Mapping[tuple[str, int], tuple[int, int]]
    gross_credited: int


def creditable_of(invoice_id: int) -> Creditable:
    """What of an issued invoice can still be credited."""
    row = db.session.execute(
        select(Invoice.currency, InvoiceRecord.content)
        .join(InvoiceRecord, InvoiceRecord.invoice_id == Invoice.id)
        .where(Invoice.id == invoice_id)
    ).one()
    contents = _contents_of_credits(invoice_id)
    taxes: dict[tuple[str, int], tuple[int, int]] = {}
    for content in contents:
        for each in content["taxes"]:
            key = (each["category"], each["basis_points"])
            base, tax = taxes.get(key, (0, 0))
            taxes[key] = (base + each["base"], tax + each["tax"])
    return Creditable(row.currency, row.content, _lines(invoice_id), taxes, sum(each["gross"] for each in contents))


def _contents_of_credits(invoice_id: int) -> Sequence[Mapping[str, Any]]:
    return db.session.scalars(
        select(InvoiceRecord.content)
        .join(Invoice, Invoice.id == InvoiceRecord.invoice_id)
        .where(Invoice.credits_id == invoice_id)
        .order_by(Invoice.id)
    ).all()


def _lines(invoice_id: int) -> list[CreditableLine]:
    credited = (
        select(InvoiceLine.credits_line_id, func.sum(-InvoiceLine.net_minor).label("amount"))
        .where(InvoiceLine.credits_line_id.is_not(None))
        .group_by(InvoiceLine.credits_line_id)
        .subquery()
    )
    rows = db.session.execute(
        select(InvoiceLine, func.coalesce(credited.c.amount, 0))
        .outerjoin(credited, credited.c.credits_line_id == InvoiceLine.id)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position, InvoiceLine.id)
    )
    return [
        CreditableLine(
            id=line.id,
            position=line.position,
            description=line.description,
            first_day=line.first_day,
            last_day=line.last_day,
            net=line.net_minor,
            credited=int(amount),
            tax_category=line.tax_category,
            tax_basis_points=line.tax_basis_points,
            tax_reason=line.tax_reason,
            schedule_id=line.schedule_id,
            membership_id=line.membership_id,
            account=line.income_account,
        )
        for line, amount in rows
    ]
