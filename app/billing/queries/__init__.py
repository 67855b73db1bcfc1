"""Every read of billing: fee schedules, charges of a year, invoices, payments, the ledger, balances, and its proofs."""

from __future__ import annotations

from app.billing.queries import holdings, verification

__all__ = ["holdings", "verification"]
