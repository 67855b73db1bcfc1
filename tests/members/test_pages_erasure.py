"""The page that says what an erasure does before it is done, and what it leaves on the pages of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import note
from app.members.models import Institution, Person
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import committee, seat, sits
from tests.conftest import TODAY
from tests.members.world import do, institution, person, statements, voice
from tests.signin import sign_in


@dataclass(frozen=True)
class World:
    """The ids of an institution, of someone without an office, of one with a seat, and of the committee."""

    at: int
    gone: int
    seated: int
    committee: int


@pytest.fixture
def world(app: House) -> World:
    """Somebody who voted and sat until last year, and somebody who sits."""
    with app.app_context():
        at = institution()
        gone, seated = person(at), person(at, "Isolde", "Marchbanks")
        voice(gone, at, until=date(2014, 12, 31))
        with transaction():
            body = committee()
            sits(seat(body), gone, Period(date(2014, 1, 1), date(2014, 12, 31)))
            sits(seat(body), seated)
        found = World(at.id, gone.id, seated.id, body.id)
        db.session.remove()
    return found


def test_the_page_says_what_goes_what_stays_on_which_ground_and_until_when(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.gone}/erase"
    assert browser.get(f"/people/{world.gone}").has_action(path)
    rows = browser.get(path).rows()
    goes = {row[0]: row[2] for row in rows if len(row) == 3}
    stays = {row[0]: row[2:] for row in rows if len(row) == 4}
    assert goes == {
        "Person": "replaced",
        "Places": "replaced",
        "User": "replaced",
        "Values in the audit trail": "removed",
    }
    assert set(stays) == {"Places", "Represents", "Seats on committees", "Roles"}
    assert all(ground and until for ground, until in stays.values())


def test_an_erased_person_is_a_number_on_every_page(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    done = browser.submit(f"/people/{world.gone}/erase", {"reason": "Asked for it by letter"})
    page = browser.follow(done)
    alias = f"Erased person {world.gone}"
    assert page.heading == alias
    assert "Erased on 24 May 2016" in page.words
    assert "Asked for it by letter" in page.words
    assert "Correct" not in page.words
    assert not page.has_action(f"/people/{world.gone}/card.vcf")
    assert alias in browser.get(f"/committees/{world.committee}?on=2014-06-30").words
    assert alias in browser.get(f"/members/{world.at}?on=2014-06-30").words
    assert "Ferronays" not in browser.get("/people").words
    for path in ("edit", "places/new", "routes/new", "photo", "erase"):
        browser.get(f"/people/{world.gone}/{path}", 404)
    assert "erased" in browser.get("/audit").words


def test_without_a_reason_or_with_the_name_in_it_nobody_is_erased(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.gone}/erase"
    for reason in ("", "Mr Ferronays asked for it"):
        page = browser.submit(path, {"reason": reason}, status=200)
        assert page.tree.xpath("//p[@id='reason-error']")
    with browser.app.app_context():
        assert db.session.get_one(Person, world.gone).erased_at is None
        db.session.remove()


def test_texts_that_name_the_person_are_listed_with_their_records_and_stay(browser: Browser, world: World):
    with browser.app.app_context():
        do(note, world.at, "Thibault Ferronays asked for the minutes")
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.gone}/erase"
    page = browser.get(path)
    ends = [(row[0], row[-1]) for row in page.rows()]
    assert ("Institut Clinique de la Souris", "Thibault Ferronays asked for the minutes") in ends
    assert page.has_action(f"/members/{world.at}/documents")
    browser.follow(browser.submit(path, {"reason": "Asked for it"}))
    assert "Thibault Ferronays asked for the minutes" in browser.get(f"/members/{world.at}/documents").words


def test_the_page_takes_as_many_statements_for_many_texts_as_for_one(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    sent = []
    for count in (1, 20):
        with browser.app.app_context():
            for number in range(count):
                do(note, world.at, f"Thibault Ferronays called {number} times")
            db.session.remove()
        with browser.app.app_context(), statements() as asked:
            browser.get(f"/people/{world.gone}/erase")
        sent.append(len(asked))
    assert sent[0] == sent[1]


def test_what_stands_against_an_erasure_is_listed_with_links_and_there_is_no_button(browser: Browser, world: World):
    with browser.app.app_context():
        voice(db.session.get_one(Person, world.seated), db.session.get_one(Institution, world.at), since=TODAY)
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/people/{world.seated}/erase")
    assert page.rows()[:2] == [
        [
            "Institut Clinique de la Souris",
            "They represent Institut Clinique de la Souris as voting representative: end that first.",
        ],
        ["Finance Committee", "They hold a seat on Finance Committee: end that term first."],
    ]
    assert page.has_action(f"/members/{world.at}")
    assert "Erase for ever" not in page.words


def test_who_took_a_seat_meanwhile_is_not_erased(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.gone}/erase"
    shown = browser.get(path).form_values()
    with browser.app.app_context(), transaction():
        sits(seat(committee("Other Committee")), db.session.get_one(Person, world.gone))
    page = browser.post(path, shown | {"reason": "Asked for it"}, 200)
    assert "They hold a seat on Other Committee" in page.words
    with browser.app.app_context():
        assert db.session.get_one(Person, world.gone).erased_at is None
        db.session.remove()


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.AGREEMENTS])
def test_nobody_but_the_secretariat_erases(browser: Browser, world: World, role: Role):
    sign_in(browser, role)
    browser.get(f"/people/{world.gone}/erase", 403)
    assert "Erase" not in browser.get(f"/people/{world.gone}").words
