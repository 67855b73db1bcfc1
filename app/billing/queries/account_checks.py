"""What `flask verify` proves of the accounts of payers: day by day, the ledger says what the records say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select

from app.billing.models import Allocation, Invoice, LedgerAccount, LedgerEntry, Payment, Posting, Refund, WriteOff
from app.billing.rules import BANK, RECEIVABLE, UNAPPLIED, AccountKind, EntryKind, InvoiceState
from app.core.database import db
from app.core.paging import AnySelect
from app.core.verification import verifies

Moved = dict[tuple[int, str, date], int]  # By payer, currency and day.


@verifies("The ledger says of each payer, day by day, what its invoices and payments say")
def check_accounts() -> Iterator[str]:
    """Receivable moves by invoices and what settles them, unapplied by money and its use, bank by what came and went.

    So ageing, statement and ledger are one at the end of every day (RULES, ten things, 9).
    """
    is_bank = and_(LedgerAccount.kind == AccountKind.ASSET, LedgerAccount.code != RECEIVABLE)
    claims = (
        (RECEIVABLE, LedgerAccount.code == RECEIVABLE, _claimed(), "invoices and what settles them"),
        (UNAPPLIED, LedgerAccount.code == UNAPPLIED, _unapplied(), "payments and their use"),
        (BANK, is_bank, _received(), "payments and refunds"),
    )
    for account, of_account, said, words in claims:
        booked = _booked(of_account)
        for key in sorted(said.keys() | booked.keys()):
            if said.get(key, 0) != booked.get(key, 0):
                yield (
                    f"Account {account} on {key[2]}, institution {key[0]}: {booked.get(key, 0)} {key[1]} booked,"
                    f" {said.get(key, 0)} by its {words}."
                )


def _booked(of_account: ColumnElement[bool]) -> Moved:
    day, amount = LedgerEntry.day, func.sum(Posting.amount_minor)
    return _added(
        select(Posting.payer_id, Posting.currency, day, amount)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.code == Posting.account_code)
        .where(of_account, Posting.payer_id.is_not(None))
        .group_by(Posting.payer_id, Posting.currency, day)
    )


def _claimed() -> Moved:
    """What was invoiced and credited, less what was voided, paid and written off; a refunded credit is owed again."""
    issued = _of_invoices(Invoice.issue_day, Invoice.gross_minor).where(Invoice.state != InvoiceState.DRAFT)
    voided = _of_invoices(Invoice.voided_on, -Invoice.gross_minor).where(Invoice.voided_on.is_not(None))
    settled = (
        _of_invoices(Allocation.day, -Allocation.amount_minor)
        .join(Allocation, Allocation.invoice_id == Invoice.id)
        .where(Allocation.credit_id.is_(None))
    )
    refunded = (
        _of_invoices(Allocation.day, Allocation.amount_minor)
        .join(Allocation, Allocation.credit_id == Invoice.id)
        .where(Allocation.refund_id.is_not(None))
    )
    return _added(issued, voided, settled, refunded)


def _unapplied() -> Moved:
    used = _by_day(Payment, Allocation.day, Allocation.taken_minor)
    return _added(
        _by_day(Payment, Payment.received_on, -Payment.amount_minor),
        used.join(Allocation, Allocation.payment_id == Payment.id),
    )


def _received() -> Moved:
    """What came from each payer less what went back to it."""
    came = _by_day(Payment, Payment.received_on, Payment.amount_minor)
    return _added(came, _by_day(Refund, Refund.day, -Refund.amount_minor))


def _of_invoices(day: SQLColumnExpression[date | None], amount: SQLColumnExpression[int]) -> AnySelect:
    return _by_day(Invoice, day, amount)


def _by_day(
    model: type[Invoice | Payment | Refund], day: SQLColumnExpression[date | None], amount: SQLColumnExpression[int]
) -> AnySelect:
    return (
        select(model.payer_id, model.currency, day, func.sum(amount))
        .select_from(model)
        .group_by(model.payer_id, model.currency, day)
    )


def _added(*summed: AnySelect) -> Moved:
    """All of them together, where they are not nothing."""
    sums: Moved = defaultdict(int)
    for each in summed:
        for payer, currency, day, amount in db.session.execute(each):
            sums[payer or 0, currency, day] += int(amount)
    return {key: amount for key, amount in sums.items() if amount}


@verifies("Each invoice, credit note and payment is worth in the books what was booked of it")
def check_worths() -> Iterator[str]:
    """Hold the worth that is kept against the posting by which it came into the books."""
    invoices = (Posting.account_code == RECEIVABLE, LedgerEntry.kind.in_([EntryKind.INVOICE, EntryKind.CREDIT_NOTE]))
    booked = _worth(LedgerEntry.invoice_id == Invoice.id, *invoices)
    wrong = select(Invoice.number).where(Invoice.state != InvoiceState.DRAFT, Invoice.home_minor != booked)
    for number in db.session.scalars(wrong.order_by(Invoice.id)):
        yield f"{number} keeps another worth than was booked of it."
    payments = (Posting.account_code == Payment.account_code, LedgerEntry.kind == EntryKind.PAYMENT)
    came = _worth(LedgerEntry.payment_id == Payment.id, *payments)
    for payment_id in db.session.scalars(select(Payment.id).where(Payment.home_minor != came).order_by(Payment.id)):
        yield f"Payment {payment_id} keeps another worth than was booked of it."


def _worth(*conditions: ColumnElement[bool]) -> SQLColumnExpression[int]:
    added = select(func.coalesce(func.sum(Posting.home_minor), 0)).join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
    return added.where(*conditions).correlate(Invoice, Payment).scalar_subquery()


@verifies("Each refund and write-off is taken on its day and by its amount from what it says")
def check_taken() -> Iterator[str]:
    """Hold each against the allocation by which it was taken."""
    by_refund = select(Refund.id).outerjoin(Allocation, Allocation.refund_id == Refund.id)
    refunds = or_(Allocation.id.is_(None), Allocation.day != Refund.day, Allocation.amount_minor != Refund.amount_minor)
    for refund_id in db.session.scalars(by_refund.where(refunds).order_by(Refund.id)):
        yield f"Refund {refund_id} is not what was taken for it."
    taken = and_(Allocation.write_off_id == WriteOff.id, Allocation.undoes_id.is_(None))
    written = or_(
        Allocation.id.is_(None),
        Allocation.day != WriteOff.day,
        Allocation.amount_minor != WriteOff.amount_minor,
        Allocation.invoice_id != WriteOff.invoice_id,
    )
    by_write_off = select(WriteOff.id).outerjoin(Allocation, taken)
    for write_off_id in db.session.scalars(by_write_off.where(written).order_by(WriteOff.id)):
        yield f"Write-off {write_off_id} is not what was taken for it."
