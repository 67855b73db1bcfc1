"""A chair, signing in by invitation, sees what waits for one, and loses the rights the minute the term ends.

The whole of the story is told in a browser (`test_a_chair_in_a_browser.py`).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.core.clock import clock_at
from app.core.database import db
from app.core.verification import run_checks
from app.outbox.models import Mail
from tests.journeys.succession import LAST_MINUTE, NEXT_MINUTE, NOON, Place, make_place
from tests.signin import PASSWORD

if TYPE_CHECKING:
    from app.web.requests import House
    from tests.client import Browser


@pytest.fixture
def place(app: House) -> Place:
    """The committee of the story."""
    with app.app_context():
        made = make_place()
        db.session.remove()
    return made


def test_a_chair_sees_what_waits_and_loses_the_rights_the_minute_the_term_ends(
    browser: Browser, app: House, place: Place
):
    sign_in_by_invitation(browser, place)
    see_what_needs_a_chair(browser, place)
    lose_the_rights_with_the_term(browser, place)
    with app.app_context():
        assert [line for finding in run_checks() for line in finding.problems] == []
        db.session.remove()


def sign_in_by_invitation(browser: Browser, place: Place) -> None:
    with browser.app.app_context():
        body = db.session.scalars(select(Mail.body).order_by(Mail.id.desc())).first()
        db.session.remove()
    token = re.search(r"/link/(\S+)", str(body))
    assert token is not None
    browser.submit(f"/link/{token[1]}", {"password": PASSWORD})
    browser.submit("/sign-in", {"email": place.address, "password": PASSWORD})


def see_what_needs_a_chair(browser: Browser, place: Place) -> None:
    first = browser.get("/")
    assert "4 terms end: Finance Committee" in first.words
    assert first.has_action(f"/committees/{place.committee}/desk")
    desk = browser.get(f"/committees/{place.committee}/desk")
    assert "Elspeth Veteran ends a term" in desk.words
    assert "the limit of terms is reached" in desk.words
    rows = browser.get(f"/committees/{place.committee}/succession").rows()
    can, cannot = ["Terms served 1 of 2", "Can go on"], ["Terms served 2 of 2", "Limit reached"]
    assert [row[3:5] for row in rows[:4]] == [can, can, can, cannot]


def lose_the_rights_with_the_term(browser: Browser, place: Place) -> None:
    desk = f"/committees/{place.committee}/desk"
    with clock_at(NOON):
        browser.get(desk)
    sign_in_anew(browser, place, LAST_MINUTE)
    with clock_at(LAST_MINUTE):
        browser.get(desk)
    with clock_at(NEXT_MINUTE):
        browser.get(desk, status=403)
        browser.get(f"/committees/seats/{place.seats[3]}/plan", status=403)
        assert "You have no role here" in browser.get("/").words


def sign_in_anew(browser: Browser, place: Place, at: datetime) -> None:
    """A session ends by itself after some hours; the chair signs in again that evening."""
    with clock_at(at):
        browser.submit("/sign-in", {"email": place.address, "password": PASSWORD})
