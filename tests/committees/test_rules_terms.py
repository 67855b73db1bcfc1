"""Terms, their limits, and the numbers of a quorum and a majority."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.committees.rules import (
    USUAL,
    BylawFacts,
    Fraction,
    LimitKind,
    MajorityBase,
    PartTerms,
    QuorumBase,
    Replacement,
    Served,
    is_over_limit,
    majority_needed,
    proposed_last,
    quorum_of,
    terms_counted,
)
from app.core.errors import DomainError
from app.core.periods import Period

THREE_YEARS = replace(USUAL, term_months=36)
TWICE = replace(THREE_YEARS, limit_kind=LimitKind.CONSECUTIVE, limit_terms=2)


def served(*years: tuple[int, int]) -> list[Served]:
    return [Served(Period(date(first, 1, 1), date(last, 12, 31))) for first, last in years]


def test_the_usual_quorum_is_more_than_half_of_the_filled_voting_seats():
    assert quorum_of(USUAL, 9, 8) == 5
    assert quorum_of(USUAL, 9, 9) == 5
    assert quorum_of(replace(USUAL, quorum_base=QuorumBase.ALL), 10, 8) == 6


def test_a_quorum_is_rounded_up_and_never_nobody():
    two_thirds = replace(USUAL, quorum=Fraction(2, 3, more_than=False))
    assert [quorum_of(two_thirds, filled, filled) for filled in (0, 1, 2, 3, 4, 9, 10)] == [1, 1, 2, 2, 3, 6, 7]


def test_abstentions_count_only_where_a_majority_is_of_those_present():
    assert majority_needed(USUAL, cast=5, present=9) == 3
    assert majority_needed(replace(USUAL, majority_base=MajorityBase.PRESENT), cast=5, present=9) == 5
    assert majority_needed(USUAL, cast=0, present=9) == 1


@pytest.mark.parametrize("part", [(0, 2), (3, 2), (1, 0)])
def test_what_is_no_part_of_a_whole_is_refused(part: tuple[int, int]):
    with pytest.raises(DomainError):
        Fraction(*part, more_than=False)
    with pytest.raises(DomainError, match="part of the whole"):
        Fraction(2, 2, more_than=True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"limit_kind": LimitKind.LIFETIME}, "limit_terms"),
        ({"limit_terms": 2}, "limit_terms"),
        ({"limit_kind": LimitKind.LIFETIME, "limit_terms": 2}, "term_months"),
        ({"holds_over": True}, "term_months"),
        ({"term_months": 0}, "term_months"),
        ({"proxies": 100}, "proxies"),
        ({"warning_days": -1}, "warning_days"),
    ],
)
def test_bylaws_that_contradict_themselves_are_refused(wrong: dict[str, object], field: str):
    with pytest.raises(DomainError) as refused:
        BylawFacts(**wrong)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_term_ends_the_day_before_its_successor_begins():
    assert proposed_last(THREE_YEARS, date(2024, 2, 29)) == date(2027, 2, 28)
    assert proposed_last(replace(USUAL, term_months=48), date(2024, 2, 29)) == date(2028, 2, 28)
    assert proposed_last(USUAL, date(2024, 2, 29)) is None


def test_who_replaces_somebody_serves_out_the_term_or_begins_one_anew():
    left = date(2017, 12, 31)
    assert proposed_last(THREE_YEARS, date(2016, 6, 1), left=left) == left
    anew = replace(THREE_YEARS, replacement=Replacement.ANEW)
    assert proposed_last(anew, date(2016, 6, 1), left=left) == date(2019, 5, 31)
    assert proposed_last(THREE_YEARS, date(2018, 1, 1), left=left) == date(2020, 12, 31)


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [
        (date(2021, 1, 1), date(2023, 12, 31)),
        (date(2022, 6, 5), date(2023, 12, 31)),
        (date(2020, 12, 31), date(2020, 12, 31)),
        (date(2017, 5, 5), date(2017, 12, 31)),
        (date(2018, 1, 1), date(2020, 12, 31)),
    ],
)
def test_terms_of_a_staggered_seat_end_with_its_cycle(first_day: date, last_day: date):
    assert proposed_last(THREE_YEARS, first_day, cycle=date(2020, 12, 31)) == last_day


def test_a_cycle_that_ends_with_february_ends_on_its_last_day_in_leap_years_too():
    assert proposed_last(THREE_YEARS, date(2026, 1, 1), cycle=date(2025, 2, 28)) == date(2028, 2, 29)


def test_a_third_term_in_a_row_is_over_a_limit_of_two():
    assert not is_over_limit(TWICE, served((2013, 2015)), date(2016, 1, 1))
    assert is_over_limit(TWICE, served((2010, 2012), (2013, 2015)), date(2016, 1, 1))
    assert not is_over_limit(USUAL, served((2010, 2012), (2013, 2015)), date(2016, 1, 1))


def test_a_break_begins_the_count_of_terms_in_a_row_anew_and_not_that_of_a_lifetime():
    before = served((2008, 2010), (2011, 2013))
    assert terms_counted(TWICE, before, date(2015, 1, 1)) == 0
    lifetime = replace(TWICE, limit_kind=LimitKind.LIFETIME)
    assert terms_counted(lifetime, before, date(2015, 1, 1)) == 2


def test_a_break_shorter_than_the_bylaws_ask_for_is_none():
    asked = replace(TWICE, break_months=24)
    before = served((2008, 2010), (2011, 2013))
    assert terms_counted(asked, before, date(2015, 12, 31)) == 2
    assert terms_counted(asked, before, date(2016, 1, 1)) == 0


def test_part_of_a_term_counts_as_the_bylaws_say():
    short = [Served(Period(date(2013, 1, 1), date(2013, 12, 31)))]
    long = [Served(Period(date(2012, 1, 1), date(2013, 12, 31)))]
    counted = {
        part: [terms_counted(replace(TWICE, part_terms=part), each, date(2014, 1, 1)) for each in (short, long)]
        for part in PartTerms
    }
    assert counted == {PartTerms.COUNT: [1, 1], PartTerms.OVER_HALF: [0, 1], PartTerms.IGNORED: [0, 0]}
    whole = served((2011, 2013))
    assert all(terms_counted(replace(TWICE, part_terms=part), whole, date(2014, 1, 1)) == 1 for part in PartTerms)


def test_a_term_without_a_last_day_counts():
    open_end = [Served(Period(date(2013, 1, 1)))]
    assert terms_counted(replace(TWICE, part_terms=PartTerms.IGNORED), open_end, date(2014, 1, 1)) == 1
