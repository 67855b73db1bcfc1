"""Concessions: what of a member's fee is not asked, and how much that comes to; never more than the fee."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import DomainError
from app.core.money import Money
from app.core.periods import Period

WHOLE = 10_000


class ConcessionKind(StrEnum):
    """What is conceded: a part of the fee, what is given in kind in its place, or all of it."""

    DISCOUNT = "discount"
    IN_KIND = "in_kind"
    WAIVER = "waiver"


CONCESSION_WORDS = {
    ConcessionKind.DISCOUNT: "Discount",
    ConcessionKind.IN_KIND: "Contribution in kind",
    ConcessionKind.WAIVER: "Waiver",
}


@dataclass(frozen=True)
class Concession:
    """What of a member's fee is not asked: a rate in basis points of the days it holds for, or an amount a fee year."""

    id: int
    kind: ConcessionKind
    period: Period
    basis_points: int | None
    amount: Money | None
    reason: str
    decision: str

    @property
    def words(self) -> str:
        """How a line of an invoice names it: a discount of 20 %."""
        if self.kind is ConcessionKind.WAIVER:
            return "a waiver"
        what = "a discount" if self.kind is ConcessionKind.DISCOUNT else "a contribution in kind"
        rate = f" of {(self.basis_points or 0) / 100:g} %" if self.basis_points else ""
        return f"{what}{rate}"

    @property
    def is_rate(self) -> bool:
        """Whether it takes a rate of the fee, as a waiver does."""
        return self.amount is None


@dataclass(frozen=True)
class Relief:
    """What one concession takes off a charge."""

    concession: Concession
    amount: Money


# Whether a rate and whether an amount may be given, and what is said where it is otherwise.
SHAPES = {
    ConcessionKind.WAIVER: ({(False, False)}, "A waiver takes the whole fee: it has no rate and no amount.", "rate"),
    ConcessionKind.IN_KIND: ({(False, True)}, "Say what the contribution in kind is worth.", "amount"),
    ConcessionKind.DISCOUNT: ({(True, False), (False, True)}, "Enter a rate or an amount, one of the two.", "rate"),
}


def check_concession(kind: ConcessionKind, basis_points: int | None, amount: Money | None) -> None:
    """Refuse a discount that is neither a rate nor an amount, or both; and one in kind without its worth."""
    shapes, message, field = SHAPES[kind]
    if (bool(basis_points), bool(amount)) not in shapes:
        raise DomainError(message, field)
    if not 0 <= (basis_points or 0) <= WHOLE:
        raise DomainError("A discount is at most the whole fee.", "rate")


def check_currency(amount: Money | None, currencies: Collection[str], name: str) -> None:
    """Refuse an amount in a currency that no known fee of the member has: it would take nothing off."""
    if amount is not None and currencies and amount.currency not in currencies:
        known = " and ".join(sorted(currencies))
        message = f"The fee of {name} is in {known}: an amount in {amount.currency} would take nothing off."
        raise DomainError(message, "currency")


def idle_concessions(concessions: Sequence[Concession], charges: Sequence[tuple[Money, Period]]) -> list[Concession]:
    """The amounts that take nothing off, for every charge on their days is in another currency."""
    return [each for each in concessions if each.amount is not None and _is_idle(each, each.amount, charges)]


def _is_idle(each: Concession, amount: Money, charges: Sequence[tuple[Money, Period]]) -> bool:
    met = {fee.currency for fee, days in charges if days.overlaps(each.period)}
    return bool(met) and amount.currency not in met


def relieve(fee: Money, days: Period, concessions: Sequence[Concession], used: dict[int, int]) -> list[Relief]:
    """What concessions take off a charge for some days: discounts of the charge first, then amounts, then waivers.

    A rate counts for the days it holds for, an amount once a fee year: `used` keeps what of it earlier charges took.
    Together they take at most the charge: it is never below zero (RULES, Fees).
    """
    left, found = fee, []
    for each in sorted(concessions, key=lambda one: (list(ConcessionKind).index(one.kind), not one.is_rate, one.id)):
        taken = _taken(each, fee, left, days, used)
        if taken:
            left -= taken
            found.append(Relief(each, taken))
    return found


def _taken(each: Concession, fee: Money, left: Money, days: Period, used: dict[int, int]) -> Money:
    covered = days.clip(each.period)
    if covered is None:
        return Money.zero(fee.currency)
    if each.amount is not None:
        return _amount_taken(each, each.amount, left, used)
    if each.kind is ConcessionKind.WAIVER:
        return left.part(covered.days, days.days)
    rated = fee.part((each.basis_points or 0) * covered.days, WHOLE * days.days)
    return Money(min(rated.minor, left.minor), fee.currency)


def _amount_taken(each: Concession, amount: Money, left: Money, used: dict[int, int]) -> Money:
    """What is left of an amount in the currency of the charge; one in another currency takes nothing off."""
    if amount.currency != left.currency:
        return Money.zero(left.currency)
    taken = min(amount.minor - used.get(each.id, 0), left.minor)
    used[each.id] = used.get(each.id, 0) + taken
    return Money(taken, left.currency)
