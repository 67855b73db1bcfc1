"""On which days an agreement holds, and where one ends that another takes over."""

from __future__ import annotations

from datetime import date, timedelta


def last_day_before(executed_on: date, first_day: date | None, last_day: date | None) -> date:
    """The last day of an agreement that another takes over: the day before that one holds, never after its own last.

    On the day of a change the new one holds, the old one until the end of the day before (RULES, Time).
    """
    begins = max(executed_on, first_day or executed_on)
    before = begins - timedelta(days=1)
    return before if last_day is None else min(before, last_day)


def holds_on(
    executed_on: date | None, first_day: date | None, last_day: date | None, ended_on: date | None, day: date
) -> bool:
    """Whether an agreement is live on a day: executed by then, within its term, and not ended before."""
    if executed_on is None or executed_on > day or (first_day is not None and first_day > day):
        return False
    return all(end is None or end >= day for end in (last_day, ended_on))
