"""The account of a payer, and its statement on paper: all that was charged and settled, in the order of its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.billing.rules import AGES, EntryKind
from app.core.money import Money, total
from app.core.tables import Column, Kind, Narrow, Table
from app.members.rules import PaperParty, Sheet
from app.web import wording
from app.web.pdf import TableSetting, paper_html, set_table

SHORT_AGES = ("Not due", "1\u201330 days", "31\u201360", "61\u201390", "Over 90")  # AGES, as far as paper is wide.


@dataclass(frozen=True)
class AccountRow:
    """What changed what a payer owes, or was undone: above zero it owes more. `balance` is what it owes then.

    `addressee` is whom an invoice was addressed to where that is not what the payer is called today.
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
    """A statement of account as printed: from whom to whom, of which days, a table for each currency."""

    seller: PaperParty
    buyer: PaperParty
    account_number: str
    first: date | None
    last: date
    accounts: Sequence[PayerAccount]
    made_at: datetime
    sheet: Sheet = Sheet.A4

    @property
    def title(self) -> str:
        """The heading."""
        return "Statement of account"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading."""
        due = wording.join_words(wording.money(each.balance) for each in self.accounts) or "nothing"
        since = [("From", wording.long_day(self.first))] if self.first else []
        return [("At", wording.long_day(self.last)), *since, ("Account", self.account_number), ("Balance due", due)]

    @property
    def parts(self) -> list[tuple[str, TableSetting, TableSetting]]:
        """Of each currency its code, its entries and the ages of what is open, set for paper."""
        return [
            (each.currency, set_table(entries_of(each, _paper_columns(each.currency))), _printed_ages(each))
            for each in self.accounts
        ]


def _paper_columns(currency: str) -> tuple[Column[AccountRow], ...]:
    return (
        Column("day", "Date", lambda row: row.day, Kind.DATE),
        Column("document", "Document", lambda row: row.document, Kind.CODE),
        Column("text", "Text", lambda row: row.said),
        Column("charged", "Charged", lambda row: row.charged, Kind.MONEY, currency=currency),
        Column("settled", "Paid, credited", lambda row: row.settled, Kind.MONEY, currency=currency),
        Column("balance", "Balance", lambda row: row.balance, Kind.MONEY, currency=currency),
    )


def _printed_ages(account: PayerAccount) -> TableSetting:
    """The ages under short heads: their currency stands above them."""
    columns = [replace(each, currency=account.currency) for each in _age_columns(SHORT_AGES)]
    setting = set_table(Table("Ages of what is open", columns, [account]))
    heads = [replace(head, text=column.title) for head, column in zip(setting.heads, columns, strict=True)]
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
        title=statement.title,
        author=statement.seller.name,
        made_at=statement.made_at,
        sheet=statement.sheet,
        foot=f"{statement.title}, {statement.account_number}",
        proof="",
    )
