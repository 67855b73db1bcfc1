"""Two at the same moment: who accepts one seat, who appoints by one plan, who records one result."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.committees.commands.answering import answer_by_link
from app.committees.commands.election_results import declare_elected
from app.committees.commands.elections import close_nominations
from app.committees.commands.nominations import nominate
from app.committees.commands.plans import appoint_successor, invite_successor
from app.committees.models import Appointment, ElectionVoter
from app.committees.rules import Office
from app.committees.rules.plans import Answer
from app.core.clock import clock_at
from app.core.database import db
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.outbox.models import Mail
from app.web.requests import House
from tests.at_once import at_once
from tests.committees.ruled import DEADLINE, as_user, called, planned
from tests.committees.sitting import OFFICE, committee, person, seat, sits

AFTER = DEADLINE + timedelta(seconds=1)


@pytest.fixture
def links(app: House) -> list[str]:
    """The links of two who are asked for one seat."""
    with app.app_context():
        with transaction():
            place = seat(committee())
            for name in ("Rourke", "Okonjo"):
                invite_successor(planned(place, person(name)).id, version=1, actor=OFFICE)
        bodies = db.session.scalars(select(Mail.body).order_by(Mail.id)).all()
        db.session.remove()
    return [found[1] for body in bodies if (found := re.search(r"/committees/answer/(\S+)", body))]


@pytest.fixture
def election(app: House) -> int:
    """An election with one candidate, whose nominations are to end."""
    with app.app_context():
        with transaction():
            found = committee()
            sits(seat(found, "Chair"), person("Chair"), office=Office.CHAIR)
            made = called(found, seat(found))
            who = person("Rourke")
            nominate(made.id, who.id, statement=None, actor=as_user(who))
        election_id = made.id
        db.session.remove()
    return election_id


def test_of_two_who_accept_one_seat_at_once_one_has_it(app: House, links: list[str]):
    one, two = links
    told = at_once(
        app,
        lambda: answer_by_link(one, Answer.YES, words=None),
        lambda: answer_by_link(two, Answer.YES, words=None),
    )
    assert told == ["done", "Somebody else has accepted this seat for these days already."]


def test_a_link_that_is_used_twice_at_once_is_used_once(app: House, links: list[str]):
    told = at_once(app, *[lambda: answer_by_link(links[0], Answer.YES, words=None)] * 2)
    assert told == ["done", "This link has been used meanwhile, or is too old."]


def test_a_plan_that_two_appoint_at_once_appoints_once(app: House):
    with app.app_context():
        with transaction():
            plan_id = planned(seat(committee()), person()).id
        db.session.remove()
    told = at_once(app, *[lambda: appoint_successor(plan_id, decision=None, version=1, actor=OFFICE)] * 2)
    assert told == ["done", "Someone else changed this record meanwhile. Nothing was overwritten."]
    with app.app_context():
        assert len(db.session.scalars(select(Appointment)).all()) == 1
        db.session.remove()


def test_a_result_that_two_record_at_once_appoints_once(app: House, election: int):
    with clock_at(AFTER):
        assert at_once(app, *[lambda: close_nominations(election, actor=OFFICE)] * 2) == ["done", "done"]
        told = at_once(app, *[lambda: declare_elected(election, decision="FC-1", version=2, actor=OFFICE)] * 2)
    assert told[0] == "done"
    assert "not to be decided now" in told[1]
    with app.app_context():
        assert len(db.session.scalars(select(ElectionVoter)).all()) == 1
        assert len(db.session.scalars(select(Appointment)).all()) == 2
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()
