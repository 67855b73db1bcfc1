"""Printing: the PDF is made once from what is frozen, kept with its hash, and mailed to who is billed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from io import BytesIO

import pikepdf
from sqlalchemy import func, select

from app.billing.commands import IssueValues, issue_invoice, print_invoice
from app.billing.documents import invoice_html, invoice_pdf, thaw
from app.billing.models import Invoice, InvoiceRecord
from app.billing.queries.invoices import get_invoice_pdf
from app.core.database import db
from app.core.transaction import transaction
from app.files.models import StoredFile
from app.files.queries import open_file
from app.members.commands import Naming, rename_institution
from app.outbox.models import Job, Mail, MailAttachment
from tests.billing.einvoices import faults_of_cii
from tests.billing.world import JUNE, MAY, World
from tests.papers import needs_pango


def printed(world: World, *, sends_mails: bool) -> Invoice:
    world.prepare()
    with transaction():
        invoice = issue_invoice(world.invoice_of("MRC").id, IssueValues(MAY, JUNE), actor=world.office)
    print_invoice({"invoice_id": invoice.id, "sends_mails": sends_mails})
    print_invoice({"invoice_id": invoice.id, "sends_mails": sends_mails})
    return world.invoice_of("MRC")


def test_an_invoice_is_printed_once_and_kept_with_its_hash(world: World):
    invoice = printed(world, sends_mails=False)
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1
    kept = open_file(invoice.pdf_id or 0)
    assert (kept.name, kept.media_type) == ("INV-2016-0001.pdf", "application/pdf")
    assert hashlib.sha256(kept.content).hexdigest() == invoice.pdf_sha256
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 0


def test_the_same_frozen_content_prints_to_the_same_bytes_after_everything_changed(world: World):
    invoice = printed(world, sends_mails=False)
    kept = open_file(invoice.pdf_id or 0).content
    with transaction():
        naming = Naming("Medical Research Fund", "MRF", date(2016, 5, 24))
        rename_institution(world.members["MRC"], naming, actor=world.office)
    record = db.session.get_one(InvoiceRecord, invoice.id)
    assert thaw(record.content).buyer.name == "Medical Research Council"
    assert invoice_pdf(record.content, invoice.content_sha256 or "") == kept


def test_the_mail_brings_the_pdf_to_the_billing_contact_once(world: World):
    invoice = printed(world, sends_mails=True)
    mail = db.session.scalars(select(Mail)).one()
    assert mail.to_address == "mrc@payer.example"
    assert "INV-2016-0001" in mail.subject
    for words in ("GBP 50,000.00", "23 June 2016", "GB33 BUKB 2020 1555 5555 55", "RF"):
        assert words in mail.body
    assert db.session.scalars(select(MailAttachment.file_id)).all() == [invoice.pdf_id]


@needs_pango
def test_the_kept_pdf_carries_the_electronic_invoice_once_and_says_so(world: World):
    invoice = printed(world, sends_mails=False)
    with pikepdf.open(BytesIO(open_file(invoice.pdf_id or 0).content)) as pdf:
        assert [str(name) for name in pdf.attachments] == ["factur-x.xml"]
        xml = pdf.attachments["factur-x.xml"].get_file().read_bytes()
        assert [str(each.AFRelationship) for each in pdf.Root.AF] == ["/Alternative"]
        packet = pdf.Root.Metadata.read_bytes().decode()
    assert faults_of_cii(xml) == []
    assert b"<ram:ID>INV-2016-0001</ram:ID>" in xml
    assert packet.count("<pdfaExtension:schemas>") == 1
    for said in ("<fx:ConformanceLevel>EN 16931<", "<fx:DocumentFileName>factur-x.xml<", "<pdfaSchema:prefix>fx<"):
        assert said in packet
    assert "<pdfuaid:part>1<" in packet


@needs_pango
def test_a_preview_carries_no_electronic_invoice(world: World):
    world.prepare()
    found = get_invoice_pdf(world.invoice_of("MRC").id, world.office)
    with pikepdf.open(BytesIO(invoice_pdf(found.frozen.content))) as pdf:
        assert list(pdf.attachments) == []


def test_a_draft_is_never_printed(world: World):
    world.prepare()
    print_invoice({"invoice_id": world.invoice_of("MRC").id})
    assert world.invoice_of("MRC").pdf_id is None


def test_issuing_orders_one_print_for_each_invoice(world: World):
    world.issue()
    orders = db.session.scalars(select(Job.payload).where(Job.kind == "billing.print_invoice")).all()
    assert sorted(order["invoice_id"] for order in orders) == sorted(db.session.scalars(select(Invoice.id)))


def test_a_paper_without_bank_says_only_when_it_is_due(world: World):
    invoice = printed(world, sends_mails=False)
    paper = thaw(db.session.get_one(InvoiceRecord, invoice.id).content)
    assert "IBAN" not in invoice_html(replace(paper, bank=None))
