"""Undoing what settled an invoice: an allocation, a write-off, or a payment that the bank took back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.audit.commands import Subject, record
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.commands.disputes import resume_disputes
from app.billing.commands.settling import (
    Applied,
    change_unallocated,
    left_from,
    lock_invoices,
    lock_payer_of,
    refuse_beyond,
    undo,
)
from app.billing.models import Allocation, Invoice, Payment, Refund, WriteOff
from app.billing.rules import UNAPPLIED, WRITE_OFF_ACCOUNTS, EntryKind, RefundKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import lock
from app.core.money import Money
from app.core.permissions import Permission
from app.members.commands import lock_institution


def release_allocation(allocation_id: int, *, day: date, reason: str, actor: Actor) -> Allocation:
    """Undo what settles an invoice from a day on: the invoice is open again, with its old due day.

    The money is unallocated again, the credit unused, the write-off taken back. Undone twice at once, one is told.
    """
    actor.require(Permission.PAYMENT_EDIT)
    invoice, done = _lock(allocation_id)
    _check(done, day, reason)
    applied = undo(done, day=day, source=_source_of(done), invoice=invoice)
    book([_release(applied, invoice, done.payment_id)] if applied.legs else [])
    amount = f"{Money(done.amount_minor, invoice.currency)} {invoice.currency}"
    subject = Subject("payment", done.payment_id) if done.payment_id else Subject("invoice", invoice.id)
    record(
        "billing.release_allocation",
        subject,
        summary=f"{amount} on {invoice.number} is open again",
        before={"allocation": done.id, "day": done.day.isoformat()},
        after={"day": day.isoformat(), "open": str(invoice.outstanding)},
        reason=reason,
        actor=actor,
    )
    resume_disputes([invoice], day=day, actor=actor)
    return applied.allocation


def reverse_payment(payment_id: int, *, day: date, reason: str, actor: Actor) -> Refund:
    """Record that the bank took a payment back, or that it never was one: what it settled is open again."""
    actor.require(Permission.PAYMENT_EDIT)
    payer = lock_payer_of(Payment, payment_id)
    payment = lock(Payment, payment_id)
    _check_reversal(payment, day, reason)
    live = list_live(payment_id)
    invoices = lock_invoices(payer.id, {each.invoice_id or 0 for each in live})
    entries = [
        _release(undo(each, day=day, source=payment, invoice=invoices[each.invoice_id or 0]), None, payment_id)
        for each in live
    ]
    refund = Refund(
        payer_id=payer.id,
        kind=RefundKind.REVERSAL,
        day=day,
        currency=payment.currency,
        amount_minor=payment.amount_minor,
        home_minor=payment.home_minor,
        account_code=payment.account_code,
        reference=payment.reference,
        reason=reason.strip(),
        recorded_by=actor.name,
        recorded_at=clock.now(),
    )
    db.session.add(refund)
    db.session.flush()
    pay_out(payment, refund)
    legs = (
        Leg(UNAPPLIED, payment.amount_minor, payer.id, payment.home_minor),
        Leg(payment.account_code, -payment.amount_minor, payer.id, -payment.home_minor),
    )
    text = f"Payment from {payer.name} reversed"
    book([*entries, Booking(EntryKind.REVERSAL, day, text, payment.currency, legs, payment_id=payment_id)])
    record(
        "billing.reverse_payment",
        Subject("payment", payment_id),
        summary=f"Payment of {payment.amount} {payment.currency} from {payer.name} reversed",
        after={"day": day.isoformat(), "open again": [invoice.number for invoice in invoices.values()]},
        reason=reason,
        actor=actor,
    )
    resume_disputes(invoices.values(), day=day, actor=actor)
    return refund


def pay_out(payment: Payment, refund: Refund) -> int:
    """Take a refund out of what a payment has left; what that is worth in the books by the payment's own rate."""
    refuse_beyond(refund.amount_minor, left_from(payment, refund.day), payment.currency)
    db.session.add(
        Allocation(
            payment_id=payment.id,
            refund_id=refund.id,
            day=refund.day,
            amount_minor=refund.amount_minor,
            taken_minor=refund.amount_minor,
            recorded_at=clock.now(),
        )
    )
    worth = -change_unallocated(payment, -refund.amount_minor)
    db.session.flush()
    return worth


def last_moved(payment: Payment) -> date:
    """The last day on which a payment settled something, or that was undone: it is not taken back before."""
    newest = db.session.scalar(select(func.max(Allocation.day)).where(Allocation.payment_id == payment.id))
    return max(payment.received_on, newest or payment.received_on)


def list_live(payment_id: int) -> Sequence[Allocation]:
    """What a payment settles and that was not undone, in the order of its making."""
    undone = aliased(Allocation)
    return db.session.scalars(
        select(Allocation)
        .outerjoin(undone, undone.undoes_id == Allocation.id)
        .where(
            Allocation.payment_id == payment_id,
            Allocation.invoice_id.is_not(None),
            Allocation.undoes_id.is_(None),
            undone.id.is_(None),
        )
        .order_by(Allocation.id)
    ).all()


def _lock(allocation_id: int) -> tuple[Invoice, Allocation]:
    """The invoice and what settles it, locked after their payer, as every writer does."""
    invoice_id = db.session.scalar(select(Allocation.invoice_id).where(Allocation.id == allocation_id))
    payer_id = db.session.scalar(select(Invoice.payer_id).where(Invoice.id == invoice_id))
    if invoice_id is None or payer_id is None:
        raise NotFoundError("There is no such allocation.")
    lock_institution(payer_id)
    done = lock(Allocation, allocation_id)
    if done.credit_id is not None:
        lock_invoices(payer_id, {invoice_id, done.credit_id})
    return lock(Invoice, invoice_id), done


def _source_of(done: Allocation) -> Payment | Invoice | str:
    if done.payment_id is not None:
        return lock(Payment, done.payment_id)
    if done.credit_id is not None:
        return lock(Invoice, done.credit_id)
    return WRITE_OFF_ACCOUNTS[lock(WriteOff, done.write_off_id or 0).kind]


def _check(done: Allocation, day: date, reason: str) -> None:
    if done.undoes_id is not None:
        raise DomainError("This is itself an undoing; settle the invoice anew instead.")
    if db.session.scalar(select(select(Allocation.id).where(Allocation.undoes_id == done.id).exists())):
        raise DomainError("This was undone already; nothing was recorded.")
    if not reason.strip():
        raise DomainError("Say why it is undone.", "reason")
    if not done.day <= day <= clock.today():
        raise DomainError("Not before the day it settled, and not after today.", "day")


def _check_reversal(payment: Payment, day: date, reason: str) -> None:
    out = select(Refund.kind).join(Allocation, Allocation.refund_id == Refund.id)
    kinds = db.session.scalars(out.where(Allocation.payment_id == payment.id).order_by(Refund.id)).all()
    if RefundKind.REVERSAL in kinds:
        raise DomainError("This payment is reversed already; nothing was recorded.")
    if kinds:
        raise DomainError("A part of this payment was refunded: it cannot be taken back as a whole.")
    if not reason.strip():
        raise DomainError("Say why, as the bank does.", "reason")
    if not last_moved(payment) <= day <= clock.today():
        raise DomainError("Not before the money came and settled something, and not after today.", "day")


def _release(applied: Applied, invoice: Invoice | None, payment_id: int | None) -> Booking:
    row = applied.allocation
    named = f" on {invoice.number}" if invoice is not None else ""
    return Booking(
        kind=EntryKind.RELEASE,
        day=row.day,
        text=f"Allocation{named} undone",
        currency=applied.legs[0].currency or "",
        legs=applied.legs,
        invoice_id=row.invoice_id if payment_id is None else None,
        payment_id=payment_id,
    )
