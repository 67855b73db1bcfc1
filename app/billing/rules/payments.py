"""How money comes, and which invoices it settles first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from app.billing.rules.ledger import BANK_CHARGES, WRITTEN_OFF


class PaymentMethod(StrEnum):
    """How money came in."""

    BANK_TRANSFER = "bank_transfer"
    CHEQUE = "cheque"
    CARD = "card"


METHOD_WORDS = {
    PaymentMethod.BANK_TRANSFER: "Bank transfer",
    PaymentMethod.CHEQUE: "Cheque",
    PaymentMethod.CARD: "Card",
}


class WriteOffKind(StrEnum):
    """Why what is open will not be paid."""

    UNCOLLECTIBLE = "uncollectible"
    BANK_CHARGE = "bank_charge"
    SMALL_DIFFERENCE = "small_difference"


WRITE_OFF_WORDS = {
    WriteOffKind.UNCOLLECTIBLE: "It cannot be collected",
    WriteOffKind.BANK_CHARGE: "A bank charge was deducted on the way",
    WriteOffKind.SMALL_DIFFERENCE: "A difference too small to ask for",
}


WRITE_OFF_ACCOUNTS = {
    WriteOffKind.UNCOLLECTIBLE: WRITTEN_OFF,
    WriteOffKind.BANK_CHARGE: BANK_CHARGES,
    WriteOffKind.SMALL_DIFFERENCE: WRITTEN_OFF,
}


class RefundKind(StrEnum):
    """How money went back: paid back by the consortium, or taken back by the bank."""

    REFUND = "refund"
    REVERSAL = "reversal"


REFUND_WORDS = {RefundKind.REFUND: "Refund", RefundKind.REVERSAL: "Reversed"}


def oldest_first(amount: int, invoices: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Settle open invoices (id, open) in their order with an amount: the parts (id, amount) that are not zero."""
    parts = []
    for invoice_id, is_open in invoices:
        part = min(amount, is_open)
        if part > 0:
            parts.append((invoice_id, part))
        amount -= part
    return parts
