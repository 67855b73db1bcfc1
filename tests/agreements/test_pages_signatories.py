"""The pages of signatories, as their users meet them."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from app.accounts.commands import RoleFor
from app.agreements.models import Signatory
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.members.models import Institution
from app.web.requests import House
from tests.agreements.templated import signatory
from tests.client import Browser
from tests.committees.test_pages import measured
from tests.members import world
from tests.signin import sign_in

LIST = "/signatories"


@pytest.fixture
def ids(app: House) -> dict[str, int]:
    """Thibault signs for one institute until 2015, Ann for another one since 2014."""
    with app.app_context():
        of, other = world.institution(), world.institution("Other Institute", "OI")
        one = signatory(of, world.person(of), Period(date(2012, 1, 1), date(2015, 12, 31)))
        two = signatory(other, world.person(other, "Ann", "Other"), Period(date(2014, 1, 1)), "Dean")
        made = {"of": of.id, "other": other.id, "one": one.id, "two": two.id}
        db.session.remove()
    return made


def people(browser: Browser, query: str = "") -> list[str]:
    return [row[0] for row in browser.get(f"{LIST}{query}").rows()]


def test_the_list_tells_who_could_sign_on_any_day(browser: Browser, ids: dict[str, int]):
    sign_in(browser, Role.AUDITOR)
    assert people(browser) == ["Ann Other"]
    assert people(browser, "?on=2015-12-31") == ["Thibault Ferronays", "Ann Other"]
    assert people(browser, "?on=2015-12-31&known=2016-05-23") == []
    assert people(browser, "?everyone=1&institution=ICS") == ["Thibault Ferronays"]
    assert people(browser, "?everyone=1&q=dean") == ["Ann Other"]
    sent = browser.get(f"{LIST}?format=csv").response.get_data(as_text=True)
    assert sent.splitlines()[1].startswith("Ann Other,")
    assert not browser.get(f"{LIST}/{ids['two']}").has_action(f"{LIST}/{ids['two']}/withdraw")
    for verb in ("withdraw", "correct", "retract"):
        browser.get(f"{LIST}/{ids['two']}/{verb}", status=403)


def test_a_representative_sees_the_own_signatories_alone(browser: Browser, ids: dict[str, int]):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=ids["other"]))
    assert people(browser, "?everyone=1") == ["Ann Other"]
    for way in ("", "/evidence"):
        browser.get(f"{LIST}/{ids['one']}{way}", status=404)
    browser.get(f"{LIST}/new", status=403)


def test_a_signatory_is_named_corrected_withdrawn_and_taken_back(browser: Browser, ids: dict[str, int], app: House):
    sign_in(browser, Role.AGREEMENTS)
    with app.app_context():
        cleo = world.person(db.session.get_one(Institution, ids["of"]), "Cleo", "Marin").id
        db.session.remove()
    asked = browser.get(f"{LIST}/new?institution=ICS", status=302)
    way = str(asked.response.location)
    assert way == f"{LIST}/new/{ids['of']}"
    typed = {"person_id": str(cleo), "office": "Head of Legal", "first_day": "1 May 2016"}
    named = browser.follow(browser.submit(way, typed | {"evidence": (BytesIO(b"We name"), "letter.txt")}))
    record = str(named.tree.xpath("//a[normalize-space()='Withdraw']/@href")[0]).removesuffix("/withdraw")
    assert "Head of Legal, Institut Clinique de la Souris" in named.words
    with browser.client.get(f"{record}/evidence") as answer:
        assert answer.data == b"We name"
    twice = browser.submit(way, typed, status=200)
    assert "They may sign for it as Head of Legal from 1 May 2016 on already." in twice.words
    browser.submit(f"{record}/correct", {"office": "Director", "reason": "Read again"})
    browser.submit(f"{record}/withdraw", {"last_day": "23 May 2016", "reason": "Moved on"})
    shown = browser.get(record).words.replace("\u00a0", " ")
    assert "Withdrawn" in shown
    assert "23 May 2016 Moved on" in shown
    browser.submit(f"{record}/retract", {"reason": "Mistake"})
    browser.get(record, status=404)


def test_an_institution_without_people_says_what_to_do_first(browser: Browser, app: House):
    with app.app_context():
        of = world.institution("Empty", "E").id
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    assert "Nobody is on record at Empty." in browser.get(f"{LIST}/new/{of}").words


def test_the_list_asks_as_little_for_twenty_as_for_one(browser: Browser, ids: dict[str, int], app: House):
    sign_in(browser, Role.AUDITOR)
    browser.get(LIST)
    before = measured(browser, LIST)
    with app.app_context():
        of = db.session.get_one(Institution, ids["of"])
        for number in range(20):
            signatory(of, world.person(of, f"Name{number}", "Many"), Period(date(2012, 1, 1)))
        db.session.remove()
    browser.get(LIST)
    assert measured(browser, LIST) == before


def test_the_records_of_institution_and_person_tell_who_signs(browser: Browser, ids: dict[str, int], app: House):
    with app.app_context():
        person_id = db.session.get_one(Signatory, ids["two"]).person_id
    sign_in(browser, Role.SECRETARIAT)
    record = browser.get(f"/members/{ids['other']}")
    assert record.has_action(f"/signatories/{ids['two']}")
    assert not browser.get(f"/members/{ids['other']}?on=2013-01-01").has_action(f"/signatories/{ids['two']}")
    assert browser.get(f"/people/{person_id}").has_action(f"/signatories/{ids['two']}")
    sign_in(browser, Role.FINANCE)
    assert not browser.get(f"/members/{ids['other']}").has_action(f"/signatories/{ids['two']}")
