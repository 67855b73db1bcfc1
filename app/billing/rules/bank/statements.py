"""What a file of statements says, whatever its format; statements that do not add up are refused whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from app.core.errors import DomainError
from app.core.money import LARGEST_MINOR, Money, decimals_of
from app.core.periods import EARLIEST, LATEST

FIELD = "file"
MOST_BYTES = 20 * 1024 * 1024
MOST_ENTRIES = 100_000
MOST_TEXT = 4000


@dataclass(frozen=True)
class Entry:
    """Money that came (above zero) or went (below), in minor units of the currency of its account."""

    booking_day: date
    value_day: date
    amount: int
    bank_reference: str = ""
    end_to_end: str = ""
    creditor_reference: str = ""
    text: str = ""
    counterparty: str = ""
    counterparty_number: str = ""
    charges: int = 0
    is_reversal: bool = False
    foreign: Money | None = None


@dataclass(frozen=True)
class Statement:
    """A statement of one account: its balances, where the bank gives them, and its entries in the order of the bank."""

    account: str
    currency: str
    number: str
    opening: int | None
    closing: int | None
    first_day: date
    last_day: date
    entries: tuple[Entry, ...]


def refusal(reason: str, field: str = FIELD) -> DomainError:
    """A refusal of a whole file, beside the field it was chosen in or the one that says how it is read."""
    return DomainError(f"{reason} Nothing was imported.", field)


def check_statements(statements: Sequence[Statement]) -> None:
    """Refuse statements that do not add up, are of another currency than they say, or are too many for one file."""
    if not statements:
        raise refusal("This file holds no statement.")
    if sum(len(each.entries) for each in statements) > MOST_ENTRIES:
        raise refusal(f"This file holds more than {MOST_ENTRIES:,} entries.")
    for statement in statements:
        check_closes(statement)


def check_closes(statement: Statement) -> None:
    """Opening balance plus entries is the closing balance (RULES, Invoices and payments)."""
    if statement.opening is None or statement.closing is None:
        return
    reached = statement.opening + sum(entry.amount for entry in statement.entries)
    if reached != statement.closing:
        named = statement.number or statement.last_day.isoformat()
        raise refusal(
            f"Statement {named} does not close: its opening balance and its entries add to"
            f" {Money(reached, statement.currency)}, but it says {Money(statement.closing, statement.currency)}."
        )


def put_together(pages: Sequence[Statement]) -> list[Statement]:
    """Pages of one statement, which carry its number, each beginning where the one before it ends."""
    whole: dict[tuple[str, str, str], Statement] = {}
    for place, page in enumerate(pages):
        key = (page.account, page.currency, page.number or str(place))
        before = whole.get(key)
        if before is not None and before.closing != page.opening:
            raise refusal(f"A page of statement {page.number} is missing: it does not go on where the last one ends.")
        whole[key] = page if before is None else _joined(before, page)
    return list(whole.values())


def _joined(before: Statement, page: Statement) -> Statement:
    return replace(
        before,
        closing=page.closing,
        first_day=min(before.first_day, page.first_day),
        last_day=max(before.last_day, page.last_day),
        entries=before.entries + page.entries,
    )


def read_amount(text: str, currency: str) -> int:
    """An amount in minor units, exact; refused where it is no plain number or finer than the currency."""
    try:
        exact = Decimal(text.strip())
    except InvalidOperation:
        raise refusal(f"{text[:40]!r} is no amount.") from None
    if not exact.is_finite() or abs(exact.adjusted()) > len(str(LARGEST_MINOR)):
        raise refusal(f"{text[:40]!r} is no amount.")
    minor = exact.scaleb(decimals_of(currency))
    if minor != minor.to_integral_value() or abs(minor) > LARGEST_MINOR:
        raise refusal(f"{text[:40]} is no amount in {currency}.")
    return int(minor)


def check_currency(currency: str) -> str:
    """A currency that there is."""
    try:
        decimals_of(currency)
    except DomainError as error:
        raise refusal(error.message) from None
    return currency


def check_day(day: date) -> date:
    """A day within the years that the program knows."""
    if not EARLIEST <= day <= LATEST:
        raise refusal(f"{day.isoformat()} is no day of a statement.")
    return day


def plain(text: str | None, most: int = MOST_TEXT) -> str:
    """A text on one line, without what no page shows and no database keeps."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text or "")
    return " ".join(kept.split())[:most]
