"""Plans of succession: what may follow what, who appoints, and what a limit of terms refuses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.accounts.models import Grant
from app.committees.commands.answering import answer_by_link, answer_question
from app.committees.commands.plans import (
    Newcomer,
    PlanValues,
    appoint_successor,
    change_plan,
    drop_plan,
    invite_successor,
    plan_successor,
    refuse_request,
    request_appointment,
    take_up_successor,
)
from app.committees.models import Appointment, SuccessionPlan
from app.committees.queries import roster
from app.committees.queries.answers import list_questions
from app.committees.queries.plans import list_succession
from app.committees.rules import Appointer, Office
from app.committees.rules.plans import PLAN_STEPS, Answer, PlanState, check_plan_step
from app.core.clock import clock_at, now
from app.core.database import db
from app.core.errors import DomainError, NotFoundError, StaleError
from app.core.periods import Period
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.models import Person
from app.outbox.models import Mail
from tests.committees.ruled import AFTER, TWO_TERMS, as_user, chair_of, done, planned, ruled
from tests.committees.sitting import OFFICE, TERM, committee, institution, person, refused, seat, sits

pytestmark = pytest.mark.usefixtures("context")


def mailed_token() -> str:
    """The token of the newest link that was mailed."""
    bodies = db.session.scalars(select(Mail.body).order_by(Mail.id.desc())).all()
    return next(found[1] for body in bodies if (found := re.search(r"/committees/answer/(\S+)", body)))


def invited() -> SuccessionPlan:
    """A plan whose person is asked."""
    with transaction():
        place = seat(committee())
        sits(place, person())
        plan = planned(place, person("Okonjo"))
    return done(lambda: invite_successor(plan.id, version=plan.version, actor=OFFICE))


@pytest.mark.parametrize("state", PlanState)
@pytest.mark.parametrize("following", PlanState)
def test_a_plan_takes_the_steps_of_its_table_and_no_other(state: PlanState, following: PlanState):
    if following in PLAN_STEPS[state]:
        check_plan_step(state, following)
    else:
        with pytest.raises(DomainError, match="cannot become"):
            check_plan_step(state, following)


def test_a_plan_gives_no_right_and_holds_no_seat():
    with transaction():
        place = seat(committee())
        plan = planned(place, person())
    assert plan.state is PlanState.PLANNED
    assert db.session.scalars(select(Grant)).all() == []
    assert [row.holder for row in roster(place.committee_id, on=AFTER.first)] == [None]


def test_who_is_planned_says_yes_by_a_link_that_works_once_and_is_appointed_from_the_day_after_the_term():
    plan = invited()
    token = mailed_token()
    done(lambda: answer_by_link(token, Answer.YES, words="With pleasure."))
    assert (plan.state, plan.answer) == (PlanState.ACCEPTED, "With pleasure.")
    assert "used meanwhile" in refused(lambda: answer_by_link(token, Answer.NO, words=None))
    done(lambda: appoint_successor(plan.id, decision="SC-7", version=plan.version, actor=OFFICE))
    assert plan.state is PlanState.APPOINTED
    appointment = db.session.get_one(Appointment, plan.appointment_id)
    assert (appointment.first_day, appointment.last_day, appointment.decision) == (AFTER.first, AFTER.last, "SC-7")
    grants = db.session.scalars(select(Grant).where(Grant.source_id == appointment.id)).all()
    assert {(each.first_day, each.last_day) for each in grants} == {(AFTER.first, AFTER.last)}
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_a_link_is_void_after_thirty_days_and_once_another_was_sent():
    plan = invited()
    first = mailed_token()
    done(lambda: invite_successor(plan.id, version=plan.version, actor=OFFICE))
    second = mailed_token()
    assert "too old" in refused(lambda: answer_by_link(first, Answer.YES, words=None))
    with clock_at(now() + timedelta(days=30)):
        assert "too old" in refused(lambda: answer_by_link(second, Answer.YES, words=None))
    done(lambda: answer_by_link(second, Answer.NO, words=None))
    assert plan.state is PlanState.DECLINED


def test_who_is_signed_in_answers_on_their_own_page_and_nobody_for_them():
    plan = invited()
    them = as_user(db.session.get_one(Person, plan.person_id))
    other = as_user(done(lambda: person("Stranger")))
    (question,) = list_questions(them.user_id)
    with pytest.raises(NotFoundError), transaction():
        answer_question(question, Answer.YES, words=None, actor=other)
    done(lambda: answer_question(question, Answer.YES, words=None, actor=them))
    assert plan.state is PlanState.ACCEPTED
    assert list_questions(them.user_id) == []


def test_of_two_who_are_asked_for_one_seat_the_first_has_it():
    with transaction():
        place = seat(committee())
        one, two = planned(place, person()), planned(place, person("Okonjo"))
        invite_successor(one.id, version=1, actor=OFFICE)
        first = mailed_token()
        invite_successor(two.id, version=1, actor=OFFICE)
        second = mailed_token()
    done(lambda: answer_by_link(second, Answer.YES, words=None))
    assert refused(lambda: answer_by_link(first, Answer.YES, words=None)) == (
        "Somebody else has accepted this seat for these days already."
    )
    done(lambda: appoint_successor(two.id, decision=None, version=two.version, actor=OFFICE))
    db.session.refresh(one)
    assert (one.state, one.reason) == (PlanState.DROPPED, "Somebody else was appointed for these days")


def test_days_of_a_seat_that_do_not_overlap_are_accepted_by_two():
    with transaction():
        found = committee()
        place = seat(found)
        plans = [planned(place, person()), planned(place, person("Okonjo"), Period(date(2021, 1, 1)))]
    for plan in plans:
        done(partial(invite_successor, plan.id, version=1, actor=OFFICE))
        done(partial(answer_by_link, mailed_token(), Answer.YES, words=None))
    assert [plan.state for plan in plans] == [PlanState.ACCEPTED] * 2
    third = done(lambda: planned(place, person("Marrow"), Period(date(2020, 12, 31), date(2021, 1, 31))))
    ruled(found, appointer=Appointer.SECRETARIAT)
    told = refused(lambda: request_appointment(third.id, decision=None, version=1, actor=chair_of(found)))
    assert told == "Somebody else has accepted this seat for these days already."


def test_a_limit_of_terms_refuses_a_plan_and_says_how_many_were_served():
    with transaction():
        found = committee()
        place, who = seat(found), person()
        sits(place, who, Period(date(2012, 1, 1), date(2014, 12, 31)))
        sits(place, who, TERM)
    ruled(found)
    told = refused(lambda: planned(place, who), "person_id")
    assert told == "This would be the third term in a row of at most two. Say why the limit does not hold."
    asked = PlanValues(who.id, AFTER, limit_waived="Because")
    told = refused(lambda: plan_successor(place.id, asked, actor=chair_of(found)), "person_id")
    assert told.endswith("Only the secretariat may waive the limit: ask it.")
    waived = PlanValues(who.id, AFTER, limit_waived="SC-2016-9: nobody else knows the books")
    plan = done(lambda: plan_successor(place.id, waived, actor=OFFICE))
    done(lambda: appoint_successor(plan.id, decision="SC-2016-9", version=plan.version, actor=OFFICE))
    assert db.session.get_one(Appointment, plan.appointment_id).limit_waived == waived.limit_waived


def test_a_limit_that_came_after_the_plan_refuses_the_appointment():
    with transaction():
        found = committee()
        place, who = seat(found), person()
        sits(place, who, Period(date(2012, 1, 1), date(2014, 12, 31)))
        sits(place, who, TERM)
        plan = planned(place, who)
    ruled(found)
    told = refused(
        lambda: appoint_successor(plan.id, decision=None, version=plan.version, actor=OFFICE), "limit_waived"
    )
    assert "third term in a row" in told


def test_a_chair_asks_the_secretariat_where_the_bylaws_leave_appointing_to_it():
    with transaction():
        found = committee()
        place, who = seat(found), person()
        sits(seat(found, "Chair"), person("Chair"), office=Office.CHAIR)
    ruled(found, appointer=Appointer.SECRETARIAT)
    chair = chair_of(found)
    plan = done(lambda: planned(place, who, actor=chair))
    assert "secretariat appoints" in refused(
        lambda: appoint_successor(plan.id, decision=None, version=plan.version, actor=chair)
    )
    done(lambda: request_appointment(plan.id, decision="FC-3", version=plan.version, actor=chair))
    assert (plan.state, plan.requested_by) == (PlanState.REQUESTED, chair.name)
    with pytest.raises(DomainError, match="may not"), transaction():
        refuse_request(plan.id, reason="x", version=plan.version, actor=chair)
    done(lambda: refuse_request(plan.id, reason="No funds for travel", version=plan.version, actor=OFFICE))
    assert plan.state is PlanState.REFUSED
    assert "No funds for travel" in str(db.session.scalar(select(Mail.body).order_by(Mail.id.desc()).limit(1)))


def test_who_appoints_themselves_need_ask_nobody():
    with transaction():
        found = committee()
        plan = planned(seat(found), person())
    told = refused(lambda: request_appointment(plan.id, decision=None, version=1, actor=chair_of(found)))
    assert "you appoint yourself" in told


def test_somebody_not_on_record_is_asked_and_taken_up_by_the_secretariat_before_they_are_appointed():
    with transaction():
        found = committee()
        place, at = seat(found), institution()
        new = PlanValues(Newcomer("Ada", "Moreau", "ada@harwell.example", at.id), AFTER)
        plan = plan_successor(place.id, new, actor=chair_of(found))
    done(lambda: invite_successor(plan.id, version=plan.version, actor=chair_of(found)))
    done(lambda: answer_by_link(mailed_token(), Answer.YES, words=None))
    assert "takes them up first" in refused(
        lambda: appoint_successor(plan.id, decision=None, version=plan.version, actor=chair_of(found))
    )
    with pytest.raises(DomainError, match="may not"), transaction():
        take_up_successor(plan.id, version=plan.version, actor=chair_of(found))
    taken = done(lambda: take_up_successor(plan.id, version=plan.version, actor=OFFICE))
    assert (taken.name, taken.email, plan.person_id, plan.given_name) == (
        "Ada Moreau",
        "ada@harwell.example",
        taken.id,
        None,
    )
    done(lambda: appoint_successor(plan.id, decision=None, version=plan.version, actor=chair_of(found)))
    assert plan.state is PlanState.APPOINTED


def test_a_chair_plans_for_no_other_committee():
    with transaction():
        mine, other = committee(), committee("Communications Working Group")
        place, who = seat(other), person()
        plan = planned(place, who)
    with pytest.raises(DomainError, match="may not"), transaction():
        planned(place, who, actor=chair_of(mine))
    with pytest.raises(NotFoundError), transaction():
        drop_plan(plan.id, reason="x", version=1, actor=chair_of(mine))


def test_a_plan_changes_until_somebody_is_asked_and_is_given_up_with_a_reason():
    with transaction():
        place, who = seat(committee()), person()
        plan = planned(place, who)
    values = PlanValues(who.id, Period(date(2018, 2, 1)), note="Later")
    done(lambda: change_plan(plan.id, values, version=1, actor=OFFICE))
    with pytest.raises(StaleError), transaction():
        change_plan(plan.id, values, version=1, actor=OFFICE)
    done(lambda: invite_successor(plan.id, version=plan.version, actor=OFFICE))
    assert "asked already" in refused(lambda: change_plan(plan.id, values, version=plan.version, actor=OFFICE))
    token = mailed_token()
    done(lambda: drop_plan(plan.id, reason="The seat ends", version=plan.version, actor=OFFICE))
    assert "too old" in refused(lambda: answer_by_link(token, Answer.YES, words=None))


def test_days_outside_those_of_the_seat_are_refused():
    with transaction():
        place, who = seat(committee()), person()
    early = Period(date(2010, 1, 1), date(2010, 12, 31))
    assert "begins on" in refused(lambda: planned(place, who, early), "first_day")


def test_who_holds_over_goes_with_the_day_before_whom_a_plan_appoints():
    with transaction():
        found = committee()
        place, who = seat(found), person("Okonjo")
    ruled(found, replace(TWO_TERMS, holds_over=True))
    holder = done(lambda: sits(place, person(), Period(date(2013, 1, 1), date(2015, 12, 31))))
    (row,) = list_succession(found.id, OFFICE)
    assert (row.term_ends, row.holds_over, row.next_day) == (date(2015, 12, 31), True, date(2016, 5, 24))
    plan = done(lambda: planned(place, who, Period(date(2016, 6, 1), date(2019, 5, 31))))
    done(lambda: appoint_successor(plan.id, decision=None, version=plan.version, actor=OFFICE))
    db.session.refresh(holder)
    assert holder.last_day == date(2016, 5, 31)
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_succession_says_who_can_go_on_and_who_is_to_follow():
    with transaction():
        found = committee()
        one, two = seat(found), seat(found, "Second")
        veteran, newer = person(), person("Okonjo")
        sits(one, veteran, Period(date(2012, 1, 1), date(2014, 12, 31)))
        sits(one, veteran, TERM)
        sits(two, newer, TERM)
        planned(two, newer)
    ruled(found)
    first, second = list_succession(found.id, OFFICE)
    assert (first.term_ends, first.counted, first.limit, first.may_go_on) == (TERM.last, 2, 2, False)
    assert (second.counted, second.may_go_on, [plan.name for plan in second.plans]) == (1, True, ["Elspeth Okonjo"])
    assert second.next_day == AFTER.first
