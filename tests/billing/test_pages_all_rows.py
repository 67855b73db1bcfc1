"""A page shows the first rows of a long list; its file holds all of them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.billing.commands import ChargeLine, IssueValues, draft_charge, issue_invoice
from app.billing.models import Approval, BankAccount, ExchangeRate, FeeRun, Invoice
from app.billing.rules import Act, ApprovalState, RunState
from app.core.actor import program
from app.core.bulk import insert_rows
from app.core.database import db
from app.core.transaction import transaction
from app.members.commands import InstitutionFacts, add_institution
from app.members.rules import InstitutionKind
from app.web.requests import House
from tests.billing.bank_world import adopt, bring
from tests.billing.world import JUNE, MAY, YEAR, World, inside, pounds
from tests.client import Browser

NOON = datetime(2016, 5, 24, 10, tzinfo=UTC)
EARLIER = datetime(2016, 3, 1, 10, tzinfo=UTC)


def ask(many: int) -> None:
    asked = {"act": Act.CREDIT, "subject_kind": "invoice", "digest": "0" * 64, "state": ApprovalState.DECLINED}
    named = {"asked_by": "Odile Fennimore", "asked_at": NOON, "decided_by": "Ines Quillfeather", "decided_at": NOON}
    insert_rows(Approval, [{**asked, **named, "subject_id": each, "words": f"No. {each}"} for each in range(many)])


def rate(many: int) -> None:
    entered = {"currency": "EUR", "rate_billionths": 10**9, "source": "Bank", "recorded_by": "Odile Fennimore"}
    days = [MAY - timedelta(days=each) for each in range(many)]
    insert_rows(ExchangeRate, [{**entered, "recorded_at": NOON, "day": day} for day in days])


def prepare(many: int) -> None:
    """Fee runs, of which the first was prepared in March."""
    run = {"year": 2016, "first_day": YEAR.first, "last_day": YEAR.last, "state": RunState.ISSUED, "version": 1}
    whens = [EARLIER] + [NOON] * (many - 1)
    insert_rows(FeeRun, [{**run, "planned": 0, "done": 0, "prepared_by": "Office", "prepared_at": at} for at in whens])


def rows_of(browser: Browser, path: str) -> list[list[str]]:
    text = browser.get(path).response.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.parametrize(
    ("path", "file", "fill", "shown"),
    [
        ("/fees/approvals", "/fees/approvals?format=csv", ask, 200),
        ("/ledger/rates", "/ledger/rates?format=csv", rate, 200),
        ("/fees", "/fees?table=runs&format=csv", prepare, 50),
    ],
)
def test_a_file_holds_also_the_rows_that_its_page_does_not_show(app: House, finance: Browser, path, file, fill, shown):
    with inside(app):
        fill(shown + 1)
        db.session.commit()
    page = finance.get(path)
    assert len(page.rows()) == shown
    assert f"The newest {shown} of {shown + 1}; the files hold all of them." in page.words
    assert len(rows_of(finance, file)) == shown + 1


def test_every_open_invoice_of_a_payer_is_offered_to_its_money(app: House, finance: Browser):
    with inside(app):
        world = World.found(program("test"), YEAR.first)
        payer_id = world.members["MRC"]
        charge = ChargeLine("Workshop", pounds("120.00"), MAY, tax_reason="a contribution")
        with transaction():
            draft = draft_charge(payer_id, [charge], reason="Two places", actor=world.office)
        with transaction():
            issue_invoice(draft.id, IssueValues(MAY, JUNE), actor=world.office)
        copies(draft.id, 200)
        db.session.commit()
    form = finance.get(f"/payments/new?payer={payer_id}")
    assert len(form.tree.xpath("//main//input[starts-with(@name, 'invoice_')]")) == 201


def copies(invoice_id: int, many: int) -> None:
    """So many more invoices like one, for a page that shows them."""
    table = Invoice.__table__
    row = db.session.execute(select(*table.c).where(table.c.id == invoice_id)).mappings().one()
    insert_rows(Invoice, [{**row, "id": 10_000 + each, "number": f"INV-X-{each}"} for each in range(many)])


def test_every_table_that_waits_for_its_columns_is_told(app: House, made: World, finance: Browser):
    with inside(app):
        adopt(made)
        for each in range(21):
            content = f"Date;Text;Amount\n23.05.2016;Gift {each};100,00\n".encode()
            bring(made, content, db.session.scalars(select(BankAccount.id)).one())
    assert finance.get("/bank").words.count("waits for its columns.") == 21


def test_all_payers_without_a_contact_are_looked_for_and_those_not_named_are_counted(app: House, finance: Browser):
    with inside(app):
        world = World.found(program("test"), YEAR.first)
        for each in range(8):
            facts = InstitutionFacts(f"Fund {each}", f"F{each}", InstitutionKind.FUNDER, "GB")
            with transaction():
                world.members[f"F{each}"] = add_institution(facts, actor=world.office).id
            world.join(f"F{each}", "funder", YEAR.first)
        run_id = world.prepare().id
    words = finance.get(f"/fees/runs/{run_id}").words
    assert words.count("has no billing contact.") == 5
    assert "3 more payers have no billing contact." in words


def test_fees_on_a_past_day_show_its_runs_however_many_followed(app: House, finance: Browser):
    with inside(app):
        prepare(52)
        db.session.commit()
    assert len(finance.get("/fees?on=2016-03-01").rows()) == 1
    assert not finance.get("/fees?on=2016-02-29").rows()
