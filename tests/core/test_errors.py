"""Refusals of one act, said together."""

from __future__ import annotations

import pytest

from app.core.errors import DomainError, NotFoundError, Refusals, SeveralError, StaleError, refusals_in


def refuse(message: str, field: str | None = None) -> None:
    raise DomainError(message, field)


def test_everything_that_rules_refuse_is_said_at_once_in_their_order():
    refusals = Refusals()
    with refusals:
        refuse("The first.", "name")
    with refusals:
        refuse("The second.", "day")
    with pytest.raises(SeveralError, match=r"The first\. The second\.") as raised:
        refusals.say()
    assert [(each.message, each.field) for each in refusals_in(raised.value)] == [
        ("The first.", "name"),
        ("The second.", "day"),
    ]


def test_several_refusals_within_one_are_counted_each():
    refusals = Refusals()
    with refusals:
        raise SeveralError([DomainError("One.", "name"), DomainError("Two.", "day")])
    with refusals:
        refuse("Three.")
    assert [each.message for each in refusals.gathered] == ["One.", "Two.", "Three."]


def test_one_refusal_stays_what_it_was_and_none_refuses_nothing():
    refusals = Refusals()
    refusals.say()
    with refusals:
        refuse("Alone.", "name")
    with pytest.raises(DomainError, match=r"Alone\.") as raised:
        refusals.say()
    assert type(raised.value) is DomainError


@pytest.mark.parametrize("error", [NotFoundError("There is none."), StaleError(3), ValueError("a bug")])
def test_what_is_not_there_what_is_stale_and_what_is_a_bug_goes_on_at_once(error: Exception):
    with pytest.raises(type(error)), Refusals():
        raise error
