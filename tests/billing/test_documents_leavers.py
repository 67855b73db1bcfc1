"""The final statement as printed: to whom, about which account and case, and how to pay what is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.billing.documents import FinalStatement, final_statement_html
from app.billing.queries.leavers import final_statement
from app.billing.rules import creditor_reference
from app.core.database import db
from app.core.periods import Period
from app.members.commands import Notice, end_access, end_memberships, give_notice
from app.members.models import Institution
from app.members.queries import get_departure
from app.web.pdf import print_pdf
from app.web.wording import in_groups
from tests.billing.test_documents import words
from tests.billing.world import World
from tests.members.world import do, on
from tests.papers import needs_pango, page_sizes, page_texts

SUMMER = date(2016, 8, 1)
IBAN = "GB33 BUKB 2020 1555 5555 55"


def leaving(world: World, short: str) -> FinalStatement:
    """The final statement of a member that left with the end of June, its contacts with it."""
    begun = do(give_notice, world.members[short], Notice(date(2016, 6, 30), "Its funding ends"))
    do(end_memberships, begun.id)
    do(end_access, begun.id)
    with on(SUMMER):
        return final_statement(get_departure(begun.id, world.office).departure, world.office)


def test_the_final_statement_names_sender_addressee_account_and_case(world: World):
    world.issue()
    statement = leaving(world, "NIH")
    text = words(final_statement_html(statement))
    number = db.session.get_one(Institution, world.members["NIH"]).account_number
    for part in (
        "IMPC Secretariat · 1 Specimen House, Example Lane Sampleford ZZ9 9ZZ · United Kingdom",  # Parted at a dot.
        "National Institutes of Health Attn. Ms Nadia Okonjo-NIH 2 Placeholder Road LONDON ZZ1 1ZZ United States",
        "Sampleford ZZ9 9ZZ United Kingdom Not registered for VAT finance@impc.example",
        "Final statement L-2016-001",
        f"1 August 2016 30 June 2016 {number} GBP 50,000.00",
    ):
        assert part in text


def test_where_one_invoice_is_open_its_reference_stands_with_the_bank(world: World):
    world.issue()
    world.pay("MRC", "20000.00")
    number = str(world.invoice_of("MRC").number)
    text = words(final_statement_html(leaving(world, "MRC")))
    grouped = in_groups(creditor_reference(number))
    assert f"{number} 24 May 2016 23 Jun 2016 {grouped} 50,000.00 30,000.00 Total 50,000.00 30,000.00" in text
    assert f"IBAN {IBAN} BIC BUKBGB22XXX, Specimen Bank plc, Sampleford Reference {grouped}" in text


def test_where_several_are_open_each_has_its_own_reference(world: World):
    world.issue()
    world.issue(Period(date(2015, 1, 1), date(2015, 12, 31)))
    statement = leaving(world, "MRC")
    text = words(final_statement_html(statement))
    assert len({line.reference for line in statement.open_lines}) == 2
    assert all(in_groups(line.reference) in text for line in statement.open_lines)
    assert "Reference that of each invoice, as it stands above" in text


def test_money_that_settles_nothing_yet_is_said(world: World):
    world.issue()
    world.pay("MRC", "50400.00")
    text = words(final_statement_html(leaving(world, "MRC")))
    assert "Received or credited, and not yet set against an invoice: GBP 400.00." in text


def test_where_nothing_is_open_no_account_to_pay_into_is_named(world: World):
    world.issue()
    world.pay("MRC", "50000.00")
    text = words(final_statement_html(leaving(world, "MRC")))
    assert "nothing" in text
    assert "IBAN" not in text
    assert "reference" not in text


@needs_pango
def test_where_to_pay_is_printed_however_far_down_the_page_the_invoices_reach(world: World):
    world.issue()
    statement = leaving(world, "MRC")
    for invoices in range(11, 19):
        paper = print_pdf(final_statement_html(replace(statement, lines=[*statement.lines] * invoices)))
        pages = [" ".join(text.split()) for text in page_texts(paper)]
        together = ["Payment Account" in text and f"IBAN {IBAN}" in text for text in pages]
        assert together.count(True) == 1, invoices


@needs_pango
def test_a_final_statement_to_the_americas_is_printed_on_their_paper(world: World):
    assert page_sizes(print_pdf(final_statement_html(leaving(world, "NIH")))) == [(612, 792)]
