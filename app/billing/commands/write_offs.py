"""Writing off what will not be paid, by an entry of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.audit.commands import Subject, record
from app.billing.commands.approvals import use_approval
from app.billing.commands.bookings import Booking, book
from app.billing.commands.disputes import end_disputes
from app.billing.commands.settling import apply_write_off, lock_invoices, lock_payer_of, open_from, refuse_beyond
from app.billing.models import Invoice, WriteOff
from app.billing.rules import WRITE_OFF_ACCOUNTS, Act, DisputeEnd, EntryKind, WriteOffKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.permissions import Permission
from app.members.models import Institution


@dataclass(frozen=True)
class WriteOffValues:
    """How much will not be paid, why, and from which day."""

    amount: Money
    kind: WriteOffKind
    reason: str
    day: date


def write_off(invoice_id: int, values: WriteOffValues, *, actor: Actor) -> WriteOff:
    """Take what will not be paid off an open invoice, at the cost of the consortium; the invoice itself stays."""
    actor.require(Permission.INVOICE_CREDIT)
    invoice, payer = lock_to_write_off(invoice_id, values)
    use_approval(Act.WRITE_OFF, Subject("invoice", invoice_id), values.amount)
    written = WriteOff(
        invoice_id=invoice_id,
        kind=values.kind,
        day=values.day,
        amount_minor=values.amount.minor,
        reason=values.reason.strip(),
        recorded_by=actor.name,
        recorded_at=clock.now(),
    )
    db.session.add(written)
    db.session.flush()
    account = WRITE_OFF_ACCOUNTS[values.kind]
    applied = apply_write_off(invoice, values.amount.minor, account, write_off_id=written.id, day=values.day)
    text = f"Invoice {invoice.number} written off, {payer.name}"
    book([Booking(EntryKind.WRITE_OFF, values.day, text, invoice.currency, applied.legs, invoice_id)])
    record(
        "billing.write_off",
        Subject("invoice", invoice_id),
        summary=f"{values.amount} {values.amount.currency} of {invoice.number} written off",
        after={"kind": values.kind.value, "day": values.day.isoformat(), "open": str(invoice.outstanding)},
        reason=values.reason,
        actor=actor,
    )
    end_disputes([invoice_id], DisputeEnd.WRITTEN_OFF, actor=actor)
    return written


def lock_to_write_off(invoice_id: int, values: WriteOffValues) -> tuple[Invoice, Institution]:
    """An invoice of which just this can be written off, and its payer, locked."""
    payer = lock_payer_of(Invoice, invoice_id)
    invoice = lock_invoices(payer.id, {invoice_id}).get(invoice_id)
    if invoice is None:
        raise DomainError("Only an issued invoice can be written off.")
    _check(invoice, values)
    refuse_beyond(values.amount.minor, open_from([invoice], values.day)[invoice_id], invoice.currency)
    return invoice, payer


def _check(invoice: Invoice, values: WriteOffValues) -> None:
    if values.amount.currency != invoice.currency or values.amount.minor <= 0:
        raise DomainError(f"An amount of more than nothing in {invoice.currency}.", "amount")
    if values.amount.minor > invoice.open_minor:
        raise DomainError(f"Only {invoice.outstanding} is open; nothing was recorded.", "amount")
    if not values.reason.strip():
        raise DomainError("Say why it will not be paid.", "reason")
    if not (invoice.issue_day or values.day) <= values.day <= clock.today():
        raise DomainError("Not before the invoice was issued, and not after today.", "day")
