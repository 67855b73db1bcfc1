"""The ledger: its accounts, what an entry is about, and what amounts are worth in the currency of the books."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.core.errors import DomainError
from app.core.money import Money, decimals_of, round_half_up

BILLION = 10**9
MOST_RATE = 10**6
SEPARATOR = "\x1f"
NEARLY = 5  # Per cent by which the rate of a bank may differ from the one on record.


class AccountKind(StrEnum):
    """What a ledger account is."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class EntryKind(StrEnum):
    """What an entry of the ledger books."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    VOID = "void"
    PAYMENT = "payment"
    ALLOCATION = "allocation"
    RELEASE = "release"
    REVERSAL = "reversal"
    REFUND = "refund"
    WRITE_OFF = "write_off"
    CLOSING = "closing"
    BANK = "bank"


RECEIVABLE, BANK, UNAPPLIED, TAX_PAYABLE, SURPLUS = "1100", "1200", "2100", "2200", "3000"
FEE_INCOME, REMINDER_INCOME, WRITTEN_OFF, BANK_CHARGES, EXCHANGE = "4000", "4900", "6000", "6100", "6900"
ACCOUNTS = {
    RECEIVABLE: ("Receivable from payers", AccountKind.ASSET),
    BANK: ("Bank", AccountKind.ASSET),
    UNAPPLIED: ("Unallocated money of payers", AccountKind.LIABILITY),
    TAX_PAYABLE: ("Tax to be paid", AccountKind.LIABILITY),
    SURPLUS: ("Accumulated surplus", AccountKind.EQUITY),
    FEE_INCOME: ("Membership fees", AccountKind.INCOME),
    REMINDER_INCOME: ("Reminder fees and interest", AccountKind.INCOME),
    WRITTEN_OFF: ("Claims written off", AccountKind.EXPENSE),
    BANK_CHARGES: ("Bank charges", AccountKind.EXPENSE),
    EXCHANGE: ("Exchange differences", AccountKind.EXPENSE),
}
RESULT_KINDS = frozenset({AccountKind.INCOME, AccountKind.EXPENSE})
OPENED = {"4": AccountKind.INCOME, "6": AccountKind.EXPENSE}
FOUR_DIGITS = re.compile(r"\d{4}", re.ASCII)
FIRST_OPENED, LAST_OPENED, STEP = 4010, 4890, 10


def kind_of_opened(code: str) -> AccountKind:
    """Of which kind an account is that is opened by hand, which its number says."""
    if not FOUR_DIGITS.fullmatch(code) or code[0] not in OPENED:
        raise DomainError("An account of income is numbered 4000 to 4999, one of expense 6000 to 6999.", "code")
    return OPENED[code[0]]


def next_income(taken: Collection[str]) -> str:
    """The number proposed for a new account of income: the first of 4010, 4020 and so on that is free."""
    free = (str(code) for code in range(FIRST_OPENED, LAST_OPENED + 1, STEP) if str(code) not in taken)
    return next(free, "")


def opened_for(bank_account: str) -> str:
    """What the account of the ledger is called that is opened for an account of a bank."""
    return f"Bank, {bank_account}"[:200]


def entry_text(entry: Iterable[object], legs: Iterable[Iterable[object]]) -> str:
    """What the trail seals of an entry: its values and those of its postings, in their order."""
    return SEPARATOR.join(str(value) for part in (entry, *legs) for value in part)


def check_rate(billionths: int) -> None:
    """Refuse a rate of exchange that is nothing or cannot be meant."""
    if not 0 < billionths <= MOST_RATE * BILLION:
        raise DomainError("A rate of exchange is more than nothing, and at most a million.", "rate")


def converted(money: Money, billionths: int, home: str) -> Money:
    """An amount in the currency of the books by a rate (units of it for one unit, in billionths), rounded half up."""
    shift = decimals_of(home) - decimals_of(money.currency)
    return Money(round_half_up((Decimal(money.minor) * billionths / BILLION).scaleb(shift)), home)


def worth_of(part: int, whole: int, home: int) -> int:
    """What a part of an amount is worth where the whole is worth `home`, all in minor units.

    Amounts go up and down between nothing and the whole, and what is booked is always the difference of two such
    worths: so all of it adds to the worth of the whole, in whatever order it is settled.
    """
    return round_half_up(Decimal(home) * part / whole) if whole else 0


def parts_across(is_open: int, left: int, worths: tuple[int, int]) -> tuple[int, int]:
    """How much of what is open an amount of another currency likely settles, and what of the amount that takes.

    `worths` are what both are worth in one currency. Nearly the same is all for all: banks have rates of their own.
    """
    owed, had = worths
    if min(owed, had) <= 0 or abs(owed - had) * 100 <= NEARLY * max(owed, had):
        return is_open, left
    return (is_open, worth_of(owed, had, left)) if had > owed else (worth_of(had, owed, is_open), left)


def check_since(since: date | None, on: date) -> None:
    """Refuse to begin an account after the day up to which it goes: nothing would stand on it."""
    if since is not None and since > on:
        raise DomainError("Begin on the day up to which the account goes, or earlier.", "since")
