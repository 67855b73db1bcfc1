"""When a person who has left is erased: so many months after their last place, seat or role, and never unannounced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.periods import ONE_DAY, add_months

NOTICE = timedelta(days=30)


@dataclass(frozen=True)
class Leaving:
    """When somebody left, when that was last put on record, and until when the secretariat keeps them."""

    left_on: date
    recorded_on: date
    kept_until: date | None = None

    def due_on(self, months: int) -> date:
        """The day of the erasure: after so many whole months, after the notice, after what they are kept for."""
        days = [add_months(self.left_on, months) + ONE_DAY, self.recorded_on + NOTICE]
        if self.kept_until is not None:
            days.append(self.kept_until + ONE_DAY)
        return max(days)


def last_day_due(on: date, months: int) -> date:
    """The latest day on which somebody may have left to have been kept long enough by a day."""
    day = add_months(on, -months)
    while add_months(day, months) + ONE_DAY > on:
        day -= ONE_DAY
    while add_months(day + ONE_DAY, months) + ONE_DAY <= on:
        day += ONE_DAY
    return day
