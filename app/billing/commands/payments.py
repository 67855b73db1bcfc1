"""Payments: money received is kept with what it settles; the rest stays the payer's, to be allocated later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.models import Allocation, Invoice, Payment
from app.billing.rules import BANK, RECEIVABLE, UNAPPLIED, InvoiceState, PaymentMethod, oldest_first
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.money import Money
from app.core.permissions import Permission
from app.members.commands import lock_institution
from app.web.wording import plural


@dataclass(frozen=True)
class Settlement:
    """How much of a payment settles which invoice."""

    invoice_id: int
    amount: Money


@dataclass(frozen=True)
class PaymentValues:
    """Money received. `settles` names the invoices chosen; None settles the payer's oldest open ones first."""

    payer_id: int
    received_on: date
    amount: Money
    method: PaymentMethod = PaymentMethod.BANK_TRANSFER
    reference: str | None = None
    note: str | None = None
    settles: tuple[Settlement, ...] | None = None


def record_payment(values: PaymentValues, *, actor: Actor) -> Payment:
    """Record money received and settle invoices with it; what is left over stays unallocated on the payer's account."""
    actor.require(Permission.PAYMENT_EDIT)
    payer = lock_institution(values.payer_id)
    if values.received_on > clock.today():
        raise DomainError("Money is recorded when it has come, not before.", "received_on")
    if values.amount.minor <= 0:
        raise DomainError("A payment is more than nothing.", "amount")
    payment = Payment(
        payer_id=payer.id,
        received_on=values.received_on,
        currency=values.amount.currency,
        amount_minor=values.amount.minor,
        unallocated_minor=values.amount.minor,
        method=values.method,
        reference=values.reference,
        note=values.note,
        recorded_by=actor.name,
        recorded_at=clock.now(),
    )
    db.session.add(payment)
    invoices = _lock_open(payment)
    parts = _chosen(values.settles, values.amount) or _oldest(values, invoices)
    db.session.flush()
    settled = _settle(payment, parts, invoices, from_day=values.received_on)
    _book_receipt(payment, payer.name, settled)
    record(
        "billing.record_payment",
        Subject("payment", payment.id),
        summary=f"Payment of {payment.amount} {payment.currency} from {payer.name} received"
        f" on {payment.received_on.day} {payment.received_on:%B %Y}",
        after=_values(payment, settled),
        actor=actor,
    )
    db.session.flush()
    return payment


def allocate_payment(
    payment_id: int, settles: Sequence[Settlement], *, day: date | None = None, actor: Actor
) -> Payment:
    """Settle invoices with what a payment has left, from a day on (default: today)."""
    actor.require(Permission.PAYMENT_EDIT)
    payer_id = db.session.scalar(select(Payment.payer_id).where(Payment.id == payment_id)) or 0
    payer = lock_institution(payer_id)
    payment = lock(Payment, payment_id)
    from_day = day or clock.today()
    if not payment.received_on <= from_day <= clock.today():
        raise DomainError("Money settles from the day it came, and not after today.", "day")
    if not settles:
        raise DomainError("Choose at least one invoice to settle.")
    invoices = _lock_open(payment)
    before = payment.unallocated_minor
    settled = _settle(payment, _chosen(settles, Money(before, payment.currency)), invoices, from_day=from_day)
    book([_application(payment, payer.name, each, amount) for each, amount in _by_day(settled).items()])
    record(
        "billing.allocate_payment",
        Subject("payment", payment.id),
        summary=f"Payment from {payer.name}: {plural(len(settled), 'invoice', 'invoices')} settled",
        before={"unallocated": str(Money(before, payment.currency))},
        after=_values(payment, settled),
        actor=actor,
    )
    db.session.flush()
    return payment


def _lock_open(payment: Payment) -> Mapping[int, Invoice]:
    """The payer's open invoices in the payment's currency, locked in the order of their ids."""
    found = db.session.scalars(
        select(Invoice)
        .where(
            Invoice.payer_id == payment.payer_id,
            Invoice.state == InvoiceState.ISSUED,
            Invoice.open_minor > 0,
            Invoice.currency == payment.currency,
        )
        .order_by(Invoice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {invoice.id: invoice for invoice in found}


def _chosen(settles: Sequence[Settlement] | None, amount: Money) -> list[tuple[int, int]]:
    if settles is None:
        return []
    for each in settles:
        if each.amount.currency != amount.currency:
            raise DomainError("A payment settles invoices of its own currency only.", f"invoice_{each.invoice_id}")
        if each.amount.minor <= 0:
            raise DomainError("What settles an invoice is more than nothing.", f"invoice_{each.invoice_id}")
    if sum(each.amount.minor for each in settles) > amount.minor:
        raise DomainError(f"The parts add to more than {amount} {amount.currency}.", "amount")
    return [(each.invoice_id, each.amount.minor) for each in settles]


def _oldest(values: PaymentValues, invoices: Mapping[int, Invoice]) -> list[tuple[int, int]]:
    if values.settles is not None:
        return []
    in_order = sorted(invoices.values(), key=lambda each: (each.due_day or date.max, each.id))
    return oldest_first(values.amount.minor, [(invoice.id, invoice.open_minor) for invoice in in_order])


def _settle(
    payment: Payment, parts: Sequence[tuple[int, int]], invoices: Mapping[int, Invoice], *, from_day: date
) -> list[Allocation]:
    """Take parts of the payment for invoices; never more than is open: whoever came first was first."""
    settled = []
    for invoice_id, amount in parts:
        invoice = invoices.get(invoice_id)
        if invoice is None:
            raise DomainError("This invoice is not open any more; nothing was recorded.", f"invoice_{invoice_id}")
        if amount > invoice.open_minor:
            raise DomainError(
                f"Only {invoice.outstanding} is open on {invoice.number}; nothing was recorded.",
                f"invoice_{invoice_id}",
            )
        invoice.open_minor -= amount
        payment.unallocated_minor -= amount
        settled.append(
            Allocation(
                payment_id=payment.id,
                invoice_id=invoice_id,
                day=max(from_day, invoice.issue_day or from_day),
                amount_minor=amount,
                recorded_at=clock.now(),
            )
        )
    db.session.add_all(settled)
    db.session.flush()
    return settled


def _book_receipt(payment: Payment, payer: str, settled: Sequence[Allocation]) -> None:
    """Book the money on the day it came; what settles an invoice of a later day is applied on that day."""
    by_day = _by_day(settled)
    at_once = by_day.pop(payment.received_on, 0)
    receipt = Booking(
        day=payment.received_on,
        text=f"Payment from {payer}",
        currency=payment.currency,
        legs=(
            Leg(BANK, payment.amount_minor, payment.payer_id),
            Leg(RECEIVABLE, -at_once, payment.payer_id),
            Leg(UNAPPLIED, at_once - payment.amount_minor, payment.payer_id),
        ),
        payment_id=payment.id,
    )
    book([receipt, *(_application(payment, payer, day, amount) for day, amount in by_day.items())])


def _application(payment: Payment, payer: str, day: date, amount: int) -> Booking:
    return Booking(
        day=day,
        text=f"Payment from {payer} applied",
        currency=payment.currency,
        legs=(Leg(UNAPPLIED, amount, payment.payer_id), Leg(RECEIVABLE, -amount, payment.payer_id)),
        payment_id=payment.id,
    )


def _by_day(settled: Sequence[Allocation]) -> dict[date, int]:
    days: dict[date, int] = defaultdict(int)
    for each in sorted(settled, key=lambda each: each.day):
        days[each.day] += each.amount_minor
    return days


def _values(payment: Payment, settled: Sequence[Allocation]) -> dict[str, object]:
    return {
        "amount": f"{payment.amount} {payment.currency}",
        "received_on": payment.received_on.isoformat(),
        "unallocated": str(Money(payment.unallocated_minor, payment.currency)),
        "settles": [f"invoice {each.invoice_id}: {Money(each.amount_minor, payment.currency)}" for each in settled],
    }
