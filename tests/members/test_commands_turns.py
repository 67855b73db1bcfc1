"""Odd orders of steps of a membership: turned before it begins, reinstated early, withdrawn before its first day."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.accounts.models import Grant
from app.audit.models import AuditEntry
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError
from app.core.periods import ONE_DAY, Period
from app.members.commands import (
    Admission,
    Merging,
    Notice,
    RepresentationFacts,
    admit_member,
    call_off_departure,
    change_class,
    end_access,
    end_grace,
    end_memberships,
    give_notice,
    merge_records,
    name_representative,
    reinstate_member,
    retract_membership,
    suspend_member,
    withdraw_member,
)
from app.members.models import Institution, Representation
from app.members.queries import get_institution, list_memberships_of
from app.members.rules import Purpose, TwinKind
from app.web.requests import House
from tests.at_once import at_once
from tests.members.world import OFFICE, class_id, do, institution, member, on, person, problems, voice

pytestmark = pytest.mark.usefixtures("context")
JANUARY, FEBRUARY, MARCH = date(2016, 1, 1), date(2016, 2, 1), date(2016, 3, 1)
JUNE, AUGUST, SEPTEMBER = date(2016, 6, 30), date(2016, 8, 1), date(2016, 9, 1)


def steps_of(found: Institution) -> list[tuple[str, Period]]:
    """The steps of all its memberships on record."""
    db.session.expire_all()
    rows = list_memberships_of(found.id, on=JUNE, actor=OFFICE)
    return [(step.state.value, step.period) for row in rows for step in row.steps]


def standing(found: Institution, day: date) -> tuple[str | None, tuple[str, ...]]:
    """How it stands on a day, and as what."""
    told = get_institution(found.id, OFFICE, on=day).standing
    return told.state, told.classes


@pytest.mark.parametrize("verb", [suspend_member, reinstate_member])
def test_what_has_not_begun_is_neither_suspended_nor_reinstated(verb):
    found = institution()
    with on(JANUARY):
        joined = member(found, since=MARCH)
        with pytest.raises(DomainError, match="has not begun by that day") as refused:
            do(verb, joined.id, first_day=FEBRUARY, reason="x")
    assert refused.value.field == "first_day"
    assert problems() == []


def test_who_was_admitted_is_active_before_it_is_suspended():
    found = institution()
    joined = do(admit_member, found.id, Admission(class_id("partner"), AUGUST))
    with pytest.raises(DomainError, match="It becomes active on 1 August 2016: suspend it from a later day"):
        do(suspend_member, joined.id, first_day=AUGUST, reason="Arrears")
    do(suspend_member, joined.id, first_day=AUGUST + ONE_DAY, reason="Arrears")


def test_a_suspension_for_good_after_an_early_reinstatement_has_no_end():
    found = institution()
    joined = member(found)
    day = date(2016, 3, 15)
    with on(JANUARY):
        do(suspend_member, joined.id, first_day=JANUARY, last_day=date(2016, 3, 31), reason="Arrears")
    with on(FEBRUARY):
        do(reinstate_member, joined.id, first_day=FEBRUARY, reason="Paid")
    with on(day):
        do(suspend_member, joined.id, first_day=day, reason="Arrears again")
    assert steps_of(found)[2:] == [("active", Period(FEBRUARY, date(2016, 3, 14))), ("suspended", Period(day))]
    with on(day):
        do(reinstate_member, joined.id, first_day=date(2016, 5, 1), reason="Paid")
        do(suspend_member, joined.id, first_day=date(2016, 5, 2), last_day=date(2016, 5, 3), reason="By mistake")
    assert steps_of(found)[4:] == [
        ("active", Period(date(2016, 5, 1), date(2016, 5, 1))),
        ("suspended", Period(date(2016, 5, 2), date(2016, 5, 3))),
        ("active", Period(date(2016, 5, 4))),
    ]
    assert problems() == []


def test_another_class_before_the_first_day_leaves_the_days_it_was_admitted():
    found = institution()
    with on(JANUARY):
        joined = member(found, since=MARCH)
    with on(date(2016, 1, 10)):
        do(change_class, joined.id, class_id("funder"), first_day=FEBRUARY, reason="As a funder")
    days = (date(2016, 1, 15), FEBRUARY, MARCH)
    assert [standing(found, day) for day in days] == [
        ("admitted", ("Partner",)),
        ("admitted", ("Funder",)),
        ("active", ("Funder",)),
    ]
    assert problems() == []


def test_who_was_named_for_a_membership_that_never_began_stops_with_its_grace():
    found = institution()
    with on(date(2016, 6, 1)):
        joined = do(admit_member, found.id, Admission(class_id("partner"), AUGUST))
        named = do(name_representative, found.id, person(found).id, RepresentationFacts(Purpose.VOTING, AUGUST))
    with on(date(2016, 6, 15)):
        do(withdraw_member, joined.id, last_day=date(2016, 7, 31), reason="Changed its mind")
        end_grace()
        assert db.session.scalars(select(Grant.first_day)).all() == [AUGUST]
    with on(AUGUST):
        end_grace()
        assert db.session.scalars(select(Grant.first_day)).all() == []
    assert db.session.get_one(Representation, named.id, populate_existing=True).superseded_at is not None


def test_a_member_in_another_class_keeps_who_represents_it():
    found = institution()
    member(found)
    with on(date(2016, 6, 1)):
        joined = do(admit_member, found.id, Admission(class_id("funder"), AUGUST))
        named = voice(person(found), found)
        do(withdraw_member, joined.id, last_day=date(2016, 7, 31), reason="Changed its mind")
    with on(SEPTEMBER):
        end_grace()
    db.session.refresh(named)
    assert (named.last_day, named.superseded_at) == (None, None)


def test_who_was_to_represent_it_only_after_its_grace_never_does_unless_it_is_called_off():
    found = institution()
    member(found)
    named = do(name_representative, found.id, person(found).id, RepresentationFacts(Purpose.VOTING, SEPTEMBER))
    begun = do(give_notice, found.id, Notice(JUNE, "Its funding ends"))
    do(end_memberships, begun.id)
    assert do(end_access, begun.id).outcome == "1 representation from after 30 June 2016 taken back."
    db.session.refresh(named)
    assert named.superseded_at is not None
    assert db.session.scalars(select(Grant.id)).all() == []
    do(call_off_departure, begun.id, reason="New funding")
    db.session.refresh(named)
    assert (named.first_day, named.last_day, named.superseded_at) == (SEPTEMBER, None, None)
    assert db.session.scalars(select(Grant.first_day)).all() == [SEPTEMBER]
    assert problems() == []


def test_a_membership_entered_twice_is_taken_back_and_stays_known():
    found = institution()
    member(found)
    twice = do(admit_member, found.id, Admission(class_id("funder"), FEBRUARY))
    before = clock.now()
    shown = twice.version
    with on(JUNE):
        do(retract_membership, twice.id, reason="Of another house", version=shown)
        assert standing(found, MARCH) == ("active", ("Partner",))
        then = get_institution(found.id, OFFICE, on=MARCH, known=before).standing
        assert (then.state, then.classes) == ("active", ("Funder", "Partner"))
        assert problems() == []
        with pytest.raises(NotFoundError):
            do(retract_membership, twice.id, reason="x")
    again = do(admit_member, found.id, Admission(class_id("funder"), FEBRUARY))
    with pytest.raises(StaleError):
        do(retract_membership, again.id, reason="x", version=again.version + 1)
    with pytest.raises(AccessDeniedError):
        do(retract_membership, again.id, reason="x", actor=Actor("Rep", 7))
    told = select(AuditEntry.summary).where(AuditEntry.action == "members.retract_membership")
    assert db.session.scalars(told).one() == f"{found.name}: membership as Funder from 1 February 2016 taken back"


def test_of_two_who_take_a_membership_back_and_suspend_it_at_once_one_is_told(app: House, context: AppContext):
    joined = member(institution())
    values: dict[str, Any] = {"reason": "x", "version": joined.version, "actor": OFFICE}
    works = (
        partial(retract_membership, joined.id, **values),
        partial(suspend_member, joined.id, first_day=MARCH, **values),
    )
    db.session.remove()
    assert [outcome == "done" for outcome in at_once(app, *works)] == [True, False]
    assert problems() == []


def test_two_records_of_one_member_are_merged_once_one_membership_is_taken_back():
    one, two = institution(), institution("Souris Clinic", "SC")
    member(one)
    twice = member(two)
    merging = Merging(TwinKind.INSTITUTION, one.id, two.id, "The same")
    with pytest.raises(DomainError, match="take one back where it is corrected"):
        do(merge_records, merging)
    do(retract_membership, twice.id, reason="Entered twice")
    do(merge_records, merging)
    assert standing(one, MARCH) == ("active", ("Partner",))
    assert problems() == []


def test_who_leaves_has_no_membership_to_come():
    found = institution()
    joined = member(found)
    with on(MARCH):
        to_come = do(change_class, joined.id, class_id("observer"), first_day=SEPTEMBER, reason="Smaller")
        with pytest.raises(DomainError, match="to be a member as Observer from 1 September 2016: take") as refused:
            do(give_notice, found.id, Notice(JUNE, "Its funding ends"))
        assert refused.value.field == "last_day"
        do(retract_membership, to_come.id, reason="It leaves")
        begun = do(give_notice, found.id, Notice(JUNE, "Its funding ends"))
        late = do(admit_member, found.id, Admission(class_id("observer"), SEPTEMBER))
        with pytest.raises(DomainError, match="to be a member as Observer"):
            do(end_memberships, begun.id)
        do(retract_membership, late.id, reason="It leaves")
        do(end_memberships, begun.id)
    assert [standing(found, day)[0] for day in (JUNE, SEPTEMBER)] == ["leaving", "withdrawn"]
