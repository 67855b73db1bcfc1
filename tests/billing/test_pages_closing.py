"""The pages of fiscal years: what the closing entry will be, closing, and the books handed out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from app.core.clock import clock_at, start_of
from app.core.permissions import Role
from app.web.requests import House
from tests.billing.world import World, inside
from tests.client import Browser
from tests.signin import sign_in

CLOSE = "/ledger/years/close"


@pytest.fixture
def february(made: World, finance: Browser) -> Iterator[Browser]:
    """The finance committee in February of the year after the invoices of `made`."""
    assert made.members
    with clock_at(start_of(date(2017, 2, 1))):
        sign_in(finance, Role.FINANCE)
        yield finance


def test_the_closing_entry_is_shown_before_the_year_is_closed(february: Browser):
    page = february.get(CLOSE)
    assert page.rows() == [
        ["4000 Membership fees", "Debit £150,000.00", "–"],
        ["3000 Accumulated surplus", "–", "Credit £150,000.00"],
    ]
    assert "1 Jan 2016 to 31 Dec 2016" in page.words
    assert page.tree.xpath("//input[@name='last_day' and @value='31 December 2016']")
    years = february.follow(february.submit(CLOSE, {}))
    assert years.rows()[0][0] == "1 Jan 2016 to 31 Dec 2016"
    assert "£150,000.00" in years.rows()[0]
    assert "1 Jan 2017 to 31 Dec 2017 is the open year" in years.words
    assert not years.has_action(CLOSE)
    assert "The year 1 Jan 2017 to 31 Dec 2017 is not over" in february.get(CLOSE).words


def test_the_first_year_may_end_on_another_day(february: Browser):
    path = f"{CLOSE}?last_day=2016-06-30"
    assert "1 Jan 2016 to 30 Jun 2016" in february.get(path).words
    february.submit(path, {})
    following = february.get("/ledger/years")
    assert "1 Jul 2016 to 30 Jun 2017 is the open year" in following.words
    assert "Last day of the year" not in february.get(CLOSE).words


@pytest.mark.parametrize("typed", ["x", "1066-01-01", "2016-02-30", "9999-12-31", "2016-01-01"])
def test_a_last_day_that_cannot_be_is_left_out_or_refused(february: Browser, typed: str):
    words = february.get(f"{CLOSE}?last_day={typed}").words
    assert "1 Jan 2016 to 31 Dec 2016" in words or "is not over" in words


def test_who_closes_a_year_that_somebody_else_closed_is_told_and_closes_no_other(
    app: House, made: World, browser: Browser
):
    assert made.members
    with clock_at(start_of(date(2018, 2, 1))):
        sign_in(browser, Role.SECRETARIAT)
        first, second = browser.get(CLOSE).form_values(), browser.get(CLOSE).form_values()
        browser.post(CLOSE, first)
        assert browser.post(CLOSE, first).response.location.endswith("/ledger/years")
        told = browser.post(CLOSE, second, status=200)
        assert "This year is closed already" in told.words
        assert "1 Jan 2017 to 31 Dec 2017" in told.words
        assert len(browser.get("/ledger/years").rows()) == 1


def test_a_year_is_closed_only_when_it_is_over(made: World, finance: Browser):
    assert made.members
    page = finance.get("/ledger/years")
    assert "No year is closed yet" in page.words
    assert not page.has_action(CLOSE)
    assert "is not over" in finance.get(CLOSE).words
    finance.post(CLOSE, finance.get("/ledger/rates/new").form_values(), status=200)
    assert "No year is closed yet" in finance.get("/ledger/years").words


def test_where_nothing_is_booked_there_is_no_year(finance: Browser):
    assert "Nothing is booked yet" in finance.get(CLOSE).words
    assert "No year is closed yet" in finance.get("/ledger/years").words


def test_auditors_read_closed_years_and_the_books_and_close_none(made: World, browser: Browser):
    assert made.members
    sign_in(browser, Role.AUDITOR)
    browser.get("/ledger/years")
    browser.get("/ledger/beancount")
    browser.get(CLOSE, status=403)
    sign_in(browser, Role.AGREEMENTS)
    browser.get("/ledger/years", status=403)
    browser.get("/ledger/beancount", status=403)


def test_the_books_are_handed_out_for_the_days_the_ledger_is_narrowed_to(made: World, finance: Browser):
    assert made.members
    page = finance.get("/ledger?since=2016-04-10&until=2016-04-30")
    (href,) = page.tree.xpath("//a[text()='Beancount']/@href")
    answer = finance.get(str(href)).response
    text = answer.get_data(as_text=True)
    assert "Balances brought forward" in text
    assert "Payment from Medical Research Council" in text
    assert answer.headers["Content-Disposition"].endswith('"Books 2016-04-10 to 2016-04-30.beancount"')
    assert "2016-05-25 balance Assets:1200-Bank  20000.00 ~" in finance.get("/ledger/beancount?since=x").response.text


def test_the_trial_balance_says_what_foreign_amounts_are_worth_and_that_adds_to_nothing(
    app: House, made: World, finance: Browser
):
    assert "Worth, GBP" not in finance.get("/ledger").words
    with inside(app):
        made.rate("USD", "0.70", date(2016, 3, 1))
    finance.submit(
        "/invoices/new",
        {
            "payer": "NIH",
            "description": "Workshop",
            "currency": "USD",
            "amount": "200",
            "reason": "Agreed",
            "tax_reason": "Outside the scope of tax",
        },
    )
    with inside(app):
        draft = made.invoice_of("NIH").id
    finance.submit(f"/invoices/{draft}/issue", {})
    page = finance.get("/ledger")
    assert "Worth, GBP" in page.words
    foreign = [[row[0], row[-1]] for row in page.rows() if "US$200.00" in row]
    assert ["1100 Receivable from payers", "Worth 140.00£140.00"] in foreign
    assert page.tree.xpath("(//tfoot)[last()]//td[last()]")[0].text_content().strip() == "Worth, GBP 0.00"
    lines = finance.get("/ledger?format=csv").response.get_data(as_text=True).splitlines()
    assert lines[0].endswith("Kind,Worth,Worth currency")
    assert any(line.endswith("Invoice,-140.00,GBP") for line in lines)


def test_a_day_in_a_closed_year_is_refused_beside_its_field(february: Browser):
    february.submit(CLOSE, {})
    payer = february.get("/invoices?state=overdue").tree.xpath("//td/a[contains(@href, '/members/')]/@href")[0]
    path = f"/payments/new?payer={payer.rpartition('/')[2]}&currency=GBP"
    page = february.submit(path, {"amount": "10.00", "received_on": "31 December 2016"}, status=200)
    assert page.tree.xpath("//*[@data-errors]//a/@href") == ["#received_on"]
    assert "The books are closed up to 31 December 2016: date it in the open year." in page.words
