"""Deadlines as they are typed, who may be elected to what, and what a result must say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.committees.rules.deadlines import Twice, comes_twice, read_deadline
from app.committees.rules.elections import (
    CandidateFacts,
    Outcome,
    SeatFacts,
    check_call,
    check_result,
    proposed_places,
    seats_open_to,
)
from app.committees.rules.plans import next_first_day, seat_words
from app.core.errors import DomainError
from app.core.periods import Period

LONDON = ZoneInfo("Europe/London")
TERM = Period(date(2018, 1, 1), date(2020, 12, 31))
ANYBODY = CandidateFacts(
    is_erased=False, institutions=frozenset({7}), over_limit=frozenset(), limit_words="Limit.", seated=()
)
SEAT = SeatFacts(1, "Member", TERM, None, None)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("30 June 2016 17:00", datetime(2016, 6, 30, 16, tzinfo=UTC)),
        ("2016-06-30 17:00", datetime(2016, 6, 30, 16, tzinfo=UTC)),
        ("2016-06-30T17:00:30", datetime(2016, 6, 30, 16, 0, 30, tzinfo=UTC)),
        (" 1 Dec 2016, 9:05 ", datetime(2016, 12, 1, 9, 5, tzinfo=UTC)),
        ("1 December 2016 at 23:59", datetime(2016, 12, 1, 23, 59, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_an_instant_by_the_clocks_of_its_zone(text: str, instant: datetime):
    deadline = read_deadline(text, LONDON)
    assert (deadline.at, deadline.text, deadline.zone) == (instant, text.strip(), "Europe/London")


@pytest.mark.parametrize("text", ["", "tomorrow", "30 June 2016", "17:00", "31 June 2016 17:00", "30 June 2016 24:00"])
def test_what_is_no_deadline_is_refused_beside_its_field(text: str):
    with pytest.raises(DomainError, match="Write the day and the time") as refused:
        read_deadline(text, LONDON)
    assert refused.value.field == "deadline"


def test_a_clock_time_that_the_spring_leaves_out_is_refused():
    with pytest.raises(DomainError, match=r"There is no 01:30 on that day in Europe/London.*02:30"):
        read_deadline("27 March 2016 01:30", LONDON)


def test_a_clock_time_that_comes_twice_in_autumn_is_the_later_unless_chosen():
    text = "30 October 2016 01:30"
    assert read_deadline(text, LONDON).at == datetime(2016, 10, 30, 1, 30, tzinfo=UTC)
    assert read_deadline(text, LONDON, Twice.EARLIER).at == datetime(2016, 10, 30, 0, 30, tzinfo=UTC)
    assert comes_twice(text, LONDON)
    assert not comes_twice("30 June 2016 17:00", LONDON)


@given(st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=900)))
def test_late_by_however_little_is_late(late: timedelta):
    deadline = read_deadline("30 June 2016 17:00", LONDON)
    assert not deadline.has_passed(deadline.at)
    assert deadline.has_passed(deadline.at + late)


@pytest.mark.parametrize(
    ("person", "seat", "why"),
    [
        (ANYBODY, SEAT, None),
        (replace(ANYBODY, is_erased=True), SEAT, "no longer on record"),
        (replace(ANYBODY, seated=(Period(date(2017, 1, 1)),)), SEAT, "already sit"),
        (replace(ANYBODY, seated=(Period(date(2015, 1, 1), date(2017, 12, 31)),)), SEAT, None),
        (replace(ANYBODY, over_limit=frozenset({1})), SEAT, "Limit."),
        (ANYBODY, replace(SEAT, institution_id=7), None),
        (ANYBODY, replace(SEAT, institution_id=8), "neither belong to nor represent"),
        (ANYBODY, replace(SEAT, constituency="Centres in Europe"), None),
        (ANYBODY, replace(SEAT, constituency="Centres in Europe", constituents=frozenset({6, 7})), None),
        (ANYBODY, replace(SEAT, constituency="Centres in Europe", constituents=frozenset({8})), "of Centres in Europe"),
        (ANYBODY, replace(SEAT, constituency="Centres in Europe", constituents=frozenset()), "of Centres in Europe"),
    ],
)
def test_somebody_can_be_elected_or_is_told_why_not(person: CandidateFacts, seat: SeatFacts, why: str | None):
    open_to, reason = seats_open_to(person, [seat])
    assert open_to == ([] if why else [1])
    assert (why or "") in reason


def test_of_several_seats_one_that_fits_is_enough():
    other = replace(SEAT, id=2, institution_id=8)
    assert seats_open_to(ANYBODY, [SEAT, other]) == ([1], "")


def test_seats_are_proposed_in_the_order_of_votes_to_whom_they_are_open():
    assert proposed_places({10: 5, 11: 9, 12: 7}, {10: (1, 2), 11: (1,), 12: (1, 2)}) == {11: 1, 12: 2}
    assert proposed_places({}, {10: (1, 2), 11: (1,)}) == {11: 1, 10: 2}


def test_more_votes_do_not_take_a_seat_that_is_not_open_to_them():
    outcomes = {10: Outcome(3, seat_id=1), 11: Outcome(9)}
    check_result(outcomes, {10: (1,), 11: ()}, [1])
    with pytest.raises(DomainError, match="more votes"):
        check_result(outcomes, {10: (1,), 11: (1,)}, [1])
    with pytest.raises(DomainError, match="not open to them"):
        check_result({10: Outcome(3, seat_id=2), 11: Outcome(1)}, {10: (1,), 11: ()}, [1, 2])


def test_terms_begin_after_nominations_have_ended():
    check_call([TERM], date(2016, 5, 24), date(2017, 12, 31))
    for seats, opens, ends, field in (
        ([], date(2016, 5, 24), date(2016, 6, 30), "seats"),
        ([TERM], date(2016, 7, 1), date(2016, 6, 30), "deadline"),
        ([TERM], date(2016, 5, 24), date(2018, 1, 1), "first_day"),
    ):
        with pytest.raises(DomainError) as refused:
            check_call(seats, opens, ends)
        assert refused.value.field == field


def test_a_successor_begins_the_day_after_the_term_or_today_where_that_has_passed():
    today = date(2016, 5, 24)
    assert next_first_day(date(2016, 12, 31), today) == date(2017, 1, 1)
    assert next_first_day(today, today) == date(2016, 5, 25)
    assert next_first_day(date(2016, 5, 23), today) == today
    assert next_first_day(None, today) == today


def test_a_seat_is_not_called_by_its_number_twice():
    assert [seat_words(3, "Seat 3"), seat_words(1, "Treasurer")] == ["seat 3", "seat 1, Treasurer"]
