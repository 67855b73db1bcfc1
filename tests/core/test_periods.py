"""Periods: both days included, overlaps, terms and fee years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.core.periods import ONE_DAY, Period, add_months, end_of_next_month, term, year_of

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
lengths = st.none() | st.integers(0, 4000)
periods = st.builds(
    lambda first, length: Period(first, None if length is None else first + timedelta(days=length)), days, lengths
)


def test_an_end_before_its_start_is_refused() -> None:
    with pytest.raises(DomainError):
        Period(date(2016, 1, 2), date(2016, 1, 1))


def test_both_days_of_a_period_are_included() -> None:
    june = Period(date(2015, 6, 1), date(2015, 6, 30))
    assert june.contains(date(2015, 6, 1))
    assert june.contains(date(2015, 6, 30))
    assert june.days == 30


@given(periods, periods, days)
def test_two_periods_overlap_when_a_day_lies_in_both(one: Period, other: Period, day: date) -> None:
    if one.contains(day) and other.contains(day):
        assert one.overlaps(other)
    assert one.overlaps(other) == other.overlaps(one)


@given(periods, periods)
def test_the_common_part_lies_in_both(one: Period, other: Period) -> None:
    common = one.clip(other)
    assert (common is not None) == one.overlaps(other)
    if common is not None:
        assert one.contains(common.first)
        assert other.contains(common.first)


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2016, 1, 1), 1, date(2016, 12, 31)),
    ],
)
def test_a_term_leaves_no_gap_and_no_overlap_to_its_successor(first: date, years: int, last: date) -> None:
    assert term(first, years) == Period(first, last)


@given(days, st.integers(1, 12), st.integers(1, 28))
def test_a_fee_year_holds_the_day_and_lasts_a_year(day: date, month: int, first_day: int) -> None:
    year = year_of(day, month, first_day)
    assert year.contains(day)
    assert year.days in {365, 366}
    assert year.last is not None
    assert year_of(year.last + ONE_DAY, month, first_day).first == year.last + ONE_DAY


def test_thirty_days_and_the_end_of_next_month_differ() -> None:
    assert date(2027, 1, 31) + timedelta(days=30) == date(2027, 3, 2)
    assert end_of_next_month(date(2027, 1, 31)) == date(2027, 2, 28)
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
