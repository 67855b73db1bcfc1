"""The one place where the clock is read. Instants are UTC; business days are days in the site's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_zone = ZoneInfo("Europe/London")
_fixed: ContextVar[datetime | None] = ContextVar("fixed_instant", default=None)


def use_zone(name: str) -> None:
    """Set the site's time zone for this process; an unknown name raises ZoneInfoNotFoundError."""
    global _zone  # noqa: PLW0603 - one site, one zone, set once at start
    _zone = ZoneInfo(name)


def zone() -> ZoneInfo:
    """The site's time zone."""
    return _zone


def now() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The present day in the site's time zone."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """An instant as the site's clocks show it."""
    return instant.astimezone(_zone)


def start_of(day: date) -> datetime:
    """The first instant of a day in the site's time zone, as UTC."""
    return datetime.combine(day, time.min, _zone).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last instant of a day in the site's time zone, as UTC."""
    return start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Let the clock stand at an instant: for tests and for demonstration data dated back."""
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
