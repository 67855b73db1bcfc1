"""Every write of billing: fee schedules, fee runs, issuing, payments. Importing it names the handlers of its jobs."""

from __future__ import annotations

from app.billing.commands import erasing
from app.billing.commands.issuing import issue_invoice, issue_run
from app.billing.commands.payments import PaymentValues, Settlement, allocate_payment, record_payment
from app.billing.commands.printing import print_invoice
from app.billing.commands.runs import IssueValues, discard_draft, prepare_run, start_issue
from app.billing.commands.schedules import FeeTerms, adopt_fee

__all__ = [
    "FeeTerms",
    "IssueValues",
    "PaymentValues",
    "Settlement",
    "adopt_fee",
    "allocate_payment",
    "discard_draft",
    "erasing",
    "issue_invoice",
    "issue_run",
    "prepare_run",
    "print_invoice",
    "record_payment",
    "start_issue",
]
