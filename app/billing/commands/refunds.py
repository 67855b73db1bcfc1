"""Refunds: what a payer has left of a payment or of a credit note goes back to it, by an entry of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.audit.commands import Subject, record
from app.billing.commands.approvals import use_approval
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.commands.payments import check_bank_account
from app.billing.commands.settling import (
    change_open,
    exchange_leg,
    left_from,
    lock_invoices,
    lock_payer_of,
    open_from,
    refuse_beyond,
)
from app.billing.commands.undoing import pay_out
from app.billing.models import Allocation, Invoice, Payment, Refund
from app.billing.queries.exchange import worth_on
from app.billing.rules import BANK, RECEIVABLE, UNAPPLIED, Act, EntryKind, InvoiceKind, RefundKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.money import Money
from app.core.permissions import Permission
from app.members.models import Institution


@dataclass(frozen=True)
class RefundValues:
    """What goes back to the payer, from which account of the bank, and why."""

    amount: Money
    day: date
    reason: str
    reference: str | None = None
    account_code: str = BANK


def refund_payment(payment_id: int, values: RefundValues, *, actor: Actor) -> Refund:
    """Give back what a payment has left; what it settles stays settled."""
    actor.require(Permission.INVOICE_CREDIT)
    payment, payer = lock_payment_to_refund(payment_id, values)
    use_approval(Act.REFUND, Subject("payment", payment_id), values.amount)
    refund = _refund(payer, values, actor)
    worth = pay_out(payment, refund)
    _book(refund, payer, Leg(UNAPPLIED, refund.amount_minor, payer.id, worth), payment_id=payment_id)
    _record(refund, Subject("payment", payment_id), payer, actor)
    return refund


def refund_credit(credit_id: int, values: RefundValues, *, actor: Actor) -> Refund:
    """Give back what a credit note has left, where its invoice was paid before it was credited."""
    actor.require(Permission.INVOICE_CREDIT)
    credit, payer = lock_credit_to_refund(credit_id, values)
    use_approval(Act.REFUND, Subject("invoice", credit_id), values.amount)
    refund = _refund(payer, values, actor)
    db.session.add(
        Allocation(
            credit_id=credit_id,
            refund_id=refund.id,
            day=refund.day,
            amount_minor=refund.amount_minor,
            taken_minor=refund.amount_minor,
            recorded_at=clock.now(),
        )
    )
    worth = change_open(credit, refund.amount_minor)
    _book(refund, payer, Leg(RECEIVABLE, refund.amount_minor, payer.id, worth), invoice_id=credit_id)
    _record(refund, Subject("invoice", credit_id), payer, actor)
    return refund


def lock_payment_to_refund(payment_id: int, values: RefundValues) -> tuple[Payment, Institution]:
    """A payment of which just this can be given back, and its payer, locked."""
    payer = lock_payer_of(Payment, payment_id)
    payment = lock(Payment, payment_id)
    _check(values, Money(payment.unallocated_minor, payment.currency), payment.received_on)
    refuse_beyond(values.amount.minor, left_from(payment, values.day), payment.currency)
    return payment, payer


def lock_credit_to_refund(credit_id: int, values: RefundValues) -> tuple[Invoice, Institution]:
    """A credit note of which just this can be given back, and its payer, locked."""
    payer = lock_payer_of(Invoice, credit_id)
    credit = lock_invoices(payer.id, {credit_id}).get(credit_id)
    if credit is None or credit.kind is not InvoiceKind.CREDIT_NOTE:
        raise DomainError("Only what a payment or a credit note has left can be refunded.")
    _check(values, -credit.outstanding, credit.issue_day or values.day)
    refuse_beyond(values.amount.minor, open_from([credit], values.day)[credit_id], credit.currency)
    return credit, payer


def _check(values: RefundValues, left: Money, since: date) -> None:
    if values.amount.currency != left.currency or values.amount.minor <= 0:
        raise DomainError(f"An amount of more than nothing in {left.currency}.", "amount")
    if values.amount.minor > left.minor:
        raise DomainError(f"Only {left} {left.currency} is left to give back; nothing was recorded.", "amount")
    if not values.reason.strip():
        raise DomainError("Say why it is given back.", "reason")
    if not since <= values.day <= clock.today():
        raise DomainError("Not before the money was there, and not after today.", "day")
    check_bank_account(values.account_code)


def _refund(payer: Institution, values: RefundValues, actor: Actor) -> Refund:
    refund = Refund(
        payer_id=payer.id,
        kind=RefundKind.REFUND,
        day=values.day,
        currency=values.amount.currency,
        amount_minor=values.amount.minor,
        home_minor=worth_on(values.amount, values.day).minor,
        account_code=values.account_code,
        reference=values.reference,
        reason=values.reason.strip(),
        recorded_by=actor.name,
        recorded_at=clock.now(),
    )
    db.session.add(refund)
    db.session.flush()
    return refund


def _book(refund: Refund, payer: Institution, owed: Leg, **about: int) -> None:
    """Book what goes out by the rate of its day; the difference to what it was worth before is one of exchange."""
    out = Leg(refund.account_code, -refund.amount_minor, payer.id, -refund.home_minor)
    legs = (owed, out, exchange_leg(refund.home_minor - (owed.home or 0)))
    text = f"Refund to {payer.name}"
    book([Booking(EntryKind.REFUND, refund.day, text, refund.currency, legs, **about)])


def _record(refund: Refund, subject: Subject, payer: Institution, actor: Actor) -> None:
    amount = f"{Money(refund.amount_minor, refund.currency)} {refund.currency}"
    record(
        "billing.refund",
        subject,
        summary=f"{amount} refunded to {payer.name}",
        after={"amount": amount, "day": refund.day.isoformat(), "account": refund.account_code},
        reason=refund.reason,
        actor=actor,
    )
    db.session.flush()
