"""The books as Beancount text (beancount.github.io): another program reads it, and finds the balances that we have.

What comes before the period is brought forward by one entry. Amounts in other currencies carry their worth as a total
price (`@@`), so that each entry adds to zero in the currency of the books. After the period every balance is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.billing.rules import AccountKind
from app.core.money import Money
from app.core.periods import ONE_DAY

ROOTS = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.EQUITY: "Equity",
    AccountKind.INCOME: "Income",
    AccountKind.EXPENSE: "Expenses",
}
BY_WORTH = "-by-worth"  # A sibling of an account for what moves only its worth, which no amount of it can carry.
TOLERANCE = "0.0001"  # Less than the smallest unit of any currency: prices are kept as quotients.


@dataclass(frozen=True)
class BookAccount:
    """An account of the ledger."""

    code: str
    name: str
    kind: AccountKind


@dataclass(frozen=True)
class BookLeg:
    """An amount on an account and its worth in the currency of the books: a posting, or a balance."""

    account: str
    amount: Money
    worth: Money


@dataclass(frozen=True)
class BookPosting:
    """One posting with its entry."""

    entry_id: int
    day: date
    kind: str
    text: str
    payer: str | None
    leg: BookLeg


@dataclass(frozen=True)
class Books:
    """What is written: whose books, in which currency, of which days, and what was there before and is there after."""

    title: str
    home: str
    first: date
    last: date
    accounts: Sequence[BookAccount]
    before: Sequence[BookLeg]
    postings: Iterable[BookPosting]
    after: Sequence[BookLeg]


def beancount_lines(books: Books) -> Iterator[str]:
    """The text, an entry at a time."""
    names = {each.code: _name(each) for each in books.accounts}
    opened = books.first - ONE_DAY
    yield _options(books)
    yield from _openings(books, names, opened)
    brought = [line for leg in books.before for line in _lines(leg, names)]
    if brought:
        yield f'\n{opened} * "Balances brought forward"\n' + "".join(brought)
    for _, postings in groupby(books.postings, key=lambda each: each.entry_id):
        yield _entry(list(postings), names)
    yield "\n"
    for leg in books.after:
        said = f"{_plain(leg.amount)} ~ {TOLERANCE} {leg.amount.currency}"
        yield f"{books.last + ONE_DAY} balance {names[leg.account]}  {said}\n"


def _openings(books: Books, names: dict[str, str], day: date) -> Iterator[str]:
    """Every account, and a sibling where it ever held another currency: nothing else moves a worth alone."""
    for each in books.accounts:
        yield f'{day} open {names[each.code]}\n  name: "{_quoted(each.name)}"\n'
    for code in sorted({leg.account for leg in books.after if leg.amount.currency != books.home}):
        yield f"{day} open {names[code]}{BY_WORTH}\n"


def _options(books: Books) -> str:
    return (
        f'option "title" "{_quoted(books.title)}"\n'
        f'option "operating_currency" "{books.home}"\n'
        f'option "inferred_tolerance_default" "*:{TOLERANCE}"\n\n'
    )


def _entry(postings: Sequence[BookPosting], names: dict[str, str]) -> str:
    first = postings[0]
    payer = next((each.payer for each in postings if each.payer), "")
    said = f'{first.day} * "{_quoted(payer)}" "{_quoted(first.text)}"'
    head = f'\n{said}\n  entry: {first.entry_id}\n  kind: "{first.kind}"\n'
    return head + "".join(line for each in postings for line in _lines(each.leg, names))


def _lines(leg: BookLeg, names: dict[str, str]) -> Iterator[str]:
    """The amount with its worth; what the amount cannot carry of its worth stands on the sibling."""
    account, amount, worth = names[leg.account], leg.amount, leg.worth
    carried = worth.minor if _carries(amount, worth) else 0
    if amount.currency == worth.currency:
        carried = amount.minor
    if amount:
        price = f" @@ {_plain(Money(abs(carried), worth.currency))} {worth.currency}"
        yield f"  {account}  {_plain(amount)} {amount.currency}{'' if amount.currency == worth.currency else price}\n"
    if worth.minor != carried:
        yield f"  {account}{BY_WORTH}  {_plain(Money(worth.minor - carried, worth.currency))} {worth.currency}\n"


def _carries(amount: Money, worth: Money) -> bool:
    """Whether a price can say what an amount is worth: a price is never below zero, and of nothing it is nothing."""
    return amount.minor * worth.minor > 0


def _name(account: BookAccount) -> str:
    """Assets:1100-Receivable-from-payers."""
    words = re.sub(r"[^0-9A-Za-z]+", "-", f"{account.code} {account.name}").strip("-")
    return f"{ROOTS[account.kind]}:{words}"


def _plain(amount: Money) -> str:
    return f"{amount.amount:f}"


def _quoted(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("\\", "\\\\").replace('"', '\\"')
