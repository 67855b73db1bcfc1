"""What was planned and was to be elected for days after the end of a seat or committee: it ends with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.committees.commands import Dissolving, call_off_dissolution, dissolve_committee, end_seat
from app.committees.commands.answering import answer_by_link, answer_question
from app.committees.commands.nominations import nominate
from app.committees.commands.plans import invite_successor
from app.committees.queries.answers import list_questions
from app.committees.queries.elections import list_dropped_seats, list_running, list_seats_of
from app.committees.rules.elections import ElectionState
from app.committees.rules.plans import Answer, PlanState
from app.core.database import db
from app.core.periods import Period
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import end_grace
from tests.committees.ruled import as_user, called, done, planned
from tests.committees.sitting import OFFICE, committee, person, refused, seat
from tests.committees.test_commands_plans import mailed_token
from tests.members.world import institution, member, on
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
SUMMER, JUNE = date(2018, 6, 30), date(2016, 6, 30)


class Coming:
    """A seat somebody is asked to take, and an election to it in which somebody is nominated."""

    def __init__(self, *, also: bool = False) -> None:
        self.house = institution()
        member(self.house, until=JUNE)
        with transaction():
            self.committee = committee()
            self.seat = seat(self.committee, "ICS", by=self.house)
            self.other = seat(self.committee, "Other")
            self.who = person(at=self.house)
            self.plan = planned(self.seat, self.who)
            self.early = planned(self.seat, person("Early", at=self.house), Period(date(2018, 1, 1), SUMMER))
            self.election = called(self.committee, self.seat, *([self.other] if also else []))
            nominate(self.election.id, self.who.id, statement=None, actor=OFFICE)
            self.nomination = mailed_token()
            invite_successor(self.plan.id, version=1, actor=OFFICE)
            self.invitation = mailed_token()

    @property
    def states(self) -> tuple[PlanState, PlanState, ElectionState]:
        db.session.expire_all()
        return self.plan.state, self.early.state, self.election.state


def end_it(of: Coming) -> None:
    done(lambda: end_seat(of.seat.id, SUMMER, reason="Merged", version=of.seat.version, actor=OFFICE))


def dissolve_it(of: Coming) -> None:
    values = Dissolving(SUMMER, "Done")
    done(lambda: dissolve_committee(of.committee.id, values, version=of.committee.version, actor=OFFICE))


def lapse(_: Coming) -> None:
    with on(date(2016, 7, 1)):
        end_grace()


@pytest.mark.parametrize(
    ("end", "why", "early"),
    [
        (end_it, "The seat ends with 30 June 2018.", PlanState.PLANNED),
        (dissolve_it, "The committee is dissolved after 30 June 2018.", PlanState.PLANNED),
        (lapse, "The seat ends with 30 June 2016.", PlanState.DROPPED),
    ],
)
def test_plans_for_later_days_are_given_up_and_elections_called_off_when_a_seat_ends(
    end: Callable[[Coming], None], why: str, early: PlanState
):
    coming = Coming()
    end(coming)
    assert coming.states == (PlanState.DROPPED, early, ElectionState.CANCELLED)
    assert (coming.plan.reason, coming.election.cancelled_because) == (why, why)
    for token in (coming.invitation, coming.nomination):
        assert "too old" in refused(partial(answer_by_link, token, Answer.YES, words=None))
    assert list_questions(coming.who.user_id) == []
    told = select(AuditEntry.reason).where(
        AuditEntry.action.in_(("committees.drop_plan", "committees.cancel_election"))
    )
    assert set(db.session.scalars(told)) == {why}
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_an_election_to_other_seats_too_goes_on_without_the_one_that_ends():
    coming = Coming(also=True)
    end_it(coming)
    assert coming.states[2] is ElectionState.NOMINATING
    assert [each.seat_id for each in list_seats_of(coming.election.id)] == [coming.other.id]
    assert [each.dropped_because for each in list_dropped_seats(coming.election.id)] == [
        "The seat ends with 30 June 2018."
    ]
    assert [row.seats for row in list_running(OFFICE)] == [1]


def test_calling_a_dissolution_off_revives_neither_plans_nor_elections():
    coming = Coming()
    dissolve_it(coming)
    done(
        lambda: call_off_dissolution(
            coming.committee.id, reason="Needed", version=coming.committee.version, actor=OFFICE
        )
    )
    assert coming.states == (PlanState.DROPPED, PlanState.PLANNED, ElectionState.CANCELLED)


@pytest.mark.parametrize("end", ["seat", "committee"])
def test_nobody_says_yes_to_days_on_which_there_is_no_seat(end: str):
    coming = Coming()
    with beside_the_trail():
        if end == "seat":
            coming.seat.last_day = SUMMER
        else:
            coming.committee.dissolved_on = date(2016, 5, 1)
    them = as_user(coming.who)
    for question in list_questions(them.user_id):
        say = partial(answer_question, question, words=None, actor=them)
        assert "ends before these days do" in refused(partial(say, Answer.YES))
        done(partial(say, Answer.NO))
    assert coming.plan.state is PlanState.DECLINED
    assert bool(list_running(OFFICE)) is (end == "seat")
