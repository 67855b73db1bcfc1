"""What plans and elections hold about a person, how it goes with them, and how it follows a merger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.committees.commands.answering import answer_question
from app.committees.commands.elections import cancel_election, close_nominations
from app.committees.commands.nominations import nominate, strike_nomination
from app.committees.commands.plans import Newcomer, PlanValues, drop_plan, invite_successor, plan_successor
from app.committees.models import ElectionVoter
from app.committees.queries.answers import list_questions
from app.committees.rules.plans import Answer
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import Base, db
from app.core.errors import DomainError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.personal_data import list_holdings
from app.core.transaction import transaction
from app.members.commands import erase_person
from app.members.queries.followers import list_clashes
from app.members.queries.personal import subject_of
from app.members.rules import TwinKind
from tests.committees.ruled import AFTER, DEADLINE, as_user, called, done, planned
from tests.committees.sitting import OFFICE, committee, person, seat, sits

pytestmark = pytest.mark.usefixtures("context")


def named(text: str) -> set[str]:
    """The tables in which a text stands."""
    return {
        table.name
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(select(table))
        if text.casefold() in str(tuple(row)).casefold()
    }


def test_who_is_planned_or_stands_is_erased_only_after_that():
    with transaction():
        found = committee()
        place, who = seat(found), person("Ferronays")
        plan = planned(place, who)
        election = called(found, seat(found, "Other"))
        nominate(election.id, who.id, statement="Knows Ferronays's books.", actor=as_user(who))
    with pytest.raises(DomainError, match="give that plan up first"):
        done(lambda: erase_person(who.id, reason="Asked for it", actor=OFFICE))
    done(lambda: drop_plan(plan.id, reason="Not any more", version=plan.version, actor=OFFICE))
    with pytest.raises(DomainError, match="They stand in Election of members"):
        done(lambda: erase_person(who.id, reason="Asked for it", actor=OFFICE))


def test_nothing_in_plans_and_elections_names_an_erased_person():
    with transaction():
        found = committee()
        place, who = seat(found), person("Ferronays")
        values = PlanValues(who.id, AFTER, note="Ferronays is the best")
        plan = plan_successor(place.id, values, actor=as_user(who, Granted(Role.CHAIR, committee_id=found.id)))
        invite_successor(plan.id, version=1, actor=OFFICE)
        election = called(found, seat(found, "Other"))
        nomination = nominate(election.id, who.id, statement="I, Ferronays, stand.", actor=as_user(who))
    (question,) = list_questions(who.user_id)
    done(lambda: answer_question(question, Answer.NO, words="No, says Ferronays.", actor=as_user(who)))
    done(lambda: strike_nomination(nomination.id, reason="Withdrew", version=nomination.version, actor=OFFICE))
    done(lambda: cancel_election(election.id, reason="Nobody", version=election.version, actor=OFFICE))
    assert {"succession_plan", "nomination"} <= named("Ferronays")
    done(lambda: erase_person(who.id, reason="Asked for it", actor=OFFICE))
    db.session.expire_all()
    assert named("Ferronays") == {"audit_entry"}  # The chain keeps under which name somebody did something.


def test_somebody_never_on_record_goes_with_whoever_has_their_address():
    with transaction():
        place = seat(committee())
        new = Newcomer("Ada", "Moreau", "ada@harwell.example")
        plan = plan_successor(place.id, PlanValues(new, AFTER), actor=OFFICE)
        drop_plan(plan.id, reason="No", version=plan.version, actor=OFFICE)
    with transaction():
        who = person("Moreau")
    held = [each.title for each in list_holdings(subject_of(who))]
    assert "Plans of succession" not in held


def test_what_is_held_is_told_to_whom_it_is_about():
    with transaction():
        found = committee()
        who = person("Ferronays")
        sits(seat(found), who)
        planned(seat(found, "Next"), who)
        election = called(found, seat(found, "Other"))
    with clock_at(DEADLINE + timedelta(seconds=1)):
        done(lambda: close_nominations(election.id, actor=OFFICE))
    held = {each.title: list(each.rows) for each in list_holdings(subject_of(who))}
    assert [row["State"] for row in held["Plans of succession"]] == ["Planned"]
    assert [row["As"] for row in held["Elections"]] == ["Voter"]


def test_two_who_are_nominated_in_one_election_are_not_merged():
    with transaction():
        found = committee()
        one, two = person("One"), person("Two")
        election = called(found, seat(found))
        for who in (one, two):
            nominate(election.id, who.id, statement=None, actor=as_user(who))
    assert "Both are nominated in Election of members." in [
        clash.words for clash in list_clashes(TwinKind.PERSON, one.id, two.id)
    ]


def test_the_frozen_name_of_a_voter_is_a_number_after_the_erasure():
    with transaction():
        found = committee()
        who = person("Ferronays")
        sits(seat(found), who, Period(date(2015, 1, 1), date(2016, 7, 1)))
        election = called(found, seat(found, "Other"))
    with clock_at(DEADLINE + timedelta(seconds=1)):
        done(lambda: close_nominations(election.id, actor=OFFICE))
    with clock_at(DEADLINE + timedelta(days=60)):
        done(lambda: erase_person(who.id, reason="Asked for it", actor=OFFICE))
    db.session.expire_all()
    assert db.session.scalars(select(ElectionVoter.name)).all() == [f"Erased person {who.id}"]
