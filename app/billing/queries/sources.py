"""What a payer has on its account to settle an invoice with: payments and credit notes of which something is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.billing.models import Invoice, LedgerAccount, Payment
from app.billing.rules import RECEIVABLE, AccountKind, InvoiceKind, InvoiceState
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.permissions import Permission


@dataclass(frozen=True)
class Source:
    """A payment or a credit note, and what of it is left today."""

    payment_id: int | None
    credit_id: int | None
    called: str
    left: Money

    @property
    def key(self) -> str:
        """How a form names it: payment-4, credit-12."""
        return f"credit-{self.credit_id}" if self.payment_id is None else f"payment-{self.payment_id}"


def list_sources(payer_id: int, currency: str, actor: Actor) -> Sequence[Source]:
    """What can settle an invoice of a payer in a currency: credit notes first, the oldest of each first."""
    actor.require(Permission.PAYMENT_READ)
    credits_ = db.session.execute(
        select(Invoice.id, Invoice.number, Invoice.open_minor)
        .where(
            Invoice.payer_id == payer_id,
            Invoice.currency == currency,
            Invoice.kind == InvoiceKind.CREDIT_NOTE,
            Invoice.state == InvoiceState.ISSUED,
            Invoice.open_minor < 0,
        )
        .order_by(Invoice.issue_day, Invoice.id)
    )
    payments = db.session.execute(
        select(Payment.id, Payment.unallocated_minor)
        .where(Payment.payer_id == payer_id, Payment.currency == currency, Payment.unallocated_minor > 0)
        .order_by(Payment.received_on, Payment.id)
    )
    return [
        *(Source(None, row.id, row.number or "", Money(-row.open_minor, currency)) for row in credits_),
        *(Source(row.id, None, f"Payment {row.id}", Money(row.unallocated_minor, currency)) for row in payments),
    ]


def list_bank_accounts() -> Sequence[tuple[str, str]]:
    """The accounts of the ledger that money goes out of, as choices."""
    rows = db.session.execute(
        select(LedgerAccount.code, LedgerAccount.name)
        .where(LedgerAccount.kind == AccountKind.ASSET, LedgerAccount.code != RECEIVABLE)
        .order_by(LedgerAccount.code)
    )
    return [(code, f"{code} {name}") for code, name in rows]
