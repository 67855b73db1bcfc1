"""The first page of money and the ages of open invoices: figures, the work that waits, and who sees them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.accounts.commands import RoleFor
from app.billing.commands import (
    ChargeLine,
    IssueValues,
    WriteOffValues,
    adopt_billing,
    adopt_usual_reminders,
    dispute_invoice,
    draft_charge,
    issue_invoice,
    write_off,
)
from app.billing.queries.ages import sums_by_age
from app.billing.queries.invoices import InvoiceFilters, search_invoices
from app.billing.queries.money_home import money_work, unallocated_sums, years_of_money
from app.billing.rules import AGES, BillingTerms, WriteOffKind, age_of
from app.core import clock
from app.core.actor import program
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.world import MAY, World, inside, pounds
from tests.client import Browser
from tests.signin import sign_in

OFFICE = program("test")


def test_each_fee_year_is_what_was_invoiced_collected_open_and_overdue_on_the_day(app: House, made: World):
    with inside(app):
        made.pay("MRC", "100.00", date(2016, 5, 10))
        (year,) = years_of_money(date(2016, 5, 9), made.office)
        assert (year.year, year.invoiced, year.collected) == (2016, pounds("150000.00"), pounds("20000.00"))
        assert (year.outstanding, year.overdue) == (pounds("130000.00"), pounds("130000.00"))
        (before,) = years_of_money(date(2016, 4, 19), made.office)
        assert (before.collected, before.overdue) == (pounds("0.00"), pounds("0.00"))
        (now,) = years_of_money(MAY, made.office)
        assert now.collected == pounds("20100.00")
        assert years_of_money(date(2016, 3, 31), made.office) == ()


def test_credits_lower_what_was_invoiced_in_the_fee_year_they_credit_and_losses_are_not_collected(
    app: House, made: World
):
    """20,000.00 of 150,000.00 came in; 35,000.00 are credited and 1,000.00 of what is open written off."""
    with inside(app):
        made.credit(made.invoice_of("MRC"), "35000.00", MAY)
        values = WriteOffValues(pounds("1000.00"), WriteOffKind.UNCOLLECTIBLE, "Insolvent", MAY)
        with transaction():
            write_off(made.invoice_of("NIH").id, values, actor=OFFICE)
        (before,) = years_of_money(date(2016, 5, 9), made.office)
        assert (before.invoiced, before.written_off, before.unused) == (pounds("150000.00"), pounds(0), pounds(0))
        (year,) = years_of_money(MAY, made.office)
        assert (year.invoiced, year.collected) == (pounds("115000.00"), pounds("20000.00"))
        assert (year.written_off, year.unused, year.outstanding) == (pounds(1000), pounds(5000), pounds("99000.00"))
        assert year.overdue == year.outstanding
        assert money_work(made.office).unused == 1
        assert unallocated_sums(MAY, made.office) == [pounds(5000)]


def test_a_credit_note_counts_in_the_fee_year_of_its_invoice(app: House, made: World):
    with inside(app), clock.clock_at(datetime(2017, 2, 1, 11, tzinfo=UTC)):
        made.credit(made.invoice_of("NIH"), "10000.00", date(2017, 2, 1))
        (year,) = years_of_money(date(2017, 2, 1), made.office)
        assert (year.year, year.invoiced) == (2016, pounds("140000.00"))


def test_what_is_charged_outside_runs_counts_in_the_fee_year_of_its_day(app: House, made: World):
    with inside(app):
        with transaction():
            adopt_billing(MAY, BillingTerms(year_month=6, year_day=1), actor=OFFICE)
        for day, amount in ((date(2016, 6, 2), "10.00"), (date(2017, 5, 31), "5.00")):
            with clock.clock_at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)), transaction():
                line = ChargeLine("Workshop", pounds(amount), day, tax_reason="A contribution")
                draft = draft_charge(made.members["MRC"], [line], reason="Agreed", actor=OFFICE)
                issue_invoice(draft.id, IssueValues(day, day), actor=OFFICE)
        with clock.clock_at(datetime(2017, 6, 1, 11, tzinfo=UTC)):
            found = years_of_money(clock.today(), made.office)
        assert [(each.year, each.invoiced) for each in found] == [(2016, pounds("150015.00"))]


def test_the_sums_by_age_are_those_of_the_list_narrowed_to_it_on_any_day(app: House, made: World):
    with inside(app):
        for on in (date(2016, 4, 10), date(2016, 5, 2), MAY, date(2016, 5, 31), date(2016, 6, 1), date(2016, 8, 1)):
            expected = age_of(date(2016, 5, 1), on)
            sums = sums_by_age(on, made.office)
            assert set(sums) == {expected}
            for age in range(len(AGES)):
                page = search_invoices(InvoiceFilters(age=age), PageRequest(sort="number"), on=on, actor=made.office)
                assert page.total == (3 if age == expected else 0)
                assert page.totals.get("open") == (sums[age][0] if age in sums else None)


def test_the_page_shows_the_year_and_what_waits(app: House, finance: Browser, made: World):
    with inside(app), transaction():
        adopt_usual_reminders(actor=OFFICE)
    with inside(app), transaction():
        dispute_invoice(made.invoice_of("NIH").id, "Billed twice", since=MAY, actor=OFFICE)
    page = finance.get("/money")
    for words in ("Invoiced for 2016 £150,000.00", "Collected of it £20,000.00", "Overdue £130,000.00"):
        assert words in page.words
    for words in ("2 payers are due for a reminder", "3 invoices are overdue", "1 invoice is in dispute"):
        assert words in page.words
    assert "What waits" not in finance.get("/money?on=2016-05-02").words
    assert len(finance.get("/invoices?disputed=1").rows()) == 1
    assert "1 to 30 days: £130,000.00" in finance.get("/invoices").words
    assert len(finance.get("/invoices?age=1").rows()) == 3
    assert not finance.get("/invoices?age=4").rows()


def test_a_new_site_has_a_page_of_money_too(finance: Browser):
    assert "Nothing was invoiced yet." in finance.get("/money").words


@pytest.mark.parametrize(("role", "status"), [(Role.SECRETARIAT, 200), (Role.AUDITOR, 200)])
def test_who_reads_all_money_reads_its_first_page(browser: Browser, made: World, role: Role, status: int):
    assert made.members
    sign_in(browser, role)
    browser.get("/money", status=status)


def test_a_representative_sees_ages_of_its_own_invoices_and_no_page_of_money(browser: Browser, made: World):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=made.members["MRC"]))
    browser.get("/money", status=403)
    assert "1 to 30 days: £30,000.00" in browser.get("/invoices").words
