"""What paper, electronic twin, page, file and mail say of one invoice: the same, whatever was done to it since."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from decimal import Decimal

import pikepdf
import pytest
from lxml import etree
from sqlalchemy import select

from app.billing.commands import (
    ChargeLine,
    IssueValues,
    draft_again,
    draft_charge,
    issue_invoice,
    print_invoice,
    void_invoice,
)
from app.billing.documents import read_einvoice, ubl_xml
from app.billing.models import Invoice, InvoiceLine, InvoiceRecord, LedgerEntry, Posting
from app.billing.queries.invoices import get_einvoice
from app.billing.rules import Proration, TaxCategory
from app.core.clock import clock_at, start_of
from app.core.database import db
from app.core.money import Money
from app.core.transaction import transaction
from app.files.queries import open_file
from app.files.spreadsheets import read_spreadsheet
from app.outbox.models import Mail
from app.web.requests import House
from tests.billing.einvoices import faults_of_cii, faults_of_ubl
from tests.billing.world import JUNE, MAY, World, inside
from tests.client import Browser
from tests.papers import needs_pango, page_texts

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def printed(invoice_id: int, *, sends_mails: bool = False) -> bytes:
    """The PDF of an invoice as it is kept."""
    print_invoice({"invoice_id": invoice_id, "sends_mails": sends_mails})
    db.session.expire_all()
    return open_file(db.session.get_one(Invoice, invoice_id).pdf_id or 0).content


def said(paper: bytes) -> str:
    return " ".join(" ".join(page_texts(paper)).split())


def twin(paper: bytes) -> etree._Element:
    """The electronic invoice in a PDF, which breaks no rule."""
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        xml = bytes(pdf.attachments["factur-x.xml"].get_file().read_bytes())
    assert faults_of_cii(xml) == []
    return etree.fromstring(xml)


def told(xml: etree._Element, *path: str) -> list[str]:
    return [str(each.text) for each in xml.iterfind(".//" + "/".join(f"{RAM}{name}" for name in path))]


def download(world: World, invoice: Invoice) -> etree._Element:
    """The electronic invoice that is downloaded by itself, which breaks no rule."""
    xml = ubl_xml(read_einvoice(get_einvoice(invoice.id, world.office).frozen.content))
    assert faults_of_ubl(xml) == []
    return etree.fromstring(xml)


@needs_pango
def test_an_invoice_of_1_january_for_last_year_has_the_number_of_this_year_and_the_days_of_last(world: World):
    new_year = date(2017, 1, 1)
    with clock_at(start_of(new_year)):
        world.issue(day=new_year, due=date(2017, 1, 31))
        invoice = world.invoice_of("MRC")
        paper = printed(invoice.id)
    assert invoice.number == "INV-2017-0001"
    for words in ("INV-2017-0001", "1 January 2017", "Membership year 1 January 2016 to 31 December 2016"):
        assert words in said(paper)
    xml = twin(paper)
    number = xml.find("{*}ExchangedDocument")
    assert number is not None
    assert number.findtext(f"{RAM}ID") == "INV-2017-0001"
    for edge, day in (("StartDateTime", "20160101"), ("EndDateTime", "20161231")):
        found = xml.iterfind(f".//{RAM}BillingSpecifiedPeriod/{RAM}{edge}/*")
        assert {each.text for each in found} == {day}
    other = download(world, invoice)
    assert other.findtext(f"{CBC}ID") == "INV-2017-0001"
    assert other.findtext(f"{CBC}IssueDate") == "2017-01-01"
    for edge, day in (("StartDate", "2016-01-01"), ("EndDate", "2016-12-31")):
        found = other.iterfind(f".//{{*}}InvoicePeriod/{CBC}{edge}")
        assert [each.text for each in found] == [day, day]


@needs_pango
def test_reverse_charge_stands_on_the_paper_and_in_its_twin_with_both_numbers(world: World):
    world.charge_in_reverse("partner", {"Uni": ("Universität Musterstadt", "DE136695976")})
    world.register("GB980780684")
    world.issue()
    paper = printed(world.invoice_of("Uni").id)
    for words in ("Reverse charge: the recipient owes the tax", "DE136695976", "GB980780684", "category AE"):
        assert words in said(paper)
    xml = twin(paper)
    assert told(xml, "ApplicableTradeTax", "CategoryCode") == ["AE", "AE"]
    assert told(xml, "ApplicableTradeTax", "CalculatedAmount") == ["0.00"]
    assert told(xml, "ApplicableTradeTax", "ExemptionReason") == ["Reverse charge: the recipient owes the tax"]
    assert told(xml, "SellerTradeParty", "SpecifiedTaxRegistration", "ID") == ["GB980780684"]
    assert told(xml, "BuyerTradeParty", "SpecifiedTaxRegistration", "ID") == ["DE136695976"]
    (reason,) = download(world, world.invoice_of("Uni")).iterfind(f".//{CBC}TaxExemptionReason")
    assert reason.text == "Reverse charge: the recipient owes the tax"


@needs_pango
def test_a_void_invoice_keeps_the_bytes_of_its_pdf_and_their_hash(world: World):
    world.issue()
    invoice = world.invoice_of("MRC")
    paper, number = printed(invoice.id), invoice.number
    kept = (invoice.pdf_id, invoice.pdf_sha256, invoice.content_sha256)
    with transaction():
        void_invoice(invoice.id, day=MAY, reason="Issued twice", actor=world.office)
    assert printed(invoice.id) == paper
    void = world.invoice_of("MRC")
    assert (void.state, void.number) == ("void", number)
    assert (void.pdf_id, void.pdf_sha256, void.content_sha256) == kept
    assert hashlib.sha256(paper).hexdigest() == void.pdf_sha256


@needs_pango
def test_an_invoice_made_anew_names_the_void_one_on_page_paper_and_in_its_twins(
    app: House, finance: Browser, made: World
):
    with inside(app):
        void = made.invoice_of("NIH")
        assert "replace" not in said(printed(void.id))
        with transaction():
            void_invoice(void.id, day=MAY, reason="Wrong order number", actor=made.office)
        with transaction():
            draft = draft_again(void.id, actor=made.office)
        with transaction():
            invoice = issue_invoice(draft.id, IssueValues(MAY, JUNE), actor=made.office)
        assert (void.number, invoice.number) == ("INV-2016-0002", "INV-2016-0004")
        paper, other = printed(invoice.id), download(made, invoice)
        assert "replaces" not in invoice_record(made.credit(invoice, "1.00"))
        path, before = f"/invoices/{invoice.id}", f"/invoices/{void.id}"
    assert "This invoice replaces invoice INV-2016-0002 of 1 April 2016, which is void." in said(paper)
    assert told(twin(paper), "InvoiceReferencedDocument", "IssuerAssignedID") == ["INV-2016-0002"]
    assert other.findtext(f".//{{*}}InvoiceDocumentReference/{CBC}ID") == "INV-2016-0002"
    assert other.findtext(f".//{{*}}InvoiceDocumentReference/{CBC}IssueDate") == "2016-04-01"
    (link,) = finance.get(path).tree.xpath("//main//a[text()='INV-2016-0002']/@href")
    assert link == before


def invoice_record(invoice: Invoice) -> dict[str, object]:
    return dict(db.session.get_one(InvoiceRecord, invoice.id).content)


def charged(world: World, currency: str, amounts: tuple[str, ...]) -> Invoice:
    """An issued invoice with lines of these amounts, taxed at 19 %."""
    world.register("GB980780684")
    if currency != "GBP":
        world.rate(currency, "0.0063", MAY)
    taxed = {"tax_category": TaxCategory.STANDARD, "tax_basis_points": 1900}
    lines = [ChargeLine("Workshop", Money.of(each, currency), MAY, **taxed) for each in amounts]  # type: ignore[arg-type]
    with transaction():
        draft = draft_charge(world.members["MRC"], lines, reason="Agreed", actor=world.office)
    with transaction():
        return issue_invoice(draft.id, IssueValues(MAY, JUNE), actor=world.office)


@pytest.mark.parametrize(
    ("currency", "amounts", "totals"),
    [
        ("GBP", ("0.33",) * 7, ("2.31", "0.44", "2.75")),
        ("GBP", ("12345.67", "33.33", "33.34"), ("12,412.34", "2,358.34", "14,770.68")),
        ("JPY", ("123457", "3"), ("123,460", "23,457", "146,917")),
        ("KWD", ("1234.565", "0.010"), ("1,234.575", "234.569", "1,469.144")),
    ],
)
@needs_pango
def test_totals_are_the_same_on_page_paper_file_and_mail(
    app: House, finance: Browser, made: World, currency: str, amounts: tuple[str, ...], totals: tuple[str, str, str]
):
    with inside(app):
        invoice = charged(made, currency, amounts)
        invoice_id, number = invoice.id, str(invoice.number)
        paper = said(printed(invoice_id, sends_mails=True))
        mail = db.session.scalars(select(Mail.body).where(Mail.subject.contains(number))).one()
    page = finance.get(f"/invoices/{invoice_id}").words
    for amount in totals:
        assert amount in page
        assert amount in paper
    gross = totals[2]
    assert f"{currency} {gross}" in mail.replace("\u00a0", " ")
    assert total_in_file(finance, "csv", number) == gross.replace(",", "")
    assert Decimal(total_in_file(finance, "xlsx", number)) == Decimal(gross.replace(",", ""))


@needs_pango
def test_half_a_penny_is_rounded_up_the_same_wherever_it_is_shown(app: House, finance: Browser, made: World):
    with inside(app):
        made.adopt("partner", "5.33", date(2012, 1, 1), proration=Proration.BY_MONTH)
        made.add("Half a Year", "Half")
        made.join("Half", "partner", date(2016, 7, 1))
        draft = made.prepare().id
    assert "5.33 × 6/12 = 2.67" in finance.get(f"/fees/runs/{draft}").words
    with inside(app):
        with transaction():
            invoice = issue_invoice(made.invoice_of("Half").id, IssueValues(MAY, JUNE), actor=made.office)
        invoice_id, number = invoice.id, str(invoice.number)
        paper = printed(invoice_id, sends_mails=True)
        mail = db.session.scalars(select(Mail.body).where(Mail.subject.contains(number))).one()
        assert kept_of(invoice) == {267}
    assert "£2.67" in finance.get(f"/invoices/{invoice_id}").words
    for shown in (said(paper), mail.replace("\u00a0", " "), finance.get("/invoices").words):
        assert "2.67" in shown
        assert "2.66" not in shown
    assert told(twin(paper), "DuePayableAmount") == ["2.67"]
    for kind in ("csv", "xlsx"):
        assert total_in_file(finance, kind, number) == "2.67"


def kept_of(invoice: Invoice) -> set[int]:
    """Each amount on record of an invoice of one line, without a sign, in pence."""
    lines = select(InvoiceLine.unit_minor, InvoiceLine.net_minor).where(InvoiceLine.invoice_id == invoice.id)
    booked = (
        select(Posting.amount_minor, Posting.home_minor)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(LedgerEntry.invoice_id == invoice.id)
    )
    rows = [*db.session.execute(lines.order_by(InvoiceLine.id)), *db.session.execute(booked.order_by(Posting.id))]
    return {invoice.gross_minor, invoice.net_minor, invoice.open_minor, *(abs(each) for row in rows for each in row)}


def total_in_file(browser: Browser, kind: str, number: str) -> str:
    """What the list of invoices says of one where it is handed out as a file."""
    response = browser.get(f"/invoices?format={kind}").response
    sheet = read_spreadsheet(response.get_data())
    response.close()
    at = {name: place for place, name in enumerate(sheet.head)}
    (total,) = [row[at["Total"]] for _, row in sheet.rows if row[at["Invoice"]] == number]
    return total
