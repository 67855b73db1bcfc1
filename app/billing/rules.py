"""States, proration, tax arithmetic and accounts of billing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.core.money import Money, round_half_up
from app.core.periods import Period


class Proration(StrEnum):
    """How a fee is cut down for a part of the year."""

    NONE = "none"
    BY_DAY = "by_day"
    BY_MONTH = "by_month"


class TaxCategory(StrEnum):
    """Category codes of EN 16931 (UNTDID 5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE_SCOPE = "O"


class InvoiceState(StrEnum):
    """What an invoice is; whether it is paid follows from its open amount and its due day."""

    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"


class RunState(StrEnum):
    """Where a fee run stands."""

    DRAFT = "draft"
    ISSUING = "issuing"
    ISSUED = "issued"


class PaymentMethod(StrEnum):
    """How money came in."""

    BANK_TRANSFER = "bank_transfer"
    CHEQUE = "cheque"
    CARD = "card"


class AccountKind(StrEnum):
    """What a ledger account is."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


RECEIVABLE, BANK, UNAPPLIED, FEE_INCOME, TAX_PAYABLE = "1100", "1200", "2100", "4000", "2200"
ACCOUNTS = {
    RECEIVABLE: ("Receivable from payers", AccountKind.ASSET),
    BANK: ("Bank", AccountKind.ASSET),
    UNAPPLIED: ("Unallocated money of payers", AccountKind.LIABILITY),
    TAX_PAYABLE: ("Tax to be paid", AccountKind.LIABILITY),
    FEE_INCOME: ("Membership fees", AccountKind.INCOME),
}


@dataclass(frozen=True)
class Share:
    """The part of a year's fee that is charged, and how it came about."""

    amount: Money
    numerator: int
    denominator: int

    @property
    def is_whole(self) -> bool:
        """Whether the whole fee is charged."""
        return self.numerator == self.denominator


def prorate(fee: Money, year: Period, member: Period, proration: Proration) -> Share | None:
    """The share of a year's fee for the days of membership in it; None where there is no such day.

    By days: 5,000.00 from 1 July 2027 is 184/365, 2,520.55. By months: each month begun counts (RULES, Fees).
    """
    days = year.clip(member)
    if days is None:
        return None
    if proration is Proration.NONE:
        return Share(fee, 1, 1)
    if proration is Proration.BY_DAY:
        return _share(fee, days.days, year.days)
    return _share(fee, _months(days), _months(year))


def tax_of(net: Money, rate: Decimal) -> Money:
    """Tax on the sum of a category's lines, rounded half up (EN 16931): 19 % of 2.31 is 0.44."""
    return Money(round_half_up(Decimal(net.minor) * rate / 100), net.currency)


def _share(fee: Money, numerator: int, denominator: int) -> Share:
    return Share(fee.part(numerator, denominator), numerator, denominator)


def _months(days: Period) -> int:
    last = days.ended(days.last or days.first).last or days.first
    return (last.year - days.first.year) * 12 + last.month - days.first.month + 1
