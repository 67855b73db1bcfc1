"""How money comes, and which invoices it settles first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True)
class OpenDays:
    """What is open on invoices now, and what settled each on the days after `since`, the newest first.

    What was undone stands there below zero: until then less was open.
    """

    since: date
    now: Mapping[int, int]
    settled: Mapping[int, Sequence[tuple[date, int]]]

    def first_day(self, wanted: Mapping[int, int]) -> date:
        """The first day, not before `since`, from which so much of each invoice is open on every day up to now."""
        return max((self._first(*each) for each in wanted.items()), default=self.since)

    def _first(self, invoice_id: int, amount: int) -> date:
        was_open = self.now.get(invoice_id, 0)
        if was_open < amount:
            return self.since  # So much is not open at all; no day helps.
        for day, settled in self.settled.get(invoice_id, ()):
            was_open += settled
            if was_open < amount:
                return day
        return self.since


def oldest_first(amount: int, invoices: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Settle open invoices (id, open) in their order with an amount: the parts (id, amount) that are not zero."""
    parts = []
    for invoice_id, is_open in invoices:
        part = min(amount, is_open)
        if part > 0:
            parts.append((invoice_id, part))
        amount -= part
    return parts
