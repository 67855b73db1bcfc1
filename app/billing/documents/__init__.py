"""Papers, mails and electronic invoices of billing: invoices, reminders, and the final statement of who leaves."""

from app.billing.documents.einvoices import read_einvoice, why_no_einvoice
from app.billing.documents.invoices import (
    Credited,
    InvoicePaper,
    PaperBank,
    PaperLine,
    PaperTax,
    PlaceToPay,
    invoice_html,
)
from app.billing.documents.mails import invoice_mail, statement_mail
from app.billing.documents.phrases import Speech, speech
from app.billing.documents.printed import invoice_pdf
from app.billing.documents.receipts import read_receipt, receipt_html, receipt_pdf
from app.billing.documents.reminders import ReminderLine, ReminderPaper, reminder_html, reminder_mail
from app.billing.documents.statements import FinalStatement, StatementLine, final_statement_html
from app.billing.documents.thawing import read_bank, thaw
from app.billing.documents.ubl import ubl_xml

__all__ = [
    "Credited",
    "FinalStatement",
    "InvoicePaper",
    "PaperBank",
    "PaperLine",
    "PaperTax",
    "PlaceToPay",
    "ReminderLine",
    "ReminderPaper",
    "Speech",
    "StatementLine",
    "final_statement_html",
    "invoice_html",
    "invoice_mail",
    "invoice_pdf",
    "read_bank",
    "read_einvoice",
    "read_receipt",
    "receipt_html",
    "receipt_pdf",
    "reminder_html",
    "reminder_mail",
    "speech",
    "statement_mail",
    "thaw",
    "ubl_xml",
    "why_no_einvoice",
]
