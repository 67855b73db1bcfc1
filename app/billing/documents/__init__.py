"""Papers, mails and electronic invoices of billing: invoices, reminders, and the final statement of who leaves."""

from app.billing.documents.einvoices import read_einvoice, why_no_einvoice
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
from app.billing.documents.printed import invoice_pdf
from app.billing.documents.reminders import ReminderLine, ReminderPaper, reminder_html, reminder_mail
from app.billing.documents.statements import FinalStatement, StatementLine, final_statement_html
from app.billing.documents.ubl import ubl_xml

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
    "invoice_pdf",
    "read_bank",
    "read_einvoice",
    "reminder_html",
    "reminder_mail",
    "thaw",
    "ubl_xml",
    "why_no_einvoice",
]
