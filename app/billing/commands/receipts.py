"""Many payments at once, each of just what is open on one invoice: written in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from app.audit.commands import Entry, Subject, record_many
from app.audit.seals import touch
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.commands.disputes import end_disputes
from app.billing.commands.settling import exchange_leg, open_from
from app.billing.models import Allocation, Invoice, Payment
from app.billing.queries.closed_years import open_day
from app.billing.queries.exchange import worth_on
from app.billing.rules import RECEIVABLE, UNAPPLIED, DisputeEnd, EntryKind, InvoiceState, PaymentMethod, worth_of
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among, insert_with_ids
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.permissions import Permission
from app.members.models import Institution


@dataclass(frozen=True)
class Receipt:
    """Money that came for one invoice: how much, when, to which account of the ledger, with which reference."""

    invoice_id: int
    amount: Money
    day: date
    account_code: str
    reference: str


@dataclass(frozen=True)
class _Settled:
    """A receipt with the invoice it pays in full, what it is worth, and from when it settles it."""

    receipt: Receipt
    invoice: Invoice
    payer: str
    home: int
    from_day: date


def record_receipts(receipts: Sequence[Receipt], *, actor: Actor) -> dict[int, int]:
    """Record a payment for each receipt that is just what is open on its invoice; the others are left out.

    The ids of the payments, by that of the invoice. Left out is what is not open so since the day it came, what came
    in a closed year, and what has no rate of exchange.
    """
    actor.require(Permission.PAYMENT_EDIT)
    settled = _settled(receipts)
    if not settled:
        return {}
    rows = [_payment(each, actor) for each in settled]
    pairs = list(zip(insert_with_ids(Payment, rows), settled, strict=True))
    touch(Payment, (payment_id for payment_id, _ in pairs))
    _settle(pairs)
    record_many([_entry(payment_id, each) for payment_id, each in pairs], actor)
    end_disputes([each.invoice.id for _, each in pairs], DisputeEnd.PAID, actor=actor)
    return {each.invoice.id: payment_id for payment_id, each in pairs}


def _settle(pairs: Sequence[tuple[int, _Settled]]) -> None:
    """Allocate each payment to its invoice, which is then paid, and book both."""
    touch(Allocation, insert_with_ids(Allocation, [_allocation(payment_id, each) for payment_id, each in pairs]))
    paid = update(Invoice).where(among(Invoice.id, [each.invoice.id for _, each in pairs]))
    changed = paid.values(open_minor=0, version=Invoice.version + 1)
    db.session.execute(changed.execution_options(synchronize_session=False))
    book([booking for payment_id, each in pairs for booking in _bookings(payment_id, each)])


def _settled(receipts: Sequence[Receipt]) -> list[_Settled]:
    invoice_ids = [each.invoice_id for each in receipts]
    payers = _lock_payers(invoice_ids)
    invoices = {each.id: each for each in _lock_invoices(invoice_ids)}
    by_day: dict[date, list[Receipt]] = defaultdict(list)
    for each in receipts:
        if _pays_all(each, invoices, payers):
            by_day[each.day].append(each)
    return [settled for day, of_day in by_day.items() for settled in _since(day, of_day, invoices, payers)]


def _pays_all(receipt: Receipt, invoices: Mapping[int, Invoice], payers: Mapping[int, str]) -> bool:
    """Whether it is what is open on its invoice, and its payer is still the one that was locked."""
    invoice = invoices.get(receipt.invoice_id)
    return invoice is not None and invoice.payer_id in payers and invoice.outstanding == receipt.amount


def _since(
    day: date, receipts: Sequence[Receipt], invoices: Mapping[int, Invoice], payers: Mapping[int, str]
) -> Iterator[_Settled]:
    """The receipts of a day whose invoices are open so on each day since; none of a closed year."""
    if open_day(day) != day:
        return
    still = open_from([invoices[each.invoice_id] for each in receipts], day)
    for each in receipts:
        invoice, worth = invoices[each.invoice_id], _worth(each)
        if still[invoice.id] == each.amount.minor and worth is not None:
            from_day = max(day, invoice.issue_day or day)
            yield _Settled(each, invoice, payers[invoice.payer_id], worth, from_day)


def _lock_payers(invoice_ids: Sequence[int]) -> dict[int, str]:
    """The payers of invoices, by their ids, locked before the invoices as every writer does."""
    payers = select(Invoice.payer_id).where(among(Invoice.id, invoice_ids))
    locked = select(Institution.id, Institution.name).where(Institution.id.in_(payers)).order_by(Institution.id)
    return {row.id: row.name for row in db.session.execute(locked.with_for_update())}


def _lock_invoices(invoice_ids: Sequence[int]) -> Iterable[Invoice]:
    wanted = select(Invoice).where(among(Invoice.id, invoice_ids), Invoice.state == InvoiceState.ISSUED)
    return db.session.scalars(wanted.order_by(Invoice.id).with_for_update().execution_options(populate_existing=True))


def _worth(receipt: Receipt) -> int | None:
    """What it is worth in the currency of the books; None where no rate was entered."""
    try:
        return worth_on(receipt.amount, receipt.day).minor
    except DomainError:
        return None


def _payment(settled: _Settled, actor: Actor) -> dict[str, object]:
    receipt = settled.receipt
    return {
        "payer_id": settled.invoice.payer_id,
        "received_on": receipt.day,
        "currency": receipt.amount.currency,
        "amount_minor": receipt.amount.minor,
        "unallocated_minor": 0,
        "home_minor": settled.home,
        "account_code": receipt.account_code,
        "method": PaymentMethod.BANK_TRANSFER,
        "reference": receipt.reference or None,
        "note": None,
        "recorded_by": actor.name,
        "recorded_at": clock.now(),
    }


def _allocation(payment_id: int, settled: _Settled) -> dict[str, object]:
    amount = settled.receipt.amount.minor
    return {
        "payment_id": payment_id,
        "invoice_id": settled.invoice.id,
        "day": settled.from_day,
        "amount_minor": amount,
        "taken_minor": amount,
        "recorded_at": clock.now(),
    }


def _bookings(payment_id: int, settled: _Settled) -> list[Booking]:
    """The money is the payer's on the day it came, and settles the invoice from then on, or from its issue."""
    receipt, invoice = settled.receipt, settled.invoice
    amount, currency, payer_id, home = receipt.amount.minor, invoice.currency, invoice.payer_id, settled.home
    worth = worth_of(invoice.open_minor, invoice.gross_minor, invoice.home_minor)
    bank = Leg(receipt.account_code, amount, payer_id, home)
    settles = (Leg(RECEIVABLE, -amount, payer_id, -worth), exchange_leg(worth - home))
    text, day = f"Payment from {settled.payer}", receipt.day
    if settled.from_day == day:
        return [Booking(EntryKind.PAYMENT, day, text, currency, (bank, *settles), payment_id=payment_id)]
    waits = Leg(UNAPPLIED, -amount, payer_id, -home)
    taken = Leg(UNAPPLIED, amount, payer_id, home)
    later = (taken, *settles)
    return [
        Booking(EntryKind.PAYMENT, day, text, currency, (bank, waits), payment_id=payment_id),
        Booking(EntryKind.ALLOCATION, settled.from_day, f"{text} applied", currency, later, payment_id=payment_id),
    ]


def _entry(payment_id: int, settled: _Settled) -> Entry:
    receipt = settled.receipt
    return Entry(
        "billing.record_payment",
        Subject("payment", payment_id),
        summary=f"Payment of {receipt.amount} {receipt.amount.currency} from {settled.payer} received"
        f" on {receipt.day.day} {receipt.day:%B %Y}",
        after={
            "amount": f"{receipt.amount} {receipt.amount.currency}",
            "received_on": receipt.day.isoformat(),
            "unallocated": str(Money(0, receipt.amount.currency)),
            "settles": [f"invoice {settled.invoice.id}: {receipt.amount}"],
        },
    )
