"""What is frozen at issue and printed of it: registers, addresses in parts, languages, numbers, logo; credit notes."""

from __future__ import annotations

from dataclasses import fields, replace
from io import BytesIO
from typing import Any

import pikepdf
from lxml import etree
from PIL import Image

from app.accounts.commands import adopt_profile, set_consortium_logo
from app.billing.commands import IssueValues, issue_invoice, print_invoice
from app.billing.commands.bank import AccountFacts, adopt_bank_account
from app.billing.documents import invoice_html, invoice_pdf, read_einvoice, thaw, ubl_xml
from app.billing.documents.accounts import account_statement_html
from app.billing.models import Invoice, InvoiceRecord
from app.billing.queries.accounts import account_statement
from app.billing.queries.contents import Frozen, read_contents
from app.billing.queries.verification import check_numbers
from app.core import clock
from app.core.database import db
from app.core.languages import Language
from app.core.transaction import transaction
from app.files.queries import open_file
from app.members.commands import InstitutionFacts, edit_institution
from app.web.pdf import print_pdf
from tests.billing.einvoices import faults_of_cii, faults_of_ubl
from tests.billing.world import JUNE, MAY, PROFILE, World, institution
from tests.papers import needs_pango

RSM = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def adopt(world: World, **changes: Any) -> None:
    with transaction():
        adopt_profile(clock.today(), replace(PROFILE, **changes), world.office)


def edit(world: World, short: str, **changes: Any) -> None:
    found = institution(world.members[short])
    facts = InstitutionFacts(**{each.name: getattr(found, each.name) for each in fields(InstitutionFacts)})
    with transaction():
        edit_institution(found.id, replace(facts, **changes), version=found.version, actor=world.office)


def issue(world: World, short: str) -> Invoice:
    with transaction():
        return issue_invoice(world.invoice_of(short).id, IssueValues(MAY, JUNE), actor=world.office)


def frozen_of(invoice: Invoice) -> dict[str, Any]:
    return db.session.get_one(InvoiceRecord, invoice.id).content


def printed(invoice: Invoice) -> pikepdf.Pdf:
    print_invoice({"invoice_id": invoice.id, "sends_mails": False})
    db.session.expire_all()
    return pikepdf.open(BytesIO(open_file(db.session.get_one(Invoice, invoice.id).pdf_id or 0).content))


def twin(paper: pikepdf.Pdf) -> bytes:
    return bytes(paper.attachments["factur-x.xml"].get_file().read_bytes())


def test_what_is_valid_on_the_day_of_issue_is_frozen(world: World):
    note = {
        "invoice_note": "Charges are yours.",
        "invoice_note_de": "Gebühren trägt der Zahler.",
        "invoice_intro": "Hello",
    }
    adopt(world, legal_id="CH-1", tax_number="12/345", vat_number="GB980780684", **note)
    edit(world, "MRC", buyer_reference="04011000", document_language=Language.GERMAN, purchase_order="PO 7")
    world.prepare()
    frozen, english = frozen_of(issue(world, "MRC")), frozen_of(issue(world, "Wellcome"))
    adopt(world, legal_id="CH-2", invoice_note_de="Anders")
    seller = frozen["seller"]
    assert (seller["legal_id"], seller["tax_number"], seller["vat_number"]) == ("CH-1", "12/345", "GB980780684")
    assert seller["register_line"] == "Steuernr. 12/345\nRegisternr. CH-1"
    assert seller["postal"] == {
        "streets": ["1 Specimen House, Example Lane"], "postcode": "ZZ9 9ZZ", "city": "Sampleford", "country": "GB"
    }  # fmt: skip
    assert frozen["buyer"]["postal"]["city"] == "LONDON"
    assert (frozen["buyer_reference"], frozen["purchase_order"], frozen["language"]) == ("04011000", "PO 7", "de")
    assert (frozen["legal_note"], frozen["intro"]) == ("Gebühren trägt der Zahler.", "Hello")
    assert frozen["terms"] == "Zahlbar bis 23.\u00a0Juni 2016."
    assert frozen["lines"][0]["period"] == "Mitgliedsjahr 1. Januar 2016 bis 31. Dezember 2016"
    assert (english["language"], english["legal_note"]) == ("en", "Charges are yours.")


def test_another_pattern_goes_on_where_the_series_is(world: World):
    world.prepare()
    first = issue(world, "MRC").number
    adopt(world, invoice_numbers="R.{year}-{number}", number_digits=2)
    assert (first, issue(world, "NIH").number) == ("INV-2016-0001", "R.2016-02")
    adopt(world)
    last = issue(world, "Wellcome")
    assert (last.number, last.payment_reference) == ("INV-2016-0003", frozen_of(last)["payment_reference"])
    assert list(check_numbers()) == []


@needs_pango
def test_a_credit_note_is_printed_with_its_own_electronic_twin(world: World):
    world.issue()
    credit = world.credit(world.invoice_of("MRC"), "10000.00")
    paper, frozen = printed(credit), frozen_of(credit)
    assert str(paper.docinfo["/Title"]) == "Credit note CN-2016-0001"
    xml = etree.fromstring(twin(paper))
    assert faults_of_cii(twin(paper)) == []
    assert xml.findtext(f".//{RAM}GrandTotalAmount") == "10000.00"
    assert xml.findtext(f".//{RAM}InvoiceReferencedDocument/{RAM}IssuerAssignedID") == "INV-2016-0001"
    assert xml.findtext(f".//{RSM}ExchangedDocument/{RAM}TypeCode") == "381"
    assert faults_of_ubl(ubl_xml(read_einvoice(frozen))) == []


@needs_pango
def test_the_logo_of_the_day_of_issue_is_printed_for_ever(world: World):
    made = BytesIO()
    Image.new("RGBA", (120, 40), (20, 80, 150, 255)).save(made, "PNG")
    with transaction():
        set_consortium_logo(made.getvalue(), actor=world.office)
    world.prepare()
    invoice = issue(world, "MRC")
    paper = printed(invoice)
    kept = open_file(db.session.get_one(Invoice, invoice.id).pdf_id or 0).content
    assert list(paper.pages[0].get_images())
    adopt(world, legal_id="1")
    frozen = Frozen(frozen_of(invoice), invoice.content_sha256 or "")
    assert invoice_pdf(frozen.content, frozen.sha256, frozen.logo) == kept


@needs_pango
def test_the_logo_heads_statements_too(world: World):
    made = BytesIO()
    Image.new("RGB", (60, 20), "navy").save(made, "PNG")
    with transaction():
        set_consortium_logo(made.getvalue(), actor=world.office)
    world.issue()
    paper = print_pdf(account_statement_html(account_statement(world.members["MRC"], MAY, actor=world.office)))
    opened = pikepdf.open(BytesIO(paper))
    assert list(opened.pages[0].get_images())


def test_a_draft_previews_the_language_of_its_payer(world: World):
    edit(world, "MRC", document_language=Language.FRENCH)
    world.prepare()
    titles = [read_contents([world.invoice_of(short).id], MAY)[0].record["language"] for short in ("MRC", "NIH")]
    assert titles == ["fr", "en"]


def test_an_invoice_names_the_account_kept_in_its_currency_on_its_day(world: World):
    world.prepare()
    before = read_contents([world.invoice_of("MRC").id], MAY)[0].record["bank"]
    facts = AccountFacts("Pounds", "Consortium", "12-34 5678", "", "Savings Bank", "GBP", "1200", MAY)
    with transaction():
        adopt_bank_account(facts, actor=world.office)
    bank = frozen_of(issue(world, "MRC"))["bank"]
    assert before["iban"] == PROFILE.iban
    assert bank == {"holder": "Consortium", "iban": "", "number": "12345678", "bic": "", "name": "Savings Bank"}
    shown = invoice_html(thaw(frozen_of(world.invoice_of("MRC"))))
    assert "Account no.</th><td>12345678" in shown
    assert "IBAN" not in shown
