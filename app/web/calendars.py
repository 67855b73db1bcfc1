"""Calendars (RFC 5545): whole days as calendar programmes take them, in UTF-8, escaped and folded as the standard asks.

The standard shares its lines with vCards; days and their texts are all that we send, so no library is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.core.periods import ONE_DAY
from app.web.vcards import END, escaped, folded_line

CALENDAR_TYPE = "text/calendar; charset=utf-8"
MAKER = "-//Muster//Committees//EN"
ASKED_AGAIN = "PT6H"


@dataclass(frozen=True)
class DayEvent:
    """Something of a whole day. `uid` names it for ever, `changed_at` is when we learnt it as it is."""

    uid: str
    day: date
    summary: str
    changed_at: datetime
    description: str = ""
    url: str = ""
    category: str = ""


def calendar(name: str, events: Iterable[DayEvent]) -> bytes:
    """A calendar of that name, with its events in the order given."""
    return "".join(f"{folded_line(line)}{END}" for line in _lines(name, events)).encode()


def _lines(name: str, events: Iterable[DayEvent]) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{MAKER}"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield f"NAME:{escaped(name)}"
    yield f"X-WR-CALNAME:{escaped(name)}"
    yield f"REFRESH-INTERVAL;VALUE=DURATION:{ASKED_AGAIN}"
    yield f"X-PUBLISHED-TTL:{ASKED_AGAIN}"
    for event in events:
        yield from _event(event)
    yield "END:VCALENDAR"


def _event(event: DayEvent) -> Iterator[str]:
    changed = f"{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{changed}"
    yield f"LAST-MODIFIED:{changed}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + ONE_DAY:%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    told = (("DESCRIPTION", event.description), ("CATEGORIES", event.category))
    yield from (f"{key}:{escaped(value)}" for key, value in told if value)
    if event.url:
        yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"
