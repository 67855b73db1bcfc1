"""How money comes, and which invoices it settles first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


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


def oldest_first(amount: int, invoices: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Settle open invoices (id, open) in their order with an amount: the parts (id, amount) that are not zero."""
    parts = []
    for invoice_id, is_open in invoices:
        part = min(amount, is_open)
        if part > 0:
            parts.append((invoice_id, part))
        amount -= part
    return parts
