"""Classes, renewals, changes of class and corrections: each dated, none editing what was known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError
from app.members.commands import (
    Admission,
    add_class,
    admit_member,
    change_class,
    correct_class,
    correct_last_day,
    correct_step,
    edit_class,
    keep_member,
    reinstate_member,
    renew_member,
    renew_members,
    retract_step,
    suspend_member,
    withdraw_member,
)
from app.members.models import Institution, Membership, MembershipClass
from app.members.queries import get_institution, list_classes, list_ending, list_memberships_of
from app.members.queries.checks import check_days_of_steps, check_memberships, check_steps
from app.members.rules import ClassFacts, TermKind, TermRule
from tests.members.world import OFFICE, do, institution, member, on

pytestmark = pytest.mark.usefixtures("context")
YEARLY = TermRule(TermKind.FIXED, 12, 7, 1)
BEFORE = datetime(2016, 5, 23, tzinfo=UTC)


def a_class(name: str = "Institutional", *, grace_days: int = 30, term: TermRule = YEARLY, **more: Any) -> int:
    values: dict[str, Any] = {"votes": True, "is_billed": True, "term": term, "grace_days": grace_days} | more
    facts = ClassFacts(name, **values)
    added: MembershipClass = do(add_class, facts)
    return added.id


def yearly_member(first_day: date = date(2015, 9, 1)) -> tuple[Institution, Membership]:
    found = institution()
    with on(first_day):
        joined: Membership = do(admit_member, found.id, Admission(a_class(), first_day, None, "Letter"))
    return found, joined


def steps_of(found: Institution, known: datetime | None = None) -> list[tuple[str, str, date, date | None]]:
    memberships = list_memberships_of(found.id, on=date(2016, 5, 24), known=known, actor=OFFICE)
    return [
        (row.membership_class.name, step.state.value, step.period.first, step.period.last)
        for row in memberships
        for step in row.steps
    ]


def sound() -> bool:
    return not [*check_memberships(), *check_steps(), *check_days_of_steps()]


def test_the_class_reckons_the_last_day_and_the_membership_lapses_after_it():
    found, joined = yearly_member()
    assert joined.last_day == date(2016, 6, 30)
    assert steps_of(found) == [
        ("Institutional", "active", date(2015, 9, 1), date(2016, 6, 30)),
        ("Institutional", "lapsed", date(2016, 7, 1), None),
    ]
    assert get_institution(found.id, OFFICE, on=date(2016, 7, 1)).standing.state == "lapsed"


def test_a_class_no_longer_offered_takes_no_new_member():
    class_id = a_class(is_offered=False)
    with pytest.raises(DomainError, match="no longer offered"):
        do(admit_member, institution().id, Admission(class_id, date(2016, 1, 1)))


def test_a_renewal_follows_without_a_gap_and_what_was_known_stays_known():
    found, joined = yearly_member()
    do(renew_member, joined.id, reason="Letter of May", version=joined.version)
    assert steps_of(found) == [
        ("Institutional", "active", date(2015, 9, 1), date(2017, 6, 30)),
        ("Institutional", "lapsed", date(2017, 7, 1), None),
    ]
    assert steps_of(found, BEFORE)[0] == ("Institutional", "active", date(2015, 9, 1), date(2016, 6, 30))
    assert sound()


@pytest.mark.parametrize(("day", "may"), [(date(2016, 7, 30), True), (date(2016, 7, 31), False)])
def test_a_lapsed_membership_is_renewed_only_in_its_days_of_grace(day: date, may: bool):  # noqa: FBT001
    _, joined = yearly_member()
    with on(day):
        assert [row.membership_id for row in list_ending(day, OFFICE)] == ([joined.id] if may else [])
        if may:
            do(renew_member, joined.id, reason="Late")
            return
        with pytest.raises(DomainError, match="Its grace ended on 30 July 2016"):
            do(renew_member, joined.id, reason="Too late")


def test_what_has_no_end_or_has_withdrawn_is_not_renewed():
    open_ended = member(institution())
    with pytest.raises(DomainError, match="no end"):
        do(renew_member, open_ended.id, reason="Again")
    do(withdraw_member, open_ended.id, last_day=date(2016, 12, 31), reason="Letter")
    with pytest.raises(DomainError, match="has withdrawn"):
        do(renew_member, open_ended.id, reason="Again")


def test_several_are_renewed_together_or_none():
    _, joined = yearly_member()
    other = member(institution("MRC Harwell", "Harwell", country="GB"))
    with pytest.raises(DomainError, match="no end"):
        do(renew_members, {joined.id: joined.version, other.id: other.version}, reason="All")
    assert db.session.get_one(Membership, joined.id).last_day == date(2016, 6, 30)
    version = db.session.get_one(Membership, joined.id).version
    assert do(renew_members, {joined.id: version}, reason="All") == 1
    with pytest.raises(StaleError):
        do(renew_members, {joined.id: version}, reason="A second officer")


def test_a_withdrawal_to_come_is_called_off_and_one_that_has_come_is_not():
    found = institution()
    joined = member(found)
    do(withdraw_member, joined.id, last_day=date(2016, 12, 31), reason="Letter")
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found) == [("Partner", "active", date(2011, 9, 24), None)]
    do(withdraw_member, joined.id, last_day=date(2016, 5, 23), reason="Letter")
    with pytest.raises(DomainError, match="still to come"):
        do(keep_member, joined.id, reason="Too late")


def test_a_suspension_with_a_last_day_ends_by_itself():
    found = institution()
    joined = member(found)
    do(suspend_member, joined.id, first_day=date(2016, 6, 1), last_day=date(2016, 8, 31), reason="Arrears")
    assert [step[1:] for step in steps_of(found)] == [
        ("active", date(2011, 9, 24), date(2016, 5, 31)),
        ("suspended", date(2016, 6, 1), date(2016, 8, 31)),
        ("active", date(2016, 9, 1), None),
    ]
    with pytest.raises(DomainError, match="before the first") as refused:
        do(suspend_member, joined.id, first_day=date(2016, 10, 2), last_day=date(2016, 10, 1), reason="Arrears")
    assert refused.value.field == "last_day"
    assert sound()


def test_another_class_from_a_day_on_is_two_dated_memberships():
    found = institution()
    joined = member(found)
    funder = next(row.id for row in list_classes() if row.code == "funder")
    do(change_class, joined.id, funder, first_day=date(2016, 1, 1), reason="Board", version=joined.version)
    assert steps_of(found) == [
        ("Funder", "active", date(2016, 1, 1), None),
        ("Partner", "active", date(2011, 9, 24), date(2015, 12, 31)),
        ("Partner", "lapsed", date(2016, 1, 1), None),
    ]
    standing = get_institution(found.id, OFFICE, on=date(2016, 5, 24)).standing
    assert (standing.state, standing.classes) == ("active", ("Funder",))
    assert (standing.since, standing.unbroken_since) == (date(2011, 9, 24), date(2011, 9, 24))
    with pytest.raises(DomainError, match="ended by that day"):
        do(change_class, joined.id, funder, first_day=date(2016, 2, 1), reason="Again")


def test_a_wrong_class_is_corrected_from_the_first_day_and_stays_known():
    found = institution()
    joined = member(found)
    do(suspend_member, joined.id, first_day=date(2016, 1, 1), reason="Arrears")
    funder = next(row.id for row in list_classes() if row.code == "funder")
    do(correct_class, joined.id, funder, reason="Typing mistake")
    assert {step[0] for step in steps_of(found)} == {"Funder"}
    assert [step[1] for step in steps_of(found)] == ["active", "suspended"]
    assert {step[0] for step in steps_of(found, BEFORE)} == {"Partner"}
    with pytest.raises(NotFoundError):
        do(correct_class, joined.id, funder, reason="Again")


def test_a_last_day_is_corrected_and_its_end_keeps_its_kind():
    found = institution()
    joined = member(found)
    do(withdraw_member, joined.id, last_day=date(2015, 12, 31), reason="Letter")
    do(correct_last_day, joined.id, last_day=date(2016, 3, 31), reason="The letter says March")
    assert [step[1:] for step in steps_of(found)] == [
        ("active", date(2011, 9, 24), date(2016, 3, 31)),
        ("withdrawn", date(2016, 4, 1), None),
    ]
    do(correct_last_day, joined.id, last_day=None, reason="It never left")
    assert [step[1:] for step in steps_of(found)] == [("active", date(2011, 9, 24), None)]
    with pytest.raises(DomainError, match="begins on 24 September 2011"):
        do(correct_last_day, joined.id, last_day=date(2011, 9, 23), reason="No")


def test_a_suspension_is_moved_and_taken_back():
    found = institution()
    joined = member(found)
    do(suspend_member, joined.id, first_day=date(2014, 1, 1), reason="Arrears")
    do(reinstate_member, joined.id, first_day=date(2014, 7, 1), reason="Paid")
    (membership,) = list_memberships_of(found.id, on=date(2016, 5, 24), actor=OFFICE)
    first, suspended, active = membership.steps
    do(correct_step, suspended.id, first_day=date(2014, 2, 1), reason="Minutes say February")
    do(correct_step, active.id, first_day=date(2014, 6, 1), reason="Minutes say June")
    assert [step[1:] for step in steps_of(found)] == [
        ("active", date(2011, 9, 24), date(2014, 1, 31)),
        ("suspended", date(2014, 2, 1), date(2014, 5, 31)),
        ("active", date(2014, 6, 1), None),
    ]
    with pytest.raises(DomainError, match="began on 24 September 2011"):
        do(correct_step, suspended.id, first_day=date(2011, 9, 24), reason="No")
    with pytest.raises(DomainError, match="Only a suspension"):
        do(correct_step, first.id, first_day=date(2012, 1, 1), reason="No")
    do(retract_step, suspended.id, reason="It was another member")
    assert [step[1:] for step in steps_of(found)] == [("active", date(2011, 9, 24), None)]
    with pytest.raises(NotFoundError):
        do(retract_step, suspended.id, reason="Again")
    assert sound()


def test_a_class_is_added_and_changed_by_who_keeps_the_settings():
    class_id = a_class("Corporate member", votes=False)
    with pytest.raises(DomainError, match="There is a class of this name already"):
        a_class("Corporate Member!")
    facts = ClassFacts("Corporate member", votes=True, is_billed=True)
    do(edit_class, class_id, facts, version=1)
    assert next(row for row in list_classes() if row.id == class_id).votes
    with pytest.raises(StaleError):
        do(edit_class, class_id, facts, version=1)
    with pytest.raises(AccessDeniedError):
        do(edit_class, class_id, facts, version=2, actor=Actor("Nobody", user_id=7))


def test_what_goes_on_in_another_class_is_not_renewed_in_the_old_one():
    found, joined = yearly_member()
    funder = next(row.id for row in list_classes() if row.code == "funder")
    do(change_class, joined.id, funder, first_day=date(2016, 6, 1), reason="Board")
    assert [row.membership_class.name for row in list_ending(date(2016, 12, 31), OFFICE)] == ["Funder"]
    with pytest.raises(DomainError, match="goes on as another membership"):
        do(renew_member, joined.id, last_day=date(2017, 6, 30), reason="Letter")
    assert sound()
    assert found.id


def test_a_withdrawal_called_off_gives_the_last_day_back():
    found = institution()
    with on(date(2015, 1, 1)):
        funder = next(row.id for row in list_classes() if row.code == "funder")
        joined = do(admit_member, found.id, Admission(funder, date(2015, 1, 1), date(2018, 12, 31)))
    do(withdraw_member, joined.id, last_day=date(2016, 12, 31), reason="Letter")
    do(keep_member, joined.id, reason="Second letter")
    assert steps_of(found)[0] == ("Funder", "active", date(2015, 1, 1), date(2018, 12, 31))
