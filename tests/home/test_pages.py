from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.accounts.commands import invite_user
from app.accounts.rules import INVITATION_LIFE
from app.core.actor import Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.outbox.commands import enqueue
from app.outbox.models import Job
from app.outbox.rules import JobState
from app.web.requests import House
from tests.billing.world import World
from tests.client import Browser, Page
from tests.committees.sitting import OFFICE, committee, person, seat, sits
from tests.committees.test_pages import measured
from tests.signin import make_user, sign_in

JULY = datetime(2016, 7, 4, 11, tzinfo=UTC)


@pytest.fixture
def world(app: House) -> World:
    """Three funders billed for 2016 and due on 23 June; MRC has paid; a committee with a vacancy and no chair."""
    with app.app_context():
        found = World.found(OFFICE, since=date(2011, 1, 1))
        found.issue()
        found.pay("MRC", "50000.00")
        with transaction():
            finance = committee()
            sits(seat(finance), person(), Period(date(2015, 1, 1), date(2016, 7, 20)))
            seat(finance)
        db.session.remove()
    return found


def today(browser: Browser) -> Page:
    return browser.get("/")


def figures(page: Page) -> dict[str, str]:
    """The figures at the head of the page."""
    return dict(zip(*[page.tree.xpath(f"//dl//{tag}/text()") for tag in ("dt", "dd/b")], strict=True))


def test_person_without_a_role_is_told_so_and_led_to_their_account(browser: Browser):
    sign_in(browser)
    page = today(browser)
    assert "You have no role here" in page.words
    assert page.tree.xpath("//main//a[@href='/account']")


def test_visitor_is_asked_to_sign_in(browser: Browser):
    assert "/sign-in" in str(browser.get("/", status=302).response.location)


def test_empty_list_says_that_nothing_waits(browser: Browser):
    sign_in(browser, Role.FINANCE)
    assert "Nothing needs you today" in today(browser).words


def test_a_new_site_leads_to_its_first_steps_until_they_are_taken(browser: Browser, app: House):
    sign_in(browser, Role.SECRETARIAT)
    steps = {"The consortium has not said who it is": "/settings/new", "No institution is on record": "/imports/new"}
    page = today(browser)
    for title, address in steps.items():
        assert title in page.words
        (way,) = page.tree.xpath(f"//main//a[@href='{address}']/@href")
        browser.get(str(way))
    with app.app_context():
        World.found(OFFICE, since=date(2011, 1, 1))
        db.session.remove()
    assert not [title for title in steps if title in today(browser).words]


def test_secretariat_sees_what_is_late_ends_soon_and_is_missing(browser: Browser, world: World):
    assert world.members
    with clock_at(JULY):
        sign_in(browser, Role.SECRETARIAT)
        words = today(browser).words
    assert "What needs you today" in words
    for text in (
        "Invoice INV-2016-0002 is unpaid",
        "£50,000.00 owed",
        "11 days late",
        "1 term ends: Finance Committee",
        "in 16 days",
        "1 seat without a holder: Finance Committee",
        "No chair: Finance Committee",
        "No voting representative: ",
        "Changed recently",
    ):
        assert text in words.replace("\u00a0", " "), text
    assert "INV-2016-0001 is unpaid" not in words


def test_figures_are_those_of_the_lists(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.SECRETARIAT)
    assert figures(today(browser)) == {"Members": "4", "Owed to us": "£100,000.00", "Vacant seats": "1"}


def test_who_has_a_role_but_was_never_invited_is_counted_until_the_invitation_and_again_after_its_end(
    browser: Browser, app: House
):
    sign_in(browser, Role.SECRETARIAT)
    with app.app_context():
        with transaction():
            user_id = make_user(Role.FINANCE).id
            make_user()
            invite_user(make_user().id, OFFICE)
        db.session.remove()
    page = today(browser)
    assert "2 people have a role and cannot sign in" in page.words
    (users,) = page.tree.xpath("//main//a[.='See users']/@href")
    listed = browser.get(users)
    assert [row[2] for row in listed.rows()] == ["Not invited"] * 2
    assert "left out" not in listed.words
    with app.app_context():
        with transaction():
            invite_user(user_id, OFFICE)
            invite_user(user_id, OFFICE)
        db.session.remove()
    assert "1 person has a role and cannot sign in" in today(browser).words
    with clock_at(datetime(2016, 5, 25, tzinfo=UTC) + INVITATION_LIFE):
        sign_in(browser, Role.SECRETARIAT)
        assert "3 people have a role and cannot sign in" in today(browser).words


def test_finance_sees_money_alone(browser: Browser, world: World):
    assert world.members
    with clock_at(JULY):
        sign_in(browser, Role.FINANCE)
        words = today(browser).words
    assert "INV-2016-0002 is unpaid" in words
    for hidden in ("without a holder", "No voting representative", "Changed recently", "cannot sign in"):
        assert hidden not in words


def test_chair_sees_the_own_committee_alone(browser: Browser, app: House, world: World):
    assert world.members
    with app.app_context(), transaction():
        other = committee("Communications Working Group")
        seat(other)
        other_id = other.id
    sign_in(browser, Granted(Role.CHAIR, committee_id=other_id))
    words = today(browser).words
    assert "1 seat without a holder: Communications Working Group" in words
    assert "without a holder: Finance Committee" not in words
    assert "Owed to us" not in words


def test_what_waits_in_committees_stands_whole_on_a_page_of_its_own(browser: Browser, app: House, world: World):
    assert world.members
    with app.app_context(), transaction():
        other = committee("Communications Working Group")
        seat(other)
        other_id = other.id
    with clock_at(JULY):
        sign_in(browser, Role.SECRETARIAT)
        page = browser.get("/committees/waiting")
        assert page.heading == "What waits in committees"
        for text in ("Terms ending without a successor", "Vacant for long", "Without a chair", "Finance Committee"):
            assert text in page.words
        found = browser.client.get("/committees/waiting?table=ending&format=csv").get_data(as_text=True)
        assert 'Finance Committee,"Seat 1, Elected member",Elspeth Marrow,2016-07-20' in found
        sign_in(browser, Granted(Role.CHAIR, committee_id=other_id))
        words = browser.get("/committees/waiting").words
    assert "Communications Working Group" in words
    assert "Finance Committee" not in words


def test_representative_sees_the_own_invoices_and_who_speaks_for_them(browser: Browser, world: World):
    sign_in(browser, Granted(Role.REPRESENTATIVE, institution_id=world.members["NIH"]))
    page = today(browser)
    assert "£50,000.00 owed, due on 23 June 2016" in page.words.replace("\u00a0", " ")
    assert figures(page)["Owed by your institution"] == "£50,000.00"
    assert "Nadia Okonjo-NIH" in page.words
    assert "Wellcome" not in page.words
    assert "Medical Research Council" not in page.words


def test_auditor_reads_what_changed_and_has_nothing_to_do(browser: Browser, world: World):
    assert world.members
    with clock_at(JULY):
        sign_in(browser, Role.AUDITOR)
        page = today(browser)
    assert "Nothing needs you today" in page.words
    assert "Changed recently" in page.words
    assert "is unpaid" not in page.words


def test_past_day_shows_its_figures_and_no_work(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/?on=2015-06-30")
    assert "Work is of today" in page.words
    assert "is unpaid" not in page.words
    assert "£0.00" in page.words


def test_drafts_wait_to_be_issued(browser: Browser, app: House):
    with app.app_context():
        World.found(OFFICE, since=date(2011, 1, 1)).prepare()
        db.session.remove()
    sign_in(browser, Role.FINANCE)
    assert "Fee run 2016 is ready to issue 3 drafts, prepared on 24 May 2016" in today(browser).words.replace(
        "\u00a0", " "
    )


def test_work_that_failed_for_good_is_shown_to_the_secretariat(browser: Browser, app: House):
    with app.app_context():
        with transaction():
            enqueue("billing.render_invoice", {"invoice_id": 1})
        with transaction():
            for job in db.session.scalars(db.select(Job)):
                job.state = JobState.DEAD
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    assert "1 job has failed for good" in today(browser).words


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.FINANCE, Role.AUDITOR])
def test_page_takes_the_same_number_of_statements_however_much_there_is(browser: Browser, app: House, role: Role):
    with app.app_context():
        world = World.found(OFFICE, since=date(2011, 1, 1))
        world.issue()
        with transaction():
            seat(committee("First"))
        db.session.remove()
    sign_in(browser, role)
    few = measured(browser, "/")
    with app.app_context():
        for number in range(12):
            world.add(f"Funder {number}", f"F{number}")
            world.join(f"F{number}", "funder", date(2016, 1, 1))
        world.issue()
        with transaction():
            for number in range(12):
                seat(committee(f"Committee {number}"))
        db.session.remove()
    assert measured(browser, "/") == few
