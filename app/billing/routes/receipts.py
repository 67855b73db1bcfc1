"""Receipts: what a payment settles of an invoice, handed out once and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.billing.commands import PrintedReceipt, give_receipt
from app.billing.documents import read_receipt, receipt_pdf
from app.billing.queries.given import find_given_receipt
from app.billing.queries.receipts import get_payer_of, get_receipt
from app.billing.routes.blueprint import pages
from app.core.errors import NotFoundError
from app.core.permissions import Permission
from app.core.transaction import reading, transaction
from app.files.queries import open_file
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_bytes
from app.web.requests import see
from app.web.wording import long_day, money


@pages.get("/invoices/<int:invoice_id>/receipts/<int:allocation_id>")
@requires(Permission.INVOICE_READ)
def receipt(invoice_id: int, allocation_id: int) -> ResponseReturnValue:
    """The receipt for what a payment settles of an invoice: what it says, and since when it is kept."""
    given = find_given_receipt(invoice_id, allocation_id, the_actor())
    record = given.record if given else get_receipt(invoice_id, allocation_id, the_actor()).record
    return render_template(
        "billing/receipt.html",
        title=f"Receipt {record['number']}",
        number=record["invoice"],
        facts=_facts(record, invoice_id),
        given=given,
        may_give=the_actor().may(Permission.RECEIPT_GIVE, institution_id=get_payer_of(invoice_id, the_actor())),
        of={"invoice_id": invoice_id, "allocation_id": allocation_id},
    )


@pages.post("/invoices/<int:invoice_id>/receipts/<int:allocation_id>/give")
@requires(Permission.RECEIPT_GIVE)
def give_out(invoice_id: int, allocation_id: int) -> ResponseReturnValue:
    """Make the receipt while nobody is held up, and keep it as it is handed out."""
    with reading():
        found = get_receipt(invoice_id, allocation_id, the_actor())
        logo = found.logo
    printed = PrintedReceipt(found.sha256, receipt_pdf(found.record, found.sha256, logo))
    with transaction():
        give_receipt(invoice_id, allocation_id, printed, actor=the_actor())
        notice = "The receipt is made. Whoever asks for it from now on gets the same one."
        return see("billing.receipt", notice, invoice_id=invoice_id, allocation_id=allocation_id)


@pages.get("/invoices/<int:invoice_id>/receipts/<int:allocation_id>/pdf")
@requires(Permission.INVOICE_READ)
def given_receipt(invoice_id: int, allocation_id: int) -> Response:
    """The receipt as it was handed out."""
    given = find_given_receipt(invoice_id, allocation_id, the_actor())
    if given is None:
        raise NotFoundError("This receipt was not given out yet.")
    kept = open_file(given.pdf_id)
    return send_bytes(kept.content, kept.media_type, kept.name)


def _facts(record: Mapping[str, Any], invoice_id: int) -> list[tuple[Any, ...]]:
    paper = read_receipt(record, "")
    taken = [] if paper.taken == paper.amount else [("Taken of the payment", money(paper.taken))]
    return [
        ("For invoice", paper.invoice, url("billing.invoice", invoice_id=invoice_id)),
        ("To", paper.buyer.name),
        ("Received", money(paper.received)),
        ("Received on", long_day(paper.received_on)),
        *([("Reference", paper.reference)] if paper.reference else []),
        ("Settles", money(paper.amount)),
        *taken,
        ("Open after it", money(paper.still_open)),
    ]
