"""Receipts as they were handed out and statements of account as they were sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.billing.models import Allocation, GivenPaper, Invoice
from app.billing.queries.standing import visible_to
from app.core.actor import Actor
from app.core.database import db


@dataclass(frozen=True)
class GivenReceipt:
    """A receipt as it was first handed out, and since when it is kept; `was_undone`: what it is for was, later."""

    record: Mapping[str, Any]
    sha256: str
    pdf_id: int
    pdf_sha256: str
    given_at: datetime
    was_undone: bool


def find_given_receipt(invoice_id: int, allocation_id: int, actor: Actor) -> GivenReceipt | None:
    """The receipt that was handed out for what a payment settles of an invoice; None where none was, or is seen."""
    undone = aliased(Allocation)
    asked = (
        select(GivenPaper, undone.id.label("undone_id"))
        .join(Allocation, Allocation.id == GivenPaper.allocation_id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .outerjoin(undone, undone.undoes_id == Allocation.id)
        .where(Allocation.id == allocation_id, Allocation.invoice_id == invoice_id)
    )
    sees = visible_to(actor)
    row = db.session.execute(asked if sees is None else asked.where(sees)).one_or_none()
    if row is None:
        return None
    kept = row.GivenPaper
    return GivenReceipt(
        record=kept.content,
        sha256=kept.content_sha256,
        pdf_id=kept.pdf_id,
        pdf_sha256=kept.pdf_sha256,
        given_at=kept.given_at,
        was_undone=row.undone_id is not None,
    )
