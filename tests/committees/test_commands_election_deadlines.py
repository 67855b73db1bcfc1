"""Whom a call reaches, a deadline that is moved to later, and nominations that end though their own job is gone."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import delete, func, select

from app.accounts.commands import RoleFor
from app.audit.models import AuditEntry
from app.committees.commands.answering import answer_by_link
from app.committees.commands.election_deadlines import close_overdue, move_deadline
from app.committees.commands.nominations import nominate
from app.committees.models import Committee, Election, Nomination, Seat
from app.committees.queries.answers import list_questions
from app.committees.queries.nominators import list_calls
from app.committees.rules.deadlines import Deadline, read_deadline
from app.committees.rules.elections import ElectionState, NominationState, Nominators
from app.committees.rules.plans import Answer
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.home.queries.tasks import list_tasks
from app.members.models import Person
from app.outbox.models import Job, Mail
from app.outbox.work import run_due_jobs
from tests.committees.ruled import DEADLINE, as_user, called, chair_of, done, ruled
from tests.committees.sitting import OFFICE, committee, institution, person, refused, seat, sits
from tests.committees.test_commands_plans import mailed_token
from tests.signin import make_user
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
SECOND = timedelta(seconds=1)
WEEK_LATER = DEADLINE + timedelta(days=7)


def with_seats() -> tuple[Committee, Seat]:
    """A committee with somebody who votes on it, an observer, and a seat to be filled."""
    with transaction():
        found = committee()
        sits(seat(found, "Voting"), person("Voter"))
        sits(seat(found, "Observer", votes=False), person("Observer"))
        place = seat(found, "To be filled")
    ruled(found)
    return found, place


def later() -> Deadline:
    return read_deadline("7 July 2016 17:00", clock.zone())


def move(election: Election, to: Deadline | None = None) -> Election:
    values = to or later()
    return move_deadline(election.id, values, reason="Too few so far", version=election.version, actor=OFFICE)


def state_of(election: Election) -> ElectionState:
    db.session.expire_all()
    return db.session.get_one(Election, election.id).state


def user_of(family_name: str) -> Actor:
    return as_user(db.session.scalars(select(Person).where(Person.family_name == family_name)).one())


def told() -> set[str]:
    """To whom mails were written since the last look."""
    with beside_the_trail():
        return set(db.session.scalars(delete(Mail).returning(Mail.to_name)).all())


@pytest.mark.parametrize(
    ("nominators", "names"),
    [
        (Nominators.VOTERS, {"Elspeth Voter"}),
        (Nominators.REPRESENTATIVES, {"Voice"}),
        (Nominators.ANYONE, {"Voice", "Reader"}),
    ],
)
def test_a_call_is_told_by_mail_to_who_may_nominate_and_to_nobody_else(nominators: Nominators, names: set[str]):
    found, place = with_seats()
    with beside_the_trail():
        house = institution()
        users = [
            make_user(RoleFor(Role.REPRESENTATIVE, institution_id=house.id), name="Voice"),
            make_user(Role.AUDITOR, name="Reader"),
            make_user(Role.AUDITOR, name="Shut Out"),
        ]
        for user in users:
            user.password_hash = "hashed"
        users[-1].disabled_at = clock.now()
        make_user(RoleFor(Role.REPRESENTATIVE, institution_id=house.id), name="Never Invited")
    done(lambda: called(found, place, nominators=nominators))
    body = str(db.session.scalar(select(Mail.body).limit(1)))
    assert "from 24 May 2016 until 17:00 on 30 June 2016 (BST)" in body
    assert told() == names


def test_a_call_waits_for_who_may_nominate_until_they_have_or_it_is_over():
    found, place = with_seats()
    who = done(lambda: person("Rourke"))
    election = done(lambda: called(found, place))
    them = as_user(who)
    assert [row.id for row in list_calls(them)] == [election.id]
    assert "Nominations are open: Election of members" in [task.title for task in list_tasks(them)]
    for nobody in (chair_of(found), as_user(who, Granted(Role.SECRETARIAT)), Actor("Nobody", None, ())):
        assert list_calls(nobody) == []
    with clock_at(DEADLINE + SECOND):
        assert list_calls(them) == []
    done(lambda: nominate(election.id, who.id, statement=None, actor=them))
    assert list_calls(them) == []


def test_who_may_not_nominate_is_called_by_nothing():
    found, place = with_seats()
    voter, other = user_of("Voter"), user_of("Observer")
    done(lambda: called(found, place, nominators=Nominators.VOTERS))
    assert (len(list_calls(voter)), len(list_calls(other))) == (1, 0)


def test_a_deadline_is_moved_to_later_and_whom_it_concerns_is_told_with_the_reason():
    found, place = with_seats()
    election = done(lambda: called(found, place))
    who = done(lambda: person("Rourke"))
    done(lambda: nominate(election.id, who.id, statement=None, actor=OFFICE))
    token = mailed_token()
    told()
    early = read_deadline("30 June 2016 17:00", clock.zone())
    assert "choose a later time" in refused(partial(move, election, early), "deadline")
    beyond = read_deadline("1 January 2018 00:00", clock.zone())
    assert "The terms begin on 1 January 2018" in refused(partial(move, election, beyond), "deadline")
    done(partial(move, election))
    mails = db.session.execute(select(Mail.to_name, Mail.body)).all()
    assert {name for name, _ in mails} == {"Elspeth Rourke", "Elspeth Voter"}
    assert all("17:00 on 7 July 2016 (BST), and no longer 17:00 on 30 June 2016 (BST)" in body for _, body in mails)
    assert all("Too few so far" in body for _, body in mails)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "committees.move_deadline")).one()
    assert (entry.before, entry.after, entry.reason) == (
        {"deadline": "30 June 2016 17:00 (Europe/London)"},
        {"deadline": "7 July 2016 17:00 (Europe/London)"},
        "Too few so far",
    )
    with clock_at(DEADLINE + SECOND):
        run_due_jobs()
        assert state_of(election) is ElectionState.NOMINATING
        done(lambda: answer_by_link(token, Answer.YES, words=None))
    with clock_at(WEEK_LATER + SECOND):
        run_due_jobs()
        assert state_of(election) is ElectionState.BALLOT
        assert refused(partial(move, election)) == "Nominations have ended."


def test_who_declines_a_nomination_by_the_link_does_not_stand():
    found, place = with_seats()
    election = done(lambda: called(found, place))
    who = done(lambda: person("Rourke"))
    nomination = done(lambda: nominate(election.id, who.id, statement=None, actor=OFFICE))
    token = mailed_token()
    done(lambda: answer_by_link(token, Answer.NO, words="No time for it."))
    assert (nomination.state, nomination.answer) == (NominationState.DECLINED, "No time for it.")
    assert list_questions(who.user_id) == []
    assert "used meanwhile" in refused(partial(answer_by_link, token, Answer.YES, words=None))
    with clock_at(DEADLINE + SECOND):
        run_due_jobs()
    db.session.expire_all()
    assert db.session.get_one(Nomination, nomination.id).state is NominationState.DECLINED


def test_the_daily_round_ends_nominations_once_whose_own_job_is_gone_and_lets_one_wait_for_those_to_come():
    found, place = with_seats()
    with transaction():
        other = seat(found, "Other")
    election, to_come = done(lambda: called(found, place)), done(lambda: called(found, other))
    done(partial(move, to_come))
    with beside_the_trail():
        db.session.execute(delete(Job))
    with clock_at(DEADLINE + SECOND):
        close_overdue()
        close_overdue()
    assert (state_of(election), state_of(to_come)) == (ElectionState.BALLOT, ElectionState.NOMINATING)
    closed = select(func.count(AuditEntry.sequence)).where(AuditEntry.action == "committees.close_nominations")
    assert db.session.scalar(closed) == 1
    waiting = db.session.execute(select(Job.payload, Job.run_at).where(Job.kind == "committees.close_nominations"))
    assert [tuple(row) for row in waiting] == [({"election_id": to_come.id}, WEEK_LATER + SECOND)]
