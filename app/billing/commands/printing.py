"""Printing issued invoices: one job each makes the PDF from the frozen record, keeps it, and mails it if asked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.documents import invoice_html, invoice_mail, thaw
from app.billing.models import Invoice
from app.billing.queries.contents import contacts_on
from app.billing.rules import InvoiceState
from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.history import lock
from app.core.transaction import transaction
from app.files.commands import store_file
from app.outbox.commands import Address, Order, Payload, enqueue_many, handles, send_mail
from app.web.pdf import print_pdf

PRINT_INVOICE = "billing.print_invoice"
PDF = "application/pdf"


def order_prints(invoice_ids: Sequence[int], *, sends_mails: bool) -> None:
    """Have each of these invoices printed once the present change is committed."""
    enqueue_many(
        PRINT_INVOICE,
        [Order({"invoice_id": each, "sends_mails": sends_mails}, f"{PRINT_INVOICE}:{each}") for each in invoice_ids],
    )


@handles(PRINT_INVOICE)
def print_invoice(payload: Payload) -> None:
    """Make the PDF of an issued invoice and keep it; done twice, the second time changes nothing."""
    invoice_id = int(payload["invoice_id"])
    content = _print(invoice_id)
    if content is None:
        return
    with transaction():
        invoice = lock(Invoice, invoice_id)
        if invoice.pdf_id is not None:
            return
        stored = store_file(content, PDF, f"{invoice.number}.pdf")
        invoice.pdf_id, invoice.pdf_sha256 = stored.id, stored.sha256
        record(
            "billing.print_invoice",
            Subject("invoice", invoice_id),
            summary=f"PDF of invoice {invoice.number} kept, SHA-256 {stored.sha256[:16]}",
            after={"pdf_sha256": stored.sha256},
            actor=program("Printing of invoices"),
        )
        if payload.get("sends_mails"):
            _mail(invoice, stored.id)


def _print(invoice_id: int) -> bytes | None:
    """The PDF bytes, made outside any transaction; None where the invoice needs none."""
    row = db.session.execute(
        select(Invoice.state, Invoice.frozen, Invoice.content_sha256, Invoice.pdf_id).where(Invoice.id == invoice_id)
    ).one_or_none()
    db.session.rollback()
    if row is None or row.state is InvoiceState.DRAFT or row.pdf_id is not None:
        return None
    return print_pdf(invoice_html(thaw(row.frozen, row.content_sha256)))


def _mail(invoice: Invoice, file_id: int) -> None:
    contact = contacts_on([invoice.payer_id], clock.today()).get(invoice.payer_id)
    if contact is None or contact.email is None:
        return
    subject, body = invoice_mail(thaw(invoice.frozen or {}, invoice.content_sha256 or ""), contact.name)
    send_mail(Address(contact.name, contact.email), subject, body, [file_id])
