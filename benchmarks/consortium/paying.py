"""Recording many payments at once: the money, what it settles, and both in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, update

from app.audit.commands import Entry, Subject, record_many
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.models import Allocation, Invoice, Payment
from app.billing.rules import BANK, RECEIVABLE, UNAPPLIED, EntryKind, PaymentMethod
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from benchmarks.consortium.issuing import Issued


@dataclass(frozen=True)
class Receipt:
    """Money that came for an invoice on a day: less than its amount, all of it, or more."""

    invoice: Issued
    day: date
    amount: int

    @property
    def settled(self) -> int:
        """What of it settles the invoice; the rest stays the payer's."""
        return min(self.amount, self.invoice.gross)


def receive(receipts: Sequence[Receipt], actor: Actor) -> None:
    """Record these payments, each for the one invoice it names."""
    rows = [_payment(receipt, actor) for receipt in receipts]
    ids = db.session.scalars(insert(Payment).returning(Payment.id, sort_by_parameter_order=True), rows).all()
    pairs = list(zip(ids, receipts, strict=True))
    db.session.execute(insert(Allocation), [_allocation(payment_id, receipt) for payment_id, receipt in pairs])
    _reduce(receipts)
    book([_booking(payment_id, receipt) for payment_id, receipt in pairs])
    record_many(_entries(pairs), actor)


def _payment(receipt: Receipt, actor: Actor) -> dict[str, Any]:
    return {
        "payer_id": receipt.invoice.payer_id,
        "received_on": receipt.day,
        "currency": receipt.invoice.currency,
        "amount_minor": receipt.amount,
        "unallocated_minor": receipt.amount - receipt.settled,
        "home_minor": receipt.amount,
        "method": PaymentMethod.BANK_TRANSFER,
        "reference": receipt.invoice.number,
        "recorded_by": actor.name,
        "recorded_at": clock.now(),
    }


def _allocation(payment_id: int, receipt: Receipt) -> dict[str, Any]:
    return {
        "payment_id": payment_id,
        "invoice_id": receipt.invoice.id,
        "day": receipt.day,
        "amount_minor": receipt.settled,
        "taken_minor": receipt.settled,
        "recorded_at": clock.now(),
    }


def _reduce(receipts: Sequence[Receipt]) -> None:
    table = Invoice.__table__
    wanted = update(Invoice).where(table.c.id == bindparam("key"))
    db.session.connection().execute(
        wanted.values(open_minor=table.c.open_minor - bindparam("part"), version=table.c.version + 1),
        [{"key": receipt.invoice.id, "part": receipt.settled} for receipt in receipts],
    )


def _booking(payment_id: int, receipt: Receipt) -> Booking:
    payer_id = receipt.invoice.payer_id
    return Booking(
        kind=EntryKind.PAYMENT,
        day=receipt.day,
        text=f"Payment from {receipt.invoice.payer_name}",
        currency=receipt.invoice.currency,
        legs=(
            Leg(BANK, receipt.amount, payer_id),
            Leg(RECEIVABLE, -receipt.settled, payer_id),
            Leg(UNAPPLIED, receipt.settled - receipt.amount, payer_id),
        ),
        payment_id=payment_id,
    )


def _entries(pairs: Sequence[tuple[int, Receipt]]) -> Iterator[Entry]:
    for payment_id, receipt in pairs:
        yield Entry(
            "billing.record_payment",
            Subject("payment", payment_id),
            f"Payment from {receipt.invoice.payer_name} received",
            after={"amount_minor": receipt.amount, "settles": [f"{receipt.invoice.id}: {receipt.settled}"]},
        )
