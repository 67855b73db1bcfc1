"""What `flask verify` says of cases that are done before their time."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from app.core.database import db
from app.members.commands import Notice, give_notice
from app.members.models import Application, Departure
from app.members.queries.departures import check_joining, check_leaving
from app.members.rules import CaseState, LeavingState
from tests.members.applying import admitted, officer
from tests.members.world import do, institution, member
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")


def test_a_case_that_says_done_while_a_step_waits_is_found():
    case = admitted(officer())
    centre = institution()
    member(centre)
    begun = do(give_notice, centre.id, Notice(date(2016, 6, 30), "Its funding ends"))
    assert [*check_joining(), *check_leaving()] == []
    with beside_the_trail():
        db.session.execute(update(Application).where(Application.id == case.id).values(state=CaseState.DONE))
        db.session.execute(update(Departure).where(Departure.id == begun.id).values(state=LeavingState.DONE))
    assert [*check_joining(), *check_leaving()] == [
        "Application A-2016-001 is done, but a step waits or it has no membership.",
        "Departure L-2016-001 is done, but a step waits.",
    ]
