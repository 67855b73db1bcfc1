"""Every read of billing: fee schedules, charges of a year, invoices, payments, the ledger, balances, and its proofs."""

from __future__ import annotations

from app.billing.queries import holdings, merging, reminder_checks, verification

__all__ = ["holdings", "merging", "reminder_checks", "verification"]
