"""Which invoices and payers are in dispute and which payers are not reminded, on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.billing.models import Invoice, InvoiceDispute, ReminderBlock
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.permissions import Permission


@dataclass(frozen=True)
class PayerDispute:
    """What a payer disputes: the number of the invoice, since when, and why."""

    number: str
    since: date
    reason: str


def disputed_on(on: date) -> ColumnElement[bool]:
    """The condition that an invoice is in dispute on a day: from its first day to the day before it is settled."""
    asked = select(InvoiceDispute.id).where(InvoiceDispute.invoice_id == Invoice.id, *_lasting(on))
    return asked.correlate(Invoice).exists()


def disputes_on(payer_ids: Collection[int], on: date) -> Mapping[int, PayerDispute]:
    """The dispute that each of these payers is in on a day, over whichever invoice; of several the one begun first."""
    asked = (
        select(Invoice.payer_id, Invoice.number, InvoiceDispute.first_day, InvoiceDispute.reason)
        .join(InvoiceDispute, InvoiceDispute.invoice_id == Invoice.id)
        .where(among(Invoice.payer_id, payer_ids), *_lasting(on))
        .order_by(InvoiceDispute.first_day.desc(), InvoiceDispute.id.desc())
    )
    return {payer: PayerDispute(number or "", since, why) for payer, number, since, why in db.session.execute(asked)}


def _lasting(on: date) -> tuple[ColumnElement[bool], ...]:
    settled = InvoiceDispute.settled_on
    return InvoiceDispute.first_day <= on, or_(settled.is_(None), settled > on)


def blocks_on(payer_ids: Collection[int], on: date) -> Mapping[int, ReminderBlock]:
    """The block of each of these payers that holds on a day; of several the one that lasts longest."""
    lasting = or_(ReminderBlock.lifted_on.is_(None), ReminderBlock.lifted_on > on)
    asked = select(ReminderBlock).where(
        among(ReminderBlock.payer_id, payer_ids), ReminderBlock.first_day <= on, ReminderBlock.until_day >= on, lasting
    )
    found = db.session.scalars(asked.order_by(ReminderBlock.until_day, ReminderBlock.id))
    return {block.payer_id: block for block in found}


def find_block(payer_id: int, on: date, actor: Actor) -> ReminderBlock | None:
    """The block of one payer on a day, for those who read all invoices."""
    return blocks_on([payer_id], on).get(payer_id) if actor.has_all(Permission.INVOICE_READ) else None


def get_block(block_id: int, actor: Actor) -> ReminderBlock:
    """A block, for those who read all invoices."""
    actor.require(Permission.INVOICE_EDIT)
    found = db.session.get(ReminderBlock, block_id)
    if found is None:
        raise NotFoundError("There is no such record.")
    return found


def list_disputes(invoice_id: int) -> Sequence[InvoiceDispute]:
    """The disputes of an invoice the reader was given, the newest first."""
    asked = select(InvoiceDispute).where(InvoiceDispute.invoice_id == invoice_id)
    return db.session.scalars(asked.order_by(InvoiceDispute.id.desc())).all()


def is_disputed(disputes: Sequence[Any], on: date) -> bool:
    """Whether one of the disputes of an invoice lasts on a day."""
    return any(each.first_day <= on and (each.settled_on is None or each.settled_on > on) for each in disputes)
