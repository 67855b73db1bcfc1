"""Invoices: their states, numbers, references, hashes, and how they stand on a day."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from stdnum.iso7064 import mod_97_10

from app.core.canonical import canonical
from app.core.periods import DueBy, end_of_next_month


class InvoiceKind(StrEnum):
    """What a numbered document does: it claims, or it takes back what another claimed."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceState(StrEnum):
    """What an invoice is; whether it is paid follows from its open amount and its due day."""

    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"


class Standing(StrEnum):
    """How an invoice stands on a day, as its pill says it."""

    DRAFT = "draft"
    DUE = "due"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDIT = "credit"
    USED = "used"
    VOID = "void"


FREED = "void:"  # Before the key of a charge that a void invoice made: it can be billed again.


def due_from(issue_day: date, terms_days: int, due_by: DueBy = DueBy.DAYS) -> date:
    """The due day: 30 days from 31 January 2027 is 2 March, the end of the next month 28 February (RULES, Time)."""
    if due_by is DueBy.END_OF_NEXT_MONTH:
        return end_of_next_month(issue_day)
    return issue_day + timedelta(days=terms_days)


def creditor_reference(number: str) -> str:
    """The payment reference of an invoice with its check digits (ISO 11649): RF51INV20270041."""
    plain = re.sub(r"[^A-Z\d]", "", number)
    return f"RF{mod_97_10.calc_check_digits(f'{plain}RF')}{plain}"


def content_hash(frozen: dict[str, Any]) -> str:
    """SHA-256 of a frozen record in canonical JSON: keys sorted, no spaces, UTF-8."""
    return hashlib.sha256(canonical(frozen)).hexdigest()


@dataclass(frozen=True)
class InvoiceFacts:
    """What of an invoice says how it stands: its state, its days, its total and what is open on a day.

    The total and the open amount of a credit note are below zero: what it gives back, and what of it is unused.
    """

    state: InvoiceState
    issue_day: date | None
    due_day: date | None
    gross: int
    open: int
    voided_on: date | None = None

    def is_void(self, on: date) -> bool:
        """Whether it is void on a day: one voided later still stands."""
        return self.state is InvoiceState.VOID and (self.voided_on is None or self.voided_on <= on)


def standing_on(facts: InvoiceFacts, on: date) -> Standing:
    """How an invoice stands on a day: what was paid later is still owed then; due on a day is not overdue on it."""
    if facts.is_void(on):
        return Standing.VOID
    if facts.issue_day is None or facts.issue_day > on:
        return Standing.DRAFT
    if facts.gross < 0:
        return Standing.CREDIT if facts.open else Standing.USED
    return Standing.PAID if facts.open == 0 else _owed_on(facts, on)


def _owed_on(facts: InvoiceFacts, on: date) -> Standing:
    if facts.due_day is not None and facts.due_day < on:
        return Standing.OVERDUE
    return Standing.PART_PAID if facts.open < facts.gross else Standing.DUE


AGES = ("Not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days")


def age_of(due_day: date, on: date) -> int:
    """In which column of AGES an open amount stands, by the days since it was due."""
    late = (on - due_day).days
    return 0 if late <= 0 else min((late - 1) // 30 + 1, 4)


def behind_line(line: Any) -> dict[str, Any]:
    """What is frozen of a line besides what is printed of it: why it is charged, for what, and as whose income.

    The key of a charge is kept without what frees it once the invoice is void.
    """
    key: str | None = line.charge_key
    return {
        "why": line.why,
        "relief": line.relief_minor,
        "account": line.income_account,
        "tax_reason": line.tax_reason,
        "schedule": line.schedule_id,
        "membership": line.membership_id,
        "charge": key.removeprefix(FREED) if key else None,
        **({} if line.owed_days is None else {"owed": {"days": line.owed_days, "minor": line.owed_minor}}),
    }
