"""Terms of payment: days or the end of the next month, from the page of settings to every due day that is proposed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.accounts.queries import get_profile
from app.billing.queries.runs import propose_issue_on
from app.billing.rules import Act
from app.core import clock
from app.core.actor import program
from app.core.periods import DueBy
from app.core.permissions import Role
from app.web.requests import House
from tests.billing.test_pages_bank_details import question_on
from tests.billing.test_pages_drafts import draft_to
from tests.billing.world import World, inside
from tests.client import Browser
from tests.signin import sign_in

AT_THE_END = "at the end of the next month"
BY_MONTH = {"due_by": "end_of_next_month"}


def adopt_terms(browser: Browser, **typed: str) -> None:
    """Let the secretariat adopt other terms, and finance go on."""
    sign_in(browser, Role.SECRETARIAT)
    browser.submit("/settings/new", typed)
    sign_in(browser, Role.FINANCE)


def test_terms_are_told_under_settings_and_days_are_asked_for_again(app: House, made: World, browser: Browser):
    assert made.members
    sign_in(browser, Role.SECRETARIAT)
    assert "30 days after their date" in browser.get("/settings").words
    page = browser.follow(browser.submit("/settings/new", BY_MONTH))
    assert page.words.count(AT_THE_END) == 2
    with inside(app):
        profile = get_profile(date(2016, 5, 24))
        assert (profile.due_by, profile.terms_days) == (DueBy.END_OF_NEXT_MONTH, 0)
    assert browser.get("/settings/new").form_values()["terms_days"] == ""
    assert "fill this in" in browser.submit("/settings/new", {"due_by": "days"}, status=200).words
    page = browser.follow(browser.submit("/settings/new", {"due_by": "days", "terms_days": "14"}))
    assert "14 days after their date" in page.words


def test_a_fee_run_and_a_single_draft_propose_the_end_of_the_next_month(app: House, browser: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
    draft = draft_to(app, world, world.members["NIH"])
    adopt_terms(browser, **BY_MONTH)
    assert browser.get(f"{draft}/issue").form_values()["due_day"] == "30 June 2016"
    desk = browser.follow(browser.submit("/fees/runs/new?year=2016", {}))
    run_path = str(desk.tree.xpath("//form[contains(@action,'/issue')]/@action")[0])
    assert desk.form_values(run_path)["due_day"] == "30 June 2016"


def test_the_due_day_is_by_the_terms_in_force_on_the_day_of_issue(app: House, made: World, browser: Browser):
    """RULES, Time: from 31 January 2027 30 days are 2 March, and the end of the next month is 28 February."""
    assert made.members
    adopt_terms(browser, **BY_MONTH, first_day="31 Jan 2027")
    found = []
    for day in (date(2026, 1, 31), date(2027, 1, 31)):
        with inside(app), clock.clock_at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)):
            found.append(propose_issue_on())
    assert found == [(date(2026, 1, 31), date(2026, 3, 2)), (date(2027, 1, 31), date(2027, 2, 28))]


def test_a_second_person_sees_other_terms_in_words_and_adopts_them(app: House, made: World, browser: Browser):
    with inside(app):
        made.bill_by(second_above={Act.BANK_DETAILS.value: 0})
    sign_in(browser, Role.SECRETARIAT, name="Ottilie Marchbank")
    typed = {"iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX", **BY_MONTH}
    address = question_on(browser.follow(browser.submit("/settings/new", typed)))
    sign_in(browser, Role.FINANCE, name="Ines Quillfeather")
    rows = {row[0]: row[1:] for row in browser.get(address).rows()}
    assert rows["Invoices are due"][0] == f"so many days after their date · Asked for {AT_THE_END}"
    assert rows["Days to pay"][0].startswith("30")
    browser.press(address, f"{address}/approve")
    sign_in(browser, Role.SECRETARIAT)
    assert AT_THE_END in browser.get("/settings").words
