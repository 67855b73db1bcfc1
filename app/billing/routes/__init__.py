"""Pages of billing: fees and their runs, invoices, payments, the ledger, and the money section of an institution."""

from __future__ import annotations

from app.billing.routes import (
    approvals,
    bank,
    billing_policy,
    books,
    charges,
    chasing,
    closing,
    corrections,
    disputes,
    fees,
    invoices,
    joiners,
    leavers,
    ledger,
    money,
    money_back,
    payments,
    policies,
    reminders,
    runs,
    sections,
)
from app.billing.routes.blueprint import pages

__all__ = [
    "approvals",
    "bank",
    "billing_policy",
    "books",
    "charges",
    "chasing",
    "closing",
    "corrections",
    "disputes",
    "fees",
    "invoices",
    "joiners",
    "leavers",
    "ledger",
    "money",
    "money_back",
    "pages",
    "payments",
    "policies",
    "reminders",
    "runs",
    "sections",
]
