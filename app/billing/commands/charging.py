"""Charging a payer for something once, outside any fee run: a draft, and further lines of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.billing.commands.runs import require_profile
from app.billing.models import Invoice, InvoiceLine, LedgerAccount
from app.billing.rules import FEE_INCOME, AccountKind, InvoiceState, OwedThen, TaxCategory, check_tax, tax_sums
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import insert_rows
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import lock
from app.core.money import Money, total
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands import hold_institution
from app.members.models import Institution


@dataclass(frozen=True)
class ChargeLine:
    """What is charged once: its words, the amount without tax, the days it is for, its tax, its income account.

    A part of a fee names its schedule, its membership and its key, so that it counts as billed, and once; what follows
    a change of the register also says what the membership owes by it.
    """

    description: str
    amount: Money
    first_day: date
    last_day: date | None = None
    tax_category: TaxCategory = TaxCategory.OUTSIDE_SCOPE
    tax_basis_points: int = 0
    tax_reason: str | None = None
    income_account: str = FEE_INCOME
    schedule_id: int | None = None
    membership_id: int | None = None
    charge_key: str | None = None
    owed: OwedThen | None = None

    @property
    def days(self) -> Period:
        """The day or days it is for."""
        return Period(self.first_day, self.last_day or self.first_day)


def draft_charge(payer_id: int, lines: Sequence[ChargeLine], *, reason: str, actor: Actor) -> Invoice:
    """Draft an invoice to a payer for something besides its fees; all lines are of one currency."""
    actor.require(Permission.INVOICE_EDIT)
    require_profile()
    payer = hold_institution(payer_id)
    if not lines:
        raise DomainError("Say what is charged.", "description")
    for line in lines:
        _check(line, lines[0].amount.currency)
    invoice = Invoice(
        state=InvoiceState.DRAFT,
        payer_id=payer.id,
        currency=lines[0].amount.currency,
        open_minor=0,
        created_at=clock.now(),
        search_text=folded(payer.name, payer.short_name),
        **_sums(lines),
    )
    db.session.add(invoice)
    db.session.flush()
    _write_lines(invoice.id, 1, lines, reason)
    _record("billing.draft_charge", invoice, f"Draft of {invoice.gross} {invoice.currency} made", lines, reason, actor)
    return invoice


def add_charge(invoice_id: int, line: ChargeLine, *, reason: str, actor: Actor) -> Invoice:
    """Put a further line on a draft that was made by hand."""
    actor.require(Permission.INVOICE_EDIT)
    invoice = lock(Invoice, invoice_id)
    if invoice.state is not InvoiceState.DRAFT or invoice.run_id is not None:
        raise DomainError("Only a draft outside fee runs takes a further line.")
    _check(line, invoice.currency)
    before = db.session.execute(
        select(InvoiceLine.tax_category, InvoiceLine.tax_basis_points, InvoiceLine.net_minor)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position)
    ).all()
    bases = [(category, points, Money(minor, invoice.currency)) for category, points, minor in before]
    for name, value in _sums([line], bases).items():
        setattr(invoice, name, value)
    highest = select(func.max(InvoiceLine.position)).where(InvoiceLine.invoice_id == invoice_id)
    _write_lines(invoice_id, (db.session.scalar(highest) or 0) + 1, [line], reason)
    _record("billing.add_charge", invoice, f"{line.description} added to a draft", [line], reason, actor)
    return invoice


def check_income_account(code: str) -> None:
    """Refuse an account that is not on record, or takes no income."""
    found = db.session.get(LedgerAccount, code)
    if found is None or found.kind is not AccountKind.INCOME:
        raise DomainError(f"{code} is no income account of the ledger.", "income_account")


def _check(line: ChargeLine, currency: str) -> None:
    """Refuse a line without an amount, in another currency, with a last day before its first, or a wrong tax."""
    if line.amount.currency != currency:
        raise DomainError(f"This invoice is in {currency}; one invoice has one currency.", "currency")
    if line.amount.minor <= 0:
        raise DomainError("A charge is above zero; less is a credit note.", "amount")
    check_tax(line.tax_category, line.tax_basis_points, line.tax_reason)
    check_income_account(line.income_account)
    _ = line.days


def _sums(lines: Sequence[ChargeLine], besides: Sequence[tuple[TaxCategory, int, Money]] = ()) -> dict[str, int]:
    every = [*besides, *((line.tax_category, line.tax_basis_points, line.amount) for line in lines)]
    currency = lines[0].amount.currency
    net = total([amount for _, _, amount in every], currency).minor
    tax = total([each.tax for each in tax_sums(every)], currency).minor
    return {"net_minor": net, "tax_minor": tax, "gross_minor": net + tax}


def _write_lines(invoice_id: int, position: int, lines: Sequence[ChargeLine], reason: str) -> None:
    insert_rows(
        InvoiceLine,
        [
            {
                "invoice_id": invoice_id,
                "position": number,
                "description": line.description,
                "why": reason,
                "first_day": line.days.first,
                "last_day": line.days.last,
                "quantity": 1,
                "unit_minor": line.amount.minor,
                "net_minor": line.amount.minor,
                "tax_category": line.tax_category,
                "tax_basis_points": line.tax_basis_points,
                "tax_reason": line.tax_reason,
                "income_account": line.income_account,
                "schedule_id": line.schedule_id,
                "membership_id": line.membership_id,
                "charge_key": line.charge_key,
                "owed_days": line.owed and line.owed.days,
                "owed_minor": line.owed and line.owed.minor,
            }
            for number, line in enumerate(lines, position)
        ],
    )
    db.session.flush()


def _record(
    action: str, invoice: Invoice, summary: str, lines: Sequence[ChargeLine], reason: str, actor: Actor
) -> None:
    payer = db.session.get_one(Institution, invoice.payer_id)
    after: dict[str, Any] = {
        "payer": payer.id,
        "lines": [f"{line.description}: {line.amount} {line.amount.currency}" for line in lines],
        "total": f"{invoice.gross} {invoice.currency}",
    }
    record(
        action,
        Subject("invoice", invoice.id),
        summary=f"{summary}, to {payer.name}",
        after=after,
        reason=reason,
        actor=actor,
    )
