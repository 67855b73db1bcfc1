"""Receipts as they were handed out and statements of account as they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.audit.queries import find_last
from app.billing.models import Allocation, GivenPaper, Invoice
from app.billing.queries.standing import visible_to
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Person
from app.members.queries import list_mergers_into
from app.members.rules import TwinKind
from app.outbox.models import Mail
from app.outbox.rules import MailState, mail_word

SENT, NOT_SENT = "billing.send_statement", "billing.give_up_statement"
"""What the trail says of a statement that was ordered."""


@dataclass(frozen=True)
class UnsentStatement:
    """When a statement that was ordered was given up, and why."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class GivenReceipt:
    """A receipt as it was first handed out, and since when it is kept; `was_undone`: what it is for was, later."""

    record: Mapping[str, Any]
    sha256: str
    pdf_id: int
    pdf_sha256: str
    given_at: datetime
    was_undone: bool


@dataclass(frozen=True)
class SentStatement:
    """A statement of account as it was sent: of which day, to whom, when, where its mail stands, and its hashes."""

    id: int
    day: date
    person: str
    given_at: datetime
    mail_state: MailState
    content_sha256: str
    pdf_sha256: str
    pdf_id: int

    @property
    def mail_word(self) -> str:
        """Where its mail stands, as people say it."""
        return mail_word(self.mail_state)


def list_sent_statements(payer_id: int, on: date, *, actor: Actor) -> Sequence[SentStatement]:
    """The statements of an account that were sent up to the end of a day, the newest first."""
    if not actor.may(Permission.INVOICE_READ, institution_id=payer_id):
        raise NotFoundError("There is no such account.")
    wanted = GivenPaper.payer_id == payer_id, GivenPaper.given_at <= clock.end_of(on)
    rows = db.session.execute(_statements().where(*wanted))
    return [_statement(row) for row in rows]


def find_unsent_statement(payer_id: int, on: date, *, actor: Actor) -> UnsentStatement | None:
    """The last order of a statement where it was given up by the end of a day; None where one was sent since.

    It may have been for somebody who was merged into the payer.
    """
    if not actor.may(Permission.INVOICE_READ, institution_id=payer_id):
        raise NotFoundError("There is no such account.")
    merged = [merger.merged_id for merger, _ in list_mergers_into(TwinKind.INSTITUTION, payer_id)]
    last = find_last("institution", [payer_id, *merged], (SENT, NOT_SENT), until=clock.end_of(on))
    if last is None or last.action == SENT:
        return None
    return UnsentStatement(last.at, last.reason or "")


def get_sent_statement(paper_id: int, actor: Actor) -> SentStatement:
    """One statement of an account that was sent, for whoever may see the account."""
    row = db.session.execute(_statements().where(GivenPaper.id == paper_id)).one_or_none()
    if row is None or not actor.may(Permission.INVOICE_READ, institution_id=row.payer_id):
        raise NotFoundError("There is no such statement.")
    return _statement(row)


def _statements() -> AnySelect:
    return (
        select(
            GivenPaper.id, GivenPaper.payer_id, GivenPaper.day, GivenPaper.given_at, GivenPaper.content_sha256,
            GivenPaper.pdf_sha256, GivenPaper.pdf_id, Mail.state, Person.title, Person.given_name, Person.family_name,
        )
        .join(Mail, Mail.id == GivenPaper.mail_id)
        .join(Person, Person.id == GivenPaper.person_id)
        .order_by(GivenPaper.id.desc())
    )  # fmt: skip


def _statement(row: Any) -> SentStatement:
    return SentStatement(
        id=row.id,
        day=row.day,
        person=" ".join(part for part in (row.title, row.given_name, row.family_name) if part),
        given_at=row.given_at,
        mail_state=row.state,
        content_sha256=row.content_sha256,
        pdf_sha256=row.pdf_sha256,
        pdf_id=row.pdf_id,
    )


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
