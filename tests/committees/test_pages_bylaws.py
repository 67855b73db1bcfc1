from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.committees.commands import Adoption, adopt_bylaws
from app.committees.rules import BylawFacts, Fraction, LimitKind, Office
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import OFFICE, adopted, committee, person, seat, sits
from tests.committees.test_commands_facts import LEARNT
from tests.signin import sign_in


@pytest.fixture
def finance(app: House) -> int:
    """A committee of three voting seats, one of them vacant, whose bylaws of 2012 were changed in 2015."""
    with app.app_context(), transaction():
        found = committee()
        sits(seat(found), person(), office=Office.CHAIR)
        sits(seat(found), person("Rourke"))
        seat(found)
        adopted(found, date(2012, 1, 1))
        adopted(found, date(2015, 1, 1), term_months=24, limit_kind=LimitKind.CONSECUTIVE, limit_terms=2)
        return found.id


def words(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_committee_shows_its_bylaws_the_quorum_of_the_day_and_all_that_were_adopted(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/committees/{finance}/bylaws")
    said = words(page.words)
    assert "Quorum today 2 of 2 filled voting seats." in said
    assert "Outside the base: 1 voting seat vacant." in said
    assert "Number 2, in force from 1 January 2015." in said
    assert "Fractions are rounded up: more than 1/2 of 10 is 6" in said
    assert "2 years" in said
    assert "at most 2 in a row" in said
    assert [row[0] for row in page.rows()] == ["1 Jan 2015", "1 Jan 2012"]
    assert not page.has_action(f"/committees/{finance}/bylaws/new")
    link = browser.get(f"/committees/{finance}")
    assert link.has_action(f"/committees/{finance}/bylaws")


def test_bylaws_of_any_day_are_those_of_that_day(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    assert "3 years" in browser.get(f"/committees/{finance}/bylaws?on=2014-12-31").words
    early = words(browser.get(f"/committees/{finance}/bylaws?on=2011-12-31").words)
    assert "None were adopted by then: the usual ones hold." in early
    assert "Nobody can be quorate" in early


def test_bylaws_adopted_later_are_on_no_page_as_known_before(browser: Browser, app: House, finance: int):
    with app.app_context(), clock_at(LEARNT), transaction():
        adopt_bylaws(
            finance, BylawFacts(quorum=Fraction(2, 3, more_than=False)), Adoption(date(2016, 9, 1)), actor=OFFICE
        )
    with clock_at(LEARNT + timedelta(days=90)):
        sign_in(browser, Role.AUDITOR)
        for known, number, quorum, rows in (
            ("2016-06-01", 2, "more than 1/2", 2),
            ("2016-07-01", 3, "at least 2/3", 3),
        ):
            page = browser.get(f"/committees/{finance}/bylaws?on=2016-09-10&known={known}")
            assert f"{quorum} of filled voting seats" in words(page.words)
            assert len(page.rows()) == rows
            record = browser.get(f"/committees/{finance}?on=2016-09-10&known={known}")
            assert f"number {number}, from" in words(record.words)


def test_bylaws_are_handed_out_as_files(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/committees/{finance}/bylaws?table=adopted&format=csv")
    lines = page.response.get_data(as_text=True).splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("1 Jan 2015,2,")


def test_the_secretariat_adopts_bylaws_beginning_with_those_in_force(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/{finance}/bylaws/new"
    filled = browser.get(path).form_values()
    assert (filled["quorum"], filled["term_months"], filled["first_day"]) == ("more than 1/2", "24", "24 May 2016")
    typed = {"first_day": "1 July 2016", "quorum": "at least 2/3", "holds_over": "y", "decision": "SC-2016-004"}
    done = browser.follow(browser.submit(path, typed))
    assert "1 Jul 2016" in [row[0] for row in done.rows()]
    later = words(browser.get(f"/committees/{finance}/bylaws?on=2016-07-01").words)
    assert "at least 2/3 of filled voting seats" in later
    assert "one stays until somebody follows" in later
    assert "Number 3, in force from 1 July 2016, SC-2016-004." in later


def test_what_contradicts_itself_is_refused_beside_its_field(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/{finance}/bylaws/new"
    wrong = {
        "Write it as more than 1/2": {"quorum": "most of them"},
        "a number where there is a limit": {"limit_terms": ""},
        "A limit counts terms: say how long one is.": {"term_months": ""},
        "What was in force stays as it was": {"first_day": "23 May 2016"},
    }
    for message, typed in wrong.items():
        page = browser.submit(path, typed, status=200)
        assert message in page.words
        assert page.form_values()["quorum"] == typed.get("quorum", "more than 1/2")


def test_stale_bylaws_show_both_values(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/{finance}/bylaws/new"
    stale = browser.get(path).form_values()
    browser.submit(path, {"quorum": "at least 2/3", "casting_vote": "y"})
    page = browser.post(path, {**stale, "quorum": "at least 3/4"}, status=200)
    assert "Nothing was overwritten." in page.words
    assert ["Quorum", "at least 3/4", "at least 2/3"] in page.rows()
    assert ["The chair has a casting vote", "no", "yes"] in page.rows()
    assert browser.post(path, page.form_values()).status == 302


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.CHAIR])
def test_nobody_else_adopts_bylaws(browser: Browser, finance: int, role: Role):
    sign_in(browser, Granted(role, committee_id=finance) if role is Role.CHAIR else role)
    browser.get(f"/committees/{finance}/bylaws/new", status=403)
    token = browser.get("/committees").tree.xpath("//input[@name='csrf_token']/@value")[0]
    browser.post(f"/committees/{finance}/bylaws/new", {"csrf_token": token}, status=403)


def test_bylaws_are_seen_by_nobody_without_a_role_and_of_no_committee_that_is_not(browser: Browser, finance: int):
    sign_in(browser)
    browser.get(f"/committees/{finance}/bylaws", status=403)
    sign_in(browser, Role.SECRETARIAT)
    browser.get("/committees/999/bylaws", status=404)
    browser.get("/committees/999/bylaws/new", status=404)
