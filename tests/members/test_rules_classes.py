"""How the periods of a class run, and since when an institution has been a member without a break."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.core.periods import Period, joined
from app.members.rules import ClassFacts, MembershipState, StepFact, TermKind, TermRule, check_class, unbroken_since

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
ONE = timedelta(days=1)


def rolling(months: int) -> TermRule:
    return TermRule(TermKind.ROLLING, months)


def fixed(months: int, month: int, day: int) -> TermRule:
    return TermRule(TermKind.FIXED, months, month, day)


@pytest.mark.parametrize(
    ("term", "first", "last"),
    [
        (rolling(36), date(2024, 2, 29), date(2027, 2, 28)),
        (rolling(48), date(2024, 2, 29), date(2028, 2, 28)),
        (rolling(12), date(2016, 7, 1), date(2017, 6, 30)),
        (rolling(1), date(2027, 1, 31), date(2027, 2, 28)),
        (fixed(12, 1, 1), date(2016, 1, 1), date(2016, 12, 31)),
        (fixed(12, 1, 1), date(2016, 12, 31), date(2016, 12, 31)),
        (fixed(12, 7, 1), date(2016, 5, 24), date(2016, 6, 30)),
        (fixed(24, 7, 1), date(2016, 7, 1), date(2018, 6, 30)),
        (fixed(12, 2, 29), date(2016, 3, 1), date(2017, 2, 28)),
        (TermRule(), date(2016, 1, 1), None),
    ],
)
def test_a_period_ends_as_its_class_says(term: TermRule, first: date, last: date | None):
    assert term.last_day_from(first) == last


@given(DAYS, st.integers(1, 60))
def test_a_rolling_successor_leaves_no_gap_and_no_overlap(first: date, months: int):
    last = rolling(months).last_day_from(first)
    assert last is not None
    following = rolling(months).last_day_from(last + ONE)
    assert following is not None
    assert first <= last < following


@given(DAYS, st.integers(1, 5), st.integers(1, 12), st.integers(1, 28))
def test_a_fixed_period_ends_the_day_before_its_rollover_and_is_never_too_long(
    first: date, years: int, month: int, day: int
):
    last = fixed(12 * years, month, day).last_day_from(first)
    assert last is not None
    rollover = last + ONE
    assert (rollover.month, rollover.day) == (month, day)
    assert first <= last
    assert rollover <= date(first.year + years, 12, 31) + ONE * 366
    assert (last - first).days < 366 * years + 1


@given(DAYS, DAYS)
def test_the_period_of_a_day_holds_that_day(first: date, later: date):
    day = max(first, later)
    last = rolling(12).last_day_on(first, day)
    assert last is not None
    assert day <= last < day + timedelta(days=367)


@pytest.mark.parametrize(
    ("term", "field"),
    [
        (TermRule(TermKind.ROLLING), "term_months"),
        (TermRule(TermKind.ROLLING, 0), "term_months"),
        (fixed(18, 1, 1), "term_months"),
        (TermRule(TermKind.FIXED, 12), "rollover_month"),
        (fixed(12, 4, 31), "rollover_day"),
    ],
)
def test_a_class_whose_periods_cannot_be_reckoned_is_refused(term: TermRule, field: str):
    with pytest.raises(DomainError) as refused:
        check_class(ClassFacts("Any", votes=True, is_billed=True, term=term))
    assert refused.value.field == field


def fact(state: MembershipState, first: date, last: date | None = None) -> StepFact:
    return StepFact(1, "Partner", 1, state, Period(first, last), first)


def test_a_suspension_is_no_break_and_a_day_between_two_memberships_is_one():
    steps = [
        fact(MembershipState.ACTIVE, date(2011, 1, 1), date(2012, 12, 31)),
        fact(MembershipState.SUSPENDED, date(2013, 1, 1), date(2013, 6, 30)),
        fact(MembershipState.ACTIVE, date(2013, 7, 1), date(2014, 12, 30)),
        fact(MembershipState.WITHDRAWN, date(2014, 12, 31)),
        fact(MembershipState.ACTIVE, date(2015, 1, 1)),
    ]
    assert unbroken_since(steps, date(2014, 1, 1)) == date(2011, 1, 1)
    assert unbroken_since(steps, date(2014, 12, 31)) is None
    assert unbroken_since(steps, date(2016, 1, 1)) == date(2015, 1, 1)


@given(st.lists(st.tuples(DAYS, st.none() | st.integers(0, 900)), max_size=6))
def test_joined_periods_hold_the_same_days_and_leave_gaps_between_them(found: list[tuple[date, int | None]]):
    periods = [Period(first, None if days is None else first + timedelta(days=days)) for first, days in found]
    together = joined(periods)
    for period in periods:
        for day in (period.first, period.last or date(2999, 12, 31), period.first - ONE):
            assert any(each.contains(day) for each in together) == any(each.contains(day) for each in periods)
    for one, two in pairwise(together):
        assert one.last is not None
        assert two.first > one.last + ONE
