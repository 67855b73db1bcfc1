"""Voiding an invoice that should never have been: it keeps its number and its PDF, and is reversed by an entry."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from app.audit.commands import Subject, record
from app.billing.commands.approvals import use_approval
from app.billing.commands.bookings import Booking, Leg, book
from app.billing.commands.disputes import end_disputes
from app.billing.commands.runs import lock_run_of
from app.billing.commands.settling import lock_invoices, lock_payer_of
from app.billing.models import Allocation, FeeRun, Invoice, InvoiceLine, LedgerEntry, Posting
from app.billing.rules import FREED, Act, DisputeEnd, EntryKind, InvoiceKind, InvoiceState, RunState
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import insert_rows
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import lock
from app.core.permissions import Permission
from app.members.commands import lock_institution
from app.members.models import Institution


def void_invoice(invoice_id: int, *, day: date, reason: str, actor: Actor) -> Invoice:
    """Void an issued invoice that nothing settles: what it charged can be billed again, under a new number."""
    actor.require(Permission.INVOICE_CREDIT)
    invoice, payer = lock_voidable(invoice_id, day, reason)
    use_approval(Act.VOID, Subject("invoice", invoice_id), invoice.gross)
    book([_reversal(invoice, day, payer.name)])
    invoice.state, invoice.voided_on, invoice.open_minor = InvoiceState.VOID, day, 0
    invoice.reason = reason.strip()
    lines: Any = InvoiceLine.__table__
    keyed = (lines.c.invoice_id == invoice_id, lines.c.charge_key.is_not(None))
    db.session.execute(update(lines).where(*keyed).values(charge_key=FREED + lines.c.charge_key))
    record(
        "billing.void_invoice",
        Subject("invoice", invoice_id),
        summary=f"Invoice {invoice.number} of {invoice.gross} {invoice.currency} voided",
        before={"state": InvoiceState.ISSUED.value},
        after={"state": InvoiceState.VOID.value, "day": day.isoformat()},
        reason=reason,
        actor=actor,
    )
    end_disputes([invoice_id], DisputeEnd.VOID, actor=actor)
    return invoice


def draft_again(invoice_id: int, *, actor: Actor) -> Invoice:
    """Draft what a void invoice charged once more; the draft points to it, and gets a number of its own at issue."""
    actor.require(Permission.INVOICE_EDIT)
    run = lock_run_of(invoice_id)
    void = lock(Invoice, invoice_id)
    if void.state is not InvoiceState.VOID:
        raise DomainError("Only what a void invoice charged is drafted again.")
    if db.session.scalar(select(select(Invoice.id).where(Invoice.replaces_id == invoice_id).exists())):
        raise DomainError("It is drafted again already.")
    draft = Invoice(
        state=InvoiceState.DRAFT,
        payer_id=void.payer_id,
        run_id=void.run_id,
        currency=void.currency,
        net_minor=void.net_minor,
        tax_minor=void.tax_minor,
        gross_minor=void.gross_minor,
        open_minor=0,
        replaces_id=void.id,
        created_at=clock.now(),
        search_text=folded(lock_institution(void.payer_id).name),
    )
    db.session.add(draft)
    db.session.flush()
    _copy_lines(void.id, draft.id)
    _reopen(run)
    record(
        "billing.draft_again",
        Subject("invoice", draft.id),
        summary=f"What {void.number} charged is drafted again",
        after={"replaces": void.number, "total": f"{draft.gross} {draft.currency}"},
        actor=actor,
    )
    db.session.flush()
    return draft


def lock_voidable(invoice_id: int, day: date, reason: str) -> tuple[Invoice, Institution]:
    """An invoice and its payer, locked; refused where nobody could void it on the day."""
    payer = lock_payer_of(Invoice, invoice_id)
    invoice = lock_invoices(payer.id, {invoice_id}).get(invoice_id)
    if invoice is None or invoice.kind is not InvoiceKind.INVOICE:
        raise DomainError("Only an issued invoice can be voided.")
    _check(invoice, day, reason)
    return invoice, payer


def _check(invoice: Invoice, day: date, reason: str) -> None:
    if not reason.strip():
        raise DomainError("Say why it is voided.", "reason")
    if not (invoice.issue_day or day) <= day <= clock.today():
        raise DomainError("Not before it was issued, and not after today.", "day")
    if db.session.scalar(select(select(Invoice.id).where(Invoice.credits_id == invoice.id).exists())):
        raise DomainError("It is credited in part: credit the rest instead.")
    if invoice.open_minor != invoice.gross_minor:
        raise DomainError("Something settles it: undo that first, or credit the invoice.")
    undone = db.session.scalar(select(func.max(Allocation.day)).where(Allocation.invoice_id == invoice.id))
    if undone is not None and day < undone:
        raise DomainError("Not before what settled it was undone.", "day")


def _reversal(invoice: Invoice, day: date, payer: str) -> Booking:
    """The entry of its issue, every amount turned round."""
    rows = db.session.execute(
        select(Posting.account_code, Posting.amount_minor, Posting.payer_id, Posting.home_minor, Posting.currency)
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .where(LedgerEntry.invoice_id == invoice.id, LedgerEntry.kind == EntryKind.INVOICE)
        .order_by(Posting.id)
    )
    legs = tuple(Leg(code, -amount, of, -home, currency) for code, amount, of, home, currency in rows)
    return Booking(EntryKind.VOID, day, f"Invoice {invoice.number} voided, {payer}", invoice.currency, legs, invoice.id)


def _copy_lines(void_id: int, draft_id: int) -> None:
    table: Any = InvoiceLine.__table__
    names = [column.name for column in table.c if column.name != "id"]
    rows = db.session.execute(
        select(*(table.c[name] for name in names)).where(table.c.invoice_id == void_id).order_by(table.c.position)
    ).mappings()
    again = [{**row, "invoice_id": draft_id, "charge_key": _key_again(row["charge_key"])} for row in rows]
    insert_rows(InvoiceLine, again)


def _key_again(key: str | None) -> str | None:
    return None if key is None else key.removeprefix(FREED)


def _reopen(run: FeeRun | None) -> None:
    """Its run has a draft more to issue."""
    if run is None:
        return
    if run.state is RunState.ISSUING:
        raise DomainError("The run is being issued: wait until it is done.")
    run.planned += 1
    run.state, run.issued_at = RunState.DRAFT, None
