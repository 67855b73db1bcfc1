"""Printing issued invoices: one job each makes the PDF from the frozen record, keeps it, and mails it if asked."""

from __future__ import annotations

from collections.abc import Sequence

from app.audit.commands import Subject, record
from app.billing.commands.runs import IssueValues
from app.billing.documents import InvoicePaper, invoice_mail, invoice_pdf
from app.billing.models import Invoice
from app.billing.queries.contents import Frozen, contacts_on, find_unprinted
from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.history import lock
from app.core.transaction import transaction
from app.files.commands import store_file
from app.outbox.commands import Address, Order, Payload, enqueue_many, handles, send_mail

PRINT_INVOICE = "billing.print_invoice"
PDF = "application/pdf"


def order_prints(invoice_ids: Sequence[int], values: IssueValues) -> None:
    """Have each of these invoices printed once the present change is committed."""
    enqueue_many(
        PRINT_INVOICE,
        [Order({"invoice_id": each, "sends_mails": values.sends_mails}) for each in invoice_ids],
    )


@handles(PRINT_INVOICE)
def print_invoice(payload: Payload) -> None:
    """Make the PDF of an issued invoice and keep it; done twice, the second time changes nothing."""
    invoice_id = int(payload["invoice_id"])
    frozen = _unprinted(invoice_id)
    if frozen is None:
        return
    content = invoice_pdf(frozen.content, frozen.sha256, frozen.logo)
    with transaction():
        invoice = lock(Invoice, invoice_id)
        if invoice.pdf_id is not None:
            return
        stored = store_file(content, PDF, f"{invoice.number}.pdf")
        invoice.pdf_id, invoice.pdf_sha256 = stored.id, stored.sha256
        record(
            "billing.print_invoice",
            Subject("invoice", invoice_id),
            summary=f"{'Credit note' if frozen.paper.credits else 'Invoice'} {invoice.number} printed and its PDF kept",
            after={"pdf_sha256": stored.sha256},
            actor=program("Printing of invoices"),
        )
        if payload.get("sends_mails"):
            _mail(invoice, stored.id, frozen.paper)


def _unprinted(invoice_id: int) -> Frozen | None:
    """What is to be printed, read before and outside the transaction that keeps it; None where nothing is."""
    frozen = find_unprinted(invoice_id)
    db.session.rollback()
    return frozen


def _mail(invoice: Invoice, file_id: int, paper: InvoicePaper) -> None:
    contact = contacts_on([invoice.payer_id], clock.today()).get(invoice.payer_id)
    if contact is None or contact.email is None:
        return
    subject, body = invoice_mail(paper, contact.name)
    send_mail(Address(contact.name, contact.email), subject, body, [file_id])
