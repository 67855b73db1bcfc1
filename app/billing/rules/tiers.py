"""Tiers: fees that differ by the income group of a member's country or by its size, and which tier a member is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import DomainError
from app.core.periods import Period


class Scale(StrEnum):
    """What a tier goes by."""

    INCOME = "income"
    SIZE = "size"


class Tier(StrEnum):
    """A step of a scale: the income groups of the World Bank, and three sizes."""

    HIGH = "high"
    UPPER_MIDDLE = "upper_middle"
    LOWER_MIDDLE = "lower_middle"
    LOW = "low"
    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"


SCALE_WORDS = {Scale.INCOME: "By income group of its country", Scale.SIZE: "By size of the institution"}
TIER_WORDS = {
    Tier.HIGH: "high income",
    Tier.UPPER_MIDDLE: "upper middle income",
    Tier.LOWER_MIDDLE: "lower middle income",
    Tier.LOW: "low income",
    Tier.LARGE: "large",
    Tier.MEDIUM: "medium",
    Tier.SMALL: "small",
}
TIERS_OF = {
    Scale.INCOME: (Tier.HIGH, Tier.UPPER_MIDDLE, Tier.LOWER_MIDDLE, Tier.LOW),
    Scale.SIZE: (Tier.LARGE, Tier.MEDIUM, Tier.SMALL),
}


@dataclass(frozen=True)
class Placing:
    """In which tier a member is on some days, and why: its own record, or the group of its country."""

    period: Period
    tier: Tier
    why: str


def scale_of(tier: Tier) -> Scale:
    """The scale a tier is a step of."""
    return next(scale for scale, tiers in TIERS_OF.items() if tier in tiers)


def check_tiers(scale: Scale | None, tiers: Mapping[str, int]) -> None:
    """Refuse amounts without a scale, a tier of another scale, and a tier that has no amount."""
    wanted = {each.value for each in TIERS_OF[scale]} if scale else set()
    if set(tiers) - wanted:
        raise DomainError("Amounts by tier are those of the scale that is chosen.", "scale")
    missing = [tier for tier in TIERS_OF.get(scale, ()) if tier.value not in tiers] if scale else []
    if missing:
        raise DomainError("Give each tier its amount: 0 where nothing is asked of it.", missing[0].value)


def placings_in(year: Period, own: Sequence[Placing], of_country: Sequence[Placing]) -> list[Placing]:
    """In which tiers a member is in a year: by its own record, and on the days without one by its country's group."""
    found = [_within(year, each) for each in own]
    for each in of_country:
        found += [_within(gap, each) for gap in _gaps(year, [one.period for one in own])]
    return sorted((each for each in found if each), key=lambda each: each.period.first)


def _within(days: Period, placing: Placing) -> Placing | None:
    clipped = days.clip(placing.period)
    return Placing(clipped, placing.tier, placing.why) if clipped else None


def _gaps(year: Period, taken: Sequence[Period]) -> list[Period]:
    """The days of a year that no period takes."""
    left = [year]
    for period in taken:
        left = [part for each in left for part in each.without(period)]
    return left
