"""Giving out receipts: the first time one is handed out it is kept with its bytes, and it is the same ever after."""

from __future__ import annotations

from dataclasses import dataclass

from app.audit.commands import Subject, record
from app.billing.commands.settling import lock_payer_of
from app.billing.models import Allocation, GivenPaper, Invoice
from app.billing.queries.given import find_given_receipt
from app.billing.queries.receipts import get_payer_of, get_receipt
from app.billing.rules import content_hash
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.files.commands import store_file
from app.files.models import StoredFile

PDF = "application/pdf"


@dataclass(frozen=True)
class PrintedReceipt:
    """A receipt as it was printed: the hash of what it says, and its bytes."""

    sha256: str
    content: bytes


def give_receipt(invoice_id: int, allocation_id: int, printed: PrintedReceipt, *, actor: Actor) -> None:
    """Keep a receipt as the office or its payer has it made for the first time; it is the same later.

    The payer is locked first, as by whoever undoes what settles an invoice, or merges its payer.
    """
    actor.require(Permission.RECEIPT_GIVE, institution_id=get_payer_of(invoice_id, actor))
    payer = lock_payer_of(Invoice, invoice_id)
    settling = lock(Allocation, allocation_id)
    if find_given_receipt(invoice_id, allocation_id, actor) is not None:
        return  # Somebody was first.
    found = get_receipt(invoice_id, allocation_id, actor)
    if found.sha256 != printed.sha256:
        raise DomainError("What the receipt says has changed this moment: make it again.")
    file = store_file(printed.content, PDF, found.file_name)
    keep_paper(
        GivenPaper(
            payer_id=payer.id,
            allocation_id=allocation_id,
            day=settling.day,
            content=dict(found.record),
        ),
        file,
    )
    record(
        "billing.give_receipt",
        Subject("invoice", invoice_id),
        summary=f"Receipt {found.record['number']} given out and kept",
        after={"receipt": found.record["number"], "says_sha256": found.sha256, "receipt_sha256": file.sha256},
        actor=actor,
    )


def keep_paper(paper: GivenPaper, file: StoredFile) -> None:
    """Keep what was given out this moment: what it says, its bytes, and the hashes of both."""
    paper.content_sha256, paper.given_at = content_hash(paper.content), clock.now()
    paper.pdf_id, paper.pdf_sha256 = file.id, file.sha256
    db.session.add(paper)
    db.session.flush()
