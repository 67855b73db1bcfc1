"""Issuing all drafts on a day by the program's own block, and what the payments of the issued ones need to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from app.billing.commands import IssueValues, issuing
from app.billing.models import Invoice
from app.billing.rules import InvoiceState
from app.core.actor import Actor
from app.core.database import db
from app.members.models import Institution
from app.outbox.models import Job


@dataclass(frozen=True)
class Issued:
    """An invoice with what its payment needs to know."""

    id: int
    number: str
    payer_id: int
    payer_name: str
    currency: str
    gross: int
    issue_day: date


def issue_drafts(values: IssueValues, actor: Actor) -> list[Issued]:
    """Issue every draft there is, but for the printing: the jobs that would print them are taken away again."""
    drafts = Invoice.state == InvoiceState.DRAFT
    issued = 1
    while issued:
        # Within the transaction of the caller, which the job that issues a run would open for each block.
        issued = issuing._issue(drafts, values, values.issue_day.year, actor).issued  # noqa: SLF001
    db.session.execute(delete(Job))
    return list(_issued_on(values.issue_day))


def _issued_on(day: date) -> Iterator[Issued]:
    asked = (
        select(
            Invoice.id, Invoice.number, Invoice.payer_id, Institution.name, Invoice.currency, Invoice.gross_minor,
            Invoice.issue_day,
        )
        .join(Institution, Institution.id == Invoice.payer_id)
        .where(Invoice.issue_day == day)
        .order_by(Invoice.id)
    )  # fmt: skip
    for invoice_id, number, payer_id, payer_name, currency, gross, issue_day in db.session.execute(asked):
        if number is not None and issue_day is not None:
            yield Issued(invoice_id, number, payer_id, payer_name, currency, gross, issue_day)
