"""Acts of one amount that the yes of a second person does as typed: a credit note, a void, a write-off, a refund."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject
from app.billing.commands.approvals import NEEDS_NONE, PERFORMED, put_question
from app.billing.commands.crediting import CreditValues, credit_invoice, lines_to_credit, lock_creditable
from app.billing.commands.refunds import (
    RefundValues,
    lock_credit_to_refund,
    lock_payment_to_refund,
    refund_credit,
    refund_payment,
)
from app.billing.commands.voiding import lock_voidable, void_invoice
from app.billing.commands.write_offs import WriteOffValues, lock_to_write_off, write_off
from app.billing.models import Approval, Invoice
from app.billing.queries.approvals import find_same, propose_amount, words_of_total
from app.billing.queries.credits import creditable_of
from app.billing.rules import ACT_WORDS, Act, ApprovalState, WriteOffKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.permissions import Permission


def ask_credit(invoice_id: int, values: CreditValues, *, actor: Actor) -> Approval:
    """Ask a second person to credit parts of an invoice that can be credited; it is dated the day they say yes."""
    actor.require(Permission.INVOICE_CREDIT)
    lock_creditable(invoice_id)
    left = creditable_of(invoice_id)
    lines_to_credit(invoice_id, left, values, actor)
    typed = {
        "parts": {str(line): minor for line, minor in values.parts.items()},
        "reason": values.reason,
        "sends_mails": values.sends_mails,
        "line_id": values.line_id,
    }
    return _ask(Act.CREDIT, Subject("invoice", invoice_id), left.gross_of(values.parts), typed, actor)


def ask_write_off(invoice_id: int, values: WriteOffValues, *, actor: Actor) -> Approval:
    """Ask a second person to write off what will not be paid, where that could be done now."""
    actor.require(Permission.INVOICE_CREDIT)
    lock_to_write_off(invoice_id, values)
    typed = {**asdict(values), "kind": values.kind.value}
    return _ask(Act.WRITE_OFF, Subject("invoice", invoice_id), values.amount, typed, actor)


def ask_void(invoice_id: int, *, day: date, reason: str, actor: Actor) -> Approval:
    """Ask a second person to void an invoice, where that could be done now."""
    actor.require(Permission.INVOICE_CREDIT)
    invoice, _ = lock_voidable(invoice_id, day, reason)
    return _ask(Act.VOID, Subject("invoice", invoice_id), invoice.gross, {"day": day, "reason": reason}, actor)


def ask_refund(subject: Subject, values: RefundValues, *, actor: Actor) -> Approval:
    """Ask a second person to pay back what a payment, or a credit note, has left."""
    actor.require(Permission.INVOICE_CREDIT)
    refundable = lock_payment_to_refund if subject.kind == "payment" else lock_credit_to_refund
    refundable(subject.id, values)
    return _ask(Act.REFUND, subject, values.amount, asdict(values), actor)


def _ask(act: Act, subject: Subject, amount: Money, typed: dict[str, Any], actor: Actor) -> Approval:
    actor.require(Permission.INVOICE_CREDIT)
    if not amount or not str(typed["reason"]).strip():
        raise DomainError("Enter an amount, and say why.", "reason")
    words = f"{ACT_WORDS[act]}: {amount} {amount.currency} of {_called(subject)}"
    words += words_of_total(act, subject, amount)
    proposal = propose_amount(act, subject, words, amount)
    if not proposal.needs_second:
        raise DomainError(NEEDS_NONE)
    if find_same(proposal, ApprovalState.ASKED) is not None:
        raise DomainError("A second person is asked already.")
    values = {name: _plain(value) for name, value in typed.items() if name != "amount"}
    money = {"minor": amount.minor, "currency": amount.currency}
    return put_question(proposal, {**values, **money}, str(typed["reason"]).strip(), actor)


def _called(subject: Subject) -> str:
    if subject.kind == "payment":
        return f"payment {subject.id}"
    return db.session.scalar(select(Invoice.number).where(Invoice.id == subject.id)) or "a draft"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _credit(approval: Approval, actor: Actor) -> int:
    typed = approval.typed
    parts = {int(line): minor for line, minor in typed["parts"].items()}
    values = CreditValues(parts, typed["reason"], clock.today(), typed["sends_mails"], typed.get("line_id"))
    return credit_invoice(approval.subject_id, values, actor=actor).id


def _write_off(approval: Approval, actor: Actor) -> int:
    typed = approval.typed
    kind, day = WriteOffKind(typed["kind"]), date.fromisoformat(typed["day"])
    values = WriteOffValues(Money(typed["minor"], typed["currency"]), kind, typed["reason"], day)
    return write_off(approval.subject_id, values, actor=actor).id


def _void(approval: Approval, actor: Actor) -> int:
    typed = approval.typed
    day = date.fromisoformat(typed["day"])
    return void_invoice(approval.subject_id, day=day, reason=typed["reason"], actor=actor).id


def _refund(approval: Approval, actor: Actor) -> int:
    typed = approval.typed
    values = RefundValues(
        amount=Money(typed["minor"], typed["currency"]),
        day=date.fromisoformat(typed["day"]),
        reason=typed["reason"],
        reference=typed["reference"],
        account_code=typed["account_code"],
    )
    give_back = refund_payment if approval.subject_kind == "payment" else refund_credit
    return give_back(approval.subject_id, values, actor=actor).id


PERFORMED.update({Act.CREDIT: _credit, Act.VOID: _void, Act.WRITE_OFF: _write_off, Act.REFUND: _refund})
