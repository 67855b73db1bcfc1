"""Every write of billing: fee schedules, fee runs, issuing, payments. Importing it names the handlers of its jobs."""

from __future__ import annotations

from app.billing.commands import erasing
from app.billing.commands.issuing import issue_invoice, issue_run
from app.billing.commands.joiners import (
    draft_first_invoice,
)
from app.billing.commands.leavers import (
    drop_later_drafts,
    keep_final_statement,
)
from app.billing.commands.payments import PaymentValues, Settlement, allocate_payment, record_payment
from app.billing.commands.printing import print_invoice
from app.billing.commands.runs import (
    IssueValues,
    bill_alone,
    discard_draft,
    prepare_run,
    start_issue,
)
from app.billing.commands.schedules import FeeTerms, adopt_fee

__all__ = [
    "FeeTerms",
    "IssueValues",
    "PaymentValues",
    "Settlement",
    "adopt_fee",
    "allocate_payment",
    "bill_alone",
    "discard_draft",
    "draft_first_invoice",
    "drop_later_drafts",
    "erasing",
    "issue_invoice",
    "issue_run",
    "keep_final_statement",
    "prepare_run",
    "print_invoice",
    "record_payment",
    "start_issue",
]
