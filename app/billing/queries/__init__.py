"""Every read of billing: fee schedules, charges of a year, invoices, payments, the ledger, balances, and its proofs."""

from __future__ import annotations

from app.billing.queries import (
    account_checks,
    frozen_checks,
    given_checks,
    holdings,
    ledger_checks,
    merging,
    reminder_checks,
    sealed,
    verification,
)
from app.billing.queries.bank import file_checks
from app.billing.queries.bank import holdings as bank_holdings
from app.billing.queries.bank import verification as bank_verification

__all__ = [
    "account_checks",
    "bank_holdings",
    "bank_verification",
    "file_checks",
    "frozen_checks",
    "given_checks",
    "holdings",
    "ledger_checks",
    "merging",
    "reminder_checks",
    "sealed",
    "verification",
]
