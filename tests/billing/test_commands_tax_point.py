"""The rate of tax is that of the first day of what is charged, whenever it is issued, paid or credited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from app.billing.commands import ChargeLine, CreditValues, IssueValues, credit_invoice, draft_charge, issue_invoice
from app.billing.models import Invoice, InvoiceRecord
from app.billing.queries.credits import creditable_of
from app.billing.queries.ledger import trial_balance
from app.billing.rules import TAX_PAYABLE, Proration, TaxCategory
from app.core.clock import clock_at, start_of
from app.core.database import db
from app.core.transaction import transaction
from tests.billing.test_commands_crediting import problems
from tests.billing.world import World, pounds

CHANGE = date(2016, 7, 1)
AUGUST, AUTUMN = date(2016, 8, 1), date(2016, 9, 30)
TAXED = {"tax_category": TaxCategory.STANDARD, "tax_reason": None}


@pytest.fixture
def autumn(world: World) -> Iterator[World]:
    """The consortium in the autumn after the rate went down from 20 to 10 per cent."""
    with clock_at(start_of(AUTUMN)):
        yield world


def taxed(world: World, proration: Proration) -> None:
    """A fee of 1,200.00 a year, taxed at 20 per cent before the change and at 10 per cent since."""
    for first, points in ((date(2012, 1, 1), 2000), (CHANGE, 1000)):
        world.adopt("partner", "1200.00", first, proration=proration, tax_basis_points=points, **TAXED)


def taxes(invoice: Invoice) -> list[tuple[str, int, int, int]]:
    """Each tax of an invoice as it is frozen: category, rate, and the sum and the tax in pence."""
    found = db.session.get_one(InvoiceRecord, invoice.id).content["taxes"]
    return [(each["category"], each["basis_points"], each["base"], each["tax"]) for each in found]


def booked_tax(world: World) -> int:
    return sum(-row.balance.minor for row in trial_balance(actor=world.office) if row.code == TAX_PAYABLE)


@pytest.mark.parametrize("proration", [Proration.NONE, Proration.BY_MONTH])
def test_a_fee_that_is_not_cut_by_days_has_the_rate_of_its_first_day_though_it_is_issued_and_paid_after_a_change(
    autumn: World, proration: Proration
):
    taxed(autumn, proration)
    autumn.add("Late Joiner", "Late")
    autumn.join("Late", "partner", AUGUST)
    autumn.issue(day=AUTUMN, due=AUTUMN)
    joined = pounds(1200).minor if proration is Proration.NONE else pounds(500).minor
    early, late = autumn.invoice_of("ICS"), autumn.invoice_of("Late")
    assert taxes(early) == [("S", 2000, 120_000, 24_000)]
    assert taxes(late) == [("S", 1000, joined, joined // 10)]
    before = booked_tax(autumn)
    autumn.pay("ICS", "1440.00", AUTUMN)
    assert booked_tax(autumn) == before
    assert problems() == []


def test_a_fee_by_days_has_each_rate_for_its_own_days(autumn: World):
    taxed(autumn, Proration.BY_DAY)
    autumn.issue(day=AUTUMN, due=AUTUMN)
    before, since = 59_672, 60_328  # 182 of 366 days, and the rest.
    assert taxes(autumn.invoice_of("ICS")) == [("S", 2000, before, 11_934), ("S", 1000, since, 6_033)]
    assert problems() == []


def test_a_charge_made_once_keeps_the_rate_of_its_day_when_it_is_issued_and_credited_after_a_change(autumn: World):
    taxed(autumn, Proration.NONE)
    day = date(2016, 6, 30)
    lines = [ChargeLine("Workshop", pounds(100), day, tax_basis_points=2000, tax_category=TaxCategory.STANDARD)]
    with transaction():
        draft = draft_charge(autumn.members["MRC"], lines, reason="Agreed", actor=autumn.office)
    with transaction():
        invoice = issue_invoice(draft.id, IssueValues(AUTUMN, AUTUMN), actor=autumn.office)
    assert taxes(invoice) == [("S", 2000, 10_000, 2_000)]
    assert taxes(autumn.credit(invoice, "50.00", AUTUMN)) == [("S", 2000, 5_000, 1_000)]
    assert booked_tax(autumn) == 1_000
    assert problems() == []


def test_lines_of_several_categories_are_credited_line_by_line_each_at_the_rate_of_its_invoice(autumn: World):
    exempt: dict[str, object] = {"tax_category": TaxCategory.EXEMPT, "tax_reason": "Education"}
    amounts: list[tuple[str, dict[str, object]]] = [
        ("33.33", TAXED | {"tax_basis_points": 2000}),
        ("66.67", TAXED | {"tax_basis_points": 2000}),
        ("0.99", TAXED | {"tax_basis_points": 500}),
        ("40.00", exempt),
    ]
    lines = [ChargeLine(f"Part {amount}", pounds(amount), CHANGE, **tax) for amount, tax in amounts]  # type: ignore[arg-type]
    autumn.register("GB980780684")
    with transaction():
        draft = draft_charge(autumn.members["MRC"], lines, reason="Agreed", actor=autumn.office)
    with transaction():
        invoice = issue_invoice(draft.id, IssueValues(AUTUMN, AUTUMN), actor=autumn.office)
    assert taxes(invoice) == [("S", 2000, 10_000, 2_000), ("S", 500, 99, 5), ("E", 0, 4_000, 0)]
    first = credited(autumn, invoice, (1_111, 0, 33, 4_000))
    assert taxes(first) == [("S", 2000, 1_111, 222), ("S", 500, 33, 2), ("E", 0, 4_000, 0)]
    second = credited(autumn, invoice, (2_222, 1, 33, 0))
    assert taxes(second) == [("S", 2000, 2_223, 445), ("S", 500, 33, 1)]
    assert [line.left for line in creditable_of(invoice.id).lines] == [0, 6_666, 33, 0]
    rest = credited(autumn, invoice, (0, 6_666, 33, 0))
    assert taxes(rest) == [("S", 2000, 6_666, 1_333), ("S", 500, 33, 2)]
    assert booked_tax(autumn) == 0
    assert db.session.get_one(Invoice, invoice.id).open_minor == 0
    assert problems() == []


def credited(world: World, invoice: Invoice, parts: tuple[int, ...]) -> Invoice:
    """A credit note for so much of each line."""
    lines = creditable_of(invoice.id).lines
    chosen = {line.id: minor for line, minor in zip(lines, parts, strict=True) if minor}
    with transaction():
        return credit_invoice(invoice.id, CreditValues(chosen, "Agreed", AUTUMN), actor=world.office)
