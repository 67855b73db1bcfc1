"""Cases of joining and leaving among what needs one today."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.actor import Actor
from app.home.queries import list_tasks
from app.members.commands import Notice, ask_applicant, end_access, end_memberships, enter_application, give_notice
from tests.members.applying import confirmed, facts, officer, open_the_door, under_review
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
