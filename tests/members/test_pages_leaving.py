"""The desk of departures: the notice, every step on its page, papers, and who may see it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.commands import adopt_profile
from app.billing.commands import drop_later_drafts, keep_final_statement
from app.committees.commands import free_seats
from app.core.database import db
from app.core.history import as_known
from app.core.permissions import Role
from app.files.models import StoredFile
from app.members.commands import Admission, Notice, admit_member, end_access, end_memberships, give_notice
from app.members.models import Membership
from app.members.rules import Purpose
from app.outbox.models import MailAttachment
from app.web.requests import House
from tests.billing.world import PROFILE
from tests.client import Browser
from tests.members.world import LAUNCH, class_id, do, institution, member, on, person, statements, voice
from tests.papers import page_texts
from tests.signin import sign_in

AUGUST = date(2016, 8, 1)
NOTICE = {"last_day": "30 June 2016", "grace_days": "30", "reason": "Its funding ends"}


@pytest.fixture
def centre(app: House) -> int:
    with app.app_context():
        do(adopt_profile, LAUNCH, PROFILE)
        found = institution(postal_address="1 rue Exemple")
        member(found)
        someone = person(found)
        voice(someone, found)
        voice(someone, found, Purpose.BILLING)
        number: int = found.id
        db.session.remove()
    return number


def test_an_institution_leaves_on_the_pages_of_its_case(app: House, centre: int):
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    assert office.get(f"/members/{centre}").has_action(f"/members/{centre}/leave")
    begun = office.submit(f"/members/{centre}/leave", NOTICE)
    home = str(begun.response.location)
    assert "Notice given" in office.follow(begun).words
    office.submit(f"{home}/term", {})
    office.submit(f"{home}/access", {})
    early = office.get(home)
    assert "from 1 Jul 2016" in early.words
    assert not early.has_action(f"{home}/seats")
    for step in ("seats", "drafts", "letter"):
        refused = office.get(f"{home}/{step}")
        assert ("First comes: Seats." if step == "letter" else "This is done from 1 July 2016 on:") in refused.words
        assert not refused.tree.xpath("//main//form")
    with on(AUGUST):
        sign_in(office, Role.SECRETARIAT)
        for step in ("seats", "drafts", "statement"):
            office.submit(f"{home}/{step}", {})
        letter = office.submit(f"{home}/letter", {}, status=200)
        assert "ended on 30 June 2016. Seats and access ended on 30 July 2016." in letter.words
        assert "Of our invoices nothing is open." in letter.words
        office.post(f"{home}/letter", letter.form_values())
        page = office.get(home)
        assert "Done" in page.words
        papers = page.tree.xpath("//a[contains(@href, '/papers/')]/@href")
        texts = [" ".join(page_texts(office.client.get(paper).data)) for paper in papers]
    for text in texts:
        for part in ("Institut Clinique de la Souris", "1 rue Exemple", "M-0001", "L-2016-001", "1 August 2016"):
            assert part in text
        assert "1 Specimen House, Example Lane" in text
    assert "Final statement" in texts[0]
    assert "The end of your membership of International" in texts[1]
    assert "Dear Colleagues," in texts[1]
    with app.app_context():
        attached = db.session.scalars(select(StoredFile.name).join(MailAttachment).order_by(StoredFile.id)).all()
        db.session.remove()
    assert attached == ["Final statement L-2016-001.pdf", "Closing letter L-2016-001.pdf"]


def test_no_paper_goes_out_before_the_consortium_has_said_who_it_is(app: House):
    with app.app_context():
        found = institution()
        member(found)
        left = do(give_notice, found.id, Notice(date(2016, 5, 1), "Its funding ends")).id
        do(end_memberships, left)
        for step in (end_access, free_seats, drop_later_drafts):
            do(step, left)
        do(keep_final_statement, left, b"%PDF-1.7 statement")
        db.session.remove()
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    letter = office.submit(f"/departures/{left}/letter", {}, status=200)
    again = office.post(f"/departures/{left}/letter", letter.form_values(), status=200)
    assert "adopt a profile under Settings first" in again.words


def test_a_step_says_at_once_what_it_will_end_and_for_whom(app: House, centre: int):
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    home = str(office.submit(f"/members/{centre}/leave", NOTICE).response.location)
    assert office.get(f"{home}/term").rows() == [["Partner", "24 Sep 2011", "no end", "Ends with 30 Jun 2016"]]
    first = office.get(f"{home}/access")
    assert "First comes: Membership." in first.words
    assert not first.tree.xpath("//main//form")
    office.submit(f"{home}/term", {})
    access = office.get(f"{home}/access")
    assert [row[1] for row in access.rows()] == ["Voting representative", "Billing contact"]
    assert {row[0] for row in access.rows()} == {"Thibault Ferronays"}
    assert {row[3] for row in access.rows()} == {"Ends with 30 Jul 2016"}
    office.submit(f"{home}/access", {})
    done = office.get(f"{home}/access")
    assert "This was done already, by Odile Fennimore" in done.words
    assert not done.tree.xpath("//main//form")
    assert done.has_action(home)


def test_access_of_who_was_to_represent_it_only_later_is_said_to_be_taken_back(app: House):
    with app.app_context():
        found = institution()
        member(found)
        voice(person(found), found, since=AUGUST)
        left = do(give_notice, found.id, Notice(date(2016, 6, 30), "Its funding ends")).id
        do(end_memberships, left)
        db.session.remove()
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    ((*_, ends),) = office.get(f"/departures/{left}/access").rows()
    assert ends == "Ends with no day, taken back"


def test_a_step_that_ends_nothing_says_so_and_goes_on(app: House):
    with app.app_context():
        found = institution()
        member(found)
        left = do(give_notice, found.id, Notice(date(2016, 5, 1), "Its funding ends")).id
        do(end_memberships, left)
        db.session.remove()
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    for step, nothing in (
        ("access", "Nobody represents it beyond that day."),
        ("seats", "It fills no seat beyond that day."),
        ("drafts", "No draft charges for days after the last one."),
    ):
        page = office.get(f"/departures/{left}/{step}")
        assert nothing in page.words
        assert page.tree.xpath("//button[text()='Nothing to do: go on']")


def test_a_step_says_that_it_ends_nothing_of_who_came_back(app: House, centre: int):
    with app.app_context():
        left = do(give_notice, centre, Notice(date(2016, 5, 1), "Its funding ends")).id
        do(end_memberships, left)
        do(admit_member, centre, Admission(class_id("observer"), date(2016, 5, 2)))
        db.session.remove()
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    for step in ("access", "seats", "drafts"):
        page = office.get(f"/departures/{left}/{step}")
        assert "It is a member after 1 May 2016, as Observer: what it holds goes on." in page.words
        assert page.rows() == []
        assert page.tree.xpath("//button[text()='Nothing to do: go on']")


def test_keeping_a_member_says_that_what_its_case_of_leaving_ended_ends_all_the_same(app: House, centre: int):
    with app.app_context():
        left = do(give_notice, centre, Notice(date(2016, 6, 30), "Its funding ends")).id
        do(end_memberships, left)
        membership_id = db.session.scalars(select(Membership.id).where(as_known(Membership))).one()
        db.session.remove()
    office, keep = Browser(app), f"/members/memberships/{membership_id}/keep"
    sign_in(office, Role.SECRETARIAT)
    assert "Seats and representatives go on." in office.get(keep).words
    office.submit(f"/departures/{left}/access", {})
    words = office.get(keep).words
    assert "Seats and representatives go on." not in words
    assert "representatives end. L-2016-001 has ended what they may do. Call that case off instead" in words
    office.submit(keep, {"reason": "It stays"})
    called_off = office.follow(office.submit(f"/departures/{left}/call-off", {"reason": "It stays"}))
    assert "2 representatives go on" in called_off.words


def test_the_closing_letter_says_whom_it_reaches_and_what_goes_with_it(app: House, centre: int):
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    home = str(office.submit(f"/members/{centre}/leave", NOTICE).response.location)
    with on(AUGUST):
        sign_in(office, Role.SECRETARIAT)
        for step in ("term", "access", "seats", "drafts", "statement"):
            office.submit(f"{home}/{step}", {})
        page = office.get(f"{home}/letter")
    assert "Thibault Ferronays, thibault.ferronays@ics.example" in page.words
    assert "As PDF with it: the letter and final statement." in page.words


def test_where_only_others_have_an_address_it_is_not_said_that_no_representative_has(app: House):
    with app.app_context():
        found = institution()
        member(found)
        voice(person(found, email=None), found)
        voice(person(found, "Ann", "Lee"), found, Purpose.TECHNICAL)
        begun = do(give_notice, found.id, Notice(date(2016, 6, 30), "Its funding ends"))
        home = f"/departures/{begun.id}"
        do(end_memberships, begun.id)
        do(end_access, begun.id)
        db.session.remove()
    with on(AUGUST):
        office = Browser(app)
        sign_in(office, Role.SECRETARIAT)
        for step in ("seats", "drafts"):
            office.submit(f"{home}/{step}", {})
        with app.app_context():
            do(keep_final_statement, begun.id, b"%PDF-1.7")
        page = office.get(f"{home}/letter")
    assert "goes to nobody: who voted or was billed for it has no e-mail address, so it is only printed" in page.words


def test_a_case_shows_whose_and_how_old_each_step_is_and_one_main_button(app: House, centre: int):
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT, name="Odile Fennimore")
    home = str(office.submit(f"/members/{centre}/leave", NOTICE).response.location)
    office.submit(f"{home}/term", {})
    with on(date(2016, 5, 27)):
        sign_in(office, Role.SECRETARIAT, name="Quentin Ashdown")
        page = office.get(home)
    steps = [" ".join(each.text_content().split()) for each in page.tree.xpath("//main//ul/li[div]")]
    endings = [each.rpartition("Odile Fennimore ")[2] for each in steps]
    assert endings == [
        "24 May 2016",
        "3 days End access",
        "3 days from 1 Jul 2016",
        "3 days from 1 Jul 2016",
        "3 days after Drafts of later days",
        "3 days after Access",
    ]
    main = page.tree.xpath("//main//*[contains(@class, 'btn-primary')]")
    assert [each.text_content() for each in main] == ["End access"]
    assert "5 to do" in page.words


def test_the_path_of_a_departure_goes_on_with_its_steps_and_not_with_the_calendar(app: House, centre: int):
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    home = str(office.submit(f"/members/{centre}/leave", NOTICE).response.location)
    with on(AUGUST):
        sign_in(office, Role.SECRETARIAT)
        passed = [office.get(home).words.count(", done:")]
        for step in ("term", "access", "seats", "drafts"):
            office.submit(f"{home}/{step}", {})
            passed.append(office.get(home).words.count(", done:"))
    assert passed == [1, 2, 2, 2, 3]


def test_a_departure_is_called_off_on_its_page_until_it_takes_effect(app: House, centre: int):
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    home = str(office.submit(f"/members/{centre}/leave", NOTICE).response.location)
    office.submit(f"{home}/term", {})
    page = office.follow(office.submit(f"{home}/call-off", {"reason": "New funding"}))
    assert "Called off" in page.words
    assert not page.has_action(f"{home}/access")
    closed = office.get(f"{home}/access")
    assert "This case is closed: nothing more is done." in closed.words
    assert not closed.tree.xpath("//main//form")


def test_a_step_is_given_to_somebody_else(app: House, centre: int):
    office, other = Browser(app), Browser(app)
    sign_in(office, Role.SECRETARIAT, name="Odile Fennimore")
    second = sign_in(other, Role.SECRETARIAT, name="Quentin Ashdown")
    home = str(office.submit(f"/members/{centre}/leave", NOTICE).response.location)
    task = office.get(f"{home}/steps").tree.xpath("//select[@name='task_id']/option[text()='Access']/@value")[0]
    office.submit(f"{home}/steps", {"task_id": task, "owner_id": str(second.id)})
    assert "Quentin Ashdown" in office.get(home).words


def test_the_record_of_an_institution_leads_to_its_cases_for_those_who_may_read_them(app: House, centre: int):
    office, finance = Browser(app), Browser(app)
    sign_in(office, Role.SECRETARIAT)
    sign_in(finance, Role.FINANCE)
    home = str(office.submit(f"/members/{centre}/leave", NOTICE).response.location)
    assert office.get(f"/members/{centre}").has_action(home)
    assert "L-2016-001" not in finance.get(f"/members/{centre}").words


def test_the_auditor_reads_and_nobody_else_sees_departures(app: House, centre: int):
    office, auditor, finance = Browser(app), Browser(app), Browser(app)
    sign_in(office, Role.SECRETARIAT)
    sign_in(auditor, Role.AUDITOR)
    sign_in(finance, Role.FINANCE)
    home = str(office.submit(f"/members/{centre}/leave", NOTICE).response.location)
    assert "Institut Clinique de la Souris leaves" in auditor.get(home).words
    assert not auditor.get(home).has_action(f"{home}/term")
    auditor.get(f"{home}/term", 403)
    auditor.get(f"{home}/papers/999999999", 404)
    finance.get("/departures", 403)
    finance.get(home, 403)
    office.get("/departures/999999999", 404)


def test_the_list_of_departures_takes_as_many_statements_for_one_as_for_twenty(app: House, centre: int):
    office = Browser(app)
    sign_in(office, Role.SECRETARIAT)
    counts = []
    for number in (0, 19):
        with app.app_context():
            more = []
            for each in range(number):
                found = institution(f"Centre {each}", f"C{each}")
                member(found)
                more.append(found.id)
            db.session.remove()
        for identity in more or [centre]:
            office.submit(f"/members/{identity}/leave", NOTICE)
        with app.app_context(), statements() as sent:
            office.get("/departures")
            counts.append(len(sent))
    assert counts[0] == counts[1]
