"""The books of some days, as they are handed to another program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.accounts.queries import find_profile
from app.billing.documents.beancount import BookAccount, BookLeg, BookPosting, Books
from app.billing.models import AccountDay, LedgerEntry, Posting
from app.billing.queries.ledger import TrialRow, trial_balance
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, reading_only
from app.core.money import Money
from app.core.paging import STREAM_BLOCK
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.core.site import this_site
from app.members.models import Institution


def first_booked() -> date | None:
    """The day of the earliest entry; None where nothing was ever booked."""
    return db.session.scalar(select(func.min(AccountDay.day)))


def books_of(since: date | None, until: date | None, actor: Actor) -> Books:
    """The books from a day (default: the first entry) to another (default: today), both included."""
    actor.require(Permission.PAYMENT_READ)
    last = min(until or clock.today(), clock.today())
    first = min(since or first_booked() or last, last)
    newest = db.session.scalar(select(func.max(LedgerEntry.id))) or 0
    profile, after = find_profile(last), trial_balance(last, actor=actor)
    return Books(
        title=profile.name if profile else "Books",
        home=this_site().home_currency,
        first=first,
        last=last,
        accounts=_accounts(after),
        before=_balances(trial_balance(first - ONE_DAY, actor=actor)),
        postings=_postings(first, last, newest),
        after=_balances(after),
    )


def _accounts(rows: Sequence[TrialRow]) -> list[BookAccount]:
    found = {row.code: BookAccount(row.code, row.name, row.kind) for row in rows}
    return [found[code] for code in sorted(found)]


def _balances(rows: Sequence[TrialRow]) -> list[BookLeg]:
    return [BookLeg(row.code, row.balance, row.home) for row in rows]


def _postings(first: date, last: date, newest: int) -> Iterator[BookPosting]:
    """Every posting of the days, entry by entry, read as a stream when it is asked for.

    What is booked while it is read comes after the `newest` entry and is left out, as it is in the balances.
    """
    home = this_site().home_currency
    asked = (
        select(
            LedgerEntry.id, LedgerEntry.day, LedgerEntry.kind, LedgerEntry.text, Institution.name, Posting.account_code,
            Posting.currency, Posting.amount_minor, Posting.home_minor,
        )
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .outerjoin(Institution, Institution.id == Posting.payer_id)
        .where(LedgerEntry.day.between(first, last), LedgerEntry.id <= newest)
        .order_by(LedgerEntry.day, LedgerEntry.id, Posting.id)
    )  # fmt: skip
    with reading_only():
        rows = db.session.execute(asked.execution_options(yield_per=STREAM_BLOCK))
    for row in rows:
        yield _posting(row, home)


def _posting(row: Any, home: str) -> BookPosting:
    leg = BookLeg(row.account_code, Money(row.amount_minor, row.currency), Money(row.home_minor, home))
    return BookPosting(row.id, row.day, row.kind.value, row.text, row.name, leg)
