"""Receipts: what of a payment went to an invoice, told to whoever may see the invoice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.accounts.queries import get_profile
from app.billing.models import Allocation, Invoice, InvoiceRecord, Payment
from app.billing.queries.parties import picture_in, sender_in
from app.billing.queries.standing import visible_to
from app.billing.rules import content_hash
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.languages import Language
from app.web.pdf import Asset


@dataclass(frozen=True)
class Receipt:
    """What a receipt says, by plain values as an invoice keeps them, and the hash of that."""

    record: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The hash of what it says."""
        return content_hash(dict(self.record))

    @property
    def logo(self) -> Asset | None:
        """The picture at its head, if it has one."""
        return picture_in(self.record)

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"{self.record['number']}.pdf"


def get_payer_of(invoice_id: int, actor: Actor) -> int:
    """Who pays an invoice, and so may have its receipts made; NotFoundError for whoever may not see it."""
    asked = select(Invoice.payer_id).where(Invoice.id == invoice_id)
    sees = visible_to(actor)
    payer_id = db.session.scalar(asked if sees is None else asked.where(sees))
    if payer_id is None:
        raise NotFoundError("There is no such receipt.")
    return payer_id


def get_receipt(invoice_id: int, allocation_id: int, actor: Actor) -> Receipt:
    """The receipt for what a payment settles of an invoice; NotFoundError once that is undone.

    It is from the consortium as it was on the day from which the payment settles it, to whom the invoice is.
    """
    undone = aliased(Allocation)
    asked = (
        select(Allocation, Payment, Invoice, InvoiceRecord.content)
        .join(Payment, Payment.id == Allocation.payment_id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .join(InvoiceRecord, InvoiceRecord.invoice_id == Invoice.id)
        .outerjoin(undone, undone.undoes_id == Allocation.id)
        .where(Allocation.id == allocation_id, Allocation.invoice_id == invoice_id)
        .where(Allocation.undoes_id.is_(None), undone.id.is_(None))
    )
    sees = visible_to(actor)
    row = db.session.execute(asked if sees is None else asked.where(sees)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such receipt.")
    return Receipt(_record(row.Allocation, row.Payment, row.Invoice, row.content))


def _record(settling: Allocation, payment: Payment, invoice: Invoice, said: Mapping[str, Any]) -> dict[str, Any]:
    sender = sender_in(get_profile(settling.day), Language(said.get("language", "en")))
    return {
        **{name: sender[name] for name in ("language", "seller", "logo")},
        **{name: said[name] for name in ("buyer", "account_number", "sheet")},
        "number": f"{invoice.number}-R{settling.id}",
        "invoice": invoice.number,
        "currency": invoice.currency,
        "gross": invoice.gross_minor,
        "before": _settled_before(settling),
        "amount": settling.amount_minor,
        "received": payment.amount_minor,
        "taken": settling.taken_minor,
        "paid_currency": payment.currency,
        "received_on": payment.received_on.isoformat(),
        "reference": payment.reference or "",
        "made_at": settling.recorded_at.isoformat(),
    }


def _settled_before(settling: Allocation) -> int:
    """What had settled the invoice when this was recorded: what came later is not for this receipt to say."""
    asked = select(func.coalesce(func.sum(Allocation.amount_minor), 0)).where(
        Allocation.invoice_id == settling.invoice_id, Allocation.id < settling.id
    )
    return int(db.session.scalar(asked) or 0)
