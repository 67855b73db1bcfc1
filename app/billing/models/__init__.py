"""Tables of fee schedules, fee runs, invoices, the ledger, payments, reminders and standing."""

from app.billing.models.bank import BankAccount
from app.billing.models.concessions import CountryGroup, FeeConcession, FeePayer, MemberTier
from app.billing.models.fees import FeeRun, FeeSchedule
from app.billing.models.given import GivenPaper
from app.billing.models.good_standing import StandingPolicy
from app.billing.models.invoices import Invoice, InvoiceLine, InvoiceRecord
from app.billing.models.ledger import AccountDay, ClosedYear, ExchangeRate, LedgerAccount, LedgerEntry, Posting
from app.billing.models.payments import Allocation, Payment, Refund, WriteOff
from app.billing.models.policies import Approval, BillingPolicy
from app.billing.models.reminders import (
    InvoiceDispute,
    Reminder,
    ReminderBlock,
    ReminderCharge,
    ReminderItem,
    ReminderLevel,
    ReminderPolicy,
)
from app.billing.models.statements import BankEntry, BankFile, BankMapping, BankMatch, BankStatement

__all__ = [
    "AccountDay",
    "Allocation",
    "Approval",
    "BankAccount",
    "BankEntry",
    "BankFile",
    "BankMapping",
    "BankMatch",
    "BankStatement",
    "BillingPolicy",
    "ClosedYear",
    "CountryGroup",
    "ExchangeRate",
    "FeeConcession",
    "FeePayer",
    "FeeRun",
    "FeeSchedule",
    "GivenPaper",
    "Invoice",
    "InvoiceDispute",
    "InvoiceLine",
    "InvoiceRecord",
    "LedgerAccount",
    "LedgerEntry",
    "MemberTier",
    "Payment",
    "Posting",
    "Refund",
    "Reminder",
    "ReminderBlock",
    "ReminderCharge",
    "ReminderItem",
    "ReminderLevel",
    "ReminderPolicy",
    "StandingPolicy",
    "WriteOff",
]
