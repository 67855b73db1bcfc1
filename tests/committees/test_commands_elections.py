"""Elections: the call, nominations until the second of the deadline, and the result that appoints."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.committees.commands.answering import answer_by_link
from app.committees.commands.election_results import ResultValues, declare_elected, record_result
from app.committees.commands.elections import cancel_election, close_nominations
from app.committees.commands.nominations import nominate, strike_nomination
from app.committees.models import Appointment, Committee, Election, ElectionSeat, Nomination, Seat
from app.committees.queries.elections import list_nominations, list_seats_of, list_substitutes, list_voters
from app.committees.rules import Appointer, How, Voters
from app.committees.rules.elections import ElectionState, NominationState, Nominators, Outcome
from app.committees.rules.plans import Answer
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.outbox.models import Mail
from app.outbox.work import run_due_jobs
from tests.committees.ruled import AFTER, DEADLINE, TWO_TERMS, as_user, called, chair_of, done, ruled
from tests.committees.sitting import OFFICE, TERM, committee, further_seat, institution, person, refused, seat, sits

pytestmark = pytest.mark.usefixtures("context")
SECOND = timedelta(seconds=1)


def running(seats: int = 1, **more: object) -> tuple[Committee, list[Seat], Election]:
    """A committee with some seats and an election to all of them."""
    with transaction():
        found = committee()
        places = [seat(found, f"Member {number}") for number in range(1, seats + 1)]
    ruled(found)
    return found, places, done(lambda: called(found, *places, **more))  # type: ignore[arg-type]


def standing(election: Election, *names: str) -> list[Nomination]:
    """Candidates who nominated themselves."""
    people = done(lambda: [person(name) for name in names])
    return [done(partial(nominate, election.id, who.id, statement=None, actor=as_user(who))) for who in people]


def after_deadline() -> None:
    with clock_at(DEADLINE + SECOND):
        run_due_jobs()


def mailed_token() -> str:
    body = db.session.scalar(select(Mail.body).order_by(Mail.id.desc()).limit(1))
    return str(re.search(r"/committees/answer/(\S+)", str(body))[1])  # type: ignore[index]


def result(election: Election, outcomes: dict[int, Outcome]) -> Election:
    values = ResultValues(outcomes, "FC-2016-12")
    return done(lambda: record_result(election.id, values, version=election.version, actor=OFFICE))


def entries(election: Election) -> list[ElectionSeat]:
    return list(list_seats_of(election.id))


def test_terms_of_an_election_are_as_long_as_the_bylaws_give_the_seat():
    _, _, election = running(2)
    assert [(each.first_day, each.last_day) for each in entries(election)] == [(AFTER.first, AFTER.last)] * 2
    assert (election.deadline_at, election.deadline_text, election.deadline_zone) == (
        DEADLINE,
        "30 June 2016 17:00",
        "Europe/London",
    )


def test_nominations_are_taken_to_the_second_of_the_deadline_and_one_second_later_is_late():
    _, _, election = running()
    one, two = done(lambda: [person("Rourke"), person("Okonjo")])
    with clock_at(DEADLINE):
        done(lambda: nominate(election.id, one.id, statement=None, actor=as_user(one)))
    with clock_at(DEADLINE + SECOND):
        told = refused(lambda: nominate(election.id, two.id, statement=None, actor=as_user(two)))
    assert told == "Nominations have ended."


def test_who_is_nominated_by_others_is_asked_and_stands_once_they_say_yes_in_time():
    _, _, election = running()
    one, two, by = done(lambda: [person("Rourke"), person("Okonjo"), person("Nominator")])
    assert refused(lambda: nominate(election.id, one.id, statement=None, actor=as_user(by)), "person_id") == (
        "You can nominate yourself."
    )
    member = as_user(by, Granted(Role.AGREEMENTS))
    first = done(lambda: nominate(election.id, one.id, statement="Keeps good books.", actor=member))
    assert "Keeps good books." in str(db.session.scalar(select(Mail.body)))
    token = mailed_token()
    done(lambda: nominate(election.id, two.id, statement=None, actor=member))
    late = mailed_token()
    done(lambda: answer_by_link(token, Answer.YES, words="I do."))
    with clock_at(DEADLINE + SECOND):
        assert "too old" in refused(lambda: answer_by_link(late, Answer.YES, words=None))
    after_deadline()
    db.session.refresh(first)
    assert first.state is NominationState.ACCEPTED
    states = {each.person_id: each.state for each in list_nominations(_fresh(election), OFFICE)}
    assert states == {one.id: NominationState.ACCEPTED, two.id: NominationState.UNANSWERED}


def test_nominations_end_by_themselves_once_and_freeze_who_may_vote():
    found, places, election = running(2)
    with transaction():
        sits(places[0], person("Voter"), TERM)
    standing(election, "Rourke")
    with clock_at(DEADLINE):
        run_due_jobs()
        assert _fresh(election).state is ElectionState.NOMINATING
    after_deadline()
    with clock_at(DEADLINE + SECOND):
        done(lambda: close_nominations(election.id, actor=OFFICE))
    assert _fresh(election).state is ElectionState.BALLOT
    assert [(each.name, each.barred) for each in list_voters(election.id)] == [("Elspeth Voter", None)]
    assert found.id == election.committee_id


def test_where_institutions_vote_each_is_among_the_voters_once():
    with transaction():
        found, at = committee(), institution()
        one, two = seat(found, "One", by=at), further_seat(found, at)
        sits(one, person("First", at=at))
        sits(two, person("Second", at=at))
        free = seat(found, "Free")
    ruled(found, replace(TWO_TERMS, voters=Voters.INSTITUTIONS))
    election = done(lambda: called(found, free))
    after_deadline()
    assert [(each.name, each.institution_name) for each in list_voters(election.id)] == [
        ("Elspeth First", "MRC Harwell")
    ]


def test_the_result_appoints_by_itself_from_the_first_day_and_keeps_substitutes_in_order():
    _, places, election = running()
    one, two, three = standing(election, "Rourke", "Okonjo", "Marrow")
    after_deadline()
    election = _fresh(election)
    (entry,) = entries(election)
    result(
        election,
        {
            one.id: Outcome(7, seat_id=entry.id),
            two.id: Outcome(5, substitute=1),
            three.id: Outcome(3, substitute=2),
        },
    )
    assert (election.state, election.decision) == (ElectionState.DECIDED, "FC-2016-12")
    (appointment,) = db.session.scalars(select(Appointment).where(Appointment.seat_id == places[0].id)).all()
    assert (appointment.person_id, appointment.how, appointment.decision, appointment.first_day) == (
        one.person_id,
        How.ELECTION,
        "FC-2016-12",
        AFTER.first,
    )
    grants = db.session.scalars(select(Grant).where(Grant.source == GrantSource.APPOINTMENT)).all()
    assert [(each.first_day, each.last_day) for each in grants] == [(AFTER.first, AFTER.last)]
    assert [(each.rank, each.person.family_name) for each in list_substitutes(election.committee_id)] == [
        (1, "Okonjo"),
        (2, "Marrow"),
    ]
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_a_result_that_cannot_be_is_refused():
    _, _, election = running()
    one, two = standing(election, "Rourke", "Okonjo")
    after_deadline()
    election = _fresh(election)
    (entry,) = entries(election)
    for outcomes, told in (
        ({one.id: Outcome(3)}, "Say of each candidate"),
        ({one.id: Outcome(3), two.id: Outcome(2)}, "Nobody is elected"),
        ({one.id: Outcome(3, seat_id=entry.id), two.id: Outcome(2, seat_id=entry.id)}, "given to two"),
        ({one.id: Outcome(3, seat_id=entry.id), two.id: Outcome(2, substitute=2)}, "Number the substitutes"),
        ({one.id: Outcome(3, seat_id=entry.id), two.id: Outcome(9)}, "with more votes"),
        ({one.id: Outcome(3, seat_id=entry.id), two.id: Outcome(None)}, "number of votes"),
    ):
        with pytest.raises(DomainError, match=told), transaction():
            record_result(election.id, ResultValues(outcomes, "x"), version=election.version, actor=OFFICE)
    assert db.session.scalars(select(Appointment)).all() == []


def test_candidates_whom_nobody_opposes_are_declared_elected():
    _, _, election = running(2)
    (one,) = standing(election, "Rourke")
    after_deadline()
    election = _fresh(election)
    done(lambda: declare_elected(election.id, decision="FC-1", version=election.version, actor=OFFICE))
    db.session.refresh(one)
    assert (one.state, one.votes) == (NominationState.ELECTED, None)
    assert len(db.session.scalars(select(Appointment)).all()) == 1


def test_more_candidates_than_seats_are_not_declared_elected():
    _, _, election = running()
    standing(election, "Rourke", "Okonjo")
    after_deadline()
    election = _fresh(election)
    told = refused(lambda: declare_elected(election.id, decision="FC-1", version=election.version, actor=OFFICE))
    assert "more candidates than seats" in told


def test_who_cannot_be_elected_is_refused_with_the_reason():
    with transaction():
        found, at = committee(), institution()
        place, own = seat(found), seat(found, "Harwell", by=at)
        veteran, holder, stranger = person("Veteran"), person("Holder"), person("Stranger")
        sits(place, veteran, replace(TERM, first=date(2012, 1, 1), last=date(2014, 12, 31)))
        sits(place, veteran, TERM)
        sits(seat(found, "Other"), holder, replace(TERM, last=date(2019, 1, 1)))
    ruled(found)
    election = done(lambda: called(found, place))
    of_harwell = done(lambda: called(found, own))
    limit = refused(lambda: nominate(election.id, veteran.id, statement=None, actor=OFFICE), "person_id")
    assert limit == "This would be the third term in a row of at most two."
    seated = refused(lambda: nominate(election.id, holder.id, statement=None, actor=OFFICE), "person_id")
    assert "already sit" in seated
    belongs = refused(lambda: nominate(of_harwell.id, stranger.id, statement=None, actor=OFFICE), "person_id")
    assert "neither belong to nor represent" in belongs


def test_nobody_is_nominated_twice():
    _, _, election = running()
    who = done(lambda: person("Rourke"))
    done(lambda: nominate(election.id, who.id, statement=None, actor=OFFICE))
    assert "nominated already" in refused(
        lambda: nominate(election.id, who.id, statement=None, actor=OFFICE), "person_id"
    )


@pytest.mark.parametrize(
    ("nominators", "told"),
    [(Nominators.VOTERS, "Only who votes"), (Nominators.REPRESENTATIVES, "Only representatives")],
)
def test_who_may_not_nominate_is_told_who_may(nominators: Nominators, told: str):
    found, places, election = running(nominators=nominators)
    who = done(lambda: person("Rourke"))
    assert told in refused(lambda: nominate(election.id, who.id, statement=None, actor=as_user(who)))
    voice = as_user(who, Granted(Role.REPRESENTATIVE, institution_id=1))
    with transaction():
        sits(places[0], who, replace(TERM, last=date(2017, 12, 31)))
    done(lambda: nominate(election.id, who.id, statement=None, actor=voice))
    assert found.id


def test_nominations_do_not_begin_before_their_day():
    _, _, election = running()
    who = done(lambda: person("Rourke"))
    with clock_at(DEADLINE - timedelta(days=60)):
        told = refused(lambda: nominate(election.id, who.id, statement=None, actor=as_user(who)))
    assert told == "Nominations have not begun yet."


def test_a_struck_candidate_is_not_elected_and_a_cancelled_election_appoints_nobody():
    _, _, election = running()
    one, two = standing(election, "Rourke", "Okonjo")
    done(lambda: strike_nomination(one.id, reason="Withdrew", version=one.version, actor=OFFICE))
    after_deadline()
    election = _fresh(election)
    (entry,) = entries(election)
    with pytest.raises(DomainError, match="Say of each"), transaction():
        outcomes = {one.id: Outcome(1, seat_id=entry.id), two.id: Outcome(0)}
        record_result(election.id, ResultValues(outcomes, "x"), version=election.version, actor=OFFICE)
    done(lambda: cancel_election(election.id, reason="Too few", version=election.version, actor=OFFICE))
    assert "over already" in refused(
        lambda: cancel_election(election.id, reason="x", version=election.version, actor=OFFICE)
    )
    told = refused(lambda: declare_elected(election.id, decision="x", version=election.version, actor=OFFICE))
    assert "not to be decided now" in told


def test_a_chair_decides_only_where_the_bylaws_let_chairs_appoint():
    with transaction():
        found = committee()
        place = seat(found)
    ruled(found, appointer=Appointer.SECRETARIAT)
    election = done(lambda: called(found, place, actor=chair_of(found)))
    standing(election, "Rourke")
    after_deadline()
    election = _fresh(election)
    told = refused(lambda: declare_elected(election.id, decision="x", version=election.version, actor=chair_of(found)))
    assert "the secretariat appoints here" in told


def test_a_seat_is_filled_by_one_election_at_a_time():
    found, places, _ = running()
    assert "another election already" in refused(lambda: called(found, places[0]), "seats")


def test_who_runs_no_election_sees_who_stands_once_nominations_have_ended():
    _, _, election = running()
    (one,) = standing(election, "Rourke")
    reader = as_user(done(lambda: person("Reader")), Granted(Role.AUDITOR))
    assert list_nominations(election, reader) == []
    after_deadline()
    assert [each.id for each in list_nominations(_fresh(election), reader)] == [one.id]


def _fresh(election: Election) -> Election:
    db.session.expire_all()
    return db.session.get_one(Election, election.id)
