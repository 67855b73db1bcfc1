"""What of an invoice can still be credited: its lines, what of each was credited before, and the tax taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.billing.models import Invoice, InvoiceLine, InvoiceRecord
from app.billing.rules import CreditableLine, CreditLine, credited_taxes
from app.core.database import db
from app.core.money import Money


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

    def gross_of(self, parts: Mapping[int, int]) -> Money:
        """What a credit note for parts of its lines gives, with the tax of them."""
        lines = [CreditLine(line, parts[line.id]) for line in self.lines if parts.get(line.id)]
        taxes = credited_taxes(self.content["taxes"], self.taxes_credited, lines)
        return Money(sum(line.amount for line in lines) + sum(each["tax"] for each in taxes), self.currency)


@dataclass(frozen=True)
class CreditRow:
    """A credit note to an invoice."""

    id: int
    number: str
    day: date | None
    reason: str
    gross: Money


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


@dataclass(frozen=True)
class Corrections:
    """What became of an invoice, or what a credit note or a new draft is about; each as id and number."""

    credits_to_it: Sequence[CreditRow]
    credited: tuple[int, str] | None
    replaces: tuple[int, str] | None
    replaced_by: tuple[int, str] | None
    reason: str
    voided_on: date | None


def corrections_of(invoice_id: int, on: date) -> Corrections:
    """The credit notes to an invoice by a day, what it credits or replaces; the caller checks who may see it."""
    of, credited, replaced, again = Invoice, aliased(Invoice), aliased(Invoice), aliased(Invoice)
    row = db.session.execute(
        select(
            of.reason, of.voided_on, credited.id, credited.number, replaced.id, replaced.number, again.id, again.number
        )
        .outerjoin(credited, credited.id == of.credits_id)
        .outerjoin(replaced, replaced.id == of.replaces_id)
        .outerjoin(again, again.replaces_id == of.id)
        .where(of.id == invoice_id)
        .order_by(again.id)
        .limit(1)
    ).one()
    voided_on = row.voided_on if row.voided_on and row.voided_on <= on else None
    credits_, replaces, again_ = (_pair(tuple(row)[at : at + 2]) for at in (2, 4, 6))
    return Corrections(_list_credits(invoice_id, on), credits_, replaces, again_, row.reason or "", voided_on)


def _pair(named: tuple[Any, ...]) -> tuple[int, str] | None:
    identity, number = named
    return None if identity is None else (identity, number or "a draft")


def _list_credits(invoice_id: int, on: date) -> list[CreditRow]:
    rows = db.session.execute(
        select(Invoice.id, Invoice.number, Invoice.issue_day, Invoice.reason, Invoice.gross_minor, Invoice.currency)
        .where(Invoice.credits_id == invoice_id, Invoice.issue_day <= on)
        .order_by(Invoice.id)
    )
    return [
        CreditRow(row.id, row.number or "", row.issue_day, row.reason or "", Money(-row.gross_minor, row.currency))
        for row in rows
    ]
