"""The account of a payer, read from the ledger: what it was charged, what it paid and was credited, on any day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.billing.documents.accounts import AccountRow, AccountStatement, PayerAccount
from app.billing.models import Invoice, InvoiceLine, LedgerEntry, Payment, Posting
from app.billing.queries.balances import AgeingRow, ageing
from app.billing.queries.contents import contacts_on, names_on, party_to_bill
from app.billing.queries.parties import addressed_in, writer_in
from app.billing.rules import AGES, METHOD_WORDS, RECEIVABLE, UNAPPLIED, EntryKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Institution
from app.members.queries import former_names, list_names, writing_profile
from app.members.rules import sheet_for
from app.web.pdf import LARGEST_PAPER

ON_ACCOUNT = (RECEIVABLE, UNAPPLIED)


def accounts_of(payer_id: int, on: date, since: date | None = None, *, actor: Actor) -> Sequence[PayerAccount]:
    """The account of a payer up to a day, one for each currency; what came before `since` is brought forward.

    So is what does not fit on paper: the newest rows are shown. Who may not see the payer's invoices finds nothing.
    """
    name = _name_of(payer_id, on, actor)
    aged = {row.currency: row for row in ageing(on, payer_id=payer_id, actor=actor)}
    rows: dict[str, list[Any]] = {currency: [] for currency in aged}
    for row in db.session.execute(_entries(payer_id, on)):
        rows.setdefault(row.currency, []).append(row)
    return [_account(currency, rows[currency], aged.get(currency), name, since) for currency in sorted(rows)]


def account_statement(payer_id: int, on: date, since: date | None = None, *, actor: Actor) -> AccountStatement:
    """The statement of a payer's account, to whoever gets its bills on the day."""
    accounts = accounts_of(payer_id, on, since, actor=actor)
    payer, profile = db.session.get_one(Institution, payer_id), writing_profile()
    contact, called = contacts_on([payer_id], on).get(payer_id), names_on([payer_id], on).get(payer_id)
    language = payer.document_language or profile.language
    buyer = party_to_bill(payer, contact, profile.country, called)
    return AccountStatement(
        seller=writer_in(profile, language),
        buyer=addressed_in(language, buyer, payer.vat_number),
        formerly=former_names(list_names(payer_id), buyer.name, on),
        account_number=payer.account_number,
        first=since,
        last=on,
        accounts=accounts,
        made_at=clock.now(),
        sheet=sheet_for(payer.country),
        language=language,
    )


def _name_of(payer_id: int, on: date, actor: Actor) -> str:
    """What the payer is called on a day."""
    name = db.session.scalar(select(Institution.name).where(Institution.id == payer_id))
    if name is None or not actor.may(Permission.INVOICE_READ, institution_id=payer_id):
        raise NotFoundError("There is no such account.")
    return names_on([payer_id], on).get(payer_id, (name, ""))[0]


def _entries(payer_id: int, on: date) -> AnySelect:
    """Each entry of the ledger that moved what a payer owes or has, netted; and what was undone, though it nets out."""
    net = func.sum(Posting.amount_minor)
    moved = (
        select(Posting.entry_id, Posting.currency, net.label("net"))
        .where(Posting.account_code.in_(ON_ACCOUNT), Posting.payer_id == payer_id)
        .group_by(Posting.entry_id, Posting.currency)
        .subquery()
    )
    return (
        select(
            LedgerEntry.day, LedgerEntry.kind, LedgerEntry.text, LedgerEntry.invoice_id, LedgerEntry.payment_id,
            moved.c.currency, moved.c.net, Invoice.number, Invoice.reason, InvoiceLine.description, Payment.method,
            Payment.reference,
        )
        .join(moved, moved.c.entry_id == LedgerEntry.id)
        .outerjoin(Invoice, Invoice.id == LedgerEntry.invoice_id)
        .outerjoin(InvoiceLine, and_(InvoiceLine.invoice_id == LedgerEntry.invoice_id, InvoiceLine.position == 1))
        .outerjoin(Payment, Payment.id == LedgerEntry.payment_id)
        .where(LedgerEntry.day <= on, or_(moved.c.net != 0, LedgerEntry.kind == EntryKind.RELEASE))
        .order_by(LedgerEntry.day, LedgerEntry.id, moved.c.currency)
    )  # fmt: skip


def _account(
    currency: str, found: Sequence[Any], aged: AgeingRow | None, name: str, since: date | None
) -> PayerAccount:
    rows = list(_running(found, name))
    shown = [row for row in rows if since is None or row.day >= since][-LARGEST_PAPER + 1 :]
    before = len(rows) - len(shown)
    nothing = Money.zero(currency)
    return PayerAccount(
        currency=currency,
        brought=rows[before - 1].balance if before else nothing,
        rows=shown,
        ages=aged.amounts if aged else [nothing] * len(AGES),
        unused=Money(aged.unallocated if aged else 0, currency),
    )


def _running(found: Iterable[Any], name: str) -> Iterable[AccountRow]:
    owed = 0
    for row in found:
        owed += int(row.net)
        yield AccountRow(
            day=row.day,
            kind=row.kind,
            document=row.number or f"Payment {row.payment_id}",
            text=WORDS[row.kind](row),
            amount=Money(row.net, row.currency),
            balance=Money(owed, row.currency),
            invoice_id=row.invoice_id,
            payment_id=row.payment_id,
            addressee=_addressee(row, name) if row.kind is EntryKind.INVOICE else "",
        )


def _addressee(row: Any, name: str) -> str:
    """Whom an invoice went to, as its entry says, where the payer is called otherwise; else nothing."""
    addressee: str = row.text.removeprefix(f"Invoice {row.number}, ")
    return "" if addressee in {name, row.text} else addressee


def _paid(row: Any) -> str:
    return f"{METHOD_WORDS[row.method]}: {row.reference}" if row.reference else METHOD_WORDS[row.method]


WORDS: Mapping[EntryKind, Callable[[Any], str]] = {
    EntryKind.INVOICE: lambda row: row.description or "Invoice",
    EntryKind.CREDIT_NOTE: lambda row: f"Credit: {row.reason}",
    EntryKind.VOID: lambda row: f"Voided: {row.reason}",
    EntryKind.PAYMENT: _paid,
    EntryKind.ALLOCATION: lambda _: "Applied in another currency",
    EntryKind.RELEASE: lambda row: row.text,
    EntryKind.REVERSAL: lambda _: "Taken back by the bank",
    EntryKind.REFUND: lambda _: "Refunded",
    EntryKind.WRITE_OFF: lambda _: "Written off",
    EntryKind.CLOSING: lambda row: row.text,
}
