"""Changing a class from a day on: two dated memberships, one after the other; many at once, all or none."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.actor import Actor
from app.core.errors import AccessDeniedError, DomainError
from app.members.commands import change_class, change_classes, suspend_member, withdraw_member
from app.members.models import Membership
from app.members.queries import ClassChange, count_members, get_institution, list_memberships_of, plan_class_change
from app.members.queries.checks import check_memberships, check_steps
from tests.conftest import TODAY
from tests.members.world import LAUNCH, OFFICE, class_id, do, institution, member

JULY = date(2016, 7, 1)

pytestmark = pytest.mark.usefixtures("context")


def change(of: Membership, code: str = "funder", first_day: date = JULY) -> Membership:
    changed: Membership = do(change_class, of.id, class_id(code), first_day=first_day, reason="Decision D-1")
    return changed


def told(institution_id: int) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (
            row.membership_class.code,
            f"{row.period.first} {row.period.last}",
            [(step.state.value, f"{step.period.first} {step.period.last}") for step in row.steps],
        )
        for row in list_memberships_of(institution_id, on=TODAY, actor=OFFICE)
    ]


def test_a_change_of_class_is_two_dated_memberships_without_a_day_between():
    ics = institution()
    change(member(ics))
    assert sorted(told(ics.id)) == [
        ("funder", "2016-07-01 None", [("active", "2016-07-01 None")]),
        (
            "partner",
            "2011-09-24 2016-06-30",
            [("active", "2011-09-24 2016-06-30"), ("lapsed", "2016-07-01 None")],
        ),
    ]
    assert [*check_memberships(), *check_steps()] == []


@pytest.mark.parametrize(("day", "state", "name"), [(TODAY, "active", "Partner"), (JULY, "active", "Funder")])
def test_who_changes_class_is_a_member_on_every_day_and_is_not_leaving(day: date, state: str, name: str):
    ics = institution()
    change(member(ics))
    standing = get_institution(ics.id, OFFICE, on=day).standing
    assert (standing.state, standing.classes, standing.since) == (state, (name,), LAUNCH)
    assert count_members(day)[0] == 1


def test_a_suspension_and_an_end_to_come_go_on_in_the_other_class():
    ics = institution()
    joined = member(ics, until=date(2016, 12, 31))
    do(suspend_member, joined.id, first_day=date(2016, 8, 1), reason="Fees unpaid")
    change(joined)
    days, steps = next((days, steps) for code, days, steps in told(ics.id) if code == "funder")
    assert days == "2016-07-01 2016-12-31"
    assert steps == [
        ("active", "2016-07-01 2016-07-31"),
        ("suspended", "2016-08-01 2016-12-31"),
        ("lapsed", "2017-01-01 None"),
    ]
    assert [*check_memberships(), *check_steps()] == []


def test_what_was_known_before_a_change_of_class_stays_known():
    ics = institution()
    joined = member(ics)
    before = [row.recorded_at for row in [joined]]
    change(joined, first_day=LAUNCH)
    assert [code for code, _, _ in told(ics.id)] == ["funder"]
    known = list_memberships_of(ics.id, on=TODAY, known=before[0], actor=OFFICE)
    assert [row.membership_class.code for row in known] == ["partner"]


def test_a_change_to_the_same_class_an_ended_or_an_overlapping_membership_is_refused():
    ics = institution()
    joined = member(ics)
    with pytest.raises(DomainError, match="already"):
        change(joined, "partner")
    member(ics, "funder", since=date(2017, 1, 1))
    with pytest.raises(DomainError, match="the two would share days"):
        change(joined)
    do(withdraw_member, joined.id, last_day=date(2016, 6, 30), reason="Left")
    with pytest.raises(DomainError, match="ended"):
        change(joined, "observer")
    with pytest.raises(DomainError, match="There is no such class"):
        do(change_class, joined.id, 99, first_day=JULY, reason="x")


def test_of_many_changes_all_are_made_or_none_and_who_cannot_is_named():
    good, bad = institution("Good Institute", "G"), institution("Bad Institute", "B")
    members = [member(good).id, member(bad).id]
    member(bad, "funder")
    with pytest.raises(DomainError, match=r"Nothing was changed\. Bad Institute: .*share days"):
        do(change_classes, members, class_id("funder"), first_day=JULY, reason="D-1")
    assert [code for code, _, _ in told(good.id)] == ["partner"]
    do(change_classes, members[:1], class_id("funder"), first_day=JULY, reason="D-1")
    assert sorted(code for code, _, _ in told(good.id)) == ["funder", "partner"]


def test_only_who_keeps_memberships_changes_classes():
    joined = member(institution())
    with pytest.raises(AccessDeniedError):
        do(change_class, joined.id, 1, first_day=JULY, reason="x", actor=Actor("Nobody", user_id=7))


def test_a_plan_says_who_changes_and_who_is_left_out_and_why():
    good, both, none = institution("A", "A"), institution("B", "B"), institution("C", "C")
    first = member(good)
    member(both)
    member(both, "funder")
    asked = ClassChange(class_id("partner"), class_id("funder"), JULY)
    plan = plan_class_change([good.id, both.id, none.id], asked, OFFICE)
    assert plan.membership_ids == [first.id]
    assert [(line.name, line.left_out) for line in plan.lines] == [
        ("A", None),
        ("B", "it has a membership in the new class on or after the day"),
        ("C", "it is no member of that class on the day"),
    ]
    with pytest.raises(DomainError, match="None of the chosen"):
        plan_class_change([none.id], asked, OFFICE)
    with pytest.raises(DomainError, match="Whoever of them is a member of that class has a membership in the new one"):
        plan_class_change([both.id, none.id], asked, OFFICE)
    with pytest.raises(DomainError, match="the same"):
        plan_class_change([good.id], ClassChange(1, 1, JULY), OFFICE)
