"""What can be credited of an invoice, and the tax that goes back with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.billing.rules.fees import OwedThen
from app.billing.rules.tax import TaxCategory
from app.core.money import round_half_up


@dataclass(frozen=True)
class CreditableLine:
    """A line of an issued invoice and what of it, without tax, was credited before; amounts in minor units."""

    id: int
    position: int
    description: str
    first_day: date
    last_day: date
    net: int
    credited: int
    tax_category: TaxCategory
    tax_basis_points: int
    tax_reason: str | None
    schedule_id: int | None
    membership_id: int | None
    account: str

    @property
    def left(self) -> int:
        """What can still be credited of it."""
        return self.net - self.credited


@dataclass(frozen=True)
class CreditLine:
    """How much of a line is credited, without tax, in minor units; what its membership owes, where that has changed."""

    of: CreditableLine
    amount: int
    owed: OwedThen | None = None


def credited_taxes(
    original: Sequence[Mapping[str, Any]],
    before: Mapping[tuple[str, int], tuple[int, int]],
    lines: Sequence[CreditLine],
) -> list[dict[str, Any]]:
    """The taxes of a credit note by category, at the rates of the invoice, never more in all than the invoice charged.

    What the last credit of a category takes back is the rest, so that all of them add to the tax of the invoice.
    """
    bases: dict[tuple[str, int], int] = {}
    for line in lines:
        key = (line.of.tax_category.value, line.of.tax_basis_points)
        bases[key] = bases.get(key, 0) + line.amount
    charged = {(each["category"], each["basis_points"]): each for each in original}
    return [_tax(key, base, charged[key], before.get(key, (0, 0))) for key, base in bases.items()]


def _tax(key: tuple[str, int], base: int, charged: Mapping[str, Any], before: tuple[int, int]) -> dict[str, Any]:
    base_before, tax_before = before
    is_all = base_before + base == charged["base"]
    rate = Decimal(key[1]) / 10_000
    up_to_now = charged["tax"] if is_all else min(charged["tax"], round_half_up((base_before + base) * rate))
    return {**charged, "base": base, "tax": max(0, up_to_now - tax_before)}
