"""Every write of billing: fee schedules, fee runs, issuing, payments. Importing it names the handlers of its jobs."""

from __future__ import annotations

from app.billing.commands import erasing
from app.billing.commands.approvals import approve, ask_approval, decline
from app.billing.commands.billing_policy import adopt_billing, ask_billing
from app.billing.commands.by_two import ask_credit, ask_refund, ask_void, ask_write_off
from app.billing.commands.charging import ChargeLine, add_charge, draft_charge
from app.billing.commands.closing import close_year
from app.billing.commands.concessions import (
    ConcessionTerms,
    correct_concession,
    grant_concession,
    take_back_concession,
)
from app.billing.commands.crediting import CreditValues, allocate_credit, credit_invoice
from app.billing.commands.differences import bill_difference
from app.billing.commands.disputes import block_reminders, dispute_invoice, lift_block, settle_dispute
from app.billing.commands.exchange import RateValues, record_rate
from app.billing.commands.giving import PrintedReceipt, give_receipt
from app.billing.commands.issuing import issue_invoice, issue_run
from app.billing.commands.joiners import (
    draft_first_invoice,
)
from app.billing.commands.leavers import (
    drop_later_drafts,
    keep_final_statement,
)
from app.billing.commands.payers import PayerTerms, end_payers, name_payers
from app.billing.commands.payments import PaymentValues, Settlement, allocate_payment, record_payment
from app.billing.commands.policies import adopt_reminders, adopt_standing, adopt_usual_reminders
from app.billing.commands.printing import print_invoice
from app.billing.commands.redrafting import redraft
from app.billing.commands.refunds import RefundValues, refund_credit, refund_payment
from app.billing.commands.reminders import queue_reminders, remind_payer, send_reminders
from app.billing.commands.runs import (
    IssueValues,
    bill_alone,
    discard_draft,
    prepare_run,
    start_issue,
)
from app.billing.commands.schedules import FeeTerms, adopt_fee, correct_fee, take_back_fee
from app.billing.commands.sending import order_statement, send_statement
from app.billing.commands.tiers import TierTerms, group_country, place_member
from app.billing.commands.undoing import release_allocation, reverse_payment
from app.billing.commands.voiding import draft_again, void_invoice
from app.billing.commands.write_offs import WriteOffValues, write_off

__all__ = [
    "ChargeLine",
    "ConcessionTerms",
    "CreditValues",
    "FeeTerms",
    "IssueValues",
    "PayerTerms",
    "PaymentValues",
    "PrintedReceipt",
    "RateValues",
    "RefundValues",
    "Settlement",
    "TierTerms",
    "WriteOffValues",
    "add_charge",
    "adopt_billing",
    "adopt_fee",
    "adopt_reminders",
    "adopt_standing",
    "adopt_usual_reminders",
    "allocate_credit",
    "allocate_payment",
    "approve",
    "ask_approval",
    "ask_billing",
    "ask_credit",
    "ask_refund",
    "ask_void",
    "ask_write_off",
    "bill_alone",
    "bill_difference",
    "block_reminders",
    "close_year",
    "correct_concession",
    "correct_fee",
    "credit_invoice",
    "decline",
    "discard_draft",
    "dispute_invoice",
    "draft_again",
    "draft_charge",
    "draft_first_invoice",
    "drop_later_drafts",
    "end_payers",
    "erasing",
    "give_receipt",
    "grant_concession",
    "group_country",
    "issue_invoice",
    "issue_run",
    "keep_final_statement",
    "lift_block",
    "name_payers",
    "order_statement",
    "place_member",
    "prepare_run",
    "print_invoice",
    "queue_reminders",
    "record_payment",
    "record_rate",
    "redraft",
    "refund_credit",
    "refund_payment",
    "release_allocation",
    "remind_payer",
    "reverse_payment",
    "send_reminders",
    "send_statement",
    "settle_dispute",
    "start_issue",
    "take_back_concession",
    "take_back_fee",
    "void_invoice",
    "write_off",
]
