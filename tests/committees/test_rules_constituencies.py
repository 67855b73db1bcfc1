"""How rules of who belongs change from a day on, and which seats one election fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.committees.rules.constituencies import (
    MOST_RULES,
    Belonging,
    Changes,
    DatedRule,
    changes_from,
    check_one_electorate,
    check_rules,
)
from app.core.errors import DomainError
from app.core.periods import ONE_DAY, Period
from app.members.rules import InstitutionKind

JAPAN, CHINA, CENTRES = Belonging("JP"), Belonging("CN"), Belonging(institution_kind=InstitutionKind.RESEARCH_CENTRE)
DAY = date(2016, 1, 1)
BEFORE, AFTER = date(2012, 1, 1), date(2017, 1, 1)


@pytest.mark.parametrize(
    ("period", "wanted", "what"),
    [
        (Period(BEFORE), {JAPAN}, None),
        (Period(DAY), {JAPAN}, None),
        (Period(BEFORE), set(), "ended"),
        (Period(BEFORE, AFTER), {JAPAN}, "reopened"),
        (Period(BEFORE, AFTER), set(), "ended"),
        (Period(DAY), set(), "taken_back"),
        (Period(AFTER), set(), "taken_back"),
        (Period(BEFORE, DAY - ONE_DAY), set(), None),
    ],
)
def test_a_rule_goes_on_ends_or_is_taken_back_with_the_day(period: Period, wanted: set[Belonging], what: str | None):
    changes = changes_from([DatedRule(1, JAPAN, period)], wanted, Period(DAY))
    assert {name: value for name, value in vars(changes).items() if value} == ({what: (1,)} if what else {})
    assert bool(changes) == (what is not None)


PERIODS = st.builds(
    lambda first, days: Period(first, None if days is None else first + timedelta(days)),
    st.dates(BEFORE, AFTER),
    st.none() | st.integers(0, 900),
)
RULES = st.lists(st.tuples(st.sampled_from([JAPAN, CHINA, CENTRES]), PERIODS), max_size=6)


def held(rules: Sequence[DatedRule], day: date) -> set[Belonging]:
    return {each.belonging for each in rules if each.period.contains(day)}


def applied(standing: Sequence[DatedRule], changes: Changes, days: Period) -> list[DatedRule]:
    """The rules as the command leaves them."""
    kept = {each.id: each for each in standing if each.id not in changes.taken_back}
    for number in changes.ended:
        kept[number] = replace(kept[number], period=kept[number].period.ended(days.first - ONE_DAY))
    for number in changes.reopened:
        kept[number] = replace(kept[number], period=Period(kept[number].period.first, days.last))
    return [*kept.values(), *(DatedRule(-1, each, days) for each in changes.begun)]


@given(RULES, st.sets(st.sampled_from([JAPAN, CHINA, CENTRES])), st.none() | st.just(AFTER))
def test_after_a_change_just_the_rules_wanted_hold_and_before_it_what_held(
    rules: list[tuple[Belonging, Period]], wanted: set[Belonging], end: date | None
):
    standing = [DatedRule(number, who, period) for number, (who, period) in enumerate(rules)]
    after = applied(standing, changes_from(standing, wanted, Period(DAY, end)), Period(DAY, end))
    for day in (DAY, date(2016, 6, 1), AFTER):
        assert held(after, day) == wanted
    for day in (BEFORE, DAY - ONE_DAY):
        assert held(after, day) == held(standing, day)


def test_more_rules_than_a_list_can_hold_and_no_countries_are_refused():
    check_rules([JAPAN, CENTRES])
    for wrong in ([Belonging("XX")], [Belonging(institution_id=number) for number in range(MOST_RULES + 1)]):
        with pytest.raises(DomainError, match=r"no such country|up to 300"):
            check_rules(wrong)


def test_one_election_fills_seats_of_one_constituency_alone():
    check_one_electorate([7, 7])
    check_one_electorate([None, None])
    for mixed in ([7, 8], [7, None]):
        with pytest.raises(DomainError, match="elects its own seats alone"):
            check_one_electorate(mixed)
