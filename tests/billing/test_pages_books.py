"""Pages of the books: rates of exchange, and the accounts of the ledger."""

from __future__ import annotations

import pytest

from app.core.permissions import Role
from tests.billing.world import World
from tests.client import Browser
from tests.signin import sign_in

RATE = {"currency": "EUR", "day": "2016-05-20", "rate": "0.789", "source": "Specimen Bank"}


def test_a_rate_is_entered_and_listed(made: World, finance: Browser):
    assert made.members
    assert "No rate is entered yet" in finance.get("/ledger/rates").words
    finance.submit("/ledger/rates/new", RATE, status=302)
    page = finance.get("/ledger/rates")
    assert "0.789" in page.words
    assert "Specimen Bank" in page.words


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rate": "0"}, "more than nothing"),
        ({"rate": "1e3"}, "Write the rate in digits"),
        ({"rate": "0.1234567891"}, "at most nine decimals"),
        ({"currency": "GBP"}, "Choose"),
        ({"day": "2016-05-25"}, "not before"),
        ({"source": ""}, "Source"),
    ],
)
def test_what_is_wrong_with_a_rate_is_said_beside_it(made: World, finance: Browser, wrong: dict[str, str], words: str):
    assert made.members
    assert words in finance.submit("/ledger/rates/new", RATE | wrong, status=200).words


def test_auditors_read_rates_and_enter_none(browser: Browser):
    sign_in(browser, Role.AUDITOR)
    browser.get("/ledger/rates")
    browser.get("/ledger/rates/new", status=403)


def test_an_account_is_opened_named_anew_and_offered_to_a_fee(made: World, finance: Browser):
    assert made.members
    assert finance.get("/ledger").has_action("/ledger/accounts")
    assert finance.get("/ledger/accounts").has_action("/ledger/accounts/new")
    finance.submit("/ledger/accounts/new", {"name": "Asociate fees"})
    assert finance.get("/ledger/accounts").has_action("/ledger/accounts/4010/rename")
    finance.submit("/ledger/accounts/4010/rename", {"name": "Associate fees"})
    assert "4010 Associate fees" in finance.get("/ledger/accounts").words
    assert "4010 Associate fees" in finance.get("/fees/new").words
    assert finance.get("/ledger/accounts/new").form_values()["code"] == "4020"


def test_what_is_wrong_with_an_account_is_said_beside_it_and_others_are_not_renamed(finance: Browser):
    page = finance.submit("/ledger/accounts/new", {"code": "1300", "name": "Gifts"}, status=200)
    assert "numbered 4000 to 4999" in page.words
    finance.get("/ledger/accounts/4000/rename", status=404)
    finance.get("/ledger/accounts/99999/rename", status=404)


def test_auditors_read_the_accounts_and_open_none(browser: Browser):
    sign_in(browser, Role.AUDITOR)
    page = browser.get("/ledger/accounts")
    assert "4000 Membership fees" in page.words
    assert not page.has_action("/ledger/accounts/new")
    browser.get("/ledger/accounts/new", status=403)
