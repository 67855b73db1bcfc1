"""The final statement of who leaves: every issued invoice, what of it is open, and how to pay that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.billing.documents.invoices import PlaceToPay
from app.billing.documents.phrases import Speech, speech
from app.core.clock import local
from app.core.languages import Language
from app.core.money import Money, total
from app.core.tables import Cell, Column, Kind, Table
from app.members.rules import PaperParty, Sheet
from app.web.pdf import TablePaper, table_html
from app.web.wording import in_groups


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
    places: Sequence[PlaceToPay]
    case_number: str
    account_number: str
    last_day: date
    lines: Sequence[StatementLine]
    unallocated: Sequence[Money]
    made_at: datetime
    sheet: Sheet = Sheet.A4
    language: Language = Language.ENGLISH

    @property
    def say(self) -> Speech:
        """Its language."""
        return speech(self.language)

    @property
    def title(self) -> str:
        """The heading: what it is, in which case."""
        return f"{self.say['final_statement']} {self.case_number}"

    @property
    def open_lines(self) -> list[StatementLine]:
        """The invoices that are not settled."""
        return [line for line in self.lines if line.still_open]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading."""
        say = self.say
        return [
            (say["date"], say.day(local(self.made_at).date())),
            (say["last_day"], say.day(self.last_day)),
            (say["account_number"], self.account_number),
            (say["open_in_all"], say.in_all(line.still_open for line in self.open_lines)),
        ]

    @property
    def notes(self) -> list[str]:
        """What else is to be known: money that came, or was credited, and settles nothing yet."""
        came = self.say.in_all(self.unallocated)
        return [self.say.say("unallocated_note", amounts=came)] if self.unallocated else []


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
        empty=statement.say["never_invoiced"],
        sheet=statement.sheet,
        worded=statement.say.cell,
        proof=statement.say.say("made_on", day=statement.say.day(local(statement.made_at).date())),
    )
    return table_html(paper, "final_statement", statement=statement, **statement.say.on_paper)


def _columns(statement: FinalStatement, currency: str | None) -> list[Column[StatementLine]]:
    say = statement.say
    columns: list[Column[StatementLine]] = [
        Column("number", say["invoice"], lambda row: row.number, Kind.CODE),
        Column("issued", say["issued"], lambda row: row.issued, Kind.DATE),
        Column("due", say["due"], lambda row: row.due, Kind.DATE),
        Column("reference", say["payment_reference"], _reference, Kind.CODE),
        Column("gross", say["total"], lambda row: row.gross, Kind.MONEY, currency=currency),
        Column("open", say["open"], lambda row: row.still_open, Kind.MONEY, currency=currency),
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
    return {"number": statement.say["total"], "gross": total(gross, currency), "open": total(still_open, currency)}
