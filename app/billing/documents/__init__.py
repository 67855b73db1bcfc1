"""Papers and mails of billing: invoices, reminders, and the final statement of who leaves."""

from app.billing.documents.invoices import (
    DRAFT,
    InvoicePaper,
    PaperBank,
    PaperLine,
    PaperTax,
    in_groups,
    invoice_html,
    invoice_mail,
    read_bank,
    thaw,
)
from app.billing.documents.reminders import ReminderLine, ReminderPaper, reminder_html, reminder_mail
from app.billing.documents.statements import FinalStatement, StatementLine, final_statement_html

__all__ = [
    "DRAFT",
    "FinalStatement",
    "InvoicePaper",
    "PaperBank",
    "PaperLine",
    "PaperTax",
    "ReminderLine",
    "ReminderPaper",
    "StatementLine",
    "final_statement_html",
    "in_groups",
    "invoice_html",
    "invoice_mail",
    "read_bank",
    "reminder_html",
    "reminder_mail",
    "thaw",
]
