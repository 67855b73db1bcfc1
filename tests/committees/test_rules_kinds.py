from __future__ import annotations

from datetime import date

import pytest

from app.committees.rules import Office, check_within, ids_under, in_tree, roles_of
from app.core.errors import DomainError
from app.core.periods import Period
from app.core.permissions import Role

PARENTS = {1: None, 2: 1, 3: 2, 4: 1, 5: None}


def test_chair_has_the_role_of_a_chair_and_members_theirs():
    assert roles_of(Office.CHAIR, None) == [Role.CHAIR]
    assert [roles_of(office, None) for office in (Office.DEPUTY, Office.SECRETARY, Office.MEMBER)] == [
        [Role.COMMITTEE_MEMBER]
    ] * 3


def test_role_of_the_committee_comes_to_every_office():
    assert all(Role.FINANCE in roles_of(office, Role.FINANCE) for office in Office)


def test_committees_stand_below_what_they_are_part_of():
    assert in_tree(PARENTS) == [(1, 0), (2, 1), (3, 2), (4, 1), (5, 0)]


def test_committee_whose_parent_is_not_there_stands_alone():
    assert in_tree({2: 1, 3: 2}) == [(2, 0), (3, 1)]


def test_ids_under_a_committee_are_all_its_parts_at_any_depth():
    assert ids_under(1, PARENTS) == {1, 2, 3, 4}
    assert ids_under(5, PARENTS) == {5}


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (Period(date(2010, 12, 31), date(2012, 1, 1)), "first_day"),
        (Period(date(2011, 1, 1), date(2013, 1, 1)), "last_day"),
        (Period(date(2011, 1, 1)), "last_day"),
    ],
)
def test_days_outside_the_whole_are_refused(part: Period, field: str):
    whole = Period(date(2011, 1, 1), date(2012, 12, 31))
    with pytest.raises(DomainError) as refused:
        check_within(whole, part, "The seat")
    assert refused.value.field == field


def test_days_that_fill_the_whole_are_within_it():
    whole = Period(date(2011, 1, 1), date(2012, 12, 31))
    check_within(whole, whole, "The seat")
