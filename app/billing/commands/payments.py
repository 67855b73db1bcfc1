"""Payments: money received is kept with what it settles; the rest stays the payer's, to be allocated later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.commands.disputes import end_disputes
from app.billing.commands.settling import (
    Applied,
    Part,
    apply_payment,
    by_day,
    gathered,
    lock_invoices,
    lock_payer_of,
    open_from,
)
from app.billing.models import Invoice, LedgerAccount, Payment
from app.billing.queries.exchange import worth_on
from app.billing.rules import BANK, UNAPPLIED, AccountKind, DisputeEnd, EntryKind, PaymentMethod, oldest_first
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
    """How much of a payment settles which invoice.

    `amount` is in the currency of the invoice; `taken` is what that takes of a payment in another currency.
    """

    invoice_id: int
    amount: Money
    taken: Money | None = None


@dataclass(frozen=True)
class PaymentValues:
    """Money received. `settles` names the invoices chosen; None settles the payer's oldest open ones first.

    `account_code` is the account of the ledger that the money came to. It settles from the day it came, or from a later
    one: `settles_from`.
    """

    payer_id: int
    received_on: date
    amount: Money
    method: PaymentMethod = PaymentMethod.BANK_TRANSFER
    reference: str | None = None
    note: str | None = None
    settles: tuple[Settlement, ...] | None = None
    account_code: str = BANK
    settles_from: date | None = None

    @property
    def from_day(self) -> date:
        """The day from which it settles what it is for."""
        return self.settles_from or self.received_on


def record_payment(values: PaymentValues, *, actor: Actor) -> Payment:
    """Record money received and settle invoices with it; what is left over stays unallocated on the payer's account."""
    actor.require(Permission.PAYMENT_EDIT)
    payer = lock_institution(values.payer_id)
    if values.received_on > clock.today():
        raise DomainError("Money is recorded when it has come, not before.", "received_on")
    if values.amount.minor <= 0:
        raise DomainError("A payment is more than nothing.", "amount")
    _check_from(values.from_day, values.received_on, "settles_from")
    check_bank_account(values.account_code)
    payment = Payment(
        payer_id=payer.id,
        received_on=values.received_on,
        currency=values.amount.currency,
        amount_minor=values.amount.minor,
        unallocated_minor=values.amount.minor,
        home_minor=worth_on(values.amount, values.received_on).minor,
        account_code=values.account_code,
        method=values.method,
        reference=values.reference,
        note=values.note,
        recorded_by=actor.name,
        recorded_at=clock.now(),
    )
    db.session.add(payment)
    invoices = lock_invoices(payer.id)
    if values.settles is None:
        parts = _oldest(payment, invoices, values.from_day)
    else:
        parts = _chosen(values.settles, payment, invoices)
    db.session.flush()
    applied = apply_payment(payment, parts, invoices, from_day=values.from_day)
    _book_receipt(payment, payer.name, applied)
    record(
        "billing.record_payment",
        Subject("payment", payment.id),
        summary=f"Payment of {payment.amount} {payment.currency} from {payer.name} received"
        f" on {payment.received_on.day} {payment.received_on:%B %Y}",
        after=values_of(payment, applied),
        actor=actor,
    )
    end_disputes([part.invoice_id for part in parts], DisputeEnd.PAID, actor=actor)
    return payment


def allocate_payment(
    payment_id: int, settles: Sequence[Settlement], *, day: date | None = None, actor: Actor
) -> Payment:
    """Settle invoices with what a payment has left, from a day on (default: today)."""
    actor.require(Permission.PAYMENT_EDIT)
    payer = lock_payer_of(Payment, payment_id)
    payment = lock(Payment, payment_id)
    from_day = day or clock.today()
    _check_from(from_day, payment.received_on, "day")
    if not settles:
        raise DomainError("Choose at least one invoice to settle.")
    invoices = lock_invoices(payer.id)
    before = payment.unallocated_minor
    parts = _chosen(settles, payment, invoices)
    applied = apply_payment(payment, parts, invoices, from_day=from_day)
    book([_application(payment, payer.name, day, legs) for day, legs in by_day(applied).items()])
    record(
        "billing.allocate_payment",
        Subject("payment", payment.id),
        summary=f"Payment from {payer.name}: {plural(len(applied), 'invoice', 'invoices')} settled",
        before={"unallocated": str(Money(before, payment.currency))},
        after=values_of(payment, applied),
        actor=actor,
    )
    end_disputes([part.invoice_id for part in parts], DisputeEnd.PAID, actor=actor)
    return payment


def _check_from(day: date, received_on: date, field: str) -> None:
    if not received_on <= day <= clock.today():
        raise DomainError("Money settles from the day it came, and not after today.", field)


def check_bank_account(code: str) -> None:
    """Refuse an account of the ledger that is no asset: money comes to a bank."""
    kind = db.session.scalar(select(LedgerAccount.kind).where(LedgerAccount.code == code))
    if kind is not AccountKind.ASSET:
        raise DomainError(f"Account {code} of the ledger is no account of a bank.", "account_code")


def _chosen(settles: Sequence[Settlement], payment: Payment, invoices: Mapping[int, Invoice]) -> list[Part]:
    """The parts chosen, checked against the currencies and against what the payment has left."""
    parts = [_part(each, payment, invoices.get(each.invoice_id)) for each in settles]
    if sum(part.taken for part in parts) > payment.unallocated_minor:
        left = Money(payment.unallocated_minor, payment.currency)
        raise DomainError(f"The parts add to more than {left} {payment.currency}.", "amount")
    return parts


def _part(each: Settlement, payment: Payment, invoice: Invoice | None) -> Part:
    field = f"invoice_{each.invoice_id}"
    taken = each.taken or each.amount
    if taken.currency != payment.currency:
        raise DomainError(f"Say what this takes of the payment in {payment.currency}.", field)
    if invoice is not None and each.amount.currency != invoice.currency:
        raise DomainError(f"What settles this invoice is an amount in {invoice.currency}.", field)
    if each.amount.minor <= 0 or taken.minor <= 0:
        raise DomainError("What settles an invoice is more than nothing.", field)
    if each.amount.currency == taken.currency and each.amount != taken:
        raise DomainError("In one currency what is taken is what is settled.", field)
    return Part(each.invoice_id, each.amount.minor, taken.minor)


def _oldest(payment: Payment, invoices: Mapping[int, Invoice], from_day: date) -> list[Part]:
    """The payer's oldest open invoices in the currency of the payment, as far as it goes."""
    same = [each for each in invoices.values() if each.currency == payment.currency]
    in_order = sorted(same, key=lambda each: (each.due_day or date.max, each.id))
    still = open_from(in_order, from_day)
    parts = oldest_first(payment.amount_minor, [(invoice.id, still[invoice.id]) for invoice in in_order])
    return [Part(invoice_id, amount, amount) for invoice_id, amount in parts]


def _book_receipt(payment: Payment, payer: str, applied: Sequence[Applied]) -> None:
    """Book the money on the day it came; what settles an invoice of a later day is applied on that day."""
    days = by_day(applied)
    received = (
        Leg(payment.account_code, payment.amount_minor, payment.payer_id, payment.home_minor, payment.currency),
        Leg(UNAPPLIED, -payment.amount_minor, payment.payer_id, -payment.home_minor, payment.currency),
    )
    receipt = Booking(
        kind=EntryKind.PAYMENT,
        day=payment.received_on,
        text=f"Payment from {payer}",
        currency=payment.currency,
        legs=gathered((*received, *days.pop(payment.received_on, ()))),
        payment_id=payment.id,
    )
    book([receipt, *(_application(payment, payer, day, legs) for day, legs in days.items())])


def _application(payment: Payment, payer: str, day: date, legs: tuple[Leg, ...]) -> Booking:
    return Booking(
        kind=EntryKind.ALLOCATION,
        day=day,
        text=f"Payment from {payer} applied",
        currency=payment.currency,
        legs=legs,
        payment_id=payment.id,
    )


def values_of(payment: Payment, applied: Sequence[Applied]) -> dict[str, object]:
    """What the trail keeps of a payment and what it settles."""
    rows = [each.allocation for each in applied]
    return {
        "amount": f"{payment.amount} {payment.currency}",
        "received_on": payment.received_on.isoformat(),
        "unallocated": str(Money(payment.unallocated_minor, payment.currency)),
        "settles": [f"invoice {row.invoice_id}: {Money(row.taken_minor, payment.currency)}" for row in rows],
    }
