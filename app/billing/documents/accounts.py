"""The account of a payer, and its statement on paper: all that was charged and settled, in the order of its days."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.billing.documents.phrases import Speech, speech
from app.billing.documents.thawing import party_record
from app.billing.rules import AGES, EntryKind
from app.core.languages import Language
from app.core.money import Money, total
from app.core.tables import Column, Kind, Narrow, Table
from app.members.rules import PaperParty, Sheet
from app.web.pdf import TableSetting, eights, paper_html, set_table


@dataclass(frozen=True)
class AccountRow:
    """What changed what a payer owes, or was undone: above zero it owes more. `balance` is what it owes then.

    `addressee` is whom an invoice was addressed to where that is not what the payer is called on its day.
    """

    day: date
    kind: EntryKind
    document: str
    text: str
    amount: Money
    balance: Money
    invoice_id: int | None = None
    payment_id: int | None = None
    addressee: str = ""

    @property
    def charged(self) -> Money | None:
        """What was added to what is owed."""
        return self.amount if self.amount.minor > 0 else None

    @property
    def settled(self) -> Money | None:
        """What was taken off it."""
        return -self.amount if self.amount.minor < 0 else None

    @property
    def said(self) -> str:
        """What it was, and to whom it went where that is another name."""
        return f"{self.text}, to {self.addressee}" if self.addressee else self.text


@dataclass(frozen=True)
class PayerAccount:
    """The account of a payer in one currency: what it owed before the rows, the rows, and how old what is open is.

    `ages` are the open amounts as in AGES; `unused` is what the payer has left of payments and credit notes.
    """

    currency: str
    brought: Money
    rows: Sequence[AccountRow]
    ages: Sequence[Money]
    unused: Money

    @property
    def balance(self) -> Money:
        """What the payer owes after all of it; below zero the consortium owes."""
        return self.rows[-1].balance if self.rows else self.brought

    @property
    def charged(self) -> Money:
        """All that was charged in these rows."""
        return total([each.charged for each in self.rows if each.charged], self.currency)

    @property
    def settled(self) -> Money:
        """All that was settled in these rows."""
        return total([each.settled for each in self.rows if each.settled], self.currency)


@dataclass(frozen=True)
class AccountStatement:
    """A statement of account as printed: from whom to whom, of which days, a table for each currency.

    `formerly` is what the payer was called before: papers that it names may be to that. `content_hash` is that of one
    that is sent; one only looked at has none.
    """

    seller: PaperParty
    buyer: PaperParty
    account_number: str
    first: date | None
    last: date
    accounts: Sequence[PayerAccount]
    made_at: datetime
    sheet: Sheet = Sheet.A4
    language: Language = Language.ENGLISH
    formerly: Sequence[str] = ()
    content_hash: str = ""

    @property
    def say(self) -> Speech:
        """Its language."""
        return speech(self.language)

    @property
    def title(self) -> str:
        """The heading."""
        return self.say["statement"]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading."""
        say = self.say
        due = say.in_all(each.balance for each in self.accounts)
        since = [(say["statement_from"], say.day(self.first))] if self.first else []
        at = (say["statement_at"], say.day(self.last))
        return [at, *since, (say["account_number"], self.account_number), (say["balance_due"], due)]

    @property
    def name_note(self) -> str:
        """What the payer was called before; empty where it always had its name."""
        return self.say.say("formerly", names=self.say.join(self.formerly)) if self.formerly else ""

    @property
    def parts(self) -> list[tuple[str, TableSetting, TableSetting]]:
        """Of each currency its code, its entries and the ages of what is open, set for paper."""
        return [
            (each.currency, _printed_entries(each, self.say), _printed_ages(each, self.say)) for each in self.accounts
        ]


def _printed_entries(account: PayerAccount, say: Speech) -> TableSetting:
    table = entries_of(account, _paper_columns(account.currency, say))
    return set_table(replace(table, totals={"day": say["total"], **table.totals}), say.cell)


def _paper_columns(currency: str, say: Speech) -> tuple[Column[AccountRow], ...]:
    return (
        Column("day", say["date"], lambda row: row.day, Kind.DATE),
        Column("document", say["document"], lambda row: _called(row, say), Kind.CODE),
        Column("text", say["text"], lambda row: _told(row, say)),
        Column("charged", say["charged"], lambda row: row.charged, Kind.MONEY, currency=currency),
        Column("settled", say["settled_by"], lambda row: row.settled, Kind.MONEY, currency=currency),
        Column("balance", say["balance"], lambda row: row.balance, Kind.MONEY, currency=currency),
    )


def _called(row: AccountRow, say: Speech) -> str:
    """The number of a document, or of the payment where it is about none."""
    return row.document if row.invoice_id or not row.payment_id else f"{say['payment']} {row.payment_id}"


def _told(row: AccountRow, say: Speech) -> str:
    """What a row was: in our words what it was in detail, in others what kind of thing; a charge is told as written."""
    is_ours = say.language is Language.ENGLISH or row.kind in {EntryKind.INVOICE, EntryKind.BANK}
    return row.said if is_ours else say[f"entry_{row.kind.value}"]


def _printed_ages(account: PayerAccount, say: Speech) -> TableSetting:
    """The ages under short heads: their currency stands above them."""
    titles = [*(say[f"age_{at}"] for at in range(len(AGES))), say["not_used"], say["balance"]]
    columns = [
        replace(each, title=title, currency=account.currency)
        for each, title in zip(_age_columns(AGES), titles, strict=True)
    ]
    setting = set_table(Table("Ages of what is open", columns, [account]), say.cell)
    heads = [replace(head, text=title) for head, title in zip(setting.heads, titles, strict=True)]
    return replace(setting, heads=heads)


def entries_of(account: PayerAccount, columns: Sequence[Column[AccountRow]]) -> Table[AccountRow]:
    """The rows of an account as a table, after what was brought forward."""
    first = account.rows[0].day if account.rows else date.min
    brought = AccountRow(
        first, EntryKind.CLOSING, "", "Balance brought forward", Money.zero(account.currency), account.brought
    )
    rows = [brought, *account.rows] if account.brought else account.rows
    totals = {"charged": account.charged, "settled": account.settled, "balance": account.balance}
    return Table(f"Account in {account.currency}", columns, rows, totals=dict(totals))


def ages_of(accounts: Sequence[PayerAccount]) -> Table[PayerAccount]:
    """How old what is open is, what is unused, and the balance they make, a row for each currency."""
    columns: list[Column[PayerAccount]] = [
        Column("currency", "Currency", lambda row: row.currency, Kind.NAME, narrow=Narrow.NAME),
        *_age_columns(AGES),
    ]
    return Table("Ages of what is open", columns, accounts)


def _age_columns(titles: Sequence[str]) -> list[Column[PayerAccount]]:
    return [
        *(_age_column(at, title) for at, title in enumerate(titles)),
        Column("unused", "Not used", lambda row: -row.unused if row.unused else None, Kind.MONEY),
        Column("balance", "Balance", lambda row: row.balance, Kind.MONEY, narrow=Narrow.AMOUNT),
    ]


def _age_column(at: int, title: str) -> Column[PayerAccount]:
    return Column(f"age{at}", title, lambda row: row.ages[at] or None, Kind.MONEY, narrow=Narrow.SAID)


def account_statement_html(statement: AccountStatement) -> str:
    """The HTML of a statement of account, ready for print_pdf."""
    return paper_html(
        "account_statement",
        statement=statement,
        **statement.say.on_paper,
        title=statement.title,
        author=statement.seller.name,
        made_at=statement.made_at,
        sheet=statement.sheet,
        foot=f"{statement.title}, {statement.account_number}",
        proof=eights(statement.content_hash) if statement.content_hash else "",
    )


def statement_record(statement: AccountStatement) -> dict[str, Any]:
    """All that a statement says, by plain values: amounts in minor units, days as texts, a picture by its hash."""
    picture = b64decode(statement.seller.logo.rpartition(",")[2])
    return {
        "seller": party_record(statement.seller),
        "logo_sha256": hashlib.sha256(picture).hexdigest() if picture else None,
        "buyer": party_record(statement.buyer),
        "sheet": statement.sheet.value,
        "account_number": statement.account_number,
        "formerly": list(statement.formerly),
        "first": statement.first.isoformat() if statement.first else None,
        "last": statement.last.isoformat(),
        "language": statement.language.value,
        "accounts": [_account_record(each) for each in statement.accounts],
    }


def _account_record(account: PayerAccount) -> dict[str, Any]:
    return {
        "currency": account.currency,
        "brought": account.brought.minor,
        "rows": [
            {
                "day": row.day.isoformat(),
                "kind": row.kind.value,
                "document": row.document,
                "text": row.said,
                "amount": row.amount.minor,
                "balance": row.balance.minor,
            }
            for row in account.rows
        ],
        "ages": [each.minor for each in account.ages],
        "unused": account.unused.minor,
        "balance": account.balance.minor,
    }
