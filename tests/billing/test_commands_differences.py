"""The register put right after billing: what was posted stays; the difference is billed further or credited, once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.billing.commands import (
    ChargeLine,
    CreditValues,
    IssueValues,
    bill_difference,
    credit_invoice,
    discard_draft,
    draft_charge,
    issue_invoice,
    void_invoice,
)
from app.billing.models import Invoice, InvoiceLine
from app.billing.queries.differences import excess_of
from app.billing.queries.mismatches import Mismatch, list_mismatches
from app.billing.rules import InvoiceState, Proration, TaxCategory
from app.core.actor import Actor, Granted, program
from app.core.clock import clock_at, start_of
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import correct_first_day
from app.web.requests import House
from tests.at_once import at_once
from tests.billing.world import JUNE, MAY, YEAR, World, inside, pounds

NEXT = Period(date(2017, 1, 1), date(2017, 12, 31))
JULY = date(2016, 7, 1)


def begin(world: World, membership: str, first_day: date) -> None:
    with transaction():
        correct_first_day(world.memberships[membership], first_day=first_day, reason="Typed", actor=world.office)


def mismatches(world: World, year: Period = YEAR) -> list[Mismatch]:
    return list_mismatches(year, actor=world.office)


def bill(world: World, row: Mismatch) -> list[Invoice]:
    with transaction():
        return bill_difference(row.lines[0].id, actor=world.office)


def credit(world: World, row: Mismatch) -> Invoice:
    excess = excess_of(row)
    assert excess is not None
    with transaction():
        return credit_invoice(excess.invoice_id, CreditValues(excess.parts, row.why, MAY), actor=world.office)


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    asked = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).order_by(InvoiceLine.position)
    return list(db.session.scalars(asked))


def late(world: World, **terms: object) -> None:
    """One member that joined in July, of a class with a fee of its own, billed and issued."""
    world.adopt("partner", "5000.00", date(2012, 1, 1), proration=Proration.BY_DAY, **terms)
    world.add("Late Fund", "Late")
    world.join("Late", "partner", JULY)
    world.issue()


def assert_settled(world: World) -> None:
    """Nothing is left in the list, a run bills nobody again, and the books hold."""
    assert mismatches(world) == []
    with pytest.raises(DomainError, match="Nobody is left to bill"):
        world.prepare()
    db.session.rollback()
    assert [line for each in run_checks() for line in each.problems] == []


def test_a_year_of_365_days_is_billed_further_by_exactly_the_part(world: World):
    world.adopt("partner", "5000.00", date(2012, 1, 1), proration=Proration.BY_DAY)
    world.add("Late Fund", "Late")
    world.join("Late", "partner", date(2017, 7, 1))
    with clock_at(start_of(date(2017, 8, 1))):
        world.issue(NEXT, date(2017, 8, 1), date(2017, 9, 1))
        begin(world, "Late partner", date(2017, 6, 1))
        (row,) = mismatches(world, NEXT)
        # 184/365 of 5,000.00 is 2,520.55, and 214/365 is 2,931.51.
        assert (row.billed, row.due) == (pounds("2520.55"), pounds("2931.51"))
        (draft,) = bill(world, row)
        assert mismatches(world, NEXT) == []
    (line,) = lines_of(draft)
    assert (draft.state, line.net_minor) == (InvoiceState.DRAFT, 41096)
    assert (line.first_day, line.last_day) == (date(2017, 6, 1), date(2017, 6, 30))


def test_an_addition_has_the_days_the_tax_and_the_income_account_of_its_fee(world: World):
    late(world, tax_category=TaxCategory.STANDARD, tax_basis_points=2000, tax_reason=None, income_account="4900")
    begin(world, "Late partner", date(2016, 6, 1))
    (row,) = mismatches(world)
    (draft,) = bill(world, row)
    (line,) = lines_of(draft)
    assert (line.first_day, line.last_day) == (date(2016, 6, 1), date(2016, 6, 30))
    assert (line.tax_category, line.tax_basis_points, line.income_account) == (TaxCategory.STANDARD, 2000, "4900")
    assert (line.membership_id, draft.payer_id) == (world.memberships["Late partner"], world.members["Late"])
    assert (draft.net_minor, draft.tax_minor) == (40984, 8197)
    assert line.description == "Partner membership fee, difference"
    with transaction():
        issue_invoice(draft.id, IssueValues(MAY, JUNE), actor=world.office)
    assert_settled(world)


def test_a_difference_is_billed_once(world: World):
    late(world)
    begin(world, "Late partner", date(2016, 6, 1))
    (row,) = mismatches(world)
    bill(world, row)
    with pytest.raises(DomainError, match="is billed already"):
        bill(world, row)
    assert_settled(world)


def test_two_who_bill_a_difference_at_once_bill_it_once(app: House):
    with inside(app):
        world = World.found(actor := program("test"), YEAR.first)
        late(world)
        begin(world, "Late partner", date(2016, 6, 1))
        (row,) = mismatches(world)
        line_id = row.lines[0].id
    outcomes = at_once(app, *[lambda: bill_difference(line_id, actor=actor)] * 2)
    assert sorted(each == "done" for each in outcomes) == [False, True]
    with inside(app):
        assert_settled(world)


def test_two_who_credit_a_difference_at_once_credit_it_once(app: House):
    with inside(app):
        world = World.found(actor := program("test"), YEAR.first)
        world.issue()
        begin(world, "MRC funder", JULY)
        (row,) = mismatches(world)
        excess = excess_of(row)
        assert excess is not None
        invoice_id, line_id = excess.invoice_id, row.lines[0].id
    values = CreditValues(excess.parts, row.why, MAY, line_id=line_id)
    outcomes = at_once(app, *[lambda: credit_invoice(invoice_id, values, actor=actor)] * 2)
    assert outcomes == ["done", "Nothing of this invoice is billed too much for that membership now."]
    with inside(app):
        assert_settled(world)


def test_no_more_than_is_billed_too_much_now_is_credited_to_put_a_membership_right(world: World):
    world.issue()
    begin(world, "MRC funder", JULY)
    (row,) = mismatches(world)
    (line_id,) = row.left
    more = CreditValues({line_id: -row.difference.minor + 1}, row.why, MAY, line_id=line_id)
    with pytest.raises(DomainError, match=r"Only 24,863\.39 GBP is billed too much"), transaction():
        credit_invoice(row.lines[0].invoice_id, more, actor=world.office)


def test_a_draft_that_is_discarded_can_be_billed_again_and_so_can_one_that_is_void(world: World):
    late(world)
    begin(world, "Late partner", date(2016, 6, 1))
    (row,) = mismatches(world)
    (draft,) = bill(world, row)
    with transaction():
        discard_draft(draft.id, actor=world.office)
    (row,) = mismatches(world)
    (draft,) = bill(world, row)
    with transaction():
        issue_invoice(draft.id, IssueValues(MAY, JUNE), actor=world.office)
    with transaction():
        void_invoice(draft.id, day=MAY, reason="Wrong order", actor=world.office)
    (row,) = mismatches(world)
    bill(world, row)
    assert_settled(world)


def test_a_join_date_corrected_to_later_is_credited_and_then_to_earlier_billed_again(world: World):
    late(world)
    for first_day in (date(2016, 8, 1), date(2016, 6, 1), date(2016, 7, 15), date(2016, 5, 15)):
        begin(world, "Late partner", first_day)
        (row,) = mismatches(world)
        if row.difference.minor > 0:
            (draft,) = bill(world, row)
            with transaction():
                issue_invoice(draft.id, IssueValues(MAY, JUNE), actor=world.office)
        while rows := mismatches(world):
            credit(world, rows[0])
        assert_settled(world)
    lines = db.session.scalars(
        select(InvoiceLine.net_minor).where(InvoiceLine.membership_id == world.memberships["Late partner"])
    )
    assert sum(lines) == pounds("5000.00").part(231, 366).minor


def test_a_credit_takes_back_first_what_bills_days_that_are_gone(world: World):
    world.adopt("partner", "5000.00", date(2012, 1, 1))
    world.adopt("partner", "6000.00", JULY)
    world.issue()
    begin(world, "ICS partner", date(2016, 10, 1))
    (row,) = mismatches(world)
    first, second = row.lines
    excess = excess_of(row)
    assert excess is not None
    assert excess.parts == {first.id: first.net.minor, second.id: second.net.minor - row.due.minor}
    credit(world, row)
    assert_settled(world)


def test_several_payers_are_billed_further_and_credited_by_their_shares(world: World):
    world.add("Late Fund", "Late")
    world.join("Late", "funder", JULY)
    world.let_pay("Late", ("MRC", 2), ("Wellcome", 1))
    world.issue()
    begin(world, "Late funder", date(2016, 6, 1))
    (row,) = mismatches(world)
    drafts = bill(world, row)
    assert [each.payer_id for each in drafts] == [world.members["MRC"], world.members["Wellcome"]]
    assert sum(each.net_minor for each in drafts) == row.difference.minor
    assert drafts[0].net_minor == pytest.approx(drafts[1].net_minor * 2, abs=2)
    for draft in drafts:
        with transaction():
            issue_invoice(draft.id, IssueValues(MAY, JUNE), actor=world.office)
    begin(world, "Late funder", date(2016, 9, 1))
    credits_ = []
    while rows := mismatches(world):
        credits_.append(credit(world, rows[0]))
    by_payer = {
        short: -sum(each.net_minor for each in credits_ if each.payer_id == world.members[short])
        for short in ("MRC", "Wellcome")
    }
    assert by_payer["MRC"] == pytest.approx(by_payer["Wellcome"] * 2, abs=2)
    assert_settled(world)


def test_what_a_draft_of_a_run_bills_is_made_anew_instead(world: World):
    world.add("Late Fund", "Late")
    world.join("Late", "funder", JULY)
    world.prepare()
    begin(world, "Late funder", date(2016, 6, 1))
    (row,) = mismatches(world)
    with pytest.raises(DomainError, match="make that draft anew"):
        bill(world, row)


def test_what_is_billed_too_much_is_not_billed_further(world: World):
    world.issue()
    begin(world, "MRC funder", JULY)
    (row,) = mismatches(world)
    with pytest.raises(DomainError, match="is credited"):
        bill(world, row)


def test_who_may_not_write_invoices_bills_no_difference(world: World):
    with pytest.raises(AccessDeniedError):
        bill_difference(1, actor=Actor("Nobody", 7, (Granted(Role.AUDITOR),)))


def test_reverse_charge_without_a_number_is_not_billed_further_and_says_who_lacks_it(world: World):
    world.charge_in_reverse("partner", {"Late": ("Late Fund", "DE136695976")})
    begin(world, "Late partner", JULY)
    world.set_number("ICS", "FR40303265045")
    world.register("GB980780684")
    world.issue()
    begin(world, "Late partner", date(2016, 6, 1))
    world.set_number("Late", None)
    (row,) = mismatches(world)
    with pytest.raises(DomainError, match="Late Fund has no VAT number on record"):
        bill(world, row)


def test_a_line_that_bills_no_membership_has_no_difference(world: World):
    charge = ChargeLine("Workshop", pounds("120.00"), MAY, tax_reason="a contribution")
    with transaction():
        draft = draft_charge(world.members["MRC"], [charge], reason="Two places", actor=world.office)
    (line,) = lines_of(draft)
    with pytest.raises(DomainError, match="is billed already"), transaction():
        bill_difference(line.id, actor=world.office)
