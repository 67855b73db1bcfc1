"""Mails that bring invoices, credit notes and statements of account, in the language of the paper."""

from __future__ import annotations

from app.billing.documents.accounts import AccountStatement
from app.billing.documents.invoices import InvoicePaper
from app.web import wording


def invoice_mail(paper: InvoicePaper, recipient: str) -> tuple[str, str]:
    """Subject and text of the mail that brings an invoice or a credit note."""
    say, kind = paper.say, "credit_note" if paper.credits else "invoice"
    amount = say.money(paper.amount_due)
    paragraphs = [
        say.say("mail_dear", name=recipient),
        say.say(f"mail_{kind}", number=paper.number, payer=paper.buyer.name, amount=amount),
        *([] if paper.credits else [f"{say.say('mail_due', day=say.day(paper.due_on))}{_where_to_pay(paper)}"]),
        f"{say['mail_regards']}\n{paper.seller.name}\n{paper.seller.unit}".rstrip(),
    ]
    text = "\n\n".join(paragraphs).replace(wording.NO_BREAK, " ")
    return f"{paper.title}, {paper.seller.short_name or paper.seller.name}", f"{text}\n"


def statement_mail(statement: AccountStatement, recipient: str) -> tuple[str, str]:
    """Subject and text of the mail that brings a statement of account."""
    say, seller, day = statement.say, statement.seller, statement.say.day(statement.last)
    paragraphs = [
        say.say("mail_dear", name=recipient),
        say.say("mail_statement", number=statement.account_number, payer=statement.buyer.name, day=day),
        f"{say['mail_regards']}\n{seller.name}\n{seller.unit}".rstrip(),
    ]
    text = "\n\n".join(paragraphs).replace(wording.NO_BREAK, " ")
    return f"{statement.title} {statement.account_number}, {seller.short_name or seller.name}", f"{text}\n"


def _where_to_pay(paper: InvoicePaper) -> str:
    if paper.bank is None:
        return ""
    account = paper.bank.in_words
    return f" {paper.say.say('mail_pay', account=account, reference=paper.payment_reference)}"
