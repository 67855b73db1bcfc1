"""Tables of fee schedules, fee runs, invoices, the ledger, payments and their allocations."""

from app.billing.models.fees import FeeRun, FeeSchedule
from app.billing.models.invoices import Invoice, InvoiceLine, InvoiceRecord
from app.billing.models.ledger import AccountDay, ClosedYear, ExchangeRate, LedgerAccount, LedgerEntry, Posting
from app.billing.models.payments import Allocation, Payment, Refund, WriteOff

__all__ = [
    "AccountDay",
    "Allocation",
    "ClosedYear",
    "ExchangeRate",
    "FeeRun",
    "FeeSchedule",
    "Invoice",
    "InvoiceLine",
    "InvoiceRecord",
    "LedgerAccount",
    "LedgerEntry",
    "Payment",
    "Posting",
    "Refund",
    "WriteOff",
]
