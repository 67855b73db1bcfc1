"""Every read of billing: fee schedules, charges of a year, invoices, payments, the ledger, balances, and its proofs."""

from __future__ import annotations

from app.billing.queries import holdings, merging, verification

__all__ = ["holdings", "merging", "verification"]
