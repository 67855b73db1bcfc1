"""What counts against the limit above which an act needs a second person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.rules import SETTABLE, Act, BillingTerms, Done, counted, needs_second, weakens

amounts = st.lists(st.integers(1, 10**9), max_size=12)
limits = st.integers(0, 10**9)
policies = st.dictionaries(st.sampled_from([act.value for act in SETTABLE]), st.integers(0, 100)).map(
    lambda above: BillingTerms(second_above=above)
)


def done_in_parts(parts: Sequence[int], limit: int) -> list[Done]:
    """What becomes of an amount in parts: one person does what they alone may, a second says yes to the rest."""
    terms, done = BillingTerms(second_above={Act.WRITE_OFF: limit}), list[Done]()
    for part in parts:
        done.append(Done(part, by_two=needs_second(Act.WRITE_OFF, counted(part, done), terms)))
    return done


@given(amounts, limits)
def test_however_an_amount_is_split_one_person_alone_never_does_more_than_the_limit(parts: list[int], limit: int):
    assert sum(each.minor for each in done_in_parts(parts, limit) if not each.by_two) <= limit


@given(amounts, limits)
def test_what_a_second_person_said_yes_to_takes_nothing_of_the_limit(parts: list[int], limit: int):
    agreed = [Done(part, by_two=True) for part in parts]
    assert counted(limit, agreed) == limit


@given(amounts, limits)
def test_parts_that_are_not_above_the_limit_together_need_nobody(parts: list[int], limit: int):
    if sum(parts) <= limit:
        assert not any(each.by_two for each in done_in_parts(parts, limit))


@pytest.mark.parametrize(("minor", "asks"), [(30_000, False), (30_001, True)])
def test_the_limit_itself_is_one_persons(minor: int, *, asks: bool):
    terms = BillingTerms(second_above={Act.CREDIT: 100_000})
    before = [Done(70_000, by_two=False), Done(500_000, by_two=True)]
    assert needs_second(Act.CREDIT, counted(minor, before), terms) is asks


@given(policies, policies, st.sampled_from(SETTABLE), st.integers(0, 101))
def test_a_policy_is_weaker_where_one_person_may_do_what_took_two(
    before: BillingTerms, after: BillingTerms, act: Act, worth: int
):
    if needs_second(act, worth, before) and not needs_second(act, worth, after):
        assert weakens(before, after)


@given(policies, policies)
def test_of_two_policies_that_differ_one_is_weaker_and_none_than_itself(one: BillingTerms, other: BillingTerms):
    assert not weakens(one, one)
    assert (weakens(one, other) or weakens(other, one)) is (one != other)


@pytest.mark.parametrize(
    ("before", "after", "weaker"),
    [
        ({}, {Act.REFUND: 0}, False),
        ({Act.REFUND: 100}, {Act.REFUND: 100}, False),
        ({Act.REFUND: 100}, {Act.REFUND: 99, Act.CREDIT: 5}, False),
        ({Act.REFUND: 100}, {Act.REFUND: 101}, True),
        ({Act.REFUND: 100}, {Act.REFUND: 0, Act.CREDIT: 0}, False),
        ({Act.REFUND: 100, Act.CREDIT: 0}, {Act.CREDIT: 0}, True),
        ({Act.REFUND: 100}, {Act.CREDIT: 0}, True),
    ],
)
def test_fewer_acts_or_larger_amounts_make_a_policy_weaker(
    before: dict[str, int], after: dict[str, int], *, weaker: bool
):
    assert weakens(BillingTerms(second_above=before), BillingTerms(second_above=after)) is weaker
