"""Calendars: whole days, each under its own name, in lines that every calendar programme reads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.web.calendars import DayEvent, calendar

CHANGED = datetime(2016, 5, 24, 11, 30, tzinfo=UTC)
TYPED = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


def lines(content: bytes) -> list[str]:
    """The lines of a calendar, unfolded."""
    text = content.decode()
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_a_day_is_a_whole_day_that_makes_nobody_busy():
    last = date(2016, 12, 31)
    event = DayEvent("a@muster.example", last, "Last day", CHANGED, "Seat 1", "https://m.example/1", "Terms")
    found = lines(calendar("IMPC terms", [event]))
    assert found[:4] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Muster//Committees//EN", "CALSCALE:GREGORIAN"]
    assert found[-1] == "END:VCALENDAR"
    assert found[found.index("BEGIN:VEVENT") : -1] == [
        "BEGIN:VEVENT",
        "UID:a@muster.example",
        "DTSTAMP:20160524T113000Z",
        "LAST-MODIFIED:20160524T113000Z",
        "DTSTART;VALUE=DATE:20161231",
        "DTEND;VALUE=DATE:20170101",
        "SUMMARY:Last day",
        "DESCRIPTION:Seat 1",
        "CATEGORIES:Terms",
        "URL:https://m.example/1",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


@given(TYPED, TYPED)
def test_whatever_a_committee_is_called_an_event_has_the_same_lines(name: str, summary: str):
    found = lines(calendar(name, [DayEvent("a@b", date(2016, 1, 1), summary, CHANGED)]))
    names = [re.split("[:;]", line, maxsplit=1)[0] for line in found]
    assert names.count("SUMMARY") == names.count("BEGIN") - 1 == 1
    told = next(line for line in found if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    assert re.sub(r"\\(.)", r"\1", told) == summary
    assert found == lines(calendar(name, [DayEvent("a@b", date(2016, 1, 1), summary, CHANGED)]))
