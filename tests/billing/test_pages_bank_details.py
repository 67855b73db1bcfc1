"""The pages on which bank details are changed by two persons, as each of them sees them."""

from __future__ import annotations

from datetime import date

import pytest

from app.accounts.commands import RoleFor
from app.billing.rules import Act
from app.core.actor import program
from app.core.permissions import Role
from app.web.requests import House
from tests.billing.bank_world import adopt
from tests.billing.world import World, inside
from tests.client import Browser, Page
from tests.signin import sign_in

ACCOUNT = {"name": "Savings", "number": "12 3456 7890", "bank_name": "Specimen Bank", "account_code": "1201"}
ENDS = "Bank account in GBP ending 5555, to end on 30 June 2016"
ADOPTS = "Bank account in GBP ending 7890, to be adopted from 24 May 2016"


@pytest.fixture
def world(app: House) -> World:
    """A consortium with an account, where two persons change bank details."""
    with inside(app):
        found = World.found(program("test"), date(2011, 1, 1))
        adopt(found)
        found.bill_by(second_above={Act.BANK_DETAILS.value: 0})
    return found


def question_on(page: Page) -> str:
    """The address of the one question that a page leads to."""
    (link,) = page.tree.xpath("//main//a[contains(@href,'/fees/approvals/')]/@href")
    return str(link)


def end_address(browser: Browser) -> str:
    (link,) = browser.get("/bank/accounts").tree.xpath('//a[contains(@href, "/end")]/@href')
    return str(link)


@pytest.mark.usefixtures("world")
def test_one_enters_an_account_and_another_looks_and_approves(browser: Browser):
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    page = browser.follow(browser.submit("/bank/accounts/new", ACCOUNT))
    assert f"{ADOPTS}. Odile Fennimore asked on 24 May 2016." in page.words
    assert "Savings" not in page.words
    address = question_on(page)
    assert "Odile Fennimore asked on 24 May 2016. Nobody approves their own." in browser.get(address).words
    assert not browser.get(address).has_action(f"{address}/approve")
    assert ADOPTS not in browser.get("/").words
    sign_in(browser, Role.FINANCE, name="Ines Quillfeather")
    assert question_on(browser.get("/")) == address
    page = browser.get(address)
    rows = {row[0]: row[-1] for row in page.rows()}
    assert rows["Account"].endswith("Savings")
    assert rows["IBAN or account number"].endswith("1234567890")
    assert rows["Invoices in GBP ask to pay to"].endswith("an account ending 5555")
    done = browser.follow(browser.press(address, f"{address}/approve"))
    assert "Approved by Ines Quillfeather on 24 May 2016, and done." in done.words
    assert "Savings" in browser.get("/bank/accounts").words
    assert ADOPTS in browser.get("/fees/approvals").rows()[0][0]


@pytest.mark.usefixtures("world")
def test_the_end_of_an_account_is_shown_on_its_pages_while_it_waits(browser: Browser):
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    ends = end_address(browser)
    page = browser.follow(browser.submit(ends, {"last_day": "30 June 2016"}))
    address = question_on(page)
    for shown in (ends, ends.removesuffix("/end"), "/bank/accounts"):
        page = browser.get(shown)
        assert ENDS in page.words, shown
        assert question_on(page) == address, shown
    sign_in(browser, Role.SECRETARIAT, name="Ottilie Marchbank")
    assert question_on(browser.get("/")) == address
    said = browser.follow(browser.submit(f"{address}/decline", {"reason": "The bank knows nothing of it"}))
    assert "Declined by Ottilie Marchbank on 24 May 2016. The bank knows nothing of it" in said.words
    assert ENDS not in browser.get("/bank/accounts").words
    assert "30 Jun" not in browser.get("/bank/accounts").words


@pytest.mark.usefixtures("world")
def test_a_profile_with_other_bank_details_waits_on_the_page_of_settings(browser: Browser):
    sign_in(browser, Role.SECRETARIAT, name="Ottilie Marchbank")
    typed = {"iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX", "terms_days": "14"}
    page = browser.follow(browser.submit("/settings/new", typed))
    assert "Bank details of the profile from 24 May 2016: an account ending 3000" in page.words
    assert "GB33 BUKB 2020 1555 5555 55" in page.words
    address = question_on(page)
    assert question_on(browser.get("/bank/accounts")) == address
    sign_in(browser, Role.FINANCE, name="Ines Quillfeather")
    rows = {row[0]: row[1:] for row in browser.get(address).rows()}
    assert set(rows) == {"In force from", "Days to pay", "IBAN", "BIC"}
    assert rows["IBAN"][0].startswith("GB33 BUKB 2020 1555 5555 55")
    assert rows["IBAN"][1].endswith("DE89 3704 0044 0532 0130 00")
    browser.press(address, f"{address}/approve")
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/settings")
    assert "Waits for a second person" not in page.words
    assert "DE89 3704 0044 0532 0130 00" in page.words


def test_the_policy_page_switches_it_on_and_by_two_persons_off(browser: Browser):
    sign_in(browser, Role.SECRETARIAT, name="Ottilie Marchbank")
    on = browser.follow(browser.submit("/settings/billing/new", {"bank_details_by_two": "y"}))
    assert "Change of bank details always by two" in on.words
    assert "The policy is adopted." in on.words
    form = browser.get("/settings/billing/new")
    assert form.tree.xpath("//input[@name='bank_details_by_two']/@checked")
    assert not form.tree.xpath("//input[@name='bank_details_above']")
    off = browser.follow(browser.submit("/settings/billing/new", {"bank_details_by_two": ""}))
    assert "A second person is asked" in off.words
    assert "Change of bank details by one person instead of always by two" in off.words


def test_the_trail_is_narrowed_to_what_was_asked_about_an_account_of_the_ledger(browser: Browser):
    sign_in(browser, Role.AUDITOR)
    offered = browser.get("/audit").tree.xpath("//option[@value='ledger_account']/text()")
    assert offered == ["Account of the ledger"]


def test_who_only_reads_sees_what_waits_and_decides_nothing(browser: Browser, world: World):
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    address = question_on(browser.follow(browser.submit("/bank/accounts/new", ACCOUNT)))
    sign_in(browser, Role.AUDITOR)
    assert question_on(browser.get("/bank/accounts")) == address
    page = browser.get(address)
    assert not page.has_action(f"{address}/approve")
    assert not page.tree.xpath("//a[contains(@href,'/decline')]")
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, world.members["MRC"]))
    browser.get(address, status=403)
