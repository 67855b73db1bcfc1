"""What is on record where a statement is brought: lines as they were read, and what comes before and after them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.billing.models import BankEntry, BankStatement
from app.billing.rules.bank.identity import key_of
from app.billing.rules.bank.overlaps import Known
from app.billing.rules.bank.statements import Entry, Statement
from app.core.database import db
from app.core.money import Money


def as_read(entry: BankEntry) -> Entry:
    """A line on record as it was read."""
    foreign = None if entry.foreign_minor is None else Money(entry.foreign_minor, str(entry.foreign_currency))
    return Entry(
        booking_day=entry.booking_day,
        value_day=entry.value_day,
        amount=entry.amount_minor,
        bank_reference=entry.bank_reference,
        end_to_end=entry.end_to_end,
        creditor_reference=entry.creditor_reference,
        text=entry.text,
        counterparty=entry.counterparty,
        counterparty_number=entry.counterparty_number,
        charges=entry.charges_minor,
        is_reversal=entry.is_reversal,
        foreign=foreign,
    )


End = tuple[date, int | None]  # A day and the balance on it, at which a statement begins or ends.


@dataclass(frozen=True)
class Surroundings:
    """What is on record around a statement: the identities of the lines of its days, and what judges its own."""

    identities: Collection[str]
    known: Known


def surroundings_of(account_id: int, statement: Statement) -> Surroundings:
    """What is on record of an account on the days of a statement; asked under the lock of the account."""
    days = [entry.booking_day for entry in statement.entries]
    first, last = min(days, default=statement.first_day), max(days, default=statement.last_day)
    of_days = BankEntry.account_id == account_id, BankEntry.booking_day.between(first, last)
    rows = db.session.scalars(select(BankEntry).where(*of_days).order_by(BankEntry.id)).all()
    if not rows:
        return Surroundings((), Known((), {}))
    entries = [(row.statement_id, as_read(row)) for row in rows]
    balance, gap = _balance(account_id, statement)
    known = Known([entry for _, entry in entries], _outside(account_id, statement, entries), balance, gap)
    return Surroundings({row.identity for row in rows}, known)


def _outside(account_id: int, statement: Statement, entries: Sequence[tuple[int, Entry]]) -> Counter[str]:
    """The lines of its first day before it and of its last day after it, of statements that go on from one another."""
    if statement.opening is None or statement.closing is None:
        return Counter()
    others = db.session.scalars(
        select(BankStatement)
        .where(
            BankStatement.account_id == account_id,
            BankStatement.opening_minor.is_not(None),
            BankStatement.last_day >= statement.first_day,
            BankStatement.first_day <= statement.last_day,
        )
        .order_by(BankStatement.id)
    ).all()
    found = Counter[str]()
    for chain, day in (
        (_before(statement, others), statement.first_day),
        (_after(statement, others), statement.last_day),
    ):
        found.update(key_of(entry) for of, entry in entries if of in chain and entry.booking_day == day)
    return found


def _before(statement: Statement, others: Sequence[BankStatement]) -> set[int]:
    """The statements of its first day that end where it begins, one after the other."""
    ends = {each.id: ((each.last_day, each.closing_minor), (each.first_day, each.opening_minor)) for each in others}
    return _chain((statement.first_day, statement.opening), ends)


def _after(statement: Statement, others: Sequence[BankStatement]) -> set[int]:
    """The statements of its last day that begin where it ends, one after the other."""
    ends = {each.id: ((each.first_day, each.opening_minor), (each.last_day, each.closing_minor)) for each in others}
    return _chain((statement.last_day, statement.closing), ends)


def _chain(start: End, ends: Mapping[int, tuple[End, End]]) -> set[int]:
    """Which statements lead on from a day and balance, within the day; what comes back to the start tells nothing."""
    chain: set[int] = set()
    at = start
    while at[0] == start[0]:
        found = next((of for of, (near, far) in ends.items() if near == at and far != start and of not in chain), None)
        if found is None:
            break
        chain.add(found)
        at = ends[found][1]
    return chain


def _balance(account_id: int, statement: Statement) -> tuple[int | None, int]:
    """What the record comes to at the end of the statement's last day, and what was missing in it before, if known."""
    if statement.opening is None or statement.closing is None:
        return None, 0
    balanced = select(BankStatement).where(
        BankStatement.account_id == account_id,
        BankStatement.opening_minor.is_not(None),
        BankStatement.closing_minor.is_not(None),
    )
    first = db.session.scalars(balanced.order_by(BankStatement.first_day, BankStatement.id).limit(1)).one_or_none()
    if first is None or first.first_day > statement.first_day:
        return None, 0
    before = balanced.where(BankStatement.last_day <= statement.last_day)
    newest = db.session.scalars(before.order_by(BankStatement.last_day.desc(), BankStatement.id).limit(1)).one_or_none()
    if newest is None:
        return None, 0
    ends = db.session.scalars(balanced.where(BankStatement.last_day == newest.last_day).order_by(BankStatement.id))
    reached = _reached(first, newest.last_day)
    gap = min(((each.closing_minor or 0) - reached for each in ends), key=abs)
    return _reached(first, statement.last_day), gap


def _reached(first: BankStatement, day: date) -> int:
    """What the first balance on record and all lines since come to at the end of a day."""
    added = select(func.coalesce(func.sum(BankEntry.amount_minor), 0)).where(
        BankEntry.account_id == first.account_id, BankEntry.booking_day.between(first.first_day, day)
    )
    return (first.opening_minor or 0) + int(db.session.scalars(added).one())
