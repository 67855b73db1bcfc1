"""Fee years: on which day they begin, and what becomes of the year in which that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.errors import DomainError
from app.core.periods import ONE_DAY, Period, add_months, year_of


@dataclass(frozen=True)
class YearStart:
    """The day of a month on which fee years begin, and since when that holds."""

    since: date
    month: int = 1
    day: int = 1

    def begins_on(self, day: date) -> bool:
        """Whether a fee year begins on a day."""
        return (day.month, day.day) == (self.month, self.day)

    def is_like(self, other: YearStart) -> bool:
        """Whether both let years begin on the same day."""
        return (self.month, self.day) == (other.month, other.day)


def check_year_start(month: int, day: int) -> None:
    """Refuse a day that not every year has."""
    try:
        date(2001, month, day)
    except ValueError:
        raise DomainError("A fee year begins on a day that every year has.", "year_day") from None


def changes_of(starts: Sequence[YearStart]) -> list[YearStart]:
    """Those that change the day, oldest first; the first of all holds for the years before it too."""
    found: list[YearStart] = []
    for start in starts:
        if not found or not start.is_like(found[-1]):
            found.append(start)
    return found


def fee_year_on(day: date, starts: Sequence[YearStart]) -> Period:
    """The fee year a day falls in. Where the day of its beginning changes, the year before ends early."""
    changes = changes_of(starts) or [YearStart(day)]
    current = next((each for each in reversed(changes) if each.since <= day), changes[0])
    year = year_of(day, current.month, current.day)
    later = [each.since for each in changes[1:] if each.since > day]
    if later and year.contains(later[0]):
        return year.ended(later[0] - ONE_DAY)
    return year


def whole_year(year: Period) -> Period:
    """The twelve months from the first day of a fee year: what the whole fee is for, however short the year is."""
    return Period(year.first, add_months(year.first, 12) - ONE_DAY)
