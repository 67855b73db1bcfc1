from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

from app.billing.documents import (
    InvoicePaper,
    PaperBank,
    PaperLine,
    PaperTax,
    invoice_html,
)
from app.core.money import Money, total
from app.members.rules import PaperParty, Sheet
from app.web.pdf import print_pdf
from tests.papers import needs_pango, page_sizes, page_texts

SELLER = PaperParty(
    "International Mouse Phenotyping Consortium",
    ("1 Specimen House", "Sampleford ZZ9 9ZZ"),
    short_name="IMPC Secretariat",
    unit="Secretariat",
    vat_line="Not registered for VAT",
    email="finance@impc.example",
    web="impc.example",
)
BUYER = PaperParty("Wellcome Trust", ("2 Placeholder Road", "LONDON ZZ1 1ZZ"), attention="Ms Nadia Okonjo-Vale")


def pounds(amount: str) -> Money:
    return Money.of(amount, "GBP")


def line(number: int, amount: str = "50000.00") -> PaperLine:
    return PaperLine(
        number, f"Funder membership fee {number}", "Year 2027/28", Decimal(1), pounds(amount), "O", pounds(amount)
    )


def invoice(*lines: PaperLine) -> InvoicePaper:
    due = total([each.amount for each in lines], "GBP")
    return InvoicePaper(
        seller=SELLER,
        buyer=BUYER,
        lines=lines,
        taxes=(PaperTax("O", Decimal(0), due, pounds("0")),),
        total_without_tax=due,
        amount_due=due,
        account_number="M-0003",
        tax_reason="Outside the scope of VAT.",
        legal_note="Corrected only by a credit note that names it.",
        bank=PaperBank("International Mouse Phenotyping Consortium", "GB00 SPEC 0000", "SPECGB00XXX", "Specimen Bank"),
        number="INV-2027-0041",
        issued_on=date(2027, 7, 1),
        due_on=date(2027, 7, 31),
        purchase_order="4500-118-227",
        payment_reference="RF51 INV2 0270 041",
        content_hash="0123456789abcdef" * 4,
        issued_at=datetime(2027, 7, 1, 9, 30, tzinfo=UTC),
    )


def draft(*lines: PaperLine) -> InvoicePaper:
    issued = invoice(*lines)
    return replace(
        issued, number="", issued_on=None, due_on=None, content_hash="", issued_at=None, payment_reference=""
    )


def words(html: str) -> str:
    text = re.sub(r"<[^>]*>", " ", html.partition("<body")[2].partition(">")[2])
    return " ".join(unescape(text).replace("\u00a0", " ").split())


def pages(paper: InvoicePaper) -> list[str]:
    return page_texts(print_pdf(invoice_html(paper)))


def test_invoice_says_who_owes_whom_what_by_when():
    text = words(invoice_html(invoice(line(1))))
    for part in (
        "Invoice INV-2027-0041",
        "Wellcome Trust Attn. Ms Nadia Okonjo-Vale 2 Placeholder Road LONDON ZZ1 1ZZ",
        "Sampleford ZZ9 9ZZ Not registered for VAT finance@impc.example · impc.example",
        "1 July 2027 31 July 2027 4500-118-227 M-0003 RF51 INV2 0270 041",
        "Total without tax 50,000.00 VAT, category O, on 50,000.00 0.00 Amount due, GBP 50,000.00",
        "Payment, by 31 July 2027",
        "GB00 SPEC 0000 BIC SPECGB00XXX, Specimen Bank Reference RF51 INV2 0270 041",
        "Outside the scope of VAT.",
    ):
        assert part in text


def test_foot_of_an_invoice_carries_the_hash_of_its_content():
    assert 'data-hash="SHA-256 01234567 89abcdef 01234567' in invoice_html(invoice(line(1)))


def test_draft_has_no_number_and_says_that_it_is_no_invoice():
    html = invoice_html(draft(line(1)))
    assert "DRAFT \u2013 not an invoice" in words(html)
    assert "INV-" not in html
    assert "SHA-256" not in html
    assert "Invoice date" not in html


def test_facts_that_are_not_known_are_left_out():
    text = words(invoice_html(replace(invoice(line(1)), purchase_order="", bank=None)))
    assert "Your purchase order" not in text
    assert "IBAN" not in text


def test_reverse_charge_shows_the_number_of_the_buyer():
    buyer = replace(BUYER, vat_line="VAT number DE 123456789")
    assert "VAT number DE 123456789" in words(invoice_html(replace(invoice(line(1)), buyer=buyer)))


def test_each_tax_category_with_a_rate_is_named_with_it():
    taxes = (PaperTax("S", Decimal("20.00"), pounds("99.99"), pounds("20.00")),)
    assert "VAT 20 %, category S, on 99.99 20.00" in words(
        invoice_html(replace(invoice(line(1, "99.99")), taxes=taxes))
    )


def test_sums_are_carried_over_lines_but_never_after_the_last():
    paper = invoice(*(line(number, "100.10") for number in range(1, 9)))
    sums = [so_far for _, so_far in paper.carried_lines]
    assert [str(each) for each in sums[:-1]] == ["100.10", "200.20", "300.30", "400.40", "500.50", "600.60", "700.70"]
    assert sums[-1] is None


def test_short_invoice_carries_nothing():
    assert "Carried forward" not in invoice_html(invoice(line(1), line(2)))


@needs_pango
def test_second_page_takes_up_the_sum_of_the_first():
    first, second = pages(invoice(*(line(number, "100.10") for number in range(1, 17))))
    carried = re.search(r"Carried forward, GBP ([\d,.]+)", first)
    brought = re.search(r"Brought forward, GBP ([\d,.]+)", second)
    assert carried is not None
    assert brought is not None
    last_on_first = max(int(found) for found in re.findall(r"Funder membership fee (\d+)", first))
    assert carried[1] == brought[1] == str(total([pounds("100.10")] * last_on_first, "GBP"))
    assert "Brought forward" not in first
    assert "Carried forward" not in second
    assert "Page 2 of 2" in second


@needs_pango
def test_invoice_stands_on_one_page():
    assert len(pages(invoice(line(1)))) == 1


@needs_pango
def test_letter_paper_is_eight_and_a_half_by_eleven_inches():
    assert page_sizes(print_pdf(invoice_html(replace(invoice(line(1)), sheet=Sheet.LETTER)))) == [(612, 792)]


@needs_pango
def test_issued_invoice_is_the_same_bytes_whenever_it_is_printed():
    assert print_pdf(invoice_html(invoice(line(1)))) == print_pdf(invoice_html(invoice(line(1))))


def test_amounts_in_the_millions_get_the_wide_columns():
    assert 'class="lines bill wide"' in invoice_html(invoice(line(1, "1234567.89")))
    assert 'class="lines bill"' in invoice_html(invoice(line(1, "234567.89")))
