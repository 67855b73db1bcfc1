"""A withdrawal called off: the membership has again exactly what the withdrawal took, and keeps what came since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.audit.models import AuditEntry
from app.core.database import db
from app.core.errors import DomainError
from app.members.commands import (
    Admission,
    admit_member,
    change_class,
    correct_class,
    correct_last_day,
    keep_member,
    retract_step,
    suspend_member,
    withdraw_member,
)
from app.members.models import Institution, Membership, MembershipStep
from app.members.queries import list_memberships_of
from app.members.rules.imports import ImportKind
from app.web.requests import House
from tests.conftest import TODAY
from tests.database import empty_database
from tests.members.importing import written
from tests.members.world import LAUNCH, OFFICE, class_id, do, institution, member, on, problems
from tests.trailed import beside_the_trail

JUNE, JULY, AUGUST, DECEMBER = date(2016, 6, 30), date(2016, 7, 1), date(2016, 8, 31), date(2016, 12, 31)
SEPTEMBER = date(2016, 9, 1)
Told = list[tuple[str, date, date | None, str | None, str]]
PLAN: Told = [
    ("active", LAUNCH, JUNE, "Founding member", "test"),
    ("suspended", JULY, AUGUST, "Arrears", "test"),
    ("active", SEPTEMBER, None, "Arrears", "test"),
]


def steps_of(found: Institution, known: datetime | None = None) -> Told:
    """Its steps with their days, why, and who put them on record, as known at an instant."""
    return [
        (step.state.value, step.period.first, step.period.last, step.reason, step.recorded_by)
        for row in list_memberships_of(found.id, on=TODAY, known=known, actor=OFFICE)
        for step in row.steps
    ]


def planned(found: Institution, until: date | None = None) -> Membership:
    """A membership whose suspension in July and August is on record already."""
    joined = member(found, until=until)
    with on(date(2016, 3, 1)):
        do(suspend_member, joined.id, first_day=JULY, last_day=AUGUST, reason="Arrears")
    return joined


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("last_day", [date(2016, 5, 31), JUNE, date(2016, 8, 15), AUGUST, DECEMBER])
def test_suspensions_and_reinstatements_that_gave_way_come_back(last_day: date):
    found = institution()
    joined = planned(found)
    do(withdraw_member, joined.id, last_day=last_day, reason="Letter")
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == PLAN
    assert db.session.get_one(Membership, joined.id).last_day is None
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_a_membership_with_an_end_lapses_again_as_it_was_to():
    found = institution()
    joined = planned(found, until=DECEMBER)
    before = steps_of(found)
    assert before[-1] == ("lapsed", date(2017, 1, 1), None, "Founding member", "test")
    do(withdraw_member, joined.id, last_day=date(2016, 7, 31), reason="Letter")
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == before
    assert db.session.get_one(Membership, joined.id).last_day == DECEMBER
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_every_day_of_knowledge_tells_what_was_known_of_a_withdrawal_called_off():
    found = institution()
    joined = planned(found)
    with on(date(2016, 4, 1)):
        do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    with on(date(2016, 5, 1)):
        do(keep_member, joined.id, reason="Second letter")
    withdrawn = [
        ("active", LAUNCH, date(2016, 5, 31), "Founding member", "test"),
        ("withdrawn", date(2016, 6, 1), None, "Letter", "test"),
    ]
    for day, known in ((date(2016, 3, 15), PLAN), (date(2016, 4, 15), withdrawn), (date(2016, 5, 15), PLAN)):
        assert steps_of(found, datetime(day.year, day.month, day.day, tzinfo=UTC)) == known
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_the_trail_says_what_came_back():
    found = institution()
    joined = planned(found)
    do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    do(keep_member, joined.id, reason="Second letter")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "members.keep_member")).one()
    assert entry.summary == (
        "Institut Clinique de la Souris: withdrawal of 31 May 2016 called off; Partner goes on without an end,"
        " suspended from 1 July 2016 until 31 August 2016, active from 1 September 2016"
    )


@pytest.mark.usefixtures("context")
def test_what_was_put_on_record_since_stays_and_the_rest_comes_back():
    found = institution()
    joined = planned(found)
    do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    with on(date(2016, 5, 25)):
        do(suspend_member, joined.id, first_day=date(2016, 5, 25), reason="Audit")
        do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == [
        ("active", LAUNCH, date(2016, 5, 24), "Founding member", "test"),
        ("suspended", date(2016, 5, 25), date(2016, 6, 30), "Audit", "test"),
        ("suspended", date(2016, 7, 1), AUGUST, "Arrears", "test"),
        ("active", SEPTEMBER, None, "Arrears", "test"),
    ]
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_a_suspension_taken_back_before_the_withdrawal_does_not_come_back():
    found = institution()
    joined = planned(found)
    (row,) = list_memberships_of(found.id, on=TODAY, actor=OFFICE)
    do(retract_step, row.steps[1].id, reason="It was another one")
    do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == [("active", LAUNCH, None, "Founding member", "test")]


@pytest.mark.usefixtures("context")
def test_a_membership_entered_since_for_days_that_would_come_back_stands_in_the_way():
    found = institution()
    joined = planned(found)
    do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    do(admit_member, found.id, Admission(class_id("partner"), date(2018, 1, 1)))
    before = steps_of(found)
    with pytest.raises(DomainError, match="a member of this class from 1 January 2018 without an end"):
        do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == before
    assert problems() == []


def earlier(joined: Membership) -> int:
    do(correct_last_day, joined.id, last_day=date(2016, 5, 28), reason="Letter says so")
    return joined.id


def later(joined: Membership) -> int:
    do(correct_last_day, joined.id, last_day=JUNE, reason="Letter says so")
    return joined.id


def another_class(joined: Membership) -> int:
    followed: Membership = do(change_class, joined.id, class_id("funder"), first_day=date(2016, 5, 25), reason="Board")
    return followed.id


def right_class(joined: Membership) -> int:
    right: Membership = do(correct_class, joined.id, class_id("funder"), reason="Typing mistake")
    return right.id


def again(joined: Membership) -> int:
    do(withdraw_member, joined.id, last_day=date(2016, 5, 30), reason="Sooner")
    do(keep_member, joined.id, reason="Not sooner")
    return joined.id


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("meanwhile", [earlier, later, another_class, right_class, again])
def test_whatever_becomes_of_the_withdrawal_meanwhile_calling_it_off_gives_all_back(
    meanwhile: Callable[[Membership], int],
):
    found = institution()
    joined = planned(found)
    do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    membership_id = meanwhile(joined)
    do(keep_member, membership_id, reason="Second letter")
    kept = db.session.get_one(Membership, membership_id)
    asked = select(MembershipStep).where(
        MembershipStep.membership_id == kept.id, MembershipStep.superseded_at.is_(None)
    )
    steps = db.session.scalars(asked.order_by(MembershipStep.first_day)).all()
    assert [(step.state.value, step.last_day) for step in steps] == [
        ("active", JUNE),
        ("suspended", AUGUST),
        ("active", None),
    ]
    assert kept.last_day is None
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_a_suspension_that_a_withdrawal_cut_short_is_whole_again_wherever_the_withdrawal_was_moved_to():
    found = institution()
    joined = planned(found)
    do(withdraw_member, joined.id, last_day=date(2016, 8, 15), reason="Letter")
    do(correct_last_day, joined.id, last_day=date(2016, 5, 31), reason="Letter says May")
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == PLAN
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_of_two_steps_that_gave_way_for_one_day_the_one_recorded_later_comes_back():
    found = institution()
    joined = planned(found)
    do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    do(correct_last_day, joined.id, last_day=date(2016, 7, 15), reason="Letter says July")
    do(suspend_member, joined.id, first_day=JULY, reason="Audit")
    do(correct_last_day, joined.id, last_day=date(2016, 5, 31), reason="It says May after all")
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == [PLAN[0], ("suspended", JULY, AUGUST, "Audit", "test"), PLAN[2]]
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_days_corrected_into_a_membership_after_its_withdrawal_stay_as_they_are():
    found = institution()
    joined = planned(found)
    do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    do(correct_last_day, joined.id, last_day=date(2016, 7, 15), reason="Letter says July")
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == [
        ("active", LAUNCH, date(2016, 7, 15), "Founding member", "test"),
        ("suspended", date(2016, 7, 16), AUGUST, "Arrears", "test"),
        ("active", SEPTEMBER, None, "Arrears", "test"),
    ]
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_a_withdrawal_that_came_by_an_import_is_called_off_as_any_other():
    found = institution()
    joined = planned(found)
    row = {"Institution": "ICS", "Class": "Partner", "Member from": "2011-09-24", "Last day": "2016-05-31"}
    written(ImportKind.MEMBERSHIPS, [{**row, "State": "withdrawn"}])
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == PLAN
    assert problems() == []


@pytest.mark.usefixtures("context")
def test_of_a_withdrawal_recorded_by_an_earlier_version_the_last_day_comes_back():
    found = institution()
    joined = member(found, until=DECEMBER)
    do(withdraw_member, joined.id, last_day=date(2016, 5, 31), reason="Letter")
    with beside_the_trail():
        db.session.execute(update(MembershipStep).values(kept=None))
    do(keep_member, joined.id, reason="Second letter")
    assert [step[:3] for step in steps_of(found)] == [
        ("active", LAUNCH, DECEMBER),
        ("lapsed", date(2017, 1, 1), None),
    ]
    assert problems() == []


days = st.integers(min_value=1, max_value=300)


@example(suspensions=[(1, 0), (2, 0)], open_ended=False, withdrawals=[1])
@example(suspensions=[(43, 26), (70, 0)], open_ended=False, withdrawals=[43])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suspensions=st.lists(st.tuples(days, st.integers(0, 40)), max_size=4),
    open_ended=st.booleans(),
    withdrawals=st.lists(days, min_size=1, max_size=3),
)
def test_however_often_it_is_said_a_withdrawal_called_off_changes_nothing(
    app: House,
    suspensions: list[tuple[int, int]],
    open_ended: bool,  # noqa: FBT001
    withdrawals: list[int],
):
    with app.app_context():
        empty_database()
        found = institution()
        joined = member(found, until=None if open_ended else TODAY + timedelta(days=320))
        for first, length in suspensions:
            _suspend(joined, TODAY + timedelta(days=first), length)
        before: Any = steps_of(found), db.session.get_one(Membership, joined.id).period
        for day in sorted(withdrawals, reverse=True):
            do(withdraw_member, joined.id, last_day=TODAY + timedelta(days=day), reason="Letter")
        for _ in withdrawals:
            do(keep_member, joined.id, reason="Second letter")
        assert (steps_of(found), db.session.get_one(Membership, joined.id).period) == before
        assert problems() == []
        db.session.remove()


def _suspend(joined: Membership, first: date, length: int) -> None:
    """Suspend it, where it is not suspended in these days already."""
    try:
        do(suspend_member, joined.id, first_day=first, last_day=first + timedelta(days=length), reason=f"From {first}")
    except DomainError:
        db.session.rollback()
