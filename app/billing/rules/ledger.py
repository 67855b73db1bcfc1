"""The accounts of the ledger."""

from __future__ import annotations

from enum import StrEnum


class AccountKind(StrEnum):
    """What a ledger account is."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


RECEIVABLE, BANK, UNAPPLIED, FEE_INCOME, TAX_PAYABLE = "1100", "1200", "2100", "4000", "2200"


ACCOUNTS = {
    RECEIVABLE: ("Receivable from payers", AccountKind.ASSET),
    BANK: ("Bank", AccountKind.ASSET),
    UNAPPLIED: ("Unallocated money of payers", AccountKind.LIABILITY),
    TAX_PAYABLE: ("Tax to be paid", AccountKind.LIABILITY),
    FEE_INCOME: ("Membership fees", AccountKind.INCOME),
}
