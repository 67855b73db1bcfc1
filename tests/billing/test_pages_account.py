"""The page of a payer's account, its files and its statement, and the ways to it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.commands import RoleFor
from app.billing.commands.sending import SEND_STATEMENT
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import Naming, rename_institution
from app.outbox.models import Job
from app.web.requests import House
from tests.billing.world import World, inside
from tests.client import Browser
from tests.papers import needs_pango, page_texts
from tests.signin import sign_in


def test_the_account_is_found_from_institution_invoice_and_payment(app: House, made: World, finance: Browser):
    path = f"/members/{made.members['MRC']}/account"
    with inside(app):
        invoice_id = made.invoice_of("MRC").id
    money = finance.get(f"/members/{made.members['MRC']}/money")
    assert money.has_action(path)
    assert ["GBP", "£50,000.00"] not in money.rows()
    assert finance.get(f"/invoices/{invoice_id}").has_action(path)
    page = finance.get(path)
    assert page.heading == "Account of Medical Research Council"
    assert "Balance on 24 May 2016: £30,000.00" in page.words
    (payment,) = page.tree.xpath("//td/a[starts-with(@href,'/payments/')]/@href")
    assert finance.get(str(payment)).has_action(path)


def test_the_account_of_a_day_gone_by_owes_what_was_paid_later(made: World, finance: Browser):
    path = f"/members/{made.members['MRC']}/account"
    page = finance.get(f"{path}?on=2016-04-10")
    assert "Balance on 10 April 2016: £50,000.00" in page.words
    assert "Payment" not in [row[0] for row in page.rows()]
    assert "Nothing was ever charged" in finance.get(f"{path}?on=2016-03-01").words
    assert "Balance brought forward" in finance.get(f"{path}?since=2016-04-15").words
    assert finance.get(f"{path}?since=x").heading == page.heading


def test_an_account_that_would_begin_after_its_last_day_is_shown_whole_and_says_so_beside_the_field(
    app: House, made: World, finance: Browser
):
    path = f"/members/{made.members['MRC']}/account"
    refusal = "Begin on the day up to which the account goes, or earlier."
    assert refusal not in finance.get(f"{path}?since=2016-05-24").words
    for asked in ("since=2016-05-25", "on=2016-04-10&since=2016-04-11"):
        page = finance.get(f"{path}?{asked}")
        assert page.tree.xpath("//*[@id='since-error']")[0].text_content().endswith(refusal)
        assert "INV-2016-0001" in page.words
    values = finance.get(path).form_values(f"{path}/send")
    assert refusal in finance.follow(finance.post(f"{path}/send?since=2016-05-25", values)).words
    with inside(app):
        assert db.session.scalars(select(Job.id).where(Job.kind == SEND_STATEMENT)).all() == []


def test_only_todays_paper_is_called_the_statement_as_it_would_be_sent_now(made: World, finance: Browser):
    path, now = f"/members/{made.members['MRC']}/account", "The PDF is the statement as it would be sent now."
    assert now in finance.get(path).words
    assert now in finance.get(f"{path}?on=2016-05-24").words
    before = finance.get(f"{path}?on=2016-04-10").words
    assert now not in before
    assert "The PDF is the statement as of 10 April 2016." in before


def test_the_account_is_handed_out_as_a_table(made: World, finance: Browser):
    answer = finance.get(f"/members/{made.members['MRC']}/account?format=csv").response
    lines = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert lines[0] == 'Date,Kind,Document,Text,Currency,"Owed more, or less below zero",Balance'
    assert lines[1] == "2016-04-01,Invoice,INV-2016-0001,Funder membership fee,GBP,50000.00,50000.00"
    assert lines[2].endswith("Bank transfer,GBP,-20000.00,30000.00")


def test_the_account_of_a_renamed_payer_shows_its_name_of_the_day_and_what_it_was_called_before(
    app: House, made: World, finance: Browser
):
    path = f"/members/{made.members['MRC']}/account"
    assert "Formerly" not in finance.get(path).words
    with inside(app), transaction():
        rename_institution(made.members["MRC"], Naming("Medical Fund", "MF", date(2016, 4, 20)), actor=made.office)
    page = finance.get(path)
    assert page.heading == "Account of Medical Fund"
    assert "Formerly Medical Research Council. Balance on 24 May 2016" in page.words
    assert "Funder membership fee, to Medical Research Council" in page.words
    before = finance.get(f"{path}?on=2016-04-19")
    assert before.heading == "Account of Medical Research Council"
    for words in ("Formerly", "to Medical Research Council", "Medical Fund"):
        assert words not in before.words


@needs_pango
def test_the_statement_is_printed_as_of_the_day(made: World, finance: Browser):
    answer = finance.get(f"/members/{made.members['MRC']}/account.pdf?on=2016-04-25").response
    assert answer.mimetype == "application/pdf"
    (text,) = page_texts(answer.get_data())
    assert "Statement of account" in text
    assert "GBP 30,000.00" in text


def test_no_statement_is_printed_from_a_day_to_come_or_from_none_that_can_be_read(made: World, finance: Browser):
    account = f"/members/{made.members['MRC']}/account"
    for wrong, said in (("2016-12-31", "up to which the account goes"), ("soon", "Wrong:")):
        page = finance.follow(finance.get(f"{account}.pdf?since={wrong}", status=302))
        assert page.tree.xpath("//main//input[@name='since']/@value") == [wrong]
        assert said in page.tree.xpath("string(//main//*[@class='err'])")


@pytest.mark.parametrize("path", ["account", "account.pdf"])
def test_representatives_see_their_own_account_and_no_other(made: World, browser: Browser, path: str):
    own, other = made.members["MRC"], made.members["NIH"]
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=own))
    browser.get(f"/members/{other}/{path}", status=404)
    browser.get(f"/members/999999/{path}", status=404)
    if path == "account":
        page = browser.get(f"/members/{own}/account")
        assert "£30,000.00" in page.words
        assert not page.tree.xpath("//a[starts-with(@href,'/payments/')]")
    sign_in(browser, Role.AGREEMENTS)
    browser.get(f"/members/{own}/{path}", status=403)
