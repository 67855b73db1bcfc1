"""Deadlines as people type them: a day and a clock time in a named zone are one instant (RULES, Time)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.core.errors import DomainError
from app.core.periods import EARLIEST, LATEST
from app.core.texts import parse_day

CLOCK = re.compile(r"(?P<day>.+?)[\sT,]+(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?", re.ASCII)
HOW_TO_WRITE = "Write the day and the time as 30 June 2016 17:00 or 2016-06-30 17:00."


class Twice(StrEnum):
    """Which of two is meant where the clocks are put back and a time comes twice."""

    LATER = "later"
    EARLIER = "earlier"


TWICE_WORDS = {
    Twice.LATER: "the later, in winter time",
    Twice.EARLIER: "the earlier, still in summer time",
}


@dataclass(frozen=True)
class Deadline:
    """A deadline: the instant, the text that was typed, and the zone whose clocks it names."""

    at: datetime
    text: str
    zone: str

    def has_passed(self, now: datetime) -> bool:
        """Whether it is too late: by one second is late."""
        return now > self.at


def read_deadline(text: str, zone: ZoneInfo, twice: Twice = Twice.LATER) -> Deadline:
    """The deadline of a text; refused where there is no such day or time, or the clocks leave that time out."""
    found = CLOCK.fullmatch(text.strip())
    day = parse_day(found["day"].strip()) if found else None
    if found is None or day is None or not EARLIEST <= day <= LATEST:
        raise DomainError(HOW_TO_WRITE, "deadline")
    try:
        clock_time = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        raise DomainError(HOW_TO_WRITE, "deadline") from None
    shown = datetime.combine(day, clock_time)
    at = shown.replace(tzinfo=zone, fold=int(twice is Twice.LATER)).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != shown:
        after = shown.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
        raise DomainError(
            f"There is no {shown:%H:%M} on that day in {zone.key}: the clocks are put forward. The next time there is"
            f" would be {after:%H:%M}.",
            "deadline",
        )
    return Deadline(at, text.strip(), zone.key)


def comes_twice(text: str, zone: ZoneInfo) -> bool:
    """Whether the clocks show the time of a text twice on that day."""
    try:
        return read_deadline(text, zone, Twice.EARLIER).at != read_deadline(text, zone, Twice.LATER).at
    except DomainError:
        return False
