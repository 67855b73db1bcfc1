"""Disputes of invoices and blocks of payers: none of them is reminded while it lasts, and the trail says why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import func, select

from app.audit.commands import Entry, Subject, record, record_many
from app.billing.models import Allocation, Invoice, InvoiceDispute, ReminderBlock
from app.billing.rules import DisputeEnd, InvoiceState
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.members.commands import lock_institution
from app.members.rules import day_words


def dispute_invoice(invoice_id: int, reason: str, *, since: date, actor: Actor) -> InvoiceDispute:
    """Note that a payer disputes an invoice since a day: until it is settled nobody reminds of it."""
    actor.require(Permission.INVOICE_EDIT)
    invoice = lock(Invoice, invoice_id)
    if invoice.state is not InvoiceState.ISSUED or invoice.open_minor <= 0:
        raise DomainError("Only an invoice with something open can be in dispute.")
    if since > clock.today() or since < (invoice.issue_day or since):
        raise DomainError("A day from the invoice's date to today.", "since")
    if _find_open(invoice_id) is not None:
        raise DomainError("This invoice is in dispute already.")
    dispute = InvoiceDispute(
        invoice_id=invoice_id, first_day=since, reason=reason, noted_by=actor.name, noted_at=clock.now()
    )
    db.session.add(dispute)
    db.session.flush()
    record(
        "billing.dispute_invoice",
        Subject("invoice", invoice_id),
        summary=f"Invoice {invoice.number} is in dispute since {day_words(since)}",
        after={"in_dispute_since": since},
        reason=reason,
        actor=actor,
    )
    return dispute


def settle_dispute(invoice_id: int, outcome: str, *, on: date, actor: Actor) -> InvoiceDispute:
    """Note how the dispute of an invoice was settled, and on which day: from then on it is reminded of again."""
    actor.require(Permission.INVOICE_EDIT)
    invoice = lock(Invoice, invoice_id)
    dispute = _find_open(invoice_id)
    if dispute is None:
        raise DomainError("This invoice is not in dispute.")
    if not dispute.first_day <= on <= clock.today():
        raise DomainError("A day from the beginning of the dispute to today.", "settled_on")
    dispute.settled_on, dispute.outcome = on, outcome
    dispute.settled_by, dispute.settled_at = actor.name, clock.now()
    record(
        "billing.settle_dispute",
        Subject("invoice", invoice_id),
        summary=f"The dispute of invoice {invoice.number} is settled since {day_words(on)}",
        before={"in_dispute_since": dispute.first_day},
        after={"settled_on": on},
        reason=outcome,
        actor=actor,
    )
    db.session.flush()
    return dispute


def end_disputes(invoice_ids: Collection[int], how: DisputeEnd, *, actor: Actor) -> None:
    """End the disputes of those of the invoices that have nothing open any more, from the day on which that is so.

    Nobody settled them, and so they have no name: what is undone later opens them again.
    """
    db.session.flush()
    if not invoice_ids:
        return
    last_day = select(func.max(Allocation.day)).where(Allocation.invoice_id == Invoice.id).scalar_subquery()
    asked = (
        select(InvoiceDispute, Invoice.number, func.coalesce(Invoice.voided_on, last_day))
        .join(Invoice, Invoice.id == InvoiceDispute.invoice_id)
        .where(among(Invoice.id, invoice_ids), Invoice.open_minor <= 0, InvoiceDispute.settled_on.is_(None))
        .order_by(InvoiceDispute.id)
    )
    for dispute, number, day in db.session.execute(asked).all():
        dispute.settled_on, dispute.outcome = max(dispute.first_day, day), how.value
        dispute.settled_at = clock.now()
        record(
            "billing.end_dispute",
            Subject("invoice", dispute.invoice_id),
            summary=f"The dispute of invoice {number} ended by itself on {day_words(dispute.settled_on)}",
            before={"in_dispute_since": dispute.first_day},
            after={"settled_on": dispute.settled_on},
            reason=how.value,
            actor=actor,
        )
    db.session.flush()


def resume_disputes(invoices: Iterable[Invoice], *, day: date, actor: Actor) -> None:
    """Let invoices be in dispute again whose dispute ended by itself, now that what ended it is undone from a day on.

    Nobody is to be reminded of what was never settled with its payer, least of all after a mistake of ours.
    """
    open_again = {each.id: each for each in invoices if each.open_minor > 0}
    newest = select(func.max(InvoiceDispute.id)).where(among(InvoiceDispute.invoice_id, open_again))
    asked = select(InvoiceDispute).where(
        InvoiceDispute.id.in_(newest.group_by(InvoiceDispute.invoice_id)),
        InvoiceDispute.settled_on.is_not(None),
        InvoiceDispute.settled_by.is_(None),
    )
    resumed = [_again(each, day, actor) for each in db.session.scalars(asked.order_by(InvoiceDispute.id)).all()]
    db.session.add_all(resumed)
    record_many([_resumed(open_again[each.invoice_id], each.first_day) for each in resumed], actor)
    db.session.flush()


def _again(ended: InvoiceDispute, day: date, actor: Actor) -> InvoiceDispute:
    """The same dispute anew, not before it ended: a payment may be dated before its payer disputed anything."""
    return InvoiceDispute(
        invoice_id=ended.invoice_id,
        first_day=max(day, ended.settled_on or day),
        reason=ended.reason,
        noted_by=actor.name,
        noted_at=clock.now(),
    )


def _resumed(invoice: Invoice, day: date) -> Entry:
    return Entry(
        "billing.resume_dispute",
        Subject("invoice", invoice.id),
        summary=f"Invoice {invoice.number} is in dispute again since {day_words(day)}: what ended that is undone",
        after={"in_dispute_since": day},
    )


def block_reminders(payer_id: int, reason: str, *, until: date, actor: Actor) -> ReminderBlock:
    """Let a payer not be reminded from today until a day, included."""
    actor.require(Permission.INVOICE_EDIT)
    payer = lock_institution(payer_id)
    today = clock.today()
    if until < today:
        raise DomainError("Today or a later day.", "until")
    block = ReminderBlock(
        payer_id=payer.id,
        first_day=today,
        until_day=until,
        reason=reason,
        noted_by=actor.name,
        noted_at=clock.now(),
    )
    db.session.add(block)
    db.session.flush()
    record(
        "billing.block_reminders",
        Subject("institution", payer.id),
        summary=f"{payer.name} is not reminded until {day_words(until)}",
        after={"not_reminded_until": until},
        reason=reason,
        actor=actor,
    )
    return block


def lift_block(block_id: int, *, actor: Actor) -> ReminderBlock:
    """Let a payer be reminded again from today on, before its block ends by itself."""
    actor.require(Permission.INVOICE_EDIT)
    payer = lock_institution(db.session.scalar(select(ReminderBlock.payer_id).where(ReminderBlock.id == block_id)) or 0)
    block = lock(ReminderBlock, block_id)
    if block.lifted_on is not None or block.until_day < clock.today():
        raise DomainError("This block is over already.")
    block.lifted_on = clock.today()
    record(
        "billing.lift_block",
        Subject("institution", payer.id),
        summary=f"{payer.name} is reminded again",
        before={"not_reminded_until": block.until_day},
        after={"lifted_on": block.lifted_on},
        actor=actor,
    )
    db.session.flush()
    return block


def _find_open(invoice_id: int) -> InvoiceDispute | None:
    asked = select(InvoiceDispute).where(InvoiceDispute.invoice_id == invoice_id, InvoiceDispute.settled_on.is_(None))
    return db.session.scalars(asked.execution_options(populate_existing=True)).one_or_none()
