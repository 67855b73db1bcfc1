"""What a fee year charges: proration, the parts of a fee, and where a run stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.billing.rules.years import whole_year
from app.core.money import Money
from app.core.periods import Period, add_months

MONTHS = 12
KEY_COLONS = 3


class Proration(StrEnum):
    """How a fee is cut down for a part of the year."""

    NONE = "none"
    BY_DAY = "by_day"
    BY_MONTH = "by_month"


PRORATION_WORDS = {
    Proration.NONE: "Whole fee, however short the membership",
    Proration.BY_DAY: "By days of membership in the year",
    Proration.BY_MONTH: "By months begun",
}


class RunState(StrEnum):
    """Where a fee run stands."""

    DRAFT = "draft"
    ISSUING = "issuing"
    ISSUED = "issued"


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
    """What a class, or its members of one tier, pays a year while a fee schedule is in force."""

    schedule_id: int
    fee: Money
    period: Period
    proration: Proration
    tier: str = ""


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
    of one fee are rounded on their sum so far: over twelve months they add to the fee (RULES, Fees). A fee year that is
    shorter, because the day of its beginning changes, takes its part of the fee.
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
        return _share(tariff.fee, before, so_far.days, whole_year(year).days)
    before = len(so_far.months)
    so_far.months |= _months(year, days)
    return _share(tariff.fee, before, len(so_far.months), MONTHS)


def _share(fee: Money, before: int, after: int, denominator: int) -> Share | None:
    if after == before:
        return None
    return Share(fee.part(after, denominator) - fee.part(before, denominator), after - before, denominator)


def _months(year: Period, days: Period) -> set[int]:
    """The months of the year, counted from its first day, that the days touch."""
    starts = [add_months(year.first, number) for number in range(MONTHS)]
    last = days.last or days.first
    return set(range(bisect_right(starts, days.first) - 1, bisect_right(starts, last)))


def measure(year: Period, days: Period, proration: Proration) -> tuple[int, int]:
    """The days, or months begun, of a charge and of its whole year; (1, 1) where fees are never cut down."""
    if proration is Proration.BY_DAY:
        return days.days, whole_year(year).days
    if proration is Proration.BY_MONTH:
        return len(_months(year, days)), MONTHS
    return 1, 1


def charge_key(year: Period, membership_id: int, part: Part) -> str:
    """What is charged, so that nothing is billed twice: the fee year, the membership, the first day."""
    first, begun = (each.isoformat().replace("-", "") for each in (year.first, part.days.first))
    return f"fee:{first}:{membership_id}:{begun}"


def addition_key(year: Period, membership_id: int, first_day: date, after: int, payer_id: int) -> str:
    """What is billed further of a fee, from a day on and to a payer: once after the last line of the membership."""
    first, begun = (each.isoformat().replace("-", "") for each in (year.first, first_day))
    return f"more:{first}:{membership_id}:{begun}:{after}:{payer_id}"


@dataclass(frozen=True)
class OwedThen:
    """What a membership owed for its fee year when a line followed a change of the register; in minor units.

    `days` as they are kept: 2016-01-01/2016-06-30, with a blank between periods, empty for no day at all.
    """

    days: str
    minor: int

    @property
    def periods(self) -> list[Period]:
        """The days, as periods."""
        pairs = [each.split("/") for each in self.days.split()]
        return [Period(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs]


def owed_then(days: Iterable[Period], minor: int) -> OwedThen:
    """What is kept of what a membership owes: for which days of its fee year, and how much."""
    return OwedThen(" ".join(f"{each.first}/{each.last}" for each in days), minor)


def state_on(period: Period, day: date) -> str:
    """How what holds for a period stands on a day: planned, in force or ended."""
    if period.first > day:
        return "planned"
    return "in_force" if period.contains(day) else "ended"


def is_share(key: str) -> bool:
    """Whether a key names what one of several payers is charged."""
    return key.count(":") > KEY_COLONS


def share_key(key: str, payer_id: int) -> str:
    """What one of several payers is charged of it."""
    return f"{key}:{payer_id}"
