"""The pages of a person: routes, photo and places by those who may, offices right for any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from app.accounts.commands import RoleFor
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.models import Institution, Person
from app.members.rules import Purpose
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import committee, seat, sits
from tests.members.world import institution, on, person, voice
from tests.signin import sign_in


@dataclass(frozen=True)
class World:
    """The ids of an institution and of someone who voted for it and sits on a committee."""

    at: int
    who: int


@pytest.fixture
def world(app: House) -> World:
    """Someone with an office that ended and one in force."""
    with app.app_context():
        at = institution()
        who = person(at)
        voice(who, at, until=date(2014, 12, 31))
        voice(who, at, Purpose.SIGNATORY, since=date(2015, 1, 1))
        with on(date(2015, 1, 1)), transaction():
            sits(seat(committee()), who, Period(date(2015, 1, 1), date(2016, 12, 31)))
        found = World(at.id, who.id)
        db.session.remove()
    return found


def test_every_office_held_stands_in_one_table_right_for_the_day(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)

    def offices(query: str) -> dict[str, str]:
        rows = browser.get(f"/people/{world.who}{query}").rows()
        return {f"{row[0]} {row[1].partition(' · ')[0]}": row[2] for row in rows if len(row) == 5 and row[2] in STATES}

    ics, finance = "Institut Clinique de la Souris", "Finance Committee"
    assert offices("") == {
        f"{finance} Member Elected member": "In force",
        f"{ics} Signatory": "In force",
        f"{ics} Voting representative": "Ended",
    }
    assert offices("?on=2013-01-01")[f"{ics} Voting representative"] == "In force"
    assert offices("?on=2013-01-01")[f"{finance} Member Elected member"] == "Planned"
    assert offices("?known=2014-06-30") == {f"{ics} Voting representative": "Ended"}


STATES = {"In force", "Planned", "Ended"}


def test_a_route_is_added_corrected_and_ended_by_forms(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}"
    typed = {"kind": "email", "purpose": "billing", "text": "Invoices@ICS.example", "first_day": "2015-01-01"}
    page = browser.follow(browser.submit(f"{path}/routes/new", typed))
    assert "invoices@ics.example" in page.words
    correct, end = (page.tree.xpath(f"//a[starts-with(@href, '/people/routes/')][.='{word}']/@href")[0]
                    for word in ("Correct", "End"))  # fmt: skip
    assert browser.submit(correct, {"text": "nothing", "reason": "x"}, status=200).tree.xpath("//p[@id='text-error']")
    page = browser.follow(browser.submit(correct, {"text": "accounts@ics.example", "reason": "Typed wrong"}))
    assert "accounts@ics.example" in page.words
    page = browser.follow(browser.submit(end, {"last_day": "2016-06-30", "reason": "Moved"}))
    assert "30 Jun 2016" in page.words
    assert "Typed wrong" in page.words
    assert "routes/new" not in browser.get(f"{path}?on=2015-06-30").text


@pytest.mark.parametrize(("role", "sees"), [(Role.AUDITOR, True), (Role.FINANCE, False), (Role.AGREEMENTS, False)])
def test_routes_and_photo_are_seen_by_those_who_may_see_the_details(browser: Browser, world: World, role, sees):
    sign_in(browser, Role.SECRETARIAT)
    typed = {"kind": "telephone", "purpose": "general", "text": "+33 3 88 00 11 22", "first_day": "2015-01-01"}
    browser.submit(f"/people/{world.who}/routes/new", typed)
    send_photo(browser, world.who)
    sign_in(browser, role)
    page = browser.get(f"/people/{world.who}")
    assert ("+33 3 88 00 11 22" in page.words, "photo.jpg" in page.text) == (sees, sees)
    browser.get(f"/people/{world.who}/photo.jpg", 200 if sees else 404)
    browser.get(f"/people/{world.who}/routes/new", 403)


def send_photo(browser: Browser, person_id: int, size: tuple[int, int] = (200, 300)) -> int:
    """Send a photo by its form; the status of the answer."""
    made = BytesIO()
    Image.new("RGB", size, "navy").save(made, "PNG")
    path = f"/people/{person_id}/photo"
    fields = browser.get(path).form_values()
    sent = {**fields, "photo": (BytesIO(made.getvalue()), "me.png")}
    return browser.client.post(path, data=sent, content_type="multipart/form-data").status_code


def test_a_photo_is_shown_and_taken_away_again(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    assert send_photo(browser, world.who) == 302
    shown = browser.get(f"/people/{world.who}/photo.jpg").response
    assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert browser.get(f"/people/{world.who}").tree.xpath("//img[@alt='Photo of Thibault Ferronays']")
    browser.press(f"/people/{world.who}/photo", f"/people/{world.who}/photo/remove")
    browser.get(f"/people/{world.who}/photo.jpg", 404)


def test_a_huge_picture_is_refused_beside_its_field(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    assert send_photo(browser, world.who, (7000, 6000)) == 200


def test_a_place_is_corrected_by_those_of_the_institution_with_a_reason(browser: Browser, world: World):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=world.at))
    link = browser.get(f"/people/{world.who}").tree.xpath("//a[.='Correct']/@href")[0]
    assert browser.submit(link, {"position": "Director"}, status=200).tree.xpath("//p[@id='reason-error']")
    page = browser.follow(browser.submit(link, {"position": "Director", "reason": "Promoted earlier"}))
    assert "Director" in page.words


def test_a_place_is_taken_back_with_a_reason(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    correct = browser.get(f"/people/{world.who}").tree.xpath("//a[.='Correct']/@href")[0]
    link = browser.get(correct).tree.xpath("//a[normalize-space()='It was entered by mistake']/@href")[0]
    assert "It was put on record by mistake" in browser.get(link).words
    assert browser.submit(link, {}, status=200).tree.xpath("//p[@id='reason-error']")
    page = browser.follow(browser.submit(link, {"reason": "Entered twice"}))
    assert "The place is taken back." in page.words
    assert not page.has_action(link)
    browser.get(link, 404)


def test_languages_are_typed_by_name_and_what_is_none_is_said(browser: Browser, world: World):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/people/{world.who}/edit"
    wrong = browser.submit(path, {"languages": "French, Elvishy"}, status=200)
    assert "Elvishy" in wrong.tree.xpath("string(//p[@id='languages-error'])")
    assert wrong.form_values()["languages"] == "French, Elvishy"
    page = browser.follow(browser.submit(path, {"languages": "French, eng"}))
    assert "French and English" in page.words
    assert browser.get(path).form_values()["languages"] == "French, English"


def test_the_record_of_an_institution_says_where_its_invoices_really_go(browser: Browser, world: World):
    with browser.app.app_context():
        voice(db.session.get_one(Person, world.who), db.session.get_one(Institution, world.at), Purpose.BILLING)
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    typed = {"kind": "address", "purpose": "billing", "text": "Shared services\nLyon", "first_day": "2015-01-01"}
    browser.submit(f"/people/{world.who}/routes/new", typed)
    assert "Invoices go to Shared services Lyon" in browser.get(f"/members/{world.at}").words
    assert "Shared services" not in browser.get(f"/members/{world.at}?on=2014-06-30").words
