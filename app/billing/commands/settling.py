"""Settling: what takes an invoice down or up again, and what that is worth in the books, whoever settles it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.billing.commands.bookings import Leg
from app.billing.models import Allocation, Invoice, Payment
from app.billing.rules import EXCHANGE, RECEIVABLE, UNAPPLIED, InvoiceState, worth_of
from app.core import clock
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.site import this_site
from app.members.commands import lock_institution
from app.members.models import Institution


@dataclass(frozen=True)
class Part:
    """How much of what is open on an invoice is settled, and what that takes of the money, in minor units of each."""

    invoice_id: int
    amount: int
    taken: int


@dataclass(frozen=True)
class Applied:
    """One part that was settled: its row, and how it is booked on its day."""

    allocation: Allocation
    legs: tuple[Leg, ...]


def open_from(invoices: Iterable[Invoice], day: date) -> dict[int, int]:
    """What can be settled of invoices from a day on: the least that is open on any day since, for none goes below zero.

    What was undone later was settled until then, so that less was open; of credit notes it is what is left of them.
    """
    now = {each.id: abs(each.open_minor) for each in invoices}
    return _least(now, (Allocation.invoice_id, Allocation.credit_id), Allocation.amount_minor, day)


def left_from(payment: Payment, day: date) -> int:
    """What can be taken of a payment from a day on: the least that is unallocated on any day since."""
    now = {payment.id: payment.unallocated_minor}
    return _least(now, (Allocation.payment_id,), Allocation.taken_minor, day)[payment.id]


def _least(
    now: Mapping[int, int],
    named: Sequence[InstrumentedAttribute[int | None]],
    amount: InstrumentedAttribute[int],
    day: date,
) -> dict[int, int]:
    least = dict(now)
    if day >= clock.today() or not now:
        return least
    running = dict(now)
    for column in named:
        later = (
            select(column, Allocation.day, func.sum(amount))
            .where(column.in_(sorted(now)), Allocation.day > day)
            .group_by(column, Allocation.day)
            .order_by(Allocation.day.desc(), column)
        )
        for of, _, taken in db.session.execute(later):
            running[of or 0] += int(taken)
            least[of or 0] = min(least[of or 0], running[of or 0])
    return least


def lock_payer_of(model: type[Invoice | Payment], record_id: int) -> Institution:
    """The payer of an invoice or a payment, locked before either, as every writer does."""
    return lock_institution(db.session.scalar(select(model.payer_id).where(model.id == record_id)) or 0)


def lock_invoices(payer_id: int, wanted: Collection[int] | None = None) -> Mapping[int, Invoice]:
    """The open invoices of a payer, or those wanted whether open or not, locked in the order of their ids."""
    of_payer = select(Invoice).where(Invoice.payer_id == payer_id, Invoice.state == InvoiceState.ISSUED)
    which = Invoice.open_minor > 0 if wanted is None else Invoice.id.in_(sorted(wanted))
    found = db.session.scalars(
        of_payer.where(which).order_by(Invoice.id).with_for_update().execution_options(populate_existing=True)
    )
    return {invoice.id: invoice for invoice in found}


def apply_payment(
    payment: Payment, parts: Sequence[Part], invoices: Mapping[int, Invoice], *, from_day: date
) -> list[Applied]:
    """Take parts of a payment for invoices; never more than is open: whoever came first was first."""
    applied = []
    refuse_beyond(sum(part.taken for part in parts), left_from(payment, from_day), payment.currency)
    still = open_from([each for part in parts if (each := invoices.get(part.invoice_id))], from_day)
    for part in parts:
        invoice = _open_invoice(part, invoices, still)
        worth = -change_open(invoice, -part.amount)
        taken = -change_unallocated(payment, -part.taken)
        allocation = _allocation(invoice, part, from_day, payment_id=payment.id)
        legs = (
            Leg(UNAPPLIED, part.taken, payment.payer_id, taken, payment.currency),
            Leg(RECEIVABLE, -part.amount, payment.payer_id, -worth, invoice.currency),
            exchange_leg(worth - taken),
        )
        applied.append(Applied(allocation, legs))
    _write(applied)
    return applied


def apply_credit(credit: Invoice, part: Part, invoices: Mapping[int, Invoice], *, from_day: date) -> Applied:
    """Take a part of what a credit note gives for an invoice; both stand on the same account of the payer."""
    of = [each for each in (credit, invoices.get(part.invoice_id)) if each is not None]
    still = open_from(of, from_day)
    refuse_beyond(part.amount, still[credit.id], credit.currency)
    invoice = _open_invoice(part, invoices, still)
    worth = -change_open(invoice, -part.amount)
    given = change_open(credit, part.amount)
    allocation = _allocation(invoice, part, from_day, credit_id=credit.id)
    applied = Applied(allocation, _moved(credit, invoice, given - worth))
    _write([applied])
    return applied


def apply_write_off(invoice: Invoice, amount: int, account: str, *, write_off_id: int, day: date) -> Applied:
    """Take an invoice down by what will not be paid, at the cost of an account of expense."""
    part = Part(invoice.id, amount, amount)
    _open_invoice(part, {invoice.id: invoice}, open_from([invoice], day))
    worth = -change_open(invoice, -amount)
    legs = (
        Leg(account, amount, None, worth, invoice.currency),
        Leg(RECEIVABLE, -amount, invoice.payer_id, -worth, invoice.currency),
    )
    applied = Applied(_allocation(invoice, part, day, write_off_id=write_off_id), legs)
    _write([applied])
    return applied


def undo(done: Allocation, *, day: date, source: Payment | Invoice | str, invoice: Invoice) -> Applied:
    """Take an allocation back from a day on: by a row below zero, and the way back through the books.

    `source` is the payment, the credit note, or the account that a write-off was booked to.
    """
    amount, taken = done.amount_minor, done.taken_minor
    worth = change_open(invoice, amount)
    row = Allocation(
        payment_id=done.payment_id,
        credit_id=done.credit_id,
        write_off_id=done.write_off_id,
        invoice_id=done.invoice_id,
        day=day,
        amount_minor=-amount,
        taken_minor=-taken,
        undoes_id=done.id,
        recorded_at=clock.now(),
    )
    receivable = Leg(RECEIVABLE, amount, invoice.payer_id, worth, invoice.currency)
    legs: tuple[Leg, ...]
    if isinstance(source, Payment):
        back = change_unallocated(source, taken)
        legs = (Leg(UNAPPLIED, -taken, source.payer_id, -back, source.currency), receivable, exchange_leg(back - worth))
    elif isinstance(source, Invoice):
        legs = _moved(source, invoice, worth + change_open(source, -amount))
    else:
        legs = (Leg(source, -amount, None, -worth, invoice.currency), receivable)
    applied = Applied(row, legs)
    _write([applied])
    return applied


def change_open(document: Invoice, by: int) -> int:
    """Move what is open on an invoice or credit note; by how much that moves its worth in the books."""
    before, whole, home = document.open_minor, document.gross_minor, document.home_minor
    document.open_minor = before + by
    return worth_of(before + by, whole, home) - worth_of(before, whole, home)


def change_unallocated(payment: Payment, by: int) -> int:
    """Move what is unallocated of a payment; by how much that moves its worth in the books."""
    before, whole, home = payment.unallocated_minor, payment.amount_minor, payment.home_minor
    payment.unallocated_minor = before + by
    return worth_of(before + by, whole, home) - worth_of(before, whole, home)


def exchange_leg(difference: int) -> Leg:
    """A difference of exchange in the currency of the books; none is no leg."""
    return Leg(EXCHANGE, difference, None, difference, this_site().home_currency)


def gathered(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """Legs of one entry with one line an account, payer and currency."""
    sums: dict[tuple[str, int | None, str | None], list[int]] = defaultdict(lambda: [0, 0])
    for leg in legs:
        added = sums[leg.account, leg.payer_id, leg.currency]
        added[0] += leg.amount
        added[1] += leg.amount if leg.home is None else leg.home
    return tuple(Leg(account, amount, payer, home, of) for (account, payer, of), (amount, home) in sums.items())


def by_day(applied: Sequence[Applied]) -> dict[date, tuple[Leg, ...]]:
    """How what was applied is booked, one entry a day, the earliest first."""
    days: dict[date, list[Leg]] = defaultdict(list)
    for each in sorted(applied, key=lambda each: each.allocation.day):
        days[each.allocation.day] += each.legs
    return {day: gathered(legs) for day, legs in days.items()}


def _moved(credit: Invoice, invoice: Invoice, difference: int) -> tuple[Leg, ...]:
    """Nothing is booked but a difference of exchange: what a credit note gives is on the payer's account already."""
    receivable = Leg(RECEIVABLE, 0, invoice.payer_id, difference, credit.currency)
    return (receivable, exchange_leg(-difference)) if difference else ()


def refuse_beyond(wanted: int, left: int, currency: str) -> None:
    """Refuse to take more than is left of a payment or credit note on every day since."""
    if wanted > left:
        raise DomainError(f"Only {Money(left, currency)} {currency} is left from this day on; date it later.", "day")


def _open_invoice(part: Part, invoices: Mapping[int, Invoice], still: Mapping[int, int]) -> Invoice:
    invoice, field = invoices.get(part.invoice_id), f"invoice_{part.invoice_id}"
    if invoice is None or invoice.open_minor <= 0:
        raise DomainError("This invoice is not open any more; nothing was recorded.", field)
    left, number = Money(invoice.open_minor, invoice.currency), invoice.number
    if part.amount > invoice.open_minor:
        raise DomainError(f"Only {left} is open on {number}; nothing was recorded.", field)
    if part.amount > still[invoice.id]:
        left = Money(still[invoice.id], invoice.currency)
        raise DomainError(f"Only {left} of {number} is open on each day since; date it later.", field)
    return invoice


def _allocation(invoice: Invoice, part: Part, from_day: date, **source: int) -> Allocation:
    return Allocation(
        **source,
        invoice_id=invoice.id,
        day=max(from_day, invoice.issue_day or from_day),
        amount_minor=part.amount,
        taken_minor=part.taken,
        recorded_at=clock.now(),
    )


def _write(applied: Sequence[Applied]) -> None:
    db.session.add_all([each.allocation for each in applied])
    db.session.flush()
