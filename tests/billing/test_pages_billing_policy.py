"""The pages of the policy of billing and of second persons, as each person sees them."""

from __future__ import annotations

from datetime import date

import pytest

from app.billing.commands import ChargeLine, draft_charge
from app.billing.rules import Act
from app.core.actor import program
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.world import World, inside, pounds
from tests.client import Browser, Page
from tests.signin import sign_in


def question(page: Page) -> str:
    """Where the question that a page shows is decided."""
    return str(page.tree.xpath("//a[contains(@href,'/decline')]/@href")[0]).removesuffix("/decline")


@pytest.fixture
def world(app: House) -> World:
    """A consortium where two persons issue."""
    with inside(app):
        found = World.found(program("test"), date(2011, 1, 1))
        found.bill_by(second_above={Act.ISSUE.value: 0})
    return found


def test_the_secretariat_lets_fee_years_begin_on_another_day(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    assert "always by two" not in browser.get("/settings/billing").words
    typed = {"year_month": "7", "issue_by_two": "y", "issue_above": "1,000.00"}
    page = browser.follow(browser.submit("/settings/billing/new", typed))
    assert "the present one is 1 July 2015 to 30 June 2016" in page.words
    assert "by two, above £1,000.00" in page.words
    run = browser.get("/fees/runs/new").words
    assert "Fee year 1 July 2016 to 30 June 2017" in run


def test_a_year_in_which_the_fee_year_changes_offers_both(app: House, browser: Browser, world: World):
    with inside(app):
        world.bill_by(date(2017, 7, 1), year_month=7)
    sign_in(browser, Role.FINANCE)
    page = browser.get("/fees/runs/new?year=2017")
    assert "Another fee year begins in 2017" in page.words
    short = browser.get("/fees/runs/new?year=2017&first=2017-01-01")
    assert "short fee year" in short.words
    assert "24,794.52" in short.words


def test_one_prepares_another_approves_and_then_it_is_issued(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    desk = browser.follow(browser.submit("/fees/runs/new?year=2016", {}))
    path = desk.response.request.path
    assert "It waits for a second person." in desk.words
    assert not desk.has_action(f"{path}/issue")
    assert not desk.tree.xpath("//a[contains(@href,'/decline')]")
    sign_in(browser, Role.FINANCE, name="Ines Quillfeather")
    assert "Fee run 2016: 3 invoices, £150,000.00" in browser.get("/").words
    page = browser.follow(browser.press(path, f"{question(browser.get(path))}/approve"))
    assert "Approved by Ines Quillfeather" in page.words
    assert page.has_action(f"{path}/issue")
    assert "Approved" in browser.get("/fees/approvals").rows()[0][1]


def test_who_declines_gives_a_reason_that_the_other_reads(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    path = browser.follow(browser.submit("/fees/runs/new?year=2016", {})).response.request.path
    sign_in(browser, Role.SECRETARIAT)
    page = browser.follow(browser.submit(f"{question(browser.get(path))}/decline", {"reason": "NIH is to be waived"}))
    assert "NIH is to be waived" in page.words
    page = browser.follow(browser.press(path, f"{path}/ask"))
    assert "It waits for a second person." in page.words


def test_an_auditor_sees_the_question_and_decides_nothing(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE)
    path = browser.follow(browser.submit("/fees/runs/new?year=2016", {})).response.request.path
    sign_in(browser, Role.AUDITOR)
    page = browser.get(path)
    assert "It waits for a second person." in page.words
    assert not page.tree.xpath("//a[contains(@href,'/decline')]")
    browser.get("/fees/approvals/1/decline", status=403)
    browser.get("/settings/billing")
    browser.get("/settings/billing/new", status=403)


def test_an_amount_above_which_nobody_is_asked_is_refused_beside_it(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.submit("/settings/billing/new", {"write_off_above": "50.00"}, status=200)
    assert "Tick the box above it, too: without it no second person is needed." in page.words
    assert "None adopted yet" in browser.get("/settings/billing").words


def test_a_run_that_waits_for_a_second_person_is_not_called_ready_to_whoever_asked(browser: Browser, world: World):
    assert world.members
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    browser.submit("/fees/runs/new?year=2016", {})
    assert "Fee run 2016 waits for a second person" in browser.get("/").words
    sign_in(browser, Role.FINANCE, name="Ines Quillfeather")
    today = browser.get("/").words
    assert "A second person is asked" in today
    assert "Fee run 2016 is ready" not in today
    assert "Fee run 2016 waits" not in today


def test_a_draft_that_needs_a_second_person_leads_to_asking_before_it_can_be_issued(
    app: House, browser: Browser, world: World
):
    with inside(app), transaction():
        line = ChargeLine("Workshop", pounds("120.00"), date(2016, 3, 1), date(2016, 3, 1), tax_reason="no supply")
        draft = f"/invoices/{draft_charge(world.members['NIH'], [line], reason='Asked for', actor=world.office).id}"
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    page = browser.get(draft)
    assert not page.tree.xpath(f"//a[@href='{draft}/issue']")
    told = browser.get(f"{draft}/issue")
    assert "This needs a second person. Ask for it on the page of the draft" in told.words
    assert told.tree.xpath("//main//a[contains(.,'Back to the draft')]/@href") == [draft]
    asked = browser.follow(browser.press(draft, f"{draft}/ask"))
    sign_in(browser, Role.FINANCE, name="Ines Quillfeather")
    address = question(browser.get(draft))
    assert "It waits for a second person." in asked.words
    page = browser.follow(browser.press(draft, f"{address}/approve"))
    assert page.tree.xpath(f"//a[@href='{draft}/issue']")
    assert "Back to the draft" not in browser.get(f"{draft}/issue").words
