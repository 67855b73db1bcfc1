"""The final statement of who leaves: every issued invoice, what of it is open, and how to pay that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.billing.documents.invoices import PaperBank, in_groups
from app.billing.documents.phrases import Speech, speech
from app.core.clock import local
from app.core.languages import Language
from app.core.money import Money, total
from app.core.tables import Cell, Column, Kind, Table
from app.members.rules import PaperParty, Sheet
from app.web import wording
from app.web.pdf import TablePaper, table_html


@dataclass(frozen=True)
class StatementLine:
    """An issued invoice of a payer, what of it is open, and the reference to pay that with."""

    number: str
    issued: date | None
    due: date | None
    gross: Money
    still_open: Money
    reference: str


@dataclass(frozen=True)
class FinalStatement:
    """A final statement as printed: from whom to whom, about which case, and what is open on the day it is made.

    `unallocated` is what payments and credit notes have left, one amount a currency.
    """

    seller: PaperParty
    buyer: PaperParty
    bank: PaperBank | None
    case_number: str
    account_number: str
    last_day: date
    lines: Sequence[StatementLine]
    unallocated: Sequence[Money]
    made_at: datetime
    sheet: Sheet = Sheet.A4

    @property
    def title(self) -> str:
        """The heading: what it is, in which case."""
        return f"Final statement {self.case_number}"

    @property
    def say(self) -> Speech:
        """Its language."""
        return speech(Language.ENGLISH)

    @property
    def open_lines(self) -> list[StatementLine]:
        """The invoices that are not settled."""
        return [line for line in self.lines if line.still_open]

    @property
    def reference(self) -> str:
        """What a payment is to name: the reference of the one open invoice, or that each has its own."""
        if len(self.open_lines) == 1:
            return in_groups(self.open_lines[0].reference)
        return "that of each invoice, as it stands above"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading."""
        return [
            ("Date", wording.long_day(local(self.made_at).date())),
            ("Last day of membership", wording.long_day(self.last_day)),
            ("Your account", self.account_number),
            ("Open in all", _in_all([line.still_open for line in self.lines])),
        ]

    @property
    def notes(self) -> list[str]:
        """What else is to be known: money that came and settles nothing yet."""
        came = _in_all(self.unallocated)
        return [f"Received or credited, and not yet set against an invoice: {came}."] if self.unallocated else []


def final_statement_html(statement: FinalStatement) -> str:
    """The HTML of a final statement, ready for print_pdf."""
    currencies = {line.gross.currency for line in statement.lines}
    currency = currencies.pop() if len(currencies) == 1 else None
    table = Table(
        statement.title,
        _columns(statement, currency),
        statement.lines,
        totals=_totals(statement, currency),
        notes=statement.notes,
    )
    paper = TablePaper(
        table=table,
        author=statement.seller.name,
        made_at=statement.made_at,
        facts=statement.facts,
        empty="No invoice was ever issued.",
        sheet=statement.sheet,
    )
    return table_html(paper, "final_statement", statement=statement)


def _columns(statement: FinalStatement, currency: str | None) -> list[Column[StatementLine]]:
    columns: list[Column[StatementLine]] = [
        Column("number", "Invoice", lambda row: row.number, Kind.CODE),
        Column("issued", "Issued", lambda row: row.issued, Kind.DATE),
        Column("due", "Due", lambda row: row.due, Kind.DATE),
        Column("reference", "Payment reference", _reference, Kind.CODE),
        Column("gross", "Total", lambda row: row.gross, Kind.MONEY, currency=currency),
        Column("open", "Open", lambda row: row.still_open, Kind.MONEY, currency=currency),
    ]
    return [column for column in columns if statement.open_lines or column.key != "reference"]


def _reference(line: StatementLine) -> str:
    return in_groups(line.reference) if line.still_open else ""


def _totals(statement: FinalStatement, currency: str | None) -> dict[str, Cell]:
    """The sums under the columns; none where amounts are of several currencies."""
    if currency is None:
        return {}
    lines = statement.lines
    gross, still_open = [line.gross for line in lines], [line.still_open for line in lines]
    return {"gross": total(gross, currency), "open": total(still_open, currency)}


def _in_all(amounts: Sequence[Money]) -> str:
    """Amounts added up, each currency apart."""
    sums = {money.currency: Money.zero(money.currency) for money in amounts}
    for money in amounts:
        sums[money.currency] += money
    return wording.join_words(wording.money(sums[currency]) for currency in sorted(sums) if sums[currency]) or "nothing"
