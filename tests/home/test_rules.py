from __future__ import annotations

from datetime import date

import pytest

from app.core.periods import how_long, how_soon
from app.home.rules import Group, Task, Tone, counted_sentence, days_late, grouped

TODAY = date(2016, 5, 24)


def task(group: Group) -> Task:
    return Task(group, "Title", "Text", "Who", "Age", Tone.QUIET, "Verb", "home.today")


def test_tasks_stand_under_their_headings_in_order():
    groups = grouped([task(Group.MISSING), task(Group.LATE), task(Group.MISSING)])
    assert [(group, len(tasks)) for group, tasks in groups] == [(Group.LATE, 1), (Group.MISSING, 2)]


def test_sentence_counts_what_there_is_and_says_nothing_of_nothing():
    assert counted_sentence(grouped([task(Group.LATE), task(Group.SOON)])) == "2 things: 1 late, 1 due soon"
    assert counted_sentence(grouped([task(Group.LATE)])) == "1 thing: 1 late"
    assert counted_sentence([]) == ""


@pytest.mark.parametrize(("day", "words"), [(date(2016, 5, 23), "1 day late"), (date(2016, 5, 1), "23 days late")])
def test_lateness_is_counted_in_days(day: date, words: str):
    assert days_late(day, TODAY) == words


def test_coming_days_are_named_or_counted():
    days = [date(2016, 5, 24), date(2016, 5, 25), date(2016, 6, 2)]
    assert [how_soon(day, TODAY) for day in days] == ["today", "tomorrow", "in 9 days"]


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (date(2016, 5, 24), "less than a day"),
        (date(2016, 5, 23), "1 day"),
        (date(2016, 2, 15), "99 days"),
        (date(2016, 1, 25), "3 months"),
        (date(2016, 1, 24), "4 months"),
        (date(2014, 5, 25), "23 months"),
        (date(2014, 5, 24), "2 years"),
    ],
)
def test_what_is_long_ago_is_told_in_months_and_years(since: date, words: str):
    assert how_long(since, TODAY) == words
