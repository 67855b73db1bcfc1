"""The step of joining that gives seats: what is offered, and what is said where there is nothing to offer."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.committees.models import Seat
from app.core.database import db
from app.core.periods import ONE_DAY
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import Admission, InstitutionFacts, give_term, name_applicants, take_up_applicant
from app.members.models import Institution
from app.members.rules import InstitutionKind
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import committee, seat
from tests.conftest import TODAY
from tests.members.applying import admitted, officer
from tests.members.world import do, institution, member
from tests.signin import sign_in
from tests.trailed import beside_the_trail

FJORD = InstitutionFacts("Fjord Mouse Clinic", "FMC", InstitutionKind.RESEARCH_CENTRE, "NO")


@pytest.fixture
def home(app: House, browser: Browser) -> str:
    """The address of a case that has come to its seats, beside a committee with elected seats; the office is in."""
    with app.app_context():
        member(institution())
        mine = officer()
        case = admitted(mine)
        do(take_up_applicant, case.id, FJORD, actor=mine)
        do(give_term, case.id, Admission(case.class_id, TODAY), actor=mine)
        do(name_applicants, case.id, {}, actor=mine)
        with transaction():
            seat(committee("Finance Committee"), "Elected")
        found = f"/applications/{case.id}"
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    return found


def test_where_no_committee_has_a_seat_to_give_it_is_said_and_the_step_is_done(browser: Browser, home: str):
    page = browser.get(f"{home}/seats")
    assert "There is no seat to give. No committee has seats by institution today." in page.words
    assert not page.tree.xpath("//fieldset")
    assert "is not ticked" not in page.words
    assert page.tree.xpath("//main//a[@href='/committees']")
    assert page.tree.xpath("//button[text()='Go on without a seat']")
    after = browser.follow(browser.submit(f"{home}/seats", {}))
    assert "It gets no seat: no committee has seats by institution." in after.words
    done = browser.get(f"{home}/seats")
    assert "This was done already" in done.words
    assert not done.tree.xpath("//main//form")


def give_a_seat(app: House) -> None:
    """Let the member there was before have a seat on a committee."""
    with app.app_context():
        known = db.session.scalars(select(Institution).where(Institution.short_name == "ICS")).one()
        with transaction():
            seat(committee("Steering Committee"), "ICS", known)
        db.session.remove()


def test_a_seat_that_came_to_be_while_the_page_was_open_is_offered_first(app: House, browser: Browser, home: str):
    before = browser.get(f"{home}/seats")
    give_a_seat(app)
    again = browser.post(f"{home}/seats", before.form_values(), status=200)
    assert "are others by now: choose again." in again.words
    assert again.tree.xpath("//input[@type='checkbox'][@checked]")
    after = browser.follow(browser.post(f"{home}/seats", again.form_values()))
    assert "A seat on Steering Committee." in after.words


def test_a_seat_that_was_closed_while_the_page_was_open_is_not_given(app: House, browser: Browser, home: str):
    give_a_seat(app)
    before = browser.get(f"{home}/seats")
    with app.app_context():
        with beside_the_trail():
            db.session.execute(update(Seat).values(last_day=TODAY - ONE_DAY))
        db.session.remove()
    again = browser.post(f"{home}/seats", before.form_values(), status=200)
    assert "No committee has seats by institution any more." in again.words
    assert again.tree.xpath("//button[text()='Go on without a seat']")
    long = browser.post(f"{home}/seats", again.form_values() | {"seen": "9" * 5000})
    assert "It gets no seat" in browser.follow(long).words


def test_where_one_has_it_is_offered_and_can_be_left(app: House, browser: Browser, home: str):
    give_a_seat(app)
    page = browser.get(f"{home}/seats")
    assert "Steering Committee: 1 of the 2 in class Partner" in page.words
    assert "Each is held by Ingrid Solberg, its voting representative." in page.words
    assert "There is no seat to give" not in page.words
    assert page.tree.xpath("//button[text()='Give these seats']")
    after = browser.follow(browser.post(f"{home}/seats", page.form_values() | {"committees": []}))
    assert "It gets no seat." in after.words
    assert "no committee has seats" not in after.words
