"""What was done before to a record by acts of one kind, and what of it a second person said yes to."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Select, func, select

from app.audit.rules import Subject
from app.billing.models import Allocation, Approval, Invoice, Refund, WriteOff
from app.billing.rules import Act, Done, InvoiceKind, RefundKind
from app.core.database import db


def list_done(act: Act, subject: Subject) -> list[Done]:
    """What acts of a kind did to a record and was not undone since, in the currency of the record."""
    asked = DONE.get(act)
    if asked is None:
        return []
    yes = select(Approval.done_id).where(
        Approval.subject_kind == subject.kind,
        Approval.subject_id == subject.id,
        Approval.act == act,
        Approval.done_id.is_not(None),
    )
    agreed = set(db.session.scalars(yes))
    return [Done(minor, identity in agreed) for identity, minor in db.session.execute(asked(subject))]


def _credited(subject: Subject) -> Select[int, int]:
    """Credit notes of an invoice, with their tax, as a void counts the whole invoice: each stays."""
    return (
        select(Invoice.id, -Invoice.gross_minor)
        .where(Invoice.credits_id == subject.id, Invoice.kind == InvoiceKind.CREDIT_NOTE)
        .order_by(Invoice.id)
    )


def _written_off(subject: Subject) -> Select[int, int]:
    """Write-offs of an invoice, less what was undone of them."""
    return (
        select(WriteOff.id, func.sum(Allocation.amount_minor))
        .join(Allocation, Allocation.write_off_id == WriteOff.id)
        .where(WriteOff.invoice_id == subject.id)
        .group_by(WriteOff.id)
        .order_by(WriteOff.id)
    )


def _refunded(subject: Subject) -> Select[int, int]:
    """What was paid back of a payment or a credit note; what the bank took back is no refund."""
    source = Allocation.payment_id if subject.kind == "payment" else Allocation.credit_id
    return (
        select(Refund.id, Refund.amount_minor)
        .join(Allocation, Allocation.refund_id == Refund.id)
        .where(source == subject.id, Refund.kind == RefundKind.REFUND)
        .order_by(Refund.id)
    )


# Of voids there is nothing: what is credited in part, or void, is not voided.
DONE: dict[Act, Callable[[Subject], Select[int, int]]] = {
    Act.CREDIT: _credited,
    Act.WRITE_OFF: _written_off,
    Act.REFUND: _refunded,
}
