"""States, proration, tax arithmetic and accounts of billing."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from stdnum.iso7064 import mod_97_10

from app.core.errors import DomainError
from app.core.money import Money, round_half_up
from app.core.periods import Period, add_months


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


PRORATION_WORDS = {
    Proration.NONE: "Whole fee, however short the membership",
    Proration.BY_DAY: "By days of membership in the year",
    Proration.BY_MONTH: "By months begun",
}
TAX_WORDS = {
    TaxCategory.STANDARD: "Standard or reduced rate",
    TaxCategory.ZERO: "Zero rated",
    TaxCategory.EXEMPT: "Exempt",
    TaxCategory.REVERSE_CHARGE: "Reverse charge",
    TaxCategory.OUTSIDE_SCOPE: "Outside the scope of tax",
}
CATEGORIES_WITH_REASON = frozenset({TaxCategory.EXEMPT, TaxCategory.REVERSE_CHARGE, TaxCategory.OUTSIDE_SCOPE})


class InvoiceState(StrEnum):
    """What an invoice is; whether it is paid follows from its open amount and its due day."""

    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"


class Standing(StrEnum):
    """How an invoice stands on a day, as its pill says it."""

    DRAFT = "draft"
    DUE = "due"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
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


METHOD_WORDS = {
    PaymentMethod.BANK_TRANSFER: "Bank transfer",
    PaymentMethod.CHEQUE: "Cheque",
    PaymentMethod.CARD: "Card",
}


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


@dataclass(frozen=True)
class Tariff:
    """What a class pays a year while a fee schedule is in force."""

    schedule_id: int
    fee: Money
    period: Period
    proration: Proration


@dataclass(frozen=True)
class Part:
    """A charge: the days it is for, the tariff it follows, its share; `of` counts the member's periods from 0."""

    of: int
    tariff: Tariff
    days: Period
    share: Share


@dataclass
class _Charged:
    """What of a year's fee earlier parts have taken, so that all parts add to the fee and nothing counts twice."""

    days: int = 0
    months: set[int] = field(default_factory=set)
    is_once: bool = False


def prorate(fee: Money, year: Period, member: Period, proration: Proration) -> Share | None:
    """The share of a year's fee for the days of membership in it; None where there is no such day.

    By days: 5,000.00 from 1 July 2027 is 184/365, 2,520.55. By months: each month begun counts (RULES, Fees).
    """
    parts = divide(year, [member], [Tariff(0, fee, year, proration)])
    return parts[0].share if parts else None


def divide(year: Period, members: Sequence[Period], tariffs: Sequence[Tariff]) -> list[Part]:
    """The charges of a fee year for one member's periods in a class, oldest first.

    By days, a change of tariff makes two dated parts; otherwise the tariff of the first day holds for the period. Parts
    of one fee are rounded on their sum so far: over the whole year they add to the fee (RULES, Fees).
    """
    charged: dict[tuple[Money, Proration], _Charged] = {}
    parts = []
    for of, tariff, days in _pieces(year, members, tariffs):
        so_far = charged.setdefault((tariff.fee, tariff.proration), _Charged())
        share = _take(tariff, year, days, so_far)
        if share is not None:
            parts.append(Part(of, tariff, days, share))
    return parts


def _pieces(year: Period, members: Sequence[Period], tariffs: Sequence[Tariff]) -> list[tuple[int, Tariff, Period]]:
    found = []
    for of, member in enumerate(members):
        within = year.clip(member)
        for tariff in sorted(tariffs, key=lambda each: each.period.first):
            days = within.clip(tariff.period) if within else None
            if days is None or within is None:
                continue
            if tariff.proration is not Proration.BY_DAY:
                found.append((of, tariff, Period(days.first, within.last)))
                break
            found.append((of, tariff, days))
    return found


def _take(tariff: Tariff, year: Period, days: Period, so_far: _Charged) -> Share | None:
    if tariff.proration is Proration.NONE:
        first, so_far.is_once = not so_far.is_once, True
        return Share(tariff.fee, 1, 1) if first else None
    if tariff.proration is Proration.BY_DAY:
        before, so_far.days = so_far.days, so_far.days + days.days
        return _share(tariff.fee, before, so_far.days, year.days)
    before = len(so_far.months)
    so_far.months |= _months(year, days)
    return _share(tariff.fee, before, len(so_far.months), len(_months(year, year)))


def _share(fee: Money, before: int, after: int, denominator: int) -> Share | None:
    if after == before:
        return None
    return Share(fee.part(after, denominator) - fee.part(before, denominator), after - before, denominator)


def _months(year: Period, days: Period) -> set[int]:
    """The months of the year, counted from its first day, that the days touch."""
    starts = [add_months(year.first, number) for number in range(12)]
    last = days.last or days.first
    return set(range(bisect_right(starts, days.first) - 1, bisect_right(starts, last)))


def measure(year: Period, days: Period, proration: Proration) -> tuple[int, int]:
    """The days, or months begun, of a charge and of its whole year; (1, 1) where fees are never cut down."""
    if proration is Proration.BY_DAY:
        return days.days, year.days
    if proration is Proration.BY_MONTH:
        return len(_months(year, days)), len(_months(year, year))
    return 1, 1


def tax_of(net: Money, rate: Decimal) -> Money:
    """Tax on the sum of a category's lines, rounded half up (EN 16931): 19 % of 2.31 is 0.44."""
    return Money(round_half_up(Decimal(net.minor) * rate / 100), net.currency)


@dataclass(frozen=True)
class TaxSum:
    """The tax of one category and rate on the sum of its lines."""

    category: TaxCategory
    basis_points: int
    base: Money
    tax: Money


def tax_sums(lines: Sequence[tuple[TaxCategory, int, Money]]) -> list[TaxSum]:
    """The taxes of an invoice from its lines (category, rate in basis points, net): per category, on the sum."""
    bases: dict[tuple[TaxCategory, int], Money] = {}
    for category, basis_points, net in lines:
        base = bases.get((category, basis_points))
        bases[category, basis_points] = net if base is None else base + net
    return [
        TaxSum(category, points, base, tax_of(base, Decimal(points) / 100))
        for (category, points), base in bases.items()
    ]


def check_tax(category: TaxCategory, basis_points: int, reason: str | None) -> None:
    """Refuse a rate that the category cannot have, or a missing reason: zero is never silent (RULES, Tax)."""
    if (category is TaxCategory.STANDARD) != (basis_points > 0):
        message = "The standard category has a rate above zero." if basis_points == 0 else "Only S has a rate."
        raise DomainError(message, field="tax_rate")
    if category in CATEGORIES_WITH_REASON and not reason:
        message = "Say why no tax is charged: the invoice must show it."
        raise DomainError(message, field="tax_reason")


def why_no_reverse_charge(payer: str, number: str | None, own_number: str | None) -> str | None:
    """Why reverse charge is not possible, None where it is: the invoice shows both VAT numbers (RULES, Tax)."""
    if not own_number:
        return "Reverse charge needs the consortium's own VAT number; its profile has none."
    if not number:
        return f"Reverse charge needs the VAT number of {payer}; none is on record."
    return None


CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def due_from(issue_day: date, terms_days: int) -> date:
    """The due day, counted in days: 30 days from 31 January 2027 is 2 March 2027 (RULES, Time)."""
    return issue_day + timedelta(days=terms_days)


def invoice_number(year: int, number: int) -> str:
    """The number of an invoice: INV-2016-0001."""
    return f"INV-{year}-{number:04d}"


def creditor_reference(number: str) -> str:
    """The payment reference of an invoice with its check digits (ISO 11649): RF51INV20270041."""
    plain = number.replace("-", "")
    return f"RF{mod_97_10.calc_check_digits(f'{plain}RF')}{plain}"


def content_hash(frozen: dict[str, Any]) -> str:
    """SHA-256 of a frozen record in canonical JSON: keys sorted, no spaces, UTF-8."""
    return hashlib.sha256(CANONICAL.encode(frozen).encode()).hexdigest()


def charge_key(year: Period, membership_id: int, part: Part) -> str:
    """What is charged, so that nothing is billed twice: the fee year, the membership, the first day."""
    return f"fee:{year.first:%Y%m%d}:{membership_id}:{part.days.first:%Y%m%d}"


def oldest_first(amount: int, invoices: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Settle open invoices (id, open) in their order with an amount: the parts (id, amount) that are not zero."""
    parts = []
    for invoice_id, is_open in invoices:
        part = min(amount, is_open)
        if part > 0:
            parts.append((invoice_id, part))
        amount -= part
    return parts


@dataclass(frozen=True)
class InvoiceFacts:
    """What of an invoice says how it stands: its state, its days, its total and what is open on a day."""

    state: InvoiceState
    issue_day: date | None
    due_day: date | None
    gross: int
    open: int


def standing_on(facts: InvoiceFacts, on: date) -> Standing:
    """How an invoice stands on a day: what was paid later is still owed then; due on a day is not overdue on it."""
    if facts.state is InvoiceState.VOID:
        return Standing.VOID
    if facts.issue_day is None or facts.issue_day > on:
        return Standing.DRAFT
    if facts.open == 0:
        return Standing.PAID
    if facts.due_day is not None and facts.due_day < on:
        return Standing.OVERDUE
    return Standing.PART_PAID if facts.open < facts.gross else Standing.DUE


AGES = ("Not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days")


def age_of(due_day: date, on: date) -> int:
    """In which column of AGES an open amount stands, by the days since it was due."""
    late = (on - due_day).days
    return 0 if late <= 0 else min((late - 1) // 30 + 1, 4)
