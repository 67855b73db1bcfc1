"""The pages of reminders, disputes and blocks: what each role sees, and the walk from the preview to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.commands import RoleFor
from app.billing.commands import adopt_reminders, adopt_usual_reminders, queue_reminders
from app.billing.commands import reminders as sending
from app.billing.models import Reminder
from app.billing.rules import USUAL_LEVELS, ReminderTerms
from app.committees.commands import CommitteeValues, found_committee
from app.committees.rules import CommitteeKind
from app.core.actor import program
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.outbox.work import run_due_jobs
from app.web.requests import House
from tests.billing.world import MAY, World, inside
from tests.client import Browser
from tests.signin import sign_in

OFFICE = program("test")


@pytest.fixture
def late(app: House, made: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """MRC owes 30,000.00 of its invoice, NIH and Wellcome all of theirs, since 1 May 2016."""
    monkeypatch.setattr(sending, "print_pdf", lambda html: html.encode())
    with inside(app), transaction():
        adopt_usual_reminders(actor=OFFICE)
    return made


def send(app: House) -> dict[int, int]:
    """Send what is due; the reminders by their payer."""
    with inside(app):
        with transaction():
            queue_reminders(actor=OFFICE)
        run_due_jobs()
        return {row.payer_id: row.id for row in db.session.scalars(select(Reminder))}


def invoice_id(app: House, world: World, short: str) -> int:
    with inside(app):
        return world.invoice_of(short).id


def test_finance_looks_who_is_due_blocks_one_and_sends_the_rest(app: House, finance: Browser, late: World):
    page = finance.get("/reminders/new")
    assert "Send 3 reminders" in page.words
    assert [row[0] for row in page.rows()][:3] == [
        "Medical Research Council",
        "National Institutes of Health",
        "Wellcome Trust",
    ]
    blocked = {"until": "1 June 2016", "reason": "Asked us to wait"}
    finance.follow(finance.submit(f"/members/{late.members['NIH']}/block-reminders", blocked))
    page = finance.get("/reminders/new")
    assert "Send 2 reminders" in page.words
    assert "Its payer is not reminded until 1 June 2016: Asked us to wait" in page.words
    after = finance.follow(finance.submit("/reminders/new", {}))
    assert "2 reminders are being sent" in after.words
    with inside(app):
        run_due_jobs()
    assert len(finance.get("/reminders").rows()) == 2
    assert "not reminded until 1 June 2016" in finance.get(f"/members/{late.members['NIH']}/money").words


def test_the_preview_says_which_payer_has_money_that_is_not_allocated(app: House, finance: Browser, late: World):
    assert late.members
    assert "settles nothing yet" not in finance.get("/reminders/new").words
    with inside(app):
        late.pay("NIH", "60.00", settles=())
    words = finance.get("/reminders/new").words
    assert "National Institutes of Health has £60.00 on its account that settles nothing yet." in words


def test_a_lifted_block_lets_its_payer_be_reminded_again(finance: Browser, late: World):
    blocked = {"until": "1 June 2016", "reason": "Asked us to wait"}
    finance.follow(finance.submit(f"/members/{late.members['NIH']}/block-reminders", blocked))
    (action,) = {
        form.get("action")
        for form in finance.get("/reminders/new").tree.iter("form")
        if "/blocks/" in form.get("action", "")
    }
    finance.follow(finance.press("/reminders/new", action))
    assert "Send 3 reminders" in finance.get("/reminders/new").words


def test_a_dispute_stands_on_the_invoice_until_it_is_settled(app: House, finance: Browser, late: World):
    path = f"/invoices/{invoice_id(app, late, 'NIH')}"
    finance.follow(finance.submit(f"{path}/dispute", {"since": "20 May 2016", "reason": "Billed twice"}))
    page = finance.get(path)
    assert "This invoice is in dispute." in page.words
    assert "Send 2 reminders" in finance.get("/reminders/new").words
    assert "in dispute" not in finance.get(f"{path}?on=2016-05-19").words
    wrong = finance.submit(f"{path}/dispute/settle", {"settled_on": "19 May 2016", "outcome": "It stands"}, status=200)
    assert "A day from the beginning of the dispute to today." in wrong.words
    finance.follow(finance.submit(f"{path}/dispute/settle", {"settled_on": "24 May 2016", "outcome": "It stands"}))
    page = finance.get(path)
    assert "This invoice is in dispute." not in page.words
    assert "It stands" in page.words


def test_the_reminder_is_on_the_page_of_its_invoice_and_its_payer(app: House, finance: Browser, late: World):
    reminders = send(app)
    mine = reminders[late.members["MRC"]]
    page = finance.get(f"/reminders/{mine}")
    assert "£30,000.00" in page.words
    assert "Level 1, sent to Medical Research Council on 24 May 2016." in page.words
    assert f"/reminders/{mine}/pdf" in page.tree.xpath("//a/@href")
    assert "24 May 2016" in finance.get(f"/invoices/{invoice_id(app, late, 'MRC')}").words
    assert "Reminder: Invoice INV-2016-0001" in finance.get(f"/members/{late.members['MRC']}/money").words


def test_the_preview_and_the_page_of_a_reminder_say_what_it_costs(app: House, finance: Browser, late: World):
    """23 days at 8 % on the 30,000.00 that MRC owes are 151.23, and the fee is 25.00."""
    first, *rest = USUAL_LEVELS
    terms = ReminderTerms((replace(first, fee_minor=2500), *rest), "GBP", interest_basis_points=800)
    assert "Costs" not in finance.get("/reminders/new").words
    with inside(app), transaction():
        adopt_reminders(MAY, terms, actor=OFFICE)
    page = finance.get("/reminders/new")
    assert "Interest is 8 % a year of what is open, from level 1 on" in page.words
    assert [row[3] for row in page.rows()][:3] == ["Costs £176.23", "Costs £277.05", "Costs £277.05"]
    page = finance.get(f"/reminders/{send(app)[late.members['MRC']]}")
    for words in (
        "Charged",
        "INV-2016-0004",
        "Interest on INV-2016-0001: GBP 30,000.00 at 8 % a year for 23 of 365 days",
    ):
        assert words in page.words


def test_page_and_history_say_that_the_dispute_of_what_is_paid_ended_by_itself(
    app: House, browser: Browser, late: World
):
    sign_in(browser, Role.SECRETARIAT)
    path = f"/invoices/{invoice_id(app, late, 'NIH')}"
    browser.follow(browser.submit(f"{path}/dispute", {"since": "20 May 2016", "reason": "Billed twice"}))
    with inside(app):
        late.pay("NIH", "50000.00", MAY)
    page = browser.get(path)
    assert "Ended by itself: the invoice is paid" in page.words
    assert "The dispute of invoice INV-2016-0002 ended by itself on 24 May 2016" in page.words
    assert not page.has_action(f"{path}/dispute/settle")
    assert browser.get("/invoices?disputed=1").rows() == []


def test_a_representative_reads_reminders_of_its_own_and_others_do_not_exist(app: House, browser: Browser, late: World):
    reminders = send(app)
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=late.members["MRC"]))
    own, other = reminders[late.members["MRC"]], reminders[late.members["NIH"]]
    assert len(browser.get("/reminders").rows()) == 1
    assert not browser.get("/reminders").has_action("/reminders/new")
    for path in (f"/reminders/{own}", f"/reminders/{own}/pdf"):
        browser.get(path)
    for path in (f"/reminders/{other}", f"/reminders/{other}/pdf", "/reminders/999999"):
        browser.get(path, status=404)
    for path in ("/reminders/new", f"/invoices/{invoice_id(app, late, 'MRC')}/dispute"):
        browser.get(path, status=403)


def test_an_auditor_reads_reminders_and_sends_none(app: House, browser: Browser, late: World):
    reminders = send(app)
    sign_in(browser, Role.AUDITOR)
    browser.get(f"/reminders/{reminders[late.members['MRC']]}")
    for path in ("/reminders/new", f"/members/{late.members['MRC']}/block-reminders"):
        browser.get(path, status=403)


def test_a_committee_member_sees_no_reminder(app: House, browser: Browser, late: World):
    reminders = send(app)
    with inside(app), transaction():
        values = CommitteeValues("Phenotyping", CommitteeKind.STANDING, date(2011, 1, 1))
        committee_id = found_committee(values, actor=OFFICE).id
    sign_in(browser, RoleFor(Role.COMMITTEE_MEMBER, committee_id=committee_id))
    for path in ("/reminders", f"/reminders/{reminders[late.members['MRC']]}", "/reminders/new"):
        browser.get(path, status=403)


def test_reminders_are_found_by_level_and_payer(app: House, finance: Browser, late: World):
    assert "No reminders yet" in finance.get("/reminders").words
    send(app)
    assert len(finance.get("/reminders?level=1").rows()) == 3
    assert not finance.get("/reminders?level=2").rows()
    (row,) = finance.get(f"/reminders?payer={late.members['MRC']}").rows()
    assert row[1].startswith("Medical Research Council")
