"""What `flask verify` proves of statements and their lines, each from the raw rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, case, func, or_, select

from app.billing.models import BankAccount, BankEntry, BankMatch, BankStatement, Payment, Posting, Refund
from app.billing.rules.bank.matching import EntryState
from app.core.database import db
from app.core.verification import verifies


@verifies("The opening balance of each statement and its lines add to its closing balance")
def check_statements() -> Iterator[str]:
    """Add the lines that each statement brought; of one that overlaps another, the lines belong to the other."""
    added = func.coalesce(func.sum(BankEntry.amount_minor), 0)
    wrong = (
        select(BankStatement.id, BankStatement.last_day)
        .outerjoin(BankEntry, BankEntry.statement_id == BankStatement.id)
        .where(BankStatement.added == BankStatement.lines)
        .group_by(BankStatement.id, BankStatement.last_day, BankStatement.opening_minor, BankStatement.closing_minor)
        .having(BankStatement.opening_minor + added != BankStatement.closing_minor)
        .order_by(BankStatement.id)
    )
    for statement_id, day in db.session.execute(wrong):
        yield f"Statement {statement_id} of {day} does not close."


@verifies("Each statement has as many lines as it says it brought")
def check_lines() -> Iterator[str]:
    """Count the lines of each."""
    wrong = (
        select(BankStatement.id, BankStatement.added, func.count(BankEntry.id))
        .outerjoin(BankEntry, BankEntry.statement_id == BankStatement.id)
        .group_by(BankStatement.id, BankStatement.added)
        .having(func.count(BankEntry.id) != BankStatement.added)
        .order_by(BankStatement.id)
    )
    for statement_id, said, found in db.session.execute(wrong):
        yield f"Statement {statement_id} brought {said} lines, {found} are on record."


@verifies("Each line of a bank that is booked became just its amount, and no other one became anything")
def check_booked() -> Iterator[str]:
    """Add what each line became and still is."""
    live = and_(BankMatch.entry_id == BankEntry.id, BankMatch.undone_at.is_(None))
    became = func.coalesce(func.sum(BankMatch.amount_minor), 0)
    wanted = case((BankEntry.state == EntryState.BOOKED, BankEntry.amount_minor), else_=0)
    wrong = (
        select(BankEntry.id, BankEntry.state, became)
        .outerjoin(BankMatch, live)
        .group_by(BankEntry.id, BankEntry.state, BankEntry.amount_minor)
        .having(or_(became != wanted, and_(BankEntry.state != EntryState.BOOKED, func.count(BankMatch.id) > 0)))
        .order_by(BankEntry.id)
    )
    for entry_id, state, amount in db.session.execute(wrong):
        yield f"Line {entry_id} is {state} and became {amount}."


@verifies("What a line of a bank became is on record with the same amount, on the same account")
def check_became() -> Iterator[str]:
    """Hold each payment, refund and entry of the ledger against the line."""
    of_account = and_(Posting.entry_id == BankMatch.ledger_entry_id, Posting.account_code == BankAccount.account_code)
    amounts = case(
        (BankMatch.payment_id.is_not(None), Payment.amount_minor),
        (BankMatch.refund_id.is_not(None), -Refund.amount_minor),
        else_=Posting.amount_minor,
    )
    codes = func.coalesce(Payment.account_code, Refund.account_code, BankAccount.account_code)
    wrong = (
        select(BankMatch.id, BankMatch.entry_id)
        .join(BankEntry, BankEntry.id == BankMatch.entry_id)
        .join(BankAccount, BankAccount.id == BankEntry.account_id)
        .outerjoin(Payment, Payment.id == BankMatch.payment_id)
        .outerjoin(Refund, Refund.id == BankMatch.refund_id)
        .outerjoin(Posting, of_account)
        .where(or_(func.coalesce(amounts, 0) != BankMatch.amount_minor, codes != BankAccount.account_code))
        .order_by(BankMatch.id)
    )
    for _, entry_id in db.session.execute(wrong):
        yield f"Line {entry_id} became something of another amount or account."


@verifies("No payment and no refund is shown by two lines of a bank")
def check_shown_once() -> Iterator[str]:
    """Count the lines that show each."""
    for column, words in ((BankMatch.payment_id, "Payment"), (BankMatch.refund_id, "Refund")):
        twice = (
            select(column)
            .where(BankMatch.undone_at.is_(None), column.is_not(None))
            .group_by(column)
            .having(func.count() > 1)
            .order_by(column)
        )
        for record_id in db.session.scalars(twice):
            yield f"{words} {record_id} is shown by several lines."
