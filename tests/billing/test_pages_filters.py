"""What invoices, payments and the ledger are narrowed to, and that their totals follow every change."""

from __future__ import annotations

from datetime import date

import pytest

from app.web.requests import House
from tests.billing.world import World, inside
from tests.client import Browser


def total(browser: Browser, path: str) -> list[str]:
    """The amounts at the foot of a list."""
    found: list[str] = browser.get(path).tree.xpath("(//table)[1]/tfoot//td[contains(., '\u00a3')]/text()")
    return found


def payers(browser: Browser, path: str) -> list[str]:
    """Whom the postings of the ledger are of."""
    found: list[str] = browser.get(path).tree.xpath("(//table)[1]/tbody/tr/td[5]/text()")
    return found


def test_filters_narrow_the_invoices(finance: Browser, made: World):
    assert len(finance.get("/invoices?state=overdue").rows()) == 3
    assert len(finance.get("/invoices?state=paid").rows()) == 0
    assert len(finance.get("/invoices?q=wellcome").rows()) == 1
    assert len(finance.get(f"/invoices?payer={made.members['NIH']}&year=2016").rows()) == 1
    assert "left out" in finance.get("/invoices?year=x").words


def test_words_of_a_payer_narrow_the_ledger(finance: Browser, made: World):
    assert made.members
    assert set(payers(finance, "/ledger")) == {"MRC", "NIH", "Wellcome"}
    assert payers(finance, "/ledger?q=medical+RESEARCH") == ["MRC"] * 4
    heads = "(//table)[1]/tfoot//td/span[contains(@class, 'only-narrow')]/text()"
    assert finance.get("/ledger?q=medical").tree.xpath(heads) == ["Debit ", "Credit "]
    assert finance.get("/invoices").tree.xpath(heads) == ["Total ", "Open "]
    assert "None of 8 postings matches" in finance.get("/ledger?q=nobody").words
    assert total(finance, "/ledger?q=medical") == ["\u00a370,000.00", "\u00a370,000.00"]


@pytest.mark.parametrize("path", ["/invoices", "/payments"])
def test_a_list_of_one_payer_offers_that_payer_alone(finance: Browser, made: World, path: str):
    mrc = made.members["MRC"]
    page = finance.get(f"{path}?payer={mrc}")
    assert page.tree.xpath("//select[@name='payer']/option/@value") == ["", str(mrc)]
    assert len(page.rows()) == 1
    assert not finance.get(path).tree.xpath("//select[@name='payer']")


@pytest.mark.parametrize("payer", ["0", "x", "9" * 30, "-1", "1\u0660"])
@pytest.mark.parametrize("path", ["/invoices", "/payments"])
@pytest.mark.usefixtures("made")
def test_a_payer_that_is_none_is_told_and_left_out(finance: Browser, path: str, payer: str):
    page = finance.get(f"{path}?payer={payer}")
    assert "This is not one of the choices." in page.words
    assert page.rows()


def test_a_payer_who_has_not_paid_is_found_with_no_payment(finance: Browser, made: World):
    nih = made.members["NIH"]
    page = finance.get(f"/payments?payer={nih}")
    assert "left out" not in page.words
    assert page.rows() == []
    tab = finance.get(f"/members/{nih}/money").text
    assert (f"/invoices?payer={nih}" in tab, f"/payments?payer={nih}" in tab) == (True, False)
    assert "/invoices?payer=" not in finance.get(f"/members/{made.members['ICS']}/money").text


def test_totals_of_the_ledger_are_those_of_the_day(finance: Browser, made: World):
    assert made.members
    assert total(finance, "/ledger?on=2016-04-19") == ["\u00a3150,000.00", "\u00a3150,000.00"]
    assert total(finance, "/ledger") == ["\u00a3170,000.00", "\u00a3170,000.00"]


def test_totals_follow_what_is_recorded(app: House, finance: Browser, made: World):
    lists = ("/payments", "/payments?q=medical", "/ledger", "/ledger?q=medical")
    assert total(finance, "/invoices?q=medical") == ["\u00a350,000.00", "\u00a330,000.00"]
    before = [total(finance, path)[0] for path in lists]
    with inside(app):
        made.pay("MRC", "30000.00", date(2016, 4, 21))
    assert total(finance, "/invoices?q=medical") == ["\u00a350,000.00", "\u00a30.00"]
    assert (before, [total(finance, path)[0] for path in lists]) == (
        ["\u00a320,000.00", "\u00a320,000.00", "\u00a3170,000.00", "\u00a370,000.00"],
        ["\u00a350,000.00", "\u00a350,000.00", "\u00a3200,000.00", "\u00a3100,000.00"],
    )
