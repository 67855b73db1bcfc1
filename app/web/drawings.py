"""Periods drawn on one axis of years: places in per cent, so a drawing fits any width and its text keeps its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core import clock
from app.web.wording import day, join_words

MOST_MARKS = 7
AHEAD = 0.04
EDGE = 88.0
LETTER = 0.9  # of the width of a desk, in per cent
LETTER_ON_PHONE = 2.2


@dataclass(frozen=True)
class Span:
    """A stretch of days on a lane: its text, and a tone (accent, info, warn or quiet)."""

    first: date
    last: date | None
    text: str = ""
    tone: str = "info"


@dataclass(frozen=True)
class Lane:
    """One line of a drawing."""

    label: str
    spans: Sequence[Span]


@dataclass(frozen=True)
class Mark:
    """A text at a place of the axis; a roomy one is left out on a phone, where it would touch the day looked at."""

    at: float
    text: str
    anchor: str = "middle"
    roomy: bool = False


@dataclass(frozen=True)
class DrawnSpan:
    """A span as a bar: where it begins and how wide it is, in per cent; its text may have no room on a phone."""

    at: float
    width: float
    text: str
    roomy: bool
    title: str
    tone: str


@dataclass(frozen=True)
class DrawnLane:
    """A lane with its bars."""

    label: str
    spans: Sequence[DrawnSpan]


@dataclass(frozen=True)
class Drawing:
    """What the timeline component draws, and the same in words."""

    lanes: Sequence[DrawnLane]
    years: Sequence[Mark]
    today: Mark
    in_words: str


def draw_timeline(lanes: Sequence[Lane], on: date) -> Drawing:
    """Lay the lanes out from the first day of any span to a little after the day looked at."""
    axis = _axis([span for lane in lanes for span in lane.spans], on)
    place = axis.at(on)
    word = "today" if on == clock.today() else day(on)
    today = Mark(place, word, "end" if place > EDGE else "start" if place < 100 - EDGE else "middle")
    return Drawing(
        lanes=[drawn for lane in lanes for drawn in _drawn(axis, lane)],
        years=_years(axis, today),
        today=today,
        in_words="; ".join(f"{lane.label} {_lane_words(lane)}" for lane in lanes),
    )


def _drawn(axis: _Axis, lane: Lane) -> list[DrawnLane]:
    lines = enumerate(_apart(lane.spans))
    return [DrawnLane("" if below else lane.label, [axis.bar(span) for span in spans]) for below, spans in lines]


def _apart(spans: Sequence[Span]) -> list[list[Span]]:
    """The spans of a lane on as many lines as it takes to draw none over another one."""
    lines: list[list[Span]] = [[]]
    for span in sorted(spans, key=lambda each: each.first):
        free = next((line for line in lines if not line or _ends_before(line[-1], span)), None)
        if free is None:
            lines.append([span])
        else:
            free.append(span)
    return lines


def _ends_before(one: Span, other: Span) -> bool:
    return one.last is not None and one.last < other.first


def _years(axis: _Axis, today: Mark) -> list[Mark]:
    apart = (mark for mark in axis.years() if abs(mark.at - today.at) > 100 - EDGE)
    return [replace(mark, roomy=_touches(mark, today)) for mark in apart]


def _touches(year: Mark, today: Mark) -> bool:
    """Whether a year would stand in the text of the day looked at on a phone."""
    reach = len(today.text) / 2 if today.anchor == "middle" else len(today.text)
    return abs(year.at - today.at) < (reach + len(year.text) / 2 + 1) * LETTER_ON_PHONE


def _axis(spans: Sequence[Span], on: date) -> _Axis:
    start = date(min([*(span.first for span in spans), on]).year, 1, 1).toordinal()
    latest = max([*(span.last for span in spans if span.last), on]).toordinal()
    return _Axis(start, latest + max(30, round((latest - start) * AHEAD)))


@dataclass(frozen=True)
class _Axis:
    start: int
    end: int

    def at(self, day_: date) -> float:
        return round(100 * (day_.toordinal() - self.start) / (self.end - self.start), 2)

    def bar(self, span: Span) -> DrawnSpan:
        first = self.at(span.first)
        last = min(self.at(span.last), 100.0) if span.last else 100.0
        title = f"{span.text or span.tone}, {_words(span)}"
        width = round(max(last - first - 0.2, 0.4), 2)
        text = span.text if width > len(span.text) * LETTER else ""
        return DrawnSpan(first, width, text, width < (len(text) + 2) * LETTER_ON_PHONE, title, span.tone)

    def years(self) -> list[Mark]:
        first, last = date.fromordinal(self.start).year, date.fromordinal(self.end).year
        step = 1 + (last - first) // MOST_MARKS
        marks = [Mark(self.at(date(year, 1, 1)), str(year)) for year in range(first, last + 1, step)]
        return [replace(mark, anchor="start") if mark.at == 0 else mark for mark in marks]


def _words(span: Span) -> str:
    return f"{day(span.first)} to {day(span.last)}" if span.last else f"since {day(span.first)}"


def _lane_words(lane: Lane) -> str:
    return join_words(f"{span.text} {_words(span)}".strip() for span in lane.spans) or "none"
