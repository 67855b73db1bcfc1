from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from app.committees.commands import AppointmentValues, appoint
from app.committees.models import Committee
from app.committees.rules import Appointer, LimitKind, Office
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import OFFICE, TODAY, adopted, committee, following, person, seat, sign_in_as, sits
from tests.signin import sign_in

FIRST = Period(date(2012, 1, 1), date(2014, 12, 31))
SECOND = Period(date(2015, 1, 1), date(2017, 12, 31))
THIRD = Period(date(2018, 1, 1), date(2020, 12, 31))


@dataclass(frozen=True)
class Places:
    """A committee of three-year terms, twice in a row, with somebody in their second one."""

    committee: int
    seat: int
    person: int
    term: int


@pytest.fixture
def places(app: House) -> Places:
    with app.app_context(), transaction():
        found = committee()
        adopted(found, limit_kind=LimitKind.CONSECUTIVE, limit_terms=2)
        place, who = seat(found), person()
        sits(place, who, FIRST)
        return Places(found.id, place.id, who.id, sits(place, who, SECOND).id)


def words(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_form_proposes_when_a_term_begins_how_and_when_it_ends(browser: Browser, places: Places):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/seats/{places.seat}/appoint")
    filled = page.form_values()
    assert (filled["first_day"], filled["last_day"], filled["how"]) == (
        "1 January 2018",
        "31 December 2020",
        "election",
    )
    assert "A term is 3 years, at most 2 in a row" in page.words
    assert "limit_waived" not in filled


def test_another_first_day_has_the_last_day_proposed_anew(browser: Browser, places: Places, app: House):
    with app.app_context(), transaction():
        other = person("Rourke").id
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/seats/{places.seat}/appoint"
    page = browser.submit(path, {"person_id": str(other), "first_day": "1 March 2018"}, status=200)
    assert "a term from 1 March 2018 ends on 28 February 2021" in words(page.words)
    assert page.form_values()["last_day"] == "28 February 2021"
    assert browser.post(path, page.form_values()).status == 302
    typed = {"person_id": str(other), "first_day": "1 March 2022", "last_day": "1 May 2022"}
    assert browser.submit(path, typed).status == 302


def test_one_term_too_many_is_told_on_the_form_with_a_field_for_the_reason(browser: Browser, places: Places):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/seats/{places.seat}/appoint"
    page = browser.submit(path, {"person_id": str(places.person)}, status=200)
    assert "This would be the third term in a row of at most two." in page.words
    again = page.form_values() | {"limit_waived": "Nobody else stood"}
    page = browser.post(path, again, status=200)
    assert "A limit is waived by a decision: name it." in page.words
    done = browser.post(path, page.form_values() | {"decision": "SC-2017-011"})
    (term,) = browser.follow(done).tree.xpath("//table//a[contains(@href, '/appointments/')]/@href")[-1:]
    assert "Nobody else stood" in browser.get(str(term)).words


def test_a_chair_is_told_to_ask_the_secretariat_about_a_limit(browser: Browser, places: Places):
    sign_in(browser, Granted(Role.CHAIR, committee_id=places.committee))
    path = f"/committees/seats/{places.seat}/appoint"
    page = browser.submit(path, {"person_id": str(places.person), "limit_waived": "I say so"}, status=200)
    assert "Only the secretariat may waive the limit: ask it." in page.words


def test_a_chair_is_told_who_fills_the_seats_where_the_bylaws_leave_it_to_the_secretariat(
    browser: Browser, places: Places, app: House
):
    with app.app_context(), transaction():
        adopted(committee_of(places), date(2016, 1, 1), appointer=Appointer.SECRETARIAT)
    sign_in(browser, Granted(Role.CHAIR, committee_id=places.committee))
    page = browser.get(f"/committees/seats/{places.seat}/appoint")
    assert "ask the secretariat" in page.words
    assert not page.tree.xpath("//main//form[@method='post']")
    term = browser.get(f"/committees/appointments/{places.term}")
    assert "The secretariat fills this seat." in term.words
    assert not term.tree.xpath("//main//a[contains(@href, '/correct') or contains(@href, '/office')]")
    assert term.has_action(f"/committees/appointments/{places.term}/end")
    sign_in(browser, Role.SECRETARIAT)
    assert browser.get(f"/committees/seats/{places.seat}/appoint").form_values()


def committee_of(places: Places) -> Committee:
    return db.session.get_one(Committee, places.committee)


def test_the_page_of_a_term_says_what_the_bylaws_make_of_it(browser: Browser, places: Places):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/appointments/{places.term}")
    said = words(page.words)
    for told in (
        "Elected",
        "SC-2014-007",
        "The term ends 31 December 2017",
        "the second, of at most 2 in a row",
        "Active",
    ):
        assert told in said, told


def test_the_page_of_a_term_says_since_when_it_is_held_over_and_what_was_known_before(browser: Browser, app: House):
    with app.app_context(), transaction():
        found = committee()
        adopted(found, holds_over=True)
        term, committee_id = sits(seat(found), person(), FIRST).id, found.id
    sign_in(browser, Role.SECRETARIAT)
    assert "holds over" in browser.get(f"/committees/{committee_id}").rows()[0][6]
    assert "31 Dec 2014" in browser.get(f"/committees/{committee_id}?on=2014-12-31").rows()[0][6]
    path = f"/committees/appointments/{term}"
    said = words(browser.get(path).words)
    assert "Held over since 1 January 2015" in said
    assert "Holds over" in said
    assert "until somebody follows" in said
    assert not browser.get(path).has_action(f"{path}/office")
    browser.submit(f"{path}/correct", {"decision": "SC-2011-001", "reason": "Found it"})
    page = browser.get(path)
    assert "SC-2011-001" in page.words
    assert "Known before" not in page.words


def test_a_resignation_is_recorded_with_its_day_and_reason(browser: Browser, places: Places):
    sign_in(browser, Granted(Role.CHAIR, committee_id=places.committee))
    path = f"/committees/appointments/{places.term}"
    assert "The term would end on 31 December 2017." in words(browser.get(f"{path}/end").words)
    browser.submit(f"{path}/end", {"how": "resigned", "last_day": "30 June 2016", "reason": "New post"})
    assert "Resigned: New post" in browser.get(path).words


def test_an_office_is_changed_and_the_term_shows_both(browser: Browser, places: Places):
    sign_in(browser, Granted(Role.CHAIR, committee_id=places.committee))
    path = f"/committees/appointments/{places.term}"
    page = browser.submit(f"{path}/office", {"office": "member", "first_day": "1 July 2016"}, status=200)
    assert "They are member already." in page.words
    browser.submit(f"{path}/office", {"office": "chair", "first_day": "1 July 2016", "decision": "SC-2016-009"})
    rows = browser.get(path).rows()
    assert [row[0] for row in rows[:2]] == ["Member", "Chair"]


def test_leave_is_recorded_ended_corrected_and_withdrawn(browser: Browser, places: Places):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/appointments/{places.term}"
    browser.submit(f"{path}/leave", {"first_day": "24 May 2016", "leave": "Field work"})
    page = browser.get(path)
    assert ["24 May 2016", "Field work", "End", "Correct"] in [row[:1] + row[2:] for row in page.rows()]
    assert "On leave" in page.words
    assert "on leave" in browser.get(f"/committees/{places.committee}").words
    (end,) = page.tree.xpath("//a[contains(@href, '/leave/') and contains(@href, '/end')]/@href")
    browser.submit(str(end), {"last_day": "30 June 2016"})
    correct = str(end).replace("/end", "/correct")
    browser.submit(correct, {"leave": "Field trip", "reason": "Better said"})
    assert "Field trip" in browser.get(path).words
    stale = browser.get(correct).form_values()
    browser.submit(f"{path}/correct", {"office": "secretary", "reason": "Was it"})
    page = browser.post(correct, {**stale, "reason": "Later"}, status=200)
    assert "Nothing was overwritten." in page.words
    assert ["Office", "not asked here", "Secretary"] in page.rows()
    browser.submit(str(end).replace("/end", "/withdraw"), {"reason": "Never was"})
    assert "Field trip" not in browser.get(path).words
    browser.get(correct, status=404)


def test_a_seat_that_follows_an_office_says_so_and_is_changed_there(browser: Browser, places: Places, app: House):
    with app.app_context(), transaction():
        steering = committee("Steering Committee")
        sits(seat(steering), person("Rourke"), office=Office.CHAIR)
        place = following(steering, Office.CHAIR, on=committee_of(places)).id
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/seats/{place}/appoint")
    assert "Whoever is chair of Steering Committee sits here" in page.words
    rows = browser.get(f"/committees/{places.committee}").tree.xpath("//tr[contains(., 'Rourke')]//a/@href")
    term = browser.get(str(rows[-1]))
    assert "Ex officio, as chair of Steering Committee" in term.words
    assert not term.tree.xpath("//main//a[contains(@href, '/end') or contains(@href, '/correct')]")


@pytest.mark.parametrize("verb", ["office", "leave"])
def test_readers_change_neither_offices_nor_leave(browser: Browser, places: Places, app: House, verb: str):
    with app.app_context(), transaction():
        other = committee("Another").id
    sign_in(browser, Role.AUDITOR)
    browser.get(f"/committees/appointments/{places.term}/{verb}", status=403)
    sign_in(browser, Granted(Role.CHAIR, committee_id=other))
    browser.get(f"/committees/appointments/{places.term}/{verb}", status=403)


def test_a_chair_who_resigns_at_once_loses_the_rights_at_once_and_the_deputy_acts(browser: Browser, app: House):
    with app.app_context():
        with transaction():
            board = committee()
            users = [person(name) for name in ("Chair", "Deputy")]
            chair = sits(seat(board), users[0], SECOND, Office.CHAIR)
            sits(seat(board), users[1], SECOND, Office.DEPUTY)
            seat(board)
        chair_id, deputy_id = (each.user_id for each in users)
        end, board_id = f"/committees/appointments/{chair.id}/end", board.id
        db.session.remove()
    deputy, desk = Browser(app), f"/committees/{board_id}/desk"
    sign_in_as(deputy, deputy_id)
    sign_in_as(browser, chair_id)
    deputy.get(desk, status=403)
    said = words(browser.get(end).words)
    assert "Rights last until midnight at the end of this day (Europe/London)." in said
    done = browser.submit(end, {"when": "now", "reason": "New post"})
    assert "The term has ended with 23 May 2016, and so have its rights." in words(browser.follow(done).words)
    browser.get(desk, status=403)
    assert "Desk of Finance Committee" in deputy.get(desk).words


@pytest.mark.parametrize("how", ["resigned", "removed"])
def test_a_term_that_ends_today_keeps_its_rights_until_midnight(browser: Browser, places: Places, how: str):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/appointments/{places.term}"
    done = browser.submit(f"{path}/end", {"how": how, "last_day": "24 May 2016", "reason": "By a vote"})
    assert "its rights last until midnight at the end of that day" in words(browser.follow(done).words)
    assert f"{how.title()}: By a vote" in browser.get(path).words


def test_who_began_today_is_not_said_to_have_gone_before(browser: Browser, app: House):
    with app.app_context(), transaction():
        term = sits(seat(committee()), person(), Period(TODAY)).id
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/appointments/{term}/end")
    assert "At once: the rights end now" not in page.words


def test_whoever_may_read_a_committee_reads_a_term_without_its_steps_and_why_somebody_is_away(
    browser: Browser, app: House, places: Places
):
    with app.app_context(), transaction():
        other = committee("Other").id
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/appointments/{places.term}"
    browser.submit(f"{path}/leave", {"first_day": "24 May 2016", "leave": "An illness"})
    browser.submit(f"{path}/correct", {"office": "secretary", "reason": "Was it"})
    member, chair = (
        Granted(Role.COMMITTEE_MEMBER, committee_id=places.committee),
        Granted(Role.CHAIR, committee_id=other),
    )
    for who in (Granted(Role.AUDITOR), member, chair):
        sign_in(browser, who)
        committee_page = browser.get(f"/committees/{places.committee}")
        assert committee_page.has_action(path)
        page = browser.get(path)
        assert "On leave" in page.words
        assert ["24 May 2016", "open"] in page.rows()
        assert "An illness" not in page.words
        for step in ("end", "office", "correct", "withdraw", "leave"):
            assert not page.has_action(f"{path}/{step}")
            browser.get(f"{path}/{step}", status=403)
    sign_in(browser)
    browser.get(path, status=403)


def test_why_no_limit_held_and_what_was_known_before_are_for_who_keeps_the_committee_or_reads_the_trail(
    browser: Browser, app: House, places: Places
):
    third = AppointmentValues(places.person, THIRD, decision="SC-2017-9", limit_waived="An illness")
    with app.app_context(), transaction():
        path = f"/committees/appointments/{appoint(places.seat, third, actor=OFFICE).id}"
    with clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)):
        sign_in(browser, Role.SECRETARIAT)
        browser.submit(f"{path}/correct", {"office": "secretary", "reason": "Was it"})
        chair, member = (Granted(role, committee_id=places.committee) for role in (Role.CHAIR, Role.COMMITTEE_MEMBER))
        for who, is_told in ((Role.SECRETARIAT, True), (chair, True), (Role.AUDITOR, True), (member, False)):
            sign_in(browser, who)
            said, former = browser.get(path).words, browser.client.get(f"{path}?format=csv&table=former")
            shown = ["An illness" in said, "Known before" in said, "Elspeth Marrow" in former.get_data(as_text=True)]
            assert shown == [is_told] * 3, who
