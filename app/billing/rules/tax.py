"""Tax on fees: categories of EN 16931, sums per category, and when no tax may be charged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.core.errors import DomainError
from app.core.money import Money, round_half_up


class TaxCategory(StrEnum):
    """Category codes of EN 16931 (UNTDID 5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE_SCOPE = "O"


TAX_WORDS = {
    TaxCategory.STANDARD: "Standard or reduced rate",
    TaxCategory.ZERO: "Zero rated",
    TaxCategory.EXEMPT: "Exempt",
    TaxCategory.REVERSE_CHARGE: "Reverse charge",
    TaxCategory.OUTSIDE_SCOPE: "Outside the scope of tax",
}


CATEGORIES_WITH_REASON = frozenset({TaxCategory.EXEMPT, TaxCategory.REVERSE_CHARGE, TaxCategory.OUTSIDE_SCOPE})


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
