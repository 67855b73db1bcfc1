"""What counts against the limit above which an act needs a second person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.rules import Act, BillingTerms, Done, counted, needs_second

amounts = st.lists(st.integers(1, 10**9), max_size=12)
limits = st.integers(0, 10**9)


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
