"""Periods of days: the first and the last day are both included; no last day means open (RULES, ten things, 4)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.errors import DomainError

ONE_DAY = timedelta(days=1)
EARLIEST = date(1800, 1, 1)
LATEST = date(2999, 12, 31)
DAYS_TOLD, MONTHS_TOLD = 100, 24  # Beyond them one speaks of months, and of years.


class DueBy(StrEnum):
    """What a due day is counted by."""

    DAYS = "days"
    END_OF_NEXT_MONTH = "end_of_next_month"


@dataclass(frozen=True, slots=True)
class Period:
    """From a first to a last day, both included; `last` None is for ever."""

    first: date
    last: date | None = None

    def __post_init__(self) -> None:
        """Refuse an end before its start."""
        if self.last is not None and self.last < self.first:
            message = "The last day is before the first day."
            raise DomainError(message, field="last_day")

    def contains(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)

    def overlaps(self, other: Period) -> bool:
        """Whether each starts on or before the day the other ends."""
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)

    def clip(self, other: Period) -> Period | None:
        """The days in both, or None where there are none."""
        first = max(self.first, other.first)
        last = other.last if self.last is None else self.last if other.last is None else min(self.last, other.last)
        return None if last is not None and last < first else Period(first, last)

    def without(self, other: Period) -> list[Period]:
        """Its days that are not in the other: none, one period or two."""
        if not self.overlaps(other):
            return [self]
        before = [Period(self.first, other.first - ONE_DAY)] if self.first < other.first else []
        if other.last is None or (self.last is not None and self.last <= other.last):
            return before
        return [*before, Period(other.last + ONE_DAY, self.last)]

    @property
    def days(self) -> int:
        """How many days it has; an open period is refused."""
        if self.last is None:
            message = "An open period has no number of days."
            raise ValueError(message)
        return (self.last - self.first).days + 1

    def ended(self, last: date) -> Period:
        """The same period with its last day set."""
        return Period(self.first, last)


def joined(periods: Iterable[Period]) -> list[Period]:
    """The periods in order, those that overlap or follow without a gap made one."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda each: each.first):
        last = found[-1].last if found else None
        if found and (last is None or period.first <= last + ONE_DAY):
            ends = None if last is None or period.last is None else max(last, period.last)
            found[-1] = Period(found[-1].first, ends)
            continue
        found.append(period)
    return found


def year_of(day: date, first_month: int = 1, first_day: int = 1) -> Period:
    """The fee year a day falls in, for years that start on the given day of the given month."""
    start = date(day.year, first_month, first_day)
    if day < start:
        start = date(day.year - 1, first_month, first_day)
    return Period(start, date(start.year + 1, first_month, first_day) - ONE_DAY)


def term(first: date, years: int) -> Period:
    """A term of whole years: 3 years from 29 Feb 2024 end on 28 Feb 2027 (RULES, Time)."""
    return term_of_months(first, years * 12)


def term_of_months(first: date, months: int) -> Period:
    """A term of whole months: to the day before the same day, or to the end of a month that has no such day."""
    next_start = add_months(first, months)
    return Period(first, next_start - ONE_DAY if next_start.day == first.day else next_start)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of_next_month(day: date) -> date:
    """The last day of the month after the day's: 28 Feb 2027 for 31 Jan 2027, while 30 days on is 2 Mar."""
    following = add_months(day.replace(day=1), 1)
    return following.replace(day=monthrange(following.year, following.month)[1])


def how_long(since: date, today: date) -> str:
    """How long ago a day was, as one says it: less than a day, 1 day, 24 days, 5 months, 11 years."""
    days = (today - since).days
    if not days:
        return "less than a day"
    if days < DAYS_TOLD:
        return f"{days} {'day' if days == 1 else 'days'}"
    months = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    return f"{months} months" if months < MONTHS_TOLD else f"{months // 12} years"


def how_soon(day: date, today: date) -> str:
    """How long until a day: today, tomorrow, in 9 days."""
    days = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
