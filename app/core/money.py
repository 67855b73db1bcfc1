"""Money: an integer count of minor units and a currency; half a unit rounds up (RULES, Fees)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

import pycountry

from app.core.errors import DomainError

LARGEST_MINOR = 10**15  # Stays within a 64-bit integer when a million of them are added up.
USUAL_DECIMALS = 2
# The minor units of ISO 4217 (List One, kept by SIX) that are not 2. Tables of how amounts are commonly shown, such as
# CLDR's, drop the minor units of RSD, IQD and others that banks do reckon with.
OTHER_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_decimals = {currency: decimals for decimals, currencies in OTHER_DECIMALS.items() for currency in currencies.split()}


@cache
def decimals_of(currency: str) -> int:
    """Decimal places of an ISO 4217 currency: 2 for GBP, 0 for JPY, 3 for KWD. Unknown codes are refused."""
    if pycountry.currencies.get(alpha_3=currency) is None:
        message = f"{currency} is not an ISO 4217 currency code."
        raise DomainError(message, field="currency")
    return _decimals.get(currency, USUAL_DECIMALS)


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An exact amount. Arithmetic across currencies is refused."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Take a whole number of another type as what it is: PostgreSQL adds integers up to a numeric."""
        if type(self.minor) is not int:
            whole = int(self.minor)
            if whole != self.minor:
                message = f"{self.minor} is not a whole number of minor units."
                raise ValueError(message)
            object.__setattr__(self, "minor", whole)

    @classmethod
    def of(cls, amount: str | Decimal | int, currency: str) -> Money:
        """Money from major units ("50000.00"), rounded half up to the currency's decimals."""
        try:
            exact = Decimal(amount)
        except InvalidOperation:
            message = f"{amount} is not an amount."
            raise DomainError(message, field="amount") from None
        return cls(round_half_up(exact.scaleb(decimals_of(currency))), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units with all its decimals: Decimal('50000.00')."""
        return Decimal(self.minor).scaleb(-decimals_of(self.currency))

    def __add__(self, other: Money) -> Money:
        """The sum; both must be of one currency."""
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """The difference; both must be of one currency."""
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        """The same amount with the other sign."""
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        """Whether it is not zero."""
        return self.minor != 0

    def part(self, numerator: int, denominator: int) -> Money:
        """numerator/denominator of it, rounded half up: 184/365 of 5,000.00 is 2,520.55 (RULES, Fees)."""
        return Money(round_half_up(Decimal(self.minor) * numerator / denominator), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Parts in proportion to the weights that add back to the whole (largest remainder, stable order)."""
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            message = "An amount is split by weights that are not negative and not all zero."
            raise DomainError(message)
        if len(weights) == 1:
            return [self]
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, whole) for weight in weights]
        missing = abs(self.minor) - sum(floor for floor, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
        raised = set(by_remainder[:missing])
        return [Money(sign * (floor + (index in raised)), self.currency) for index, (floor, _) in enumerate(shares)]

    def __str__(self) -> str:
        """Grouped, with all decimals and a true minus, without the currency: 50,000.00."""
        return format_amount(self.minor, decimals_of(self.currency))

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency} cannot be added."
            raise ValueError(message)
        return other


def round_half_up(value: Decimal) -> int:
    """The nearest integer; a half goes away from zero (2.665 is 2.67)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_amount(minor: int, decimals: int) -> str:
    """Digits of an amount in minor units: grouped by thousands, all decimals, U+2212 as minus."""
    whole, rest = divmod(abs(minor), 10**decimals)
    digits = f"{whole:,}.{rest:0{decimals}d}" if decimals else f"{whole:,}"
    return f"\u2212{digits}" if minor < 0 else digits


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum of amounts of one currency; of none, zero."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
