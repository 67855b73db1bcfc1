"""Terms: how long one is, and how many count towards a limit (RULES, Time; ten things, 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.committees.rules.bylaws import BylawFacts, LimitKind, PartTerms, Replacement
from app.core.periods import ONE_DAY, Period, add_months, term_of_months

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


@dataclass(frozen=True)
class Served:
    """A term someone served or will serve on a committee; one without a last day has not ended."""

    period: Period


def proposed_last(
    facts: BylawFacts, first_day: date, *, cycle: date | None = None, left: date | None = None
) -> date | None:
    """The last day of a term that begins on a day; None where the bylaws set no term.

    `cycle` is a day on which a term of the seat ends: of a staggered seat every term ends with its cycle. `left` is
    when the term of a predecessor, who went before, would have ended.
    """
    if facts.term_months is None:
        return None
    if cycle is not None:
        return _end_of_cycle(first_day, cycle, facts.term_months)
    if left is not None and left >= first_day and facts.replacement is Replacement.SERVES_OUT:
        return left
    return term_of_months(first_day, facts.term_months).last


def terms_counted(facts: BylawFacts, served: Sequence[Served], first_day: date) -> int:
    """How many terms before one that begins on a day count towards the limit of the bylaws."""
    if facts.limit_kind is LimitKind.NONE:
        return 0
    earlier = sorted((each for each in served if each.period.first < first_day), key=lambda each: each.period.first)
    if facts.limit_kind is LimitKind.CONSECUTIVE:
        earlier = _in_a_row(earlier, first_day, facts.break_months)
    return sum(_counts(facts, each.period) for each in earlier)


def is_over_limit(facts: BylawFacts, served: Sequence[Served], first_day: date) -> bool:
    """Whether one more term would be one too many."""
    return facts.limit_terms is not None and terms_counted(facts, served, first_day) >= facts.limit_terms


def over_later(limits: Mapping[date, BylawFacts], served: Sequence[Served], period: Period) -> date | None:
    """The first day of a term on record that one more before it would make one too many; None where it makes none.

    `limits` are the bylaws of the days on which the terms begin that come later.
    """
    with_it = [*served, Served(period)]
    for day, facts in sorted(limits.items()):
        if is_over_limit(facts, with_it, day) and not is_over_limit(facts, served, day):
            return day
    return None


def ends_soon(day: date, today: date, warning_days: int) -> bool:
    """Whether an end is to be told: from so many days before it as the bylaws warn to the day itself."""
    return 0 <= (day - today).days <= warning_days


def is_old_vacancy(since: date, today: date, warning_days: int) -> bool:
    """Whether nobody has held a seat for longer than the days by which the bylaws warn."""
    return (today - since).days > warning_days


def over_words(counted: int, limit: int, kind: LimitKind, which: str = "This") -> str:
    """How a term that is one too many is refused: the third in a row of at most two."""
    row = "in a row " if kind is LimitKind.CONSECUTIVE else ""
    life = ", counting every term served" if kind is LimitKind.LIFETIME else ""
    return f"{which} would be the {ordinal(counted + 1)} term {row}of at most {_number(limit)}{life}."


def ordinal(number: int) -> str:
    """A place in words: first, second, third, 12th."""
    if number < len(ORDINALS):
        return ORDINALS[number]
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _number(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def days_besides(whole: Sequence[Period], taken: Sequence[Period]) -> list[Period]:
    """The days of some periods that are in none of others, in order."""
    left = list(whole)
    for other in taken:
        left = [rest for each in left for rest in each.without(other)]
    return sorted(left, key=lambda each: each.first)


def _in_a_row(earlier: Sequence[Served], first_day: date, break_months: int) -> list[Served]:
    """The terms up to a day without a break that is long enough to begin anew."""
    row: list[Served] = []
    follows = first_day
    for each in reversed(earlier):
        last = each.period.last
        if last is not None and _is_break(last, follows, break_months):
            break
        row.append(each)
        follows = each.period.first
    return row


def _is_break(last: date, follows: date, months: int) -> bool:
    free = last + ONE_DAY
    return free < follows and (not months or add_months(free, months) <= follows)


def _counts(facts: BylawFacts, period: Period) -> bool:
    """Whether a term counts; a whole one always does, and one that has not ended as if it were served whole."""
    whole = term_of_months(period.first, facts.term_months or 1)
    if facts.part_terms is PartTerms.COUNT or period.last is None or period.days >= whole.days:
        return True
    return facts.part_terms is PartTerms.OVER_HALF and period.days * 2 > whole.days


def _end_of_cycle(first_day: date, cycle: date, months: int) -> date:
    """The first end of a cycle on or after a day; cycles begin on the day after the one that is given."""
    start = cycle + ONE_DAY
    number = ((first_day.year - start.year) * 12 + first_day.month - start.month) // months
    while (begun := add_months(start, number * months)) <= first_day:
        number += 1
    return begun - ONE_DAY
