"""Charges outside fee runs: drafts by hand, of one or several lines."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.billing.commands import ChargeLine, IssueValues, add_charge, discard_draft, draft_charge, issue_invoice
from app.billing.models import InvoiceLine
from app.billing.queries.contents import read_contents
from app.billing.queries.ledger import trial_balance
from app.billing.rules import TaxCategory
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.money import Money
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.world import MAY, World, inside, pounds
from tests.client import Browser

WHY = "a contribution without a supply in return"


def line(amount: str = "120.00", **values: object) -> ChargeLine:
    return ChargeLine("Workshop in Łódź", pounds(amount), MAY, **({"tax_reason": WHY} | values))  # type: ignore[arg-type]


def charge(world: World, *lines: ChargeLine) -> int:
    with transaction():
        return draft_charge(world.members["MRC"], lines, reason="Two places", actor=world.office).id


def test_a_charge_is_a_draft_outside_any_run_and_is_issued_like_any(world: World):
    taxed = line("33.33", tax_category=TaxCategory.STANDARD, tax_basis_points=2000, tax_reason=None)
    invoice_id = charge(world, line(), taxed)
    draft = world.invoice_of("MRC")
    assert (draft.id, draft.run_id, draft.number) == (invoice_id, None, None)
    assert (draft.net_minor, draft.tax_minor, draft.gross_minor) == (15333, 667, 16000)
    with transaction():
        issued = issue_invoice(invoice_id, IssueValues(MAY, MAY), actor=world.office)
    assert issued.number == "INV-2016-0001"


def test_tax_of_a_further_line_is_computed_on_the_sum_of_its_category(world: World):
    seventh = {"tax_category": TaxCategory.STANDARD, "tax_basis_points": 1900, "tax_reason": None}
    invoice_id = charge(world, *[line("0.33", **seventh)] * 6)
    with transaction():
        add_charge(invoice_id, line("0.33", **seventh), reason="One more", actor=world.office)
    draft = world.invoice_of("MRC")
    assert (draft.net_minor, draft.tax_minor) == (231, 44)
    assert db.session.scalars(select(InvoiceLine.position).order_by(InvoiceLine.id)).all() == [1, 2, 3, 4, 5, 6, 7]


def test_a_charge_is_for_its_day_and_not_for_a_membership_year(world: World):
    invoice_id = charge(world, line(), line(last_day=date(2016, 5, 26)))
    (content,) = read_contents([invoice_id], MAY)
    assert [each["period"] for each in content.record["lines"]] == ["24 May 2016", "24 May 2016 to 26 May 2016"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (line("0.00"), "amount"),
        (line(tax_reason=None), "tax_reason"),
        (line(income_account="1100"), "income_account"),
        (line(income_account="4999"), "income_account"),
        (line(last_day=date(2016, 5, 1)), "last_day"),
        (ChargeLine("Workshop", Money.of("1", "EUR"), MAY, tax_reason=WHY), "currency"),
    ],
)
def test_a_charge_that_could_not_be_issued_is_refused_with_its_field(world: World, wrong: ChargeLine, field: str):
    with pytest.raises(DomainError) as refused:
        charge(world, line(), wrong)
    assert refused.value.field == field


def test_an_issued_invoice_and_a_draft_of_a_run_take_no_further_line(world: World):
    world.prepare()
    of_run = world.invoice_of("NIH").id
    by_hand = charge(world, line())
    with transaction():
        issue_invoice(by_hand, IssueValues(MAY, MAY), actor=world.office)
    for invoice_id in (of_run, by_hand):
        with pytest.raises(DomainError, match="Only a draft outside fee runs"), transaction():
            add_charge(invoice_id, line(), reason="More", actor=world.office)


def test_who_may_not_write_invoices_charges_nobody(world: World):
    auditor = Actor("Nobody", 7, (Granted(Role.AUDITOR),))
    with pytest.raises(AccessDeniedError), transaction():
        draft_charge(world.members["MRC"], [line()], reason="x", actor=auditor)
    invoice_id = charge(world, line())
    with transaction():
        assert discard_draft(invoice_id, actor=world.office) is None


def test_the_page_of_a_payer_leads_to_a_charge_with_its_name_filled_in(app: House, made: World, finance: Browser):
    home = f"/members/{made.members['MRC']}/money"
    page = finance.get(home)
    (way,) = page.tree.xpath("//a[text()='Charge something']/@href")
    form = finance.get(way)
    assert form.tree.xpath("//main//input[@name='payer']/@value")[0].startswith("Medical Research Council")
    assert form.tree.xpath("//main//input[@name='tax_reason']/@value") == [""]
    assert "Only for category S: that of the day it is for, not of today." in form.words
    typed = {"tax_reason": WHY, "description": "Workshop", "amount": "120.00", "reason": "Two places"}
    after = finance.follow(finance.submit(way, typed))
    assert "Draft of £120.00 to Medical Research Council" in after.words
    (more,) = after.tree.xpath("//a[text()='Add a line']/@href")
    added = finance.follow(finance.submit(more, typed | {"amount": "30.00"}))
    assert "Draft of £150.00" in added.words
    with inside(app):
        assert made.invoice_of("MRC").gross == pounds("150.00")


def test_a_charge_is_booked_as_income_of_its_account_and_credited_from_it(world: World):
    invoice_id = charge(world, line("100.00"), line("20.00", income_account="4900"))
    with transaction():
        issued = issue_invoice(invoice_id, IssueValues(MAY, MAY), actor=world.office)
    assert income(world) == {"4000": -10000, "4900": -2000}
    world.credit(issued)
    assert income(world) == {"4000": 0, "4900": -2000}


def income(world: World) -> dict[str, int]:
    return {row.code: row.balance.minor for row in trial_balance(actor=world.office) if row.code.startswith("4")}
