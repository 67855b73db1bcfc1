"""Classes of membership as data: what a class brings, and how its periods run."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.errors import DomainError
from app.core.periods import ONE_DAY
from app.members.rules.departures import check_grace

LONGEST_TERM = 1200


class TermKind(StrEnum):
    """How the periods of a class run."""

    OPEN = "open"
    FIXED = "fixed"
    ROLLING = "rolling"


TERM_WORDS = {
    TermKind.OPEN: "Without an end",
    TermKind.FIXED: "To a day of the year",
    TermKind.ROLLING: "From the day each member joins",
}


@dataclass(frozen=True)
class TermRule:
    """How long a period of a class lasts: so many months; a fixed one ends the day before the rollover day."""

    kind: TermKind = TermKind.OPEN
    months: int | None = None
    rollover_month: int | None = None
    rollover_day: int | None = None

    def last_day_from(self, first: date) -> date | None:
        """The last day of the period that begins on a day; None where it has no end.

        A rolling term of 36 months from 29 February 2024 ends on 28 February 2027, and its successor begins on
        1 March; of 48 months it ends on 28 February 2028, and the successor begins on the 29th (RULES, "Time").
        A fixed term ends the day before its rollover day; the first one may be short, never longer than its months.
        """
        if self.kind is TermKind.OPEN or self.months is None:
            return None
        if self.kind is TermKind.ROLLING:
            return _months_on(first, self.months) - ONE_DAY
        return self._rollover_after(first, self.months // 12) - ONE_DAY

    def last_day_on(self, first: date, day: date) -> date | None:
        """The last day of the period in which a day lies, for a membership that began on its first day."""
        last = self.last_day_from(first)
        while last is not None and last < day:
            last = self.last_day_from(last + ONE_DAY)
        return last

    def _rollover_after(self, day: date, years: int) -> date:
        rollover = _in_year(day.year, self.rollover_month or 1, self.rollover_day or 1)
        first_year = day.year if rollover > day else day.year + 1
        return _in_year(first_year + years - 1, self.rollover_month or 1, self.rollover_day or 1)


@dataclass(frozen=True)
class ClassFacts:
    """A class: what it is called, whether its members vote and pay, the seats it gives, its periods and their grace."""

    name: str
    votes: bool
    is_billed: bool
    seats: int = 0
    term: TermRule = TermRule()
    grace_days: int = 0
    is_offered: bool = True


def check_class(facts: ClassFacts) -> None:
    """Refuse a class whose periods cannot be reckoned."""
    check_grace(facts.grace_days)
    if not 0 <= facts.seats <= 99:
        raise DomainError("Between 0 and 99 seats.", "seats")
    term = facts.term
    if term.kind is TermKind.OPEN:
        return
    if term.months is None or not 1 <= term.months <= LONGEST_TERM:
        raise DomainError(f"A period lasts between 1 and {LONGEST_TERM} months.", "term_months")
    if term.kind is TermKind.FIXED:
        _check_rollover(term)


def _check_rollover(term: TermRule) -> None:
    if (term.months or 0) % 12:
        raise DomainError("Periods that end on a day of the year last whole years: 12, 24, 36 months.", "term_months")
    if term.rollover_month is None or not 1 <= term.rollover_month <= 12:
        raise DomainError("Choose the month in which periods roll over.", "rollover_month")
    most = monthrange(2024, term.rollover_month)[1]
    if term.rollover_day is None or not 1 <= term.rollover_day <= most:
        raise DomainError(f"This month has days 1 to {most}.", "rollover_day")


def _months_on(day: date, months: int) -> date:
    """The day some months on; where it has no such day, the first of the month after."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, day.day)
    return date(year, month + 1, monthrange(year, month + 1)[1]) + ONE_DAY


def _in_year(year: int, month: int, day: int) -> date:
    """A day of the year; 29 February is 1 March in a year without it."""
    return date(year, 3, 1) if (month, day) == (2, 29) and monthrange(year, 2)[1] == 28 else date(year, month, day)
