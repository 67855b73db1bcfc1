"""Pages by which a chair asks for a limit of terms to be waived, and the secretariat says what it will."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.committees.rules import Office
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.client import Browser
from tests.committees.ruled import called, ruled
from tests.committees.sitting import TERM, committee, person, seat, sits
from tests.signin import sign_in

BEFORE = Period(TERM.first.replace(year=2012), TERM.last.replace(year=2014))  # type: ignore[union-attr]


@pytest.fixture
def ids(app: House) -> dict[str, int]:
    """A committee with a chair and a veteran, whose seat is to be filled by an election."""
    with app.app_context():
        with transaction():
            found = committee()
            sits(seat(found, "Chair"), person("Chair"), TERM, Office.CHAIR)
            place, who = seat(found, "Treasury"), person("Veteran")
            sits(place, who, BEFORE)
            sits(place, who, TERM)
        ruled(found)
        with transaction():
            election = called(found, place)
        made = {"committee": found.id, "seat": place.id, "who": who.id, "election": election.id}
        db.session.remove()
    return made


def as_chair(browser: Browser, ids: dict[str, int]) -> None:
    sign_in(browser, Granted(Role.CHAIR, committee_id=ids["committee"]))


def test_a_chair_asks_from_the_page_of_succession_and_the_secretariat_grants_on_its_first_page(
    browser: Browser, ids: dict[str, int]
):
    as_chair(browser, ids)
    succession = browser.get(f"/committees/{ids['committee']}/succession")
    (way,) = succession.tree.xpath("//a[.='Limit reached']/@href")
    form = browser.get(way)
    values = form.form_values()
    assert (values["person_id"], values["seat_id"]) == (str(ids["who"]), str(ids["seat"]))
    assert (values["first_day"], values["last_day"]) == ("1 January 2018", "31 December 2020")
    made = browser.submit(way, {"reason": "Knows the books"})
    request, asked = str(made.response.location), browser.follow(made)
    assert "It waits for the secretariat." in asked.words
    assert not asked.has_action(f"{request}/grant")
    browser.get(f"{request}/grant", status=403)
    sign_in(browser, Role.SECRETARIAT)
    assert "Elspeth Veteran: a limit is asked to be waived" in browser.get("/").words
    assert "is asked to be waived for Elspeth Veteran" in browser.get(f"/committees/{ids['committee']}/desk").words
    waiting = browser.get("/committees/waiting")
    assert "Finance Committee" in waiting.words
    assert waiting.has_action(request)
    granted = browser.follow(browser.submit(f"{request}/grant", {"decision": "SC-9"}))
    assert "The limit does not hold." in granted.words
    again = browser.submit(f"{request}/decline", {"reason": "No"}, status=200)
    assert "This request is granted already." in again.words
    assert not browser.get("/committees/waiting").has_action(request)
    with clock_at(datetime(2021, 1, 1, 12, tzinfo=UTC)):
        sign_in(browser, Role.SECRETARIAT)
        over = browser.get(request)
        assert "The days are over." in over.words
        assert not over.has_action(f"/committees/seats/{ids['seat']}/plan?person={ids['who']}")
    as_chair(browser, ids)
    assert "the limit does not hold" in browser.get("/").words
    assert "Limits of terms" in browser.get("/committees/waiting").words
    plan = browser.submit(f"/committees/seats/{ids['seat']}/plan", {"person_id": str(ids["who"])})
    assert "SC-9: Knows the books" in browser.follow(plan).words
    assert "Granted" in browser.get(f"/committees/{ids['committee']}/succession").words
    assert not browser.get(request).has_action(f"{request}/revoke")
    browser.get(f"{request}/revoke", status=403)
    sign_in(browser, Role.SECRETARIAT)
    assert browser.get(request).has_action(f"{request}/revoke")
    revoked = browser.follow(browser.submit(f"{request}/revoke", {"reason": "Annulled by SC-11"}))
    for said in ("Revoked", "Why it was revoked", "Annulled by SC-11", "SC-9"):
        assert said in revoked.words, said
    assert "Revoked" in browser.get(f"/committees/{ids['committee']}/succession").words


def test_a_limit_is_asked_to_be_waived_for_the_seats_and_days_of_an_election(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    way = f"/committees/{ids['committee']}/waivers/new?election={ids['election']}"
    assert way in browser.get(f"/committees/elections/{ids['election']}").tree.xpath("//a/@href")
    assert browser.get(way).form_values()["first_day"] == "1 January 2018"
    other = browser.submit(way, {"person_id": str(ids["who"]), "reason": "x", "first_day": "1 Jan 2010"}, status=200)
    assert "begins on" in other.words


def test_a_deadline_is_moved_from_the_page_of_the_election(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    page = f"/committees/elections/{ids['election']}"
    early = browser.submit(f"{page}/deadline", {"deadline": "1 June 2016 12:00", "reason": "x"}, status=200)
    assert "choose a later time" in early.words
    moved = browser.submit(f"{page}/deadline", {"deadline": "7 July 2016 12:00", "reason": "Too few so far"})
    shown = browser.follow(moved).words
    assert "7 Jul 2016 12:00 (Europe/London)" in shown
    assert "Too few so far" in shown
    sign_in(browser)
    assert "7 Jul 2016 12:00" in browser.get("/committees/asked").words
