"""What can be done to put right an issued invoice, or with what a credit note gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.billing.rules.invoices import InvoiceKind, Standing


class Correction(StrEnum):
    """One way to put an invoice right."""

    CREDIT = "credit"
    WRITE_OFF = "write_off"
    VOID = "void"
    SETTLE = "settle"
    USE = "use_credit"
    REFUND = "refund_credit"
    DRAFT_AGAIN = "draft_again"


@dataclass(frozen=True)
class CorrectionFacts:
    """How an invoice or a credit note stands: its total, what is open, what was credited of it; in minor units.

    `is_replaced`: what a void invoice charged is drafted again.
    """

    kind: InvoiceKind
    standing: Standing
    gross: int
    open: int
    credited: int = 0
    is_replaced: bool = False


def possible_acts(of: CorrectionFacts) -> frozenset[Correction]:
    """What can be done now: a draft is discarded and not corrected, and a void invoice is only drafted again."""
    if of.standing is Standing.DRAFT:
        return frozenset()
    if of.standing is Standing.VOID:
        return frozenset() if of.is_replaced else frozenset({Correction.DRAFT_AGAIN})
    return _of_credit(of) if of.kind is InvoiceKind.CREDIT_NOTE else _of_invoice(of)


def _of_credit(of: CorrectionFacts) -> frozenset[Correction]:
    return frozenset({Correction.USE, Correction.REFUND}) if of.open else frozenset()


def _of_invoice(of: CorrectionFacts) -> frozenset[Correction]:
    """Void only while nothing hangs on it: something settled or credited is undone first, or the rest is credited."""
    holds = {
        Correction.CREDIT: of.credited < of.gross,
        Correction.WRITE_OFF: of.open > 0,
        Correction.SETTLE: of.open > 0,
        Correction.VOID: of.open == of.gross and not of.credited,
    }
    return frozenset(act for act, is_possible in holds.items() if is_possible)
