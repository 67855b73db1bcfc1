"""Pages of plans of succession: who sees them, the steps, and the answers of people without an account."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.committees.commands.plans import invite_successor
from app.committees.models import Committee
from app.committees.rules import Appointer, Office
from app.core.actor import Granted
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.outbox.models import Mail
from app.web.requests import House
from tests.client import Browser, Page
from tests.committees.ruled import chair_of, planned, ruled
from tests.committees.sitting import OFFICE, TERM, committee, institution, person, seat, sign_in_as, sits
from tests.committees.test_pages import counted
from tests.signin import in_office, sign_in


@pytest.fixture
def ids(app: House) -> dict[str, int]:
    """A committee whose second seat has a holder and a plan."""
    with app.app_context():
        with transaction():
            found = committee()
            sits(seat(found, "Chair"), person("Chair"), TERM, Office.CHAIR)
            place = seat(found, "Member")
            sits(place, person("Holder"))
            who = person("Follower")
            plan = planned(place, who, actor=chair_of(found))
            other = committee("Communications Working Group")
        made = {"committee": found.id, "seat": place.id, "plan": plan.id, "user": who.user_id, "other": other.id}
        db.session.remove()
    return made


def as_chair(browser: Browser, ids: dict[str, int], of: str = "committee") -> None:
    sign_in(browser, Granted(Role.CHAIR, committee_id=ids[of]))


def link(browser: Browser, ids: dict[str, int]) -> str:
    """The path of the link that was mailed to whom the plan names."""
    in_office(browser, lambda: invite_successor(ids["plan"], version=1, actor=OFFICE))
    with browser.app.app_context():
        body = str(db.session.scalar(select(Mail.body).order_by(Mail.id.desc()).limit(1)))
        db.session.remove()
    found = re.search(r"(/committees/answer/\S+)", body)
    assert found
    return found[1]


def paths(ids: dict[str, int]) -> list[str]:
    plan = f"/committees/plans/{ids['plan']}"
    steps = [f"{plan}/{step}" for step in ("edit", "appoint", "request", "drop")]
    committee_ = f"/committees/{ids['committee']}"
    return [plan, *steps, f"{committee_}/succession", f"{committee_}/desk", f"/committees/seats/{ids['seat']}/plan"]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_who_keeps_no_committee_sees_no_plan(browser: Browser, ids: dict[str, int], role: Role):
    sign_in(browser, role)
    for path in paths(ids):
        browser.get(path, status=403)


def test_a_chair_sees_no_plan_of_another_committee(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids, "other")
    for path in paths(ids):
        assert browser.client.get(path).status_code in {403, 404}, path


def test_a_chair_opens_every_page_of_the_own_committee(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    for path in paths(ids):
        browser.get(path)
    browser.get(f"/committees/plans/{ids['plan']}/refuse", status=403)


def test_a_plan_is_made_changed_and_given_up_on_its_pages(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    path = f"/committees/seats/{ids['seat']}/plan"
    assert browser.get(path).form_values()["first_day"] == "1 January 2018"
    refused = browser.submit(path, {"given_name": "Ada"}, status=200)
    assert "Please fill this in." in refused.words
    assert "Choose who is to follow" in browser.submit(path, {}, status=200).words
    new = {"given_name": "Ada", "family_name": "Moreau", "email": "ada@muster.example"}
    done = browser.submit(path, new)
    page = browser.follow(done)
    assert (page.heading, "not on record yet" in page.words) == ("Ada Moreau", True)
    address = str(done.response.location)
    browser.submit(f"{address}/edit", {"note": "Knows the books"})
    assert "Knows the books" in browser.get(address).words
    browser.submit(f"{address}/drop", {"reason": "Moves abroad"})
    assert "Moves abroad" in browser.get(address).words


def test_a_name_with_nul_or_too_long_is_refused_beside_its_field(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    path = f"/committees/seats/{ids['seat']}/plan"
    typed = {"given_name": "A\0da", "family_name": "M" * 300, "email": "nonsense", "note": "x" * 501}
    words = browser.submit(path, typed, status=200).words
    for told in ("cannot be printed", "At most 99", "not an e-mail address", "At most 500"):
        assert told in words


def test_somebody_answers_by_the_link_without_an_account(browser: Browser, ids: dict[str, int]):
    path = link(browser, ids)
    page = browser.get(path)
    assert page.heading == "Would you sit on Finance Committee?"
    assert "Seat 2, Member" in page.words
    assert "Please choose one." in browser.submit(path, {"answer": ""}, status=200).words
    done = browser.submit(path, {"answer": "yes", "words": "Gladly."})
    assert browser.follow(done).heading == "Thank you"
    assert browser.get(path, status=410).heading == "This link no longer works"
    as_chair(browser, ids)
    assert "Gladly." in browser.get(f"/committees/plans/{ids['plan']}").words


def test_somebody_signed_in_answers_on_their_own_page(browser: Browser, ids: dict[str, int]):
    link(browser, ids)
    sign_in_as(browser, ids["user"])
    assert "Would you sit on Finance Committee?" in browser.get("/").words
    assert "a seat is offered" in browser.get("/committees/asked").words
    path = f"/committees/asked/plan/{ids['plan']}"
    browser.submit(path, {"answer": "no", "words": "No time."})
    assert "Nothing is asked of you" in browser.get("/committees/asked").words
    browser.get(path, status=404)
    sign_in(browser, Role.AUDITOR)
    browser.get(path, status=404)


def test_asking_appointing_and_seeing_it_on_the_roster(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    plan = f"/committees/plans/{ids['plan']}"
    browser.press(plan, f"{plan}/invite")
    assert "Invited" in browser.get(plan).words
    path = re.search(r"(/committees/answer/\S+)", newest_mail(browser))
    assert path
    browser.submit(path[1], {"answer": "yes"})
    browser.submit(f"{plan}/appoint", {"decision": "FC-2"})
    assert "Elspeth Follower" in browser.get(f"/committees/{ids['committee']}").words
    assert "Appointed from 1 January 2018" in browser.get(plan).words.replace("\u00a0", " ")


def newest_mail(browser: Browser) -> str:
    with browser.app.app_context():
        body = str(db.session.scalar(select(Mail.body).order_by(Mail.id.desc()).limit(1)))
        db.session.remove()
    return body


def test_where_the_secretariat_appoints_a_chair_asks_and_it_refuses_with_a_reason(
    browser: Browser, app: House, ids: dict[str, int]
):
    with app.app_context():
        found = in_session_committee(ids)
        ruled(found, appointer=Appointer.SECRETARIAT)
        db.session.remove()
    as_chair(browser, ids)
    plan = f"/committees/plans/{ids['plan']}"
    assert not browser.get(plan).has_action(f"{plan}/appoint")
    browser.submit(f"{plan}/request", {"decision": "FC-2"})
    sign_in(browser, Role.SECRETARIAT)
    assert "Elspeth Follower is to be appointed" in browser.get("/").words
    browser.submit(f"{plan}/refuse", {"reason": "The budget is spent"})
    assert "The budget is spent" in browser.get(plan).words


def in_session_committee(ids: dict[str, int]) -> Committee:
    return db.session.get_one(Committee, ids["committee"])


def test_the_desk_shows_what_waits_and_every_step_is_one_press_away(browser: Browser, app: House, ids: dict[str, int]):
    with app.app_context(), transaction():
        seat(in_session_committee(ids), "Vacant one")
    as_chair(browser, ids)
    desk = browser.get(f"/committees/{ids['committee']}/desk")
    assert "Seat 3, Vacant one is vacant" in desk.words
    assert "Elspeth Follower" in desk.words
    for path in ("succession", "elections/new"):
        assert desk.has_action(f"/committees/{ids['committee']}/{path}")
    assert desk.has_action(f"/committees/seats/{ids['seat']}/plan")
    assert browser.get(f"/committees/{ids['committee']}").has_action(f"/committees/{ids['committee']}/desk")


def test_succession_is_handed_out_as_a_file(browser: Browser, ids: dict[str, int]):
    as_chair(browser, ids)
    path = f"/committees/{ids['committee']}/succession"
    text = browser.client.get(f"{path}?table=seats&format=csv").get_data(as_text=True)
    assert "Elspeth Follower" in text
    with browser.client.get(f"{path}?table=plans&format=xlsx") as answer:
        assert answer.get_data().startswith(b"PK")


def test_succession_and_desk_ask_the_same_number_of_statements_however_many_seats(
    browser: Browser, app: House, ids: dict[str, int]
):
    sign_in(browser, Role.SECRETARIAT)
    pages = [f"/committees/{ids['committee']}/{name}" for name in ("succession", "desk")]
    few = [statements(browser, path) for path in pages]
    with app.app_context(), transaction():
        found = in_session_committee(ids)
        for number in range(20):
            at = institution(f"Centre {number}", f"C{number}")
            place = seat(found, f"Further {number}", by=at if number % 2 else None)
            who = person(f"Further{number}", at=at)
            sits(place, who)
            planned(place, person(f"Next{number}", at=at))
    assert [statements(browser, path) for path in pages] == few


def statements(browser: Browser, path: str) -> int:
    browser.get(path)
    with counted(browser) as sent:
        page: Page = browser.get(path)
    assert page.heading
    return len(sent)
