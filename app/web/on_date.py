"""The day a page speaks of: `?on=2015-06-30` shows the consortium as it was, `&known=` as it was known then."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask, abort, g, request

from app.core import clock
from app.core.periods import EARLIEST, LATEST


def init_on_date(app: Flask) -> None:
    """Read and check the two parameters before each request."""
    app.before_request(_read)


def current_on() -> date:
    """The day asked for, or today."""
    on: date | None = g.get("on")
    return on or clock.today()


def known_at() -> datetime | None:
    """The instant of knowledge asked for, or None for all that is known now."""
    known: datetime | None = g.get("known")
    return known


def is_past() -> bool:
    """Whether the page travels in time, and so is read only."""
    return bool(travelling())


def is_ahead() -> bool:
    """Whether the day asked for is still to come."""
    return current_on() > clock.today()


def answer_as_known_now() -> None:
    """Let this page answer by what is known now, whatever the address asks: it has no second time axis."""
    g.known, g.has_knowledge = None, False


def answer_for_today() -> None:
    """Let this page answer for today, whatever the address asks: its reader may not travel."""
    g.on = g.known = None
    g.travelling, g.has_knowledge = {}, False


def has_knowledge() -> bool:
    """Whether this page can answer by what was known on another day."""
    return bool(g.get("has_knowledge", True))


def travelling() -> dict[str, str]:
    """The parameters that carry the journey on to the next page."""
    carried: dict[str, str] = g.get("travelling", {})
    return carried


def known_in_name() -> str:
    """What the name of a file adds where the file answers by what was known on another day: " known 2015-07-01"."""
    return f" known {travelling()['known']}" if known_at() else ""


def _read() -> None:
    on, known_day = _day("on"), _day("known")
    if (on or known_day) and request.method not in {"GET", "HEAD"}:
        abort(409, "The past is read only. Nothing was changed.")
    g.on = None if on == clock.today() else on
    g.known = clock.end_of(known_day) if known_day else None
    wanted = {"on": g.on, "known": known_day}
    g.travelling = {name: day.isoformat() for name, day in wanted.items() if day is not None}


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        abort(400, f"\u201c{text[:40]}\u201d is not a day. Write it as 2015-06-30.")
    return day
