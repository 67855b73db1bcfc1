"""Pages of rosters beyond the record: timeline, balance, comparison, addresses; each on any day, for whom it is."""

from __future__ import annotations

from datetime import date

import pytest

from app.committees.queries import list_seated
from app.committees.routes.rosters import address_lines
from app.core.actor import Granted
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import PersonFacts, add_person, add_route
from app.members.rules import RouteFacts, RouteKind, RoutePurpose
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, institution, person, seat, sits
from tests.committees.test_pages import counted
from tests.signin import sign_in

PAGES = ("timeline", "balance", "compare", "addresses")


@pytest.fixture
def finance(app: House) -> int:
    """A committee whose first seat changed hands at the New Year of 2016, and whose second stands empty."""
    with app.app_context(), transaction():
        found, harwell = committee(), institution()
        first = seat(found, "Chair")
        sits(first, person("Marrow", harwell), Period(date(2015, 1, 1), date(2015, 12, 31)))
        sits(first, person("Pendarvis", harwell), Period(date(2016, 1, 2)))
        seat(found, "Second")
        return found.id


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_a_roster_are_for_who_may_read_committees(browser: Browser, finance: int, page: str):
    path = f"/committees/{finance}/{page}"
    assert "/sign-in" in str(browser.get(path, status=302).response.location)
    sign_in(browser)
    browser.get(path, status=403)
    for role in (Role.SECRETARIAT, Role.FINANCE, Role.AUDITOR):
        sign_in(browser, role)
        shown = browser.get(path)
        assert shown.has_action(f"/committees/{finance}/timeline")
        browser.get(f"/committees/{finance + 99}/{page}", status=404)


@pytest.mark.parametrize("page", ["balance", "compare"])
def test_all_rosters_have_the_page_too(browser: Browser, finance: int, page: str):
    assert finance
    sign_in(browser, Role.AUDITOR)
    assert browser.get(f"/committees/{page}?on=2016-05-01").status == 200
    assert browser.get("/committees").has_action(f"/committees/{page}")


def test_the_timeline_is_a_chart_and_the_same_as_a_table(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/committees/{finance}/timeline")
    assert [(row[0].split(",")[0], row[1]) for row in page.rows()] == [
        ("Seat 1", "Vacant"),
        ("Seat 1", "Elspeth Marrow"),
        ("Seat 1", "Vacant"),
        ("Seat 1", "Elspeth Pendarvis"),
        ("Seat 2", "Vacant"),
    ]
    assert page.tree.xpath("//figure[@data-chart]/@aria-label")[0].startswith("Seats over the years: 2 seats, 1 vacant")
    file = browser.get(f"/committees/{finance}/timeline?format=csv").response
    assert len(file.get_data(as_text=True).splitlines()) == 6


def test_a_committee_without_seats_says_what_a_timeline_would_show(browser: Browser, app: House):
    with app.app_context(), transaction():
        empty = committee().id
    sign_in(browser, Role.AUDITOR)
    assert "No seats yet" in browser.get(f"/committees/{empty}/timeline").words
    assert "Nobody sits here" in browser.get(f"/committees/{empty}/balance").words
    assert "Nobody sits here" in browser.get(f"/committees/{empty}/addresses").words


def test_two_days_are_proposed_and_compared(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/committees/{finance}/compare")
    assert page.tree.xpath("//main//input[@type='text']/@value") == ["1 January 2016", "24 May 2016"]
    assert [row[:2] for row in page.rows()] == [["Came", "Elspeth Pendarvis"]]
    page = browser.get("/committees/compare?first=31+12+2015&second=2016-01-01")
    assert [row[:2] for row in page.rows()] == [["Went", "Elspeth Marrow"]]
    assert page.phone_rows() == [
        "Went Elspeth Marrow Finance Committee · Before Member, MRC Harwell, 1 Jan 2015 to 31 Dec 2015"
    ]
    assert "Nothing differs" in browser.get("/committees/compare?first=2016-05-01&second=2016-05-02").words


def test_a_comparison_is_handed_out_as_a_file_of_its_two_days(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    answer = browser.get(f"/committees/{finance}/compare?first=2015-06-01&second=2016-05-24&format=csv").response
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0].endswith("What,Who,Seat,Before,After")
    assert [line.split(",")[:2] for line in lines[1:]] == [["Came", "Elspeth Pendarvis"], ["Went", "Elspeth Marrow"]]
    assert "Rosters of 2015-06-01 and 2016-05-24.csv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("wrong", ["first=someday", "second=1066-10-14", "first=%00"])
def test_days_that_cannot_be_read_are_said_beside_their_field(browser: Browser, finance: int, wrong: str):
    sign_in(browser, Role.AUDITOR)
    assert "to correct" in browser.get(f"/committees/{finance}/compare?{wrong}").words
    browser.get(f"/committees/{finance}/compare?{wrong}&format=csv", status=400)


def test_what_was_corrected_since_is_the_other_way_to_compare(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    assert browser.get("/committees/compare").has_action("/committees/compare?by=knowledge")
    page = browser.get("/committees/compare?by=knowledge&second=2016-05-24&first=2016-05-23")
    assert [row[0] for row in page.rows()] == ["Founded", "Came"], "all of it was recorded on 24 May"
    assert "Nothing differs" in browser.get("/committees/compare?by=knowledge&second=2016-05-24&first=2016-05-24").words


def test_the_balance_is_handed_out_as_four_files(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/{finance}/balance")
    assert ["United Kingdom", "Seats 1", "1", "100%"] in page.rows()
    for table in ("countries", "classes", "institutions", "kinds"):
        text = browser.get(f"/committees/{finance}/balance?table={table}&format=csv").response.get_data(as_text=True)
        assert text.splitlines()[1].endswith(",1,1,1.0000")


def test_addresses_are_those_the_reader_may_see_and_no_others(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/{finance}/addresses")
    [text] = page.tree.xpath("//textarea/text()")
    assert text.strip().startswith("Elspeth Pendarvis <person")
    assert page.has_action("/people/write?chosen=2") or "/people/write" in page.text
    assert "<person" in browser.get(f"/committees/{finance}/addresses.txt").response.get_data(as_text=True)
    sign_in(browser, Role.FINANCE)
    page = browser.get(f"/committees/{finance}/addresses")
    assert "You may not see how to reach 1 person of them." in page.words
    assert not page.tree.xpath("//textarea")
    assert "muster.example" not in page.text
    assert browser.get(f"/committees/{finance}/addresses.txt").response.get_data(as_text=True) == ""
    assert "EMAIL" not in browser.get(f"/committees/{finance}/roster.vcf").response.get_data(as_text=True)


def test_the_chair_reaches_the_own_committee(browser: Browser, finance: int):
    sign_in(browser, Granted(Role.CHAIR, committee_id=finance))
    assert "<person" in browser.get(f"/committees/{finance}/addresses.txt").response.get_data(as_text=True)


def test_cards_of_a_roster_say_what_each_is_on_the_committee(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    answer = browser.get(f"/committees/{finance}/roster.vcf?on=2015-06-01").response
    text = answer.get_data(as_text=True)
    assert "FN:Elspeth Marrow\r\n" in text
    assert "ROLE:Member\\, Finance Committee\r\n" in text
    assert text.count("BEGIN:VCARD") == 1
    assert "Finance Committee roster 2015-06-01.vcf" in answer.headers["Content-Disposition"]


def test_a_seat_is_written_to_at_the_address_given_for_it(context: object):
    with transaction():
        finance, harwell = committee(), institution()
        voice, plain = person("Voice", harwell), person("Plain", harwell)
        odd = add_person(
            PersonFacts('Ann "Bo"', "Crane, Dr", email="crane@muster.example"), affiliation=None, actor=OFFICE
        )
        for who in (voice, plain):
            for purpose in (RoutePurpose.REPRESENTATIVE, RoutePurpose.GENERAL):
                route = RouteFacts(RouteKind.EMAIL, purpose, f"{purpose}.{who.id}@muster.example", FOUNDED)
                add_route(who.id, route, actor=OFFICE)
        sits(seat(finance, by=harwell), voice)
        sits(seat(finance, "Second"), plain)
        sits(seat(finance, "Third"), odd)
    assert context
    assert address_lines(list_seated(finance.id, OFFICE, on=TODAY)) == [
        f"Elspeth Voice <representative.{voice.id}@muster.example>",
        f"Elspeth Plain <general.{plain.id}@muster.example>",
        '"Ann \\"Bo\\" Crane, Dr" <crane@muster.example>',
    ]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_a_roster_take_as_many_statements_for_one_seat_as_for_twenty(browser: Browser, app: House, page: str):
    with app.app_context(), transaction():
        small, large = committee("Small"), committee("Large")
        for found, number in ((small, 1), (large, 20)):
            for place in range(number):
                harwell = institution(f"Institute {found.id} {place}", f"I{found.id}-{place}")
                sits(seat(found, f"Seat {place}"), person(at=harwell))
        ids = small.id, large.id
    sign_in(browser, Role.SECRETARIAT)
    numbers = []
    for each in ids:
        browser.get(f"/committees/{each}/{page}")
        with counted(browser) as statements:
            browser.get(f"/committees/{each}/{page}")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
