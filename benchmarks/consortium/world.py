"""What the parts of the generator share: the size, the days, the dice, and the ids of what was made so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from random import Random

from app.core import clock
from app.core.actor import Actor, program
from app.core.transaction import transaction
from benchmarks.consortium.size import Size

OFFICE = program("Generator of the benchmarks")
HOUR = time(9, 30, tzinfo=UTC)


@dataclass
class World:
    """The consortium while it is being made."""

    size: Size
    today: date
    random: Random
    institutions: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    committees: list[int] = field(default_factory=list)
    office: Actor = OFFICE

    @property
    def first_day(self) -> date:
        """The day the consortium begins: the first of January some years ago."""
        return date(self.today.year - self.size.years + 1, 1, 1)

    def months(self) -> list[date]:
        """The first days of all months from the first day to today."""
        months = range(self.first_day.year * 12, self.today.year * 12 + self.today.month)
        return [date(month // 12, month % 12 + 1, 1) for month in months]


@contextmanager
def written_on(day: date) -> Iterator[None]:
    """One transaction that takes place on a day."""
    with clock.clock_at(datetime.combine(day, HOUR)), transaction():
        yield
