"""The levels of reminders and the interest of days late, as arithmetic alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.billing.rules import (
    USUAL_LEVELS,
    USUAL_TEXTS,
    Reminded,
    ReminderTerms,
    WhyNot,
    check_reminder_terms,
    interest,
    interest_days,
    next_level,
)
from app.core.errors import DomainError
from app.core.languages import Language
from app.core.money import Money
from app.members.rules.letters import PLACE

DUE = date(2016, 5, 1)
LEVELS = (7, 21, 42)


@pytest.mark.parametrize(
    ("late", "reminded", "expected"),
    [
        (6, Reminded(), WhyNot.TOO_EARLY),
        (7, Reminded(), 1),
        (400, Reminded(), 1),
        (20, Reminded(1, DUE + timedelta(7)), WhyNot.TOO_EARLY),
        (21, Reminded(1, DUE + timedelta(7)), 2),
        (401, Reminded(1, DUE + timedelta(400)), WhyNot.TOO_EARLY),
        (413, Reminded(1, DUE + timedelta(400)), WhyNot.TOO_EARLY),
        (414, Reminded(1, DUE + timedelta(400)), 2),
        (500, Reminded(3, DUE + timedelta(42)), WhyNot.REMINDED),
    ],
)
def test_a_late_run_takes_one_step_and_leaves_the_time_between_levels(
    late: int, reminded: Reminded, expected: int | WhyNot
):
    assert next_level(LEVELS, DUE, reminded, DUE + timedelta(late)) == expected


ONE, TWO, *_ = USUAL_LEVELS


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (ReminderTerms((), "GBP"), "days_1"),
        (ReminderTerms((replace(ONE, days_after_due=0),), "GBP"), "days_1"),
        (ReminderTerms((ONE, replace(TWO, days_after_due=ONE.days_after_due)), "GBP"), "days_2"),
        (ReminderTerms((ONE, replace(TWO, subject="")), "GBP"), "subject_2"),
        (ReminderTerms((replace(ONE, text="Pay {nobody}."),), "GBP"), "text_1"),
        (ReminderTerms((ONE,), "GBP", interest_from_level=0), "interest_from_level"),
        (ReminderTerms((ONE,), "GBP", interest_from_level=2), "interest_from_level"),
    ],
)
def test_terms_of_reminders_that_could_not_be_followed_are_refused_with_their_field(terms: ReminderTerms, field: str):
    with pytest.raises(DomainError) as refused:
        check_reminder_terms(terms)
    assert refused.value.field == field
    check_reminder_terms(ReminderTerms((ONE, TWO), "GBP", interest_from_level=2))


@pytest.mark.parametrize(
    ("minor", "basis_points", "days", "expected"),
    [(5_000_000, 800, 24, 26_301), (36_500, 500, 1, 5), (36_500, 50, 1, 1), (36_400, 50, 1, 0), (100, 0, 365, 0)],
)
def test_interest_is_by_days_over_365_and_half_a_penny_rounds_up(
    minor: int, basis_points: int, days: int, expected: int
):
    assert interest(Money(minor, "GBP"), basis_points, days) == Money(expected, "GBP")


def test_the_usual_texts_have_the_same_places_in_every_language_and_those_of_ones_own_have_none():
    assert set(USUAL_TEXTS) == set(Language)
    for number, level in enumerate(USUAL_LEVELS):
        for language in Language:
            spoken = level.spoken(language)
            assert spoken is not None
            assert (spoken.subject, spoken.text) == USUAL_TEXTS[language][number]
            assert sorted(PLACE.findall(spoken.text)) == sorted(PLACE.findall(level.text))
            assert sorted(PLACE.findall(spoken.subject)) == sorted(PLACE.findall(level.subject))
    assert replace(USUAL_LEVELS[0], text="Pay.").spoken(Language.GERMAN) is None


def test_no_day_is_charged_interest_twice():
    assert interest_days(DUE, Reminded(), DUE + timedelta(21)) == 21
    charged = Reminded(1, DUE + timedelta(7), charged_on=DUE + timedelta(7))
    assert interest_days(DUE, charged, DUE + timedelta(21)) == 14
