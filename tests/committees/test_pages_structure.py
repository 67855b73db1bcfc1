"""The pages of a committee's names, end, papers, seats and alternates, as their users meet them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pytest

from app.committees.commands import (
    CommitteeNaming,
    Dissolving,
    PaperValues,
    SentFile,
    add_alternate,
    add_paper,
    dissolve_committee,
    rename_committee,
)
from app.committees.models import Bylaws, Committee
from app.committees.rules import USUAL, PaperKind
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import FOUNDED, OFFICE, committee, institution, person, seat, sits
from tests.committees.test_pages import measured
from tests.signin import sign_in
from tests.trailed import beside_the_trail

TEXT = "text/plain; charset=utf-8"


@pytest.fixture
def finance(app: House) -> int:
    """A committee under another, renamed this year, with a holder, an alternate and terms of reference."""
    with app.app_context(), transaction():
        steering = committee("Steering Committee")
        found = committee("Money Group", parent=steering.id)
        committee("Audit Group", parent=found.id)
        place = seat(found, "Treasurer")
        sits(place, person())
        seat(found, "Second member")
        add_alternate(place.id, person("Rourke").id, Period(date(2015, 1, 1)), actor=OFFICE)
        rules = PaperValues(PaperKind.TERMS_OF_REFERENCE, "Terms of reference", FOUNDED, "SC-2011-002")
        add_paper(found.id, rules, SentFile(b"Terms", TEXT, "terms.txt"), actor=OFFICE)
        naming = CommitteeNaming("Finance Committee", date(2016, 1, 1))
        rename_committee(found.id, naming, reason="SC-2015-012", version=found.version, actor=OFFICE)
        return found.id


def adopt(committee_id: int) -> None:
    """Bylaws with terms of three years, beside the trail."""
    facts = {name: value for name, value in vars(USUAL).items() if name not in {"quorum", "majority", "term_months"}}
    half = {"numerator": 1, "denominator": 2, "more_than": True}
    parts = {f"{of}_{name}": value for of in ("quorum", "majority") for name, value in half.items()}
    kept = {"number": 1, "first_day": FOUNDED, "adopted_by": "x", "adopted_at": datetime(2016, 5, 24, 9, tzinfo=UTC)}
    with beside_the_trail():
        db.session.add(Bylaws(committee_id=committee_id, term_months=36, **facts, **parts, **kept))


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def test_a_committee_stands_in_its_tree_with_its_names_and_governing_papers(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/committees/{finance}")
    assert page.heading == "Finance Committee"
    assert "Formerly Money Group, until 31 December 2015" in plain(page.words)
    assert "Terms of reference Version 1 in force from 24 September 2011" in plain(page.words)
    assert [link.text for link in page.tree.xpath("//nav[@class='crumb']//a")] == ["Committees", "Steering Committee"]
    assert ["Audit Group", "Standing", "Founded 24 Sep 2011"] in page.rows()
    assert "Elspeth Marrow alternate Elspeth Rourke" in [row[0] for row in page.rows()]
    then = browser.get(f"/committees/{finance}?on=2015-06-30")
    assert then.heading == "Money Group"
    (holder,) = {link for link in then.tree.xpath("//main//td//a/@href") if link.startswith("/people/")}
    assert "Money Group" in [row[0] for row in browser.get(holder).rows()]


def test_the_roster_as_a_file_holds_the_alternates(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    lines = browser.get(f"/committees/{finance}/roster?format=csv").response.get_data(as_text=True).splitlines()
    assert lines[0].endswith("Vacant since,On leave,Alternates")
    assert lines[1].endswith(",Elspeth Rourke")
    then = browser.get(f"/committees/{finance}/roster?format=csv&on=2015-06-30").response
    assert "Money Group roster 2015-06-30.csv" in then.headers["Content-Disposition"]


def test_the_list_finds_former_names_and_shows_the_name_of_the_day(browser: Browser, finance: int):
    sign_in(browser, Role.AUDITOR)
    assert browser.get("/committees?q=money").rows()[0][0].strip() == "Finance Committee formerly Money Group"
    then = [row[0].strip() for row in browser.get("/committees?on=2015-06-30").rows()]
    assert ("Money Group" in then, "Finance Committee" in then) == (True, False)
    lines = browser.get("/committees?format=csv").response.get_data(as_text=True).splitlines()
    assert lines[0].endswith("Dissolved,Formerly")
    assert any(line.endswith(",Money Group") for line in lines)
    assert finance


def test_a_committee_is_renamed_from_a_day_to_come_and_the_name_taken_back(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/{finance}"
    taken = browser.submit(f"{path}/rename", {"name": "Audit Group", "first_day": "2016-09-01"}, status=200)
    assert "There is already a committee of this name on these days." in taken.words
    done = browser.submit(f"{path}/rename", {"name": "Budget Committee", "first_day": "2016-09-01"})
    page = browser.follow(done)
    assert page.heading == "Finance Committee"
    assert "To be called Budget Committee, from 1 September 2016" in plain(page.words)
    assert browser.get(f"{path}?on=2016-09-01").heading == "Budget Committee"
    back = page.tree.xpath("//main//a[contains(@href, '/take-back')]/@href")
    assert len(back) == 2
    browser.submit(back[0], {"reason": "Voted down"})
    assert browser.get(f"{path}?on=2016-09-01").heading == "Finance Committee"


def test_a_name_is_corrected_and_a_stale_form_shows_both(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/committees/{finance}")
    form = page.tree.xpath("//main//a[contains(@href, '/correct')]/@href")[0]
    stale = browser.get(form).form_values()
    browser.submit(form, {"name": "Finance and Audit Committee", "reason": "Its full name"})
    page = browser.post(form, {**stale, "name": "Finances", "reason": "Shorter"}, status=200)
    assert "Nothing was overwritten." in page.words
    assert ["Name", "Finances", "Finance and Audit Committee"] in page.rows()
    assert browser.get(f"/committees/{finance}").heading == "Finance and Audit Committee"


def test_a_committee_is_dissolved_and_goes_on_while_the_day_is_to_come(browser: Browser, finance: int, app: House):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/committees/{finance}"
    typed = {"last_day": "30 June 2016", "reason": "Its work is done", "decision": "SC-2016-009"}
    refused = browser.submit(f"{path}/dissolve", typed, status=200)
    assert "Audit Group is a part of it and goes on after that day" in refused.words
    with app.app_context(), transaction():
        part = db.session.get_one(Committee, finance + 1)
        dissolve_committee(part.id, Dissolving(date(2016, 5, 31), "Done"), version=part.version, actor=OFFICE)
    page = browser.follow(browser.submit(f"{path}/dissolve", typed))
    assert "It is dissolved after 30 June 2016." in plain(page.words)
    assert "Its work is done; SC-2016-009" in page.words
    browser.follow(browser.submit(f"{path}/go-on", {"reason": "More work came"}))
    assert "Dissolved after" not in browser.get(path).words
    browser.submit(f"{path}/dissolve", typed)
    with clock_at(datetime(2016, 7, 1, 9, tzinfo=UTC)):
        sign_in(browser, Role.SECRETARIAT)
        after = browser.get(path)
        assert "Dissolved" in [pill.text for pill in after.tree.xpath("//main//span[contains(@class, 'pill')]")]
        assert not after.has_action(f"{path}/seats/new")
        assert after.rows()[0][::2][:2] == ["Elspeth Marrow", "Treasurer"]
        listed = [row[0].strip() for row in browser.get("/committees?existence=dissolved").rows()]
        assert "Finance Committee dissolved after 30 Jun 2016" in listed
        assert "Finance Committee" not in browser.get("/committees").words.replace("Found", "")


def test_papers_are_added_read_and_withdrawn(browser: Browser, finance: int):
    sign_in(browser, Granted(Role.CHAIR, committee_id=finance))
    path = f"/committees/{finance}/papers"
    sent = {"kind": "terms_of_reference", "first_day": "2016-05-01", "paper": (BytesIO(b"%PDF-1.7 new"), "new.pdf")}
    page = browser.follow(browser.submit(f"{path}/new", sent))
    assert [row[:3] for row in page.rows()] == [
        ["Terms of reference", "Terms of reference", "Version 2"],
        ["Terms of reference", "Terms of reference", "Version 1 \u00b7 SC-2011-002"],
    ]
    file = page.tree.xpath("//main//td//a[starts-with(@href, '/committees/papers/')]/@href")[0]
    download = browser.get(file).response
    assert (download.get_data(), download.headers["X-Content-Type-Options"]) == (b"%PDF-1.7 new", "nosniff")
    then = browser.get(f"{path}?on=2016-04-30").rows()
    assert [row[2].split(" \u00b7 ")[0] for row in then] == ["Version 1", "Version 2"]
    next_one = page.tree.xpath("//main//a[contains(@href, '/next')]/@href")[0]
    early = {"first_day": "2016-05-01", "paper": (BytesIO(b"Text"), "new.txt")}
    assert "Version 2 is in force from 1 May 2016 on" in browser.submit(next_one, early, status=200).words
    browser.submit(f"{file}/withdraw", {"reason": "Not adopted"})
    page = browser.get(path)
    assert page.rows()[1][2:5] == ["Version 2 \u00b7 Not adopted", "In force from 1 May 2016", "Not adopted"]
    lines = browser.get(f"{path}?table=in_force&format=csv").response.get_data(as_text=True).splitlines()
    assert lines[1].startswith("Terms of reference,Terms of reference,1,2011-09-24")


@pytest.mark.parametrize("content", [b"", b"\x00\x01 program", b"PK\x03\x04 no office file"])
def test_a_file_that_is_no_document_is_refused_beside_its_field(browser: Browser, finance: int, content: bytes):
    sign_in(browser, Role.SECRETARIAT)
    sent = {"kind": "other", "first_day": "2016-05-01", "paper": (BytesIO(content), "new.pdf")}
    page = browser.submit(f"/committees/{finance}/papers/new", sent, status=200)
    assert "One thing to correct." in page.words


def test_a_seat_has_a_page_with_holders_alternates_and_its_vacancy(browser: Browser, finance: int):
    sign_in(browser, Granted(Role.CHAIR, committee_id=finance))
    links = browser.get(f"/committees/{finance}").tree.xpath("//main//a[contains(@href, '/seats/')]/@href")
    filled, vacant = (link for link in links if link.rsplit("/", 1)[1].isdigit())
    page = browser.get(filled)
    assert page.heading == "Seat 1: Treasurer"
    term, stands_in = page.rows()[:2]
    assert (term[0], term[2:5]) == ("Elspeth Marrow", ["1 Jan 2015", "To 31 Dec 2017", "SC-2014-007"])
    assert (stands_in[0], stands_in[3]) == ("Elspeth Rourke", "To open")
    assert "Vacant since 24 September 2011, for 4 years." in plain(browser.get(vacant).words)


def test_a_seat_is_changed_ended_and_stood_in_for_by_forms(browser: Browser, finance: int, app: House):
    with app.app_context(), transaction():
        other = person("Quist").id
    sign_in(browser, Role.SECRETARIAT)
    links = browser.get(f"/committees/{finance}").tree.xpath("//main//a[contains(@href, '/seats/')]/@href")
    path = next(link for link in links if link.rsplit("/", 1)[1].isdigit())
    stale = browser.get(f"{path}/change").form_values()
    assert ("follows_office" in stale, stale["since"]) == (False, "24 May 2016")
    told = browser.submit(f"{path}/change", {"label": "Bursar", "since": "1 January 2016"}, status=200)
    assert "Say why: it changes what is on record for days that are over." in told.words
    browser.submit(f"{path}/change", {"label": "Keeper of the purse", "cycle_end": "31 Dec 2017"})
    assert browser.get(f"{path}?on=2016-05-23").heading == "Seat 1: Treasurer"
    assert "Changed seat 1 of Finance Committee: its name, from 24 May 2016." in plain(browser.get(path).words)
    page = browser.post(f"{path}/change", {**stale, "label": "Bursar"}, status=200)
    assert ["Name of the seat", "Bursar", "Keeper of the purse"] in page.rows()
    browser.submit(f"{path}/alternates/new", {"person_id": str(other), "first_day": "2016-05-24"})
    page = browser.get(path)
    (up,) = page.tree.xpath("//form[contains(@action, '/up')]/@action")
    moved = browser.follow(browser.press(path, up))
    order = [row[0] for row in moved.rows() if row[0] in {"Elspeth Quist", "Elspeth Rourke"}]
    assert order == ["Elspeth Quist", "Elspeth Rourke", "Elspeth Rourke"]
    ends = moved.tree.xpath("//main//a[contains(@href, '/alternates/') and contains(@href, '/end')]/@href")
    browser.submit(ends[0], {"last_day": "30 June 2016"})
    browser.submit(f"{path}/end", {"last_day": "31 July 2016", "reason": "Fewer seats"})
    page = browser.get(path)
    assert "Last day 31 July 2016" in plain(page.words)
    assert page.rows()[0][5:7] == ["Seat freed", "Fewer seats"]


def test_several_seats_are_added_at_once_and_a_committee_founded_with_some(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    typed = {"kind": "elected", "label": "Elected member", "number": "3", "first_day": "2016-05-24"}
    page = browser.follow(browser.submit(f"/committees/{finance}/seats/new", typed))
    assert "3 seats are added." in page.words
    assert "5, Elected member 3" in [row[2] for row in page.rows()]
    values = {"name": "Ethics Board", "kind": "advisory", "founded_on": "2016-01-01", "seats": "4"}
    page = browser.follow(browser.submit("/committees/new", values))
    assert "0 of 4 seats filled" in plain(page.words)
    taken = browser.submit("/committees/new", values, status=200)
    assert "There is already a committee of this name on these days." in taken.words


def test_a_form_of_seats_says_in_which_years_terms_end(browser: Browser, finance: int, app: House):
    with app.app_context():
        adopt(finance)
    sign_in(browser, Role.SECRETARIAT)
    typed = {"kind": "", "label": "Member", "first_day": "2016-05-24", "cycle_end": "31 December 2017"}
    page = browser.submit(f"/committees/{finance}/seats/new", typed, status=200)
    assert "31 December 2017, 31 December 2020 and 31 December 2023, and so on" in plain(page.words)


def test_an_institution_that_has_a_seat_gets_no_second_one(browser: Browser, finance: int, app: House):
    with app.app_context(), transaction():
        seat(db.session.get_one(Committee, finance), "Theirs", by=institution("Fjord Mouse Clinic", "FMC"))
    sign_in(browser, Role.SECRETARIAT)
    typed = {"kind": "institution", "label": "Again", "first_day": "2016-05-24", "institution_id": "FMC"}
    page = browser.submit(f"/committees/{finance}/seats/new", typed, status=200)
    assert "This institution fills seat 3 since 24 September 2011: one at a time." in plain(page.words)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_readers_change_nothing_of_names_papers_and_seats(browser: Browser, finance: int, role: Role):
    sign_in(browser, role)
    page = browser.get(f"/committees/{finance}")
    assert not page.tree.xpath("//main//a[contains(@href, 'rename') or contains(@href, 'dissolve')]")
    papers = browser.get(f"/committees/{finance}/papers")
    assert not papers.tree.xpath("//main//a[contains(@href, 'withdraw') or contains(@href, 'next')]")
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    for path in (f"{finance}/rename", f"{finance}/dissolve", f"{finance}/go-on", f"{finance}/papers/new"):
        browser.get(f"/committees/{path}", status=403)
        browser.post(f"/committees/{path}", {"csrf_token": token}, status=403)


def test_a_chair_of_another_committee_keeps_neither_papers_nor_seats_of_this_one(browser: Browser, finance: int):
    sign_in(browser, Granted(Role.CHAIR, committee_id=finance + 1))
    links = browser.get(f"/committees/{finance}").tree.xpath("//main//a[contains(@href, '/seats/')]/@href")
    path = next(link for link in links if link.rsplit("/", 1)[1].isdigit())
    for each in (f"/committees/{finance}/papers/new", f"{path}/change", f"{path}/end", f"{path}/alternates/new"):
        browser.get(each, status=403)
    browser.get(path)


def test_made_up_seats_papers_and_names_do_not_exist(browser: Browser, finance: int):
    assert finance
    sign_in(browser, Role.SECRETARIAT)
    for path in ("seats/999999", "seats/999999/end", "papers/999999", "papers/999999/withdraw", "names/999999/correct"):
        browser.get(f"/committees/{path}", status=404)


def test_pages_of_a_committee_take_the_same_number_of_statements_however_much_there_is(
    browser: Browser, finance: int, app: House
):
    sign_in(browser, Role.SECRETARIAT)
    links = browser.get(f"/committees/{finance}").tree.xpath("//main//a[contains(@href, '/seats/')]/@href")
    place = next(link for link in links if link.rsplit("/", 1)[1].isdigit())
    paths = (f"/committees/{finance}", f"/committees/{finance}/papers", place, "/committees?existence=all")
    before = [measured(browser, path) for path in paths]
    with app.app_context(), transaction():
        for index in range(19):
            found = committee(f"Committee {index}", parent=finance)
            add_alternate(int(place.rsplit("/", 1)[1]), person(f"P{index}").id, Period(FOUNDED), actor=OFFICE)
            report = PaperValues(PaperKind.REPORT, f"Report {index}", FOUNDED)
            add_paper(finance, report, SentFile(b"Report", TEXT, "report.txt"), actor=OFFICE)
            assert found.id
    browser.get(paths[0])  # What is remembered until the next change is remembered again.
    assert [measured(browser, path) for path in paths] == before


def test_what_a_committee_was_is_asked_for_by_its_day_and_stands_on_its_record(browser: Browser, finance: int):
    sign_in(browser, Role.SECRETARIAT)
    form = f"/committees/{finance}/edit"
    assert browser.get(form).form_values()["since"] == "24 May 2016"
    typed = {"kind": "working_group", "parent_id": "", "remit": "Counts.", "since": "1 January 2016"}
    told = browser.submit(form, typed, status=200)
    assert "Say why: it changes what is on record for days that are over." in told.words
    browser.submit(form, typed | {"reason": "Told late"})
    now, before = browser.get(f"/committees/{finance}"), browser.get(f"/committees/{finance}?on=2015-12-31")
    assert "Kind Working group Standing, until 31 December 2015" in now.words
    assert "Formerly part of Steering Committee, until 31 December 2015" in now.words
    assert "Kind, place and remit 2" in now.words
    assert "Standing, part of Steering Committee" in before.words
    assert "Kind, place and remit 2" in before.words
    then = browser.get(f"/committees/{finance}?on=2015-12-31&known=2011-01-01")
    assert "Nothing was on record of it by then." in then.words
