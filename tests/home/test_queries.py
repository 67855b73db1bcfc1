"""Cases of joining and leaving among what needs one today."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.core.actor import Actor
from app.core.database import db
from app.core.tables import PageRequest
from app.home.queries import list_tasks
from app.members.commands import (
    InstitutionFacts,
    Notice,
    ask_applicant,
    assign_step,
    end_access,
    end_memberships,
    enter_application,
    give_notice,
    take_up_applicant,
)
from app.members.models import CaseTask
from app.members.queries import CaseFilters, search_applications
from app.members.rules import InstitutionKind
from tests.members.applying import admitted, confirmed, facts, officer, open_the_door, under_review
from tests.members.world import OFFICE, do, institution, member, on

pytestmark = pytest.mark.usefixtures("context")
CASES = ("application", "departure")


def told(actor: Actor) -> list[str]:
    return [task.title for task in list_tasks(actor) if any(word in task.title for word in CASES)]


def test_an_application_waits_for_its_owner_and_an_unowned_one_for_anybody():
    open_the_door()
    mine, other = officer(), officer("Quentin Ashdown")
    do(enter_application, facts(), actor=mine)
    do(enter_application, facts(name="Other"), actor=mine)
    confirmed(contact_email="late@fjord.example")
    assert told(mine) == ["2 applications wait for you", "1 application has no owner"]
    assert told(other) == ["1 application has no owner"]
    assert told(Actor("Reader", 99, ())) == []


def test_an_application_that_waits_for_the_applicant_waits_for_nobody_else():

    mine = officer()
    case = under_review(mine)
    assert told(mine) == ["1 application waits for you"]
    do(ask_applicant, case.id, "Who keeps your mice?", actor=mine)
    assert told(mine) == []


def test_a_departure_asks_for_the_steps_that_can_be_taken_now():
    mine = officer()
    found = institution()
    member(found)
    begun = do(give_notice, found.id, Notice(date(2016, 6, 30), "Its funding ends"), actor=mine)
    assert told(mine) == ["1 departure waits for a step"]
    do(end_memberships, begun.id, actor=OFFICE)
    do(end_access, begun.id, actor=OFFICE)
    assert told(mine) == []
    with on(date(2016, 7, 1)):
        assert told(mine) == ["1 departure waits for a step"]


def test_a_step_of_a_case_waits_for_whom_it_was_given_to():
    mine, other = officer(), officer("Quentin Ashdown")
    found = institution()
    member(found)
    case = admitted(mine)
    do(give_notice, found.id, Notice(date(2016, 6, 30), "Its funding ends"), actor=mine)
    assert told(other) == []
    steps = db.session.scalars(select(CaseTask.id).where(CaseTask.kind.in_(("institution", "access")))).all()
    for step in steps:
        do(assign_step, step, other.user_id, actor=mine)
    assert told(other) == ["1 application waits for you", "1 departure waits for a step"]
    page = search_applications(CaseFilters(owner_id=other.user_id), PageRequest(), mine)
    assert [row.id for row in page.rows] == [case.id]
    fjord = InstitutionFacts("Fjord Mouse Clinic", "FMC", InstitutionKind.RESEARCH_CENTRE, "NO")
    do(take_up_applicant, case.id, fjord, actor=other)
    assert told(other) == ["1 departure waits for a step"]
