"""A fee year from its schedule to the pack: whatever comes between, ageing, statements and ledger agree every day."""

from __future__ import annotations

import io
from datetime import date

from sqlalchemy import select

from app.billing.commands import adopt_usual_reminders
from app.billing.models import BankEntry, FeeRun, Invoice, Reminder
from app.billing.queries.accounts import accounts_of
from app.billing.queries.credits import creditable_of
from app.billing.queries.ledger import trial_balance
from app.core.actor import program
from app.core.clock import clock_at, start_of
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.outbox.work import run_due_jobs
from app.web.requests import House
from tests.billing.bank_world import adopt
from tests.billing.statement_files import Line, camt
from tests.billing.test_commands_crediting import agree_on
from tests.billing.world import World, inside, pounds
from tests.client import Browser
from tests.papers import needs_pango, page_texts
from tests.signin import sign_in

ISSUED, PAID, CREDITED, VOIDED, CLOSED = (
    date(2016, 4, 1), date(2016, 4, 20), date(2016, 5, 10), date(2016, 5, 24), date(2017, 2, 1)
)  # fmt: skip
FEE = 6_000_000
"""What each funder owes, in pence."""


@needs_pango
def test_in_a_fee_year_ageing_statements_and_ledger_agree_whatever_happens(app: House, browser: Browser) -> None:
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        world.add("Genome Canada", "GC", "CA")
        world.join("GC", "funder", date(2016, 1, 1))
        adopt(world)
        with transaction():
            adopt_usual_reminders(actor=world.office)
    sign_in(browser, Role.FINANCE)
    adopt_the_fee_and_issue_the_run(app, browser, world)
    bring_the_statement_and_decide_its_lines(app, browser, world)
    credit_a_part_void_one_and_remind(app, browser, world)
    with clock_at(start_of(CLOSED)):
        sign_in(browser, Role.FINANCE)
        close_the_year_and_print_the_pack(browser)
        for day in (ISSUED, PAID, CREDITED, VOIDED, CLOSED):
            agree(app, world, day)
        with inside(app):
            assert [line for finding in run_checks() for line in finding.problems] == []


def adopt_the_fee_and_issue_the_run(app: House, browser: Browser, world: World) -> None:
    with inside(app):
        fee = {"name": "Funder fee", "class_id": str(world.class_id("funder")), "tax_reason": "a contribution"}
    browser.submit("/fees/new", fee | {"amount": "60000", "first_day": "1 January 2016"})
    run = str(browser.submit("/fees/runs/new?year=2016", {}).response.location)
    browser.submit(run, {"issue_day": "1 April 2016", "due_day": "1 May 2016"}, action=f"{run}/issue")
    with inside(app):
        run_due_jobs()
        assert db.session.scalars(select(FeeRun.state)).one() == "issued"
    assert len(browser.get("/invoices").rows()) == 4


def bring_the_statement_and_decide_its_lines(app: House, browser: Browser, world: World) -> None:
    with inside(app):
        exact, short, over = (str(world.invoice_of(each).number) for each in ("MRC", "NIH", "Wellcome"))
    lines = (
        Line(FEE, f"Fee, {exact}.", day=PAID),
        Line(FEE - 2_000_000, short, day=PAID),
        Line(FEE + 10_000, over, day=PAID),
        Line(FEE, f"{exact} again", day=CREDITED),
        Line(25_000, "A gift", day=CREDITED),
    )
    browser.submit("/bank/import", {"file": (io.BytesIO(camt(*lines)), "statement.xml")})
    with inside(app):
        states = db.session.execute(select(BankEntry.id, BankEntry.state).order_by(BankEntry.id)).all()
        desk = f"/bank/accounts/{db.session.scalars(select(BankEntry.account_id)).first()}"
    assert [row.state for row in states] == ["booked", "open", "open", "open", "open"]
    for row in states[1:4]:
        browser.press(f"{desk}?line={row.id}", f"/bank/lines/{row.id}/accept")
    gift = states[4].id
    browser.submit(f"{desk}?line={gift}", {"reason": "Not ours"}, action=f"/bank/lines/{gift}/leave-out")
    assert [owed(app, world, each) for each in ("MRC", "NIH", "Wellcome")] == [-FEE, 2_000_000, -10_000]


def credit_a_part_void_one_and_remind(app: House, browser: Browser, world: World) -> None:
    with inside(app):
        short, void = world.invoice_of("NIH").id, world.invoice_of("GC").id
        line = creditable_of(short).lines[0].id
    values = {f"line_{line}": "500", "reason": "Joined late", "day": "10 May 2016"}
    browser.submit(f"/invoices/{short}/credit", values)
    browser.submit(f"/invoices/{void}/void", {"reason": "Sent in error"})
    assert "Send 1 reminder" in browser.get("/reminders/new").words
    browser.submit("/reminders/new", {})
    with inside(app):
        run_due_jobs()
        assert db.session.scalars(select(Reminder.payer_id)).all() == [world.members["NIH"]]
        assert db.session.get_one(Invoice, void).state == "void"
    assert (owed(app, world, "NIH"), owed(app, world, "GC")) == (1_950_000, 0)


def close_the_year_and_print_the_pack(browser: Browser) -> None:
    browser.submit("/ledger/years/close", {})
    assert browser.get("/ledger/years").rows()[0][0] == "1 Jan 2016 to 31 Dec 2016"
    response = browser.get("/reports/finance-pack?year=2016&format=pdf").response
    said = " ".join(page_texts(response.get_data()))
    response.close()
    assert "19,500.00" in said


def owed(app: House, world: World, short: str, day: date = VOIDED) -> int:
    """What the statement of a payer says that it owes on a day, in pence; below zero where it has money left."""
    with inside(app):
        accounts = accounts_of(world.members[short], day, actor=world.office)
        return sum(each.balance.minor for each in accounts)


def agree(app: House, world: World, day: date) -> None:
    """Ageing, list, statements and ledger say the same of a day."""
    stated = sum(owed(app, world, each, day) for each in world.members)
    with inside(app):
        agree_on(day, world)
        rows = trial_balance(day, actor=world.office)
        assert stated == sum(row.balance.minor for row in rows if row.code in {"1100", "2100"})
        assert pounds(0).minor == sum(row.balance.minor for row in rows)
