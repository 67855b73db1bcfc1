from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zipfile import ZipFile

import pytest
from sqlalchemy import event

from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import Admission, add_class, admit_member
from app.members.rules import ClassFacts
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import FOUNDED, OFFICE, adopted, committee, institution, person, seat, sign_in_as, sits
from tests.papers import needs_pango, page_texts
from tests.signin import sign_in

READERS = [Role.SECRETARIAT, Role.FINANCE, Role.AUDITOR]


@pytest.fixture
def finance(app: House) -> int:
    """A committee with a chair of MRC Harwell on seat 1 and nobody on seat 2."""
    with app.app_context(), transaction():
        found = committee()
        harwell = institution()
        sits(seat(found, "Chair", by=harwell), person(at=harwell))
        seat(found, "Second member")
        return found.id


@contextmanager
def counted(browser: Browser) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with browser.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_nobody_sees_committees_without_signing_in(browser: Browser, finance: int):
    assert "/sign-in" in str(browser.get(f"/committees/{finance}", status=302).response.location)


def test_someone_without_a_grant_sees_no_committee(browser: Browser, finance: int):
    sign_in(browser)
    browser.get("/committees", status=403)
    browser.get(f"/committees/{finance}", status=403)
    browser.get(f"/committees/{finance}/roster.pdf", status=403)


@pytest.mark.parametrize("role", READERS)
def test_everyone_with_a_role_reads_rosters(browser: Browser, finance: int, role: Role):
    sign_in(browser, role)
    assert browser.get("/committees").rows()[0][0] == "Finance Committee"
    page = browser.get(f"/committees/{finance}")
    assert page.heading == "Finance Committee"
    assert page.rows()[0][0] == "Elspeth Marrow"
    assert page.has_action(f"/committees/{finance}/edit") == (role is Role.SECRETARIAT)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_readers_change_nothing(browser: Browser, finance: int, role: Role):
    sign_in(browser, role)
    token = browser.get("/committees").tree.xpath("//input[@name='csrf_token']/@value")[0]
    for path in ("edit", "seats/new"):
        browser.get(f"/committees/{finance}/{path}", status=403)
        browser.post(f"/committees/{finance}/{path}", {"csrf_token": token}, status=403)
    browser.get("/committees/new", status=403)
    browser.get("/committees/seats/1/appoint", status=403)
    for verb in ("end", "correct", "withdraw"):
        browser.get(f"/committees/appointments/1/{verb}", status=403)


def test_chair_edits_the_own_committee_and_no_other(browser: Browser, app: House, finance: int):
    with app.app_context(), transaction():
        other = committee("Communications Working Group")
        place = seat(other)
        other_id, place_id = other.id, place.id
    sign_in(browser, Granted(Role.CHAIR, committee_id=finance))
    assert browser.get(f"/committees/{finance}").has_action(f"/committees/{finance}/edit")
    assert not browser.get(f"/committees/{other_id}").has_action(f"/committees/{other_id}/edit")
    browser.get(f"/committees/{other_id}/edit", status=403)
    browser.get(f"/committees/seats/{place_id}/appoint", status=403)
    form = browser.get(f"/committees/{finance}/edit")
    assert "Rights of its members" not in form.words
    done = browser.submit(f"/committees/{finance}/edit", {"remit": "Reviews the accounts."})
    assert "Reviews the accounts." in browser.follow(done).words


def test_chair_sends_no_field_that_the_form_does_not_show(browser: Browser, finance: int):
    sign_in(browser, Granted(Role.CHAIR, committee_id=finance))
    browser.submit(f"/committees/{finance}/edit", {"remit": "New", "grants_role": "secretariat", "name": "Higher"})
    page = browser.get(f"/committees/{finance}")
    assert page.heading == "Finance Committee"
    assert "its own pages" in page.words


def test_secretariat_founds_a_committee_adds_a_seat_and_appoints(browser: Browser, app: House):
    with app.app_context(), transaction():
        holder = person("Okonjo").id
    sign_in(browser, Role.SECRETARIAT)
    values = {"name": "Panel of Scientific Consultants", "kind": "advisory", "founded_on": "1 Jan 2012"}
    record = browser.submit("/committees/new", values).response.location
    done = browser.submit(f"{record}/seats/new", {"label": "Expert", "kind": "appointed", "first_day": "2012-01-01"})
    page = browser.follow(done)
    (address,) = page.tree.xpath("//a[contains(@href, '/appoint')]/@href")
    done = browser.submit(address, {"person_id": str(holder), "first_day": "1 5 2016", "decision": "SC-2016-002"})
    assert "Elspeth Okonjo" in browser.follow(done).words


def test_a_seat_is_given_to_the_institution_that_is_named(browser: Browser, finance: int, app: House):
    with app.app_context(), transaction():
        institution("Fjord Mouse Clinic", "FMC")
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/{finance}/seats/new"
    typed = {"label": "Its voice", "kind": "institution", "first_day": "2012-01-01"}
    assert "Choose the institution" in browser.submit(path, typed, status=200).words
    wrong = browser.submit(path, typed | {"institution_id": "Nowhere"}, status=200)
    assert "Nothing you can choose here is called so." in wrong.words
    assert "Fjord Mouse Clinic" in browser.follow(browser.submit(path, typed | {"institution_id": "FMC"})).words


def test_refused_appointment_keeps_what_was_typed(browser: Browser, app: House):
    with app.app_context(), transaction():
        found = committee()
        place = seat(found)
        sits(place, person())
        address, other = f"/committees/seats/{place.id}/appoint", person("Rourke").id
    sign_in(browser, Role.SECRETARIAT)
    typed = {"person_id": str(other), "first_day": "1 June 2016", "decision": "By letter"}
    page = browser.submit(address, typed, status=200)
    assert "This seat is held from 1 January 2015" in page.words
    assert page.form_values()["decision"] == "By letter"
    page = browser.submit(address, {**typed, "last_day": "1 May 2016"}, status=200)
    assert "The last day is before the first day." in page.words
    page = browser.submit(address, {**typed, "first_day": "31 February 2016"}, status=200)
    assert page.form_values()["first_day"] == "31 February 2016"


def test_stale_form_of_a_committee_shows_both_values(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    stale = browser.get(f"/committees/{finance}/edit").form_values()
    browser.submit(f"/committees/{finance}/edit", {"remit": "Saved first"})
    page = browser.post(f"/committees/{finance}/edit", {**stale, "remit": "Typed later"}, status=200)
    assert "Nothing was overwritten." in page.words
    assert ["Remit", "Typed later", "Saved first"] in page.rows()
    again = page.form_values()
    assert browser.post(f"/committees/{finance}/edit", again).status == 302


def the_term(browser: Browser, committee_id: int) -> str:
    """The address of the only term of a committee."""
    (term,) = browser.get(f"/committees/{committee_id}").tree.xpath(
        "//main//a[contains(@href, '/appointments/')]/@href"
    )
    return str(term)


def test_stale_correction_of_a_term_shows_both_values(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    form = f"{the_term(browser, finance)}/correct"
    stale = browser.get(form).form_values()
    browser.submit(form, {"office": "chair", "decision": "SC-2016-001", "reason": "Elected chair"})
    typed = {**stale, "office": "deputy", "reason": "Elected deputy"}
    page = browser.post(form, typed, status=200)
    assert "Nothing was overwritten." in page.words
    assert page.rows() == [["Office", "Deputy chair", "Chair"], ["Decision", "SC-2014-007", "SC-2016-001"]]
    assert browser.get(form).form_values()["office"] == "chair"
    assert browser.post(form, page.form_values()).status == 302
    assert browser.get(form).form_values()["office"] == "deputy"


def test_stale_end_of_a_term_shows_both_values(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    form = f"{the_term(browser, finance)}/end"
    stale = browser.get(form).form_values()
    browser.submit(form, {"last_day": "30 June 2016", "reason": "Retires"})
    page = browser.post(form, {**stale, "last_day": "31 May 2016", "reason": "Resigned"}, status=200)
    assert "Nothing was overwritten." in page.words
    assert ["Last day", "31 May 2016", "30 June 2016"] in page.rows()
    assert ["Person", "not asked here", "Elspeth Marrow"] in page.rows()
    assert "30 June 2016" in browser.get(form.removesuffix("/end")).words.replace("\u00a0", " ")
    assert browser.post(form, page.form_values()).status == 302


def test_stale_withdrawal_of_a_term_shows_what_it_says_now(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    term = the_term(browser, finance)
    stale = browser.get(f"{term}/withdraw").form_values()
    browser.submit(f"{term}/correct", {"office": "chair", "reason": "Elected chair"})
    page = browser.post(f"{term}/withdraw", {**stale, "reason": "Recorded twice"}, status=200)
    assert "Nothing was overwritten." in page.words
    assert ["Office", "not asked here", "Chair"] in page.rows()
    assert "Chair" in browser.get(term).words
    assert browser.post(f"{term}/withdraw", page.form_values()).status == 302
    browser.get(term, status=404)


def test_past_day_shows_the_roster_of_that_day_without_verbs(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/{finance}?on=2013-06-30")
    assert "0 of 2 seats filled on 30 June 2013" in page.words.replace("\u00a0", " ")
    assert not page.tree.xpath("//main//a[contains(@href, 'appoint') or contains(@href, 'edit')]")


def test_a_vacant_seat_says_since_when_beside_the_vacancy(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/committees/{finance}")
    heads = page.tree.xpath("(//table)[1]/thead//th")
    assert [head.text for head in heads][:4] == ["Holder", "Institution", "Seat", "Filled"]
    assert "Vacant since 24 Sep 2011" in [row[0] for row in page.rows()]
    lines = browser.get(f"/committees/{finance}/roster?format=csv").response.get_data(as_text=True).splitlines()
    assert lines[0].endswith("Holder,Institution,Office,Seat,Filled,Votes,From,To,Decision,Vacant since,On leave")
    [vacant] = [line.split(",") for line in lines if line.startswith("Vacant")]
    assert (vacant[2], vacant[-2]) == ("", "2011-09-24")


@needs_pango
def test_roster_is_the_same_on_page_paper_and_in_files(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/committees/{finance}")
    table = browser.get(f"/committees/{finance}/roster?format=csv").response.get_data(as_text=True)
    paper = " ".join(page_texts(browser.get(f"/committees/{finance}/roster.pdf").response.get_data()))
    for text in (page.words, table, paper):
        assert "Elspeth Marrow" in text
        assert "Vacant" in text
    sheet = browser.get(f"/committees/{finance}/roster?format=xlsx").response
    with ZipFile(io.BytesIO(sheet.get_data())) as book:
        assert "Elspeth Marrow" in book.read("xl/worksheets/sheet1.xml").decode()
    sheet.close()
    browser.get(f"/committees/{finance}/roster?format=exe", status=404)
    then = browser.get(f"/committees/{finance}/roster?on=2015-06-30&known=2016-05-01").response
    assert "roster 2015-06-30 known 2016-05-01.csv" in then.headers["Content-Disposition"]


def test_right_of_a_seat_begins_and_ends_at_the_next_click(browser: Browser, app: House):
    with app.app_context(), transaction():
        found = committee(grants_role=Role.FINANCE)
        who = person()
        sits(seat(found), who, Period(date(2016, 6, 1), date(2016, 6, 30)))
        user_id = who.user_id
    moments = {
        datetime(2016, 5, 31, 22, 59, tzinfo=UTC): 403,
        datetime(2016, 5, 31, 23, 1, tzinfo=UTC): 200,
        datetime(2016, 6, 30, 22, 59, tzinfo=UTC): 200,
        datetime(2016, 6, 30, 23, 1, tzinfo=UTC): 403,
    }
    for moment, status in moments.items():
        with clock_at(moment):
            sign_in_as(browser, user_id)
            browser.get("/committees", status=status)


def test_right_ends_for_a_session_that_is_open(browser: Browser, app: House, finance: int):
    with app.app_context(), transaction():
        found = committee("Secretariat", grants_role=Role.SECRETARIAT)
        who = person("Quarrie")
        term = sits(seat(found), who, Period(date(2016, 1, 1), date(2016, 5, 24)))
        user_id = who.user_id
        assert term.id
    with clock_at(datetime(2016, 5, 24, 22, 58, tzinfo=UTC)):
        sign_in_as(browser, user_id)
        assert browser.get(f"/committees/{finance}").has_action(f"/committees/{finance}/edit")
    with clock_at(datetime(2016, 5, 24, 23, 1, tzinfo=UTC)):
        browser.get(f"/committees/{finance}", status=403)


def test_lists_and_rosters_take_the_same_number_of_statements_however_long(browser: Browser, app: House):
    with app.app_context(), transaction():
        found = committee("First")
        sits(seat(found), person())
        address = f"/committees/{found.id}"
    sign_in(browser, Role.SECRETARIAT)
    paths = ("/committees", address, f"{address}/roster?format=csv", f"{address}/bylaws", "/committees/balance")
    with app.app_context(), transaction():
        adopted(found, FOUNDED)
    before = [measured(browser, path) for path in paths]
    with app.app_context(), transaction():
        for index in range(19):
            committee(f"Committee {index}", parent=found.id)
            sits(seat(found), person(f"Holder {index}"))
            adopted(found, FOUNDED + timedelta(days=1 + index), proxies=index)
    assert [measured(browser, path) for path in paths] == before


def measured(browser: Browser, path: str) -> int:
    with counted(browser) as statements:
        browser.get(path)
    return len(statements)


def test_made_up_committee_does_not_exist(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    for path in (
        "/committees/999999999",
        "/committees/999999999/edit",
        "/committees/appointments/999999999",
        "/committees/seats/9/appoint",
    ):
        browser.get(path, status=404)


def test_term_is_ended_corrected_and_withdrawn_by_forms(browser: Browser, app: House, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/{finance}")
    (term,) = page.tree.xpath("//main//a[contains(@href, '/appointments/')]/@href")
    assert browser.get(term).heading == "Term on seat 1"
    browser.submit(f"{term}/correct", {"office": "chair", "reason": "Elected chair by then"})
    assert "Chair" in browser.get(f"/committees/{finance}").words
    done = browser.submit(f"{term}/end", {"last_day": "23 May 2016", "reason": "Resigned"})
    page = browser.follow(done)
    assert "Resigned" in page.words
    assert "0 of 2 seats filled" in page.words.replace("\u00a0", " ")
    browser.submit(f"{term}/withdraw", {"reason": "Never elected"})
    browser.get(term, status=404)


def test_seats_stand_on_the_records_of_institutions_and_people(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/committees/{finance}")
    (holder,) = page.tree.xpath("//main//a[starts-with(@href, '/people/')]/@href")
    record = browser.get(holder)
    assert [
        "Finance Committee",
        "Member Chair · From 1 Jan 2015",
        "In force",
        "1 Jan 2015",
        "Until 31 Dec 2017",
    ] in record.rows()
    workplace = record.tree.xpath("//main//a[starts-with(@href, '/members/')]/@href")[0]
    seats = browser.get(workplace).rows()
    assert ["Finance Committee", "Elspeth Marrow · Chair", "Chair", "Until 31 Dec 2017"] in seats


def test_the_seats_of_an_institution_stand_beside_how_many_its_classes_give(app: House, browser: Browser):
    since, until = date(2012, 1, 1), date(2016, 6, 30)
    with app.app_context(), transaction():
        harwell = institution()
        seat(committee(), "Harwell", by=harwell)
        for name, seats, last in (("Large", 2, None), ("Small", 1, until)):
            kind = add_class(ClassFacts(name, votes=True, is_billed=True, seats=seats), actor=OFFICE)
            admit_member(harwell.id, Admission(kind.id, since, last), actor=OFFICE)
        path = f"/members/{harwell.id}/seats"
    sign_in(browser, Role.AUDITOR)
    assert "0 of 1 filled; its classes give 3" in browser.get(path).words
    assert "0 of 1 filled; its classes give 2" in browser.get(f"{path}?on=2016-07-01").words
    before = browser.get(f"{path}?on=2011-12-31").words
    assert "0 of 1 filled" in before
    assert "its classes give" not in before
