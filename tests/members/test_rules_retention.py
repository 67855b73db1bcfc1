"""When somebody who has left is erased: after so many months, never unannounced, never while they are kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.periods import ONE_DAY
from app.members.rules import NOTICE, Leaving, last_day_due

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, 1200)
LONG_AGO = date(1950, 1, 1)


@pytest.mark.parametrize(
    ("left_on", "months", "due_on"),
    [
        (date(2015, 6, 30), 12, date(2016, 7, 1)),
        (date(2015, 1, 31), 1, date(2015, 3, 1)),
        (date(2016, 2, 29), 12, date(2017, 3, 1)),
        (date(2015, 12, 31), 6, date(2016, 7, 1)),
    ],
)
def test_the_months_are_whole_and_counted_from_the_last_day(left_on: date, months: int, due_on: date):
    assert Leaving(left_on, LONG_AGO).due_on(months) == due_on


@given(DAYS, DAYS, MONTHS)
def test_who_left_by_the_last_day_due_is_due_and_nobody_who_left_later(left_on: date, on: date, months: int):
    is_due = Leaving(left_on, LONG_AGO).due_on(months) <= max(on, LONG_AGO + NOTICE)
    assert (left_on <= last_day_due(max(on, LONG_AGO + NOTICE), months)) == is_due


@given(DAYS, DAYS, MONTHS)
def test_nobody_is_erased_within_the_notice_after_their_record_changed(left_on: date, recorded_on: date, months: int):
    assert Leaving(left_on, recorded_on).due_on(months) >= recorded_on + timedelta(days=30)


@given(DAYS, DAYS, MONTHS)
def test_who_is_kept_until_a_day_is_there_to_its_end(left_on: date, kept_until: date, months: int):
    kept = Leaving(left_on, left_on, kept_until).due_on(months)
    assert kept >= kept_until + ONE_DAY
    assert kept >= Leaving(left_on, left_on).due_on(months)
