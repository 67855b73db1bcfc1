"""The clock: instants in UTC, days in the site's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.core import clock


def test_a_day_begins_at_midnight_of_the_site() -> None:
    assert clock.start_of(date(2016, 6, 30)) == datetime(2016, 6, 29, 23, tzinfo=UTC)


def test_the_last_day_of_june_lasts_until_midnight_of_the_site() -> None:
    with clock.clock_at(datetime(2016, 6, 30, 22, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2016, 6, 30)
    with clock.clock_at(datetime(2016, 6, 30, 23, tzinfo=UTC)):
        assert clock.today() == date(2016, 7, 1)


def test_the_end_of_a_day_is_just_before_the_next_begins() -> None:
    assert clock.local(clock.end_of(date(2016, 3, 27))).date() == date(2016, 3, 27)
    assert (clock.start_of(date(2016, 3, 28)) - clock.end_of(date(2016, 3, 27))).microseconds == 1
