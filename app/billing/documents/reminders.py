"""A reminder: its letter with all overdue invoices of a payer, and the mail that brings it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.billing.documents.invoices import PlaceToPay
from app.billing.documents.phrases import Speech, speech
from app.billing.rules import Cost
from app.core.languages import Language
from app.core.money import Money, total
from app.core.tables import Cell, Column, Kind, Table
from app.members.rules import PaperParty, Sheet
from app.web import wording
from app.web.pdf import TablePaper, eights, table_html
from app.web.wording import in_groups


@dataclass(frozen=True)
class ReminderLine:
    """An overdue invoice as the letter lists it."""

    number: str
    issued: date
    due: date
    days_late: int
    still_open: Money
    reference: str


@dataclass(frozen=True)
class ReminderPaper:
    """A reminder as printed: from whom to whom, its text, its invoices, what it costs, and the hash of what it says."""

    seller: PaperParty
    buyer: PaperParty
    places: Sequence[PlaceToPay]
    account_number: str
    subject: str
    text: str
    day: date
    lines: Sequence[ReminderLine]
    owed: str
    costs: Sequence[Cost]
    content_hash: str
    made_at: datetime
    sheet: Sheet = Sheet.A4
    language: Language = Language.ENGLISH

    @property
    def say(self) -> Speech:
        """Its language."""
        return speech(self.language)

    @property
    def paragraphs(self) -> list[str]:
        """The text, a paragraph each."""
        return [part.strip() for part in self.text.split("\n\n") if part.strip()]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The band under the heading."""
        say = self.say
        return [
            (say["date"], say.day(self.day)),
            (say["account_number"], self.account_number),
            (say["open_in_all"], self.owed),
        ]

    @property
    def costs_in_all(self) -> str:
        """What the reminder costs: it is no part of what is open here, and an invoice of its own charges it."""
        amounts = self.say.in_all(cost.amount for cost in self.costs)
        return self.say.say("reminder_charges", amounts=amounts) if self.costs else ""

    @property
    def cost_lines(self) -> list[tuple[str, str]]:
        """Each cost with its amount."""
        return [(cost.words, self.say.in_all([cost.amount])) for cost in self.costs]


def reminder_html(paper: ReminderPaper) -> str:
    """The HTML of a reminder, ready for print_pdf."""
    currencies = {line.still_open.currency for line in paper.lines}
    currency = currencies.pop() if len(currencies) == 1 else None
    columns, totals = _columns(paper.say, currency), _totals(paper, currency)
    table = Table(paper.subject, columns, paper.lines, totals=totals)
    printed = TablePaper(
        table=table,
        author=paper.seller.name,
        made_at=paper.made_at,
        sheet=paper.sheet,
        proof=eights(paper.content_hash),
        worded=paper.say.cell,
    )
    return table_html(printed, "reminder", reminder=paper, **paper.say.on_paper)


def reminder_mail(paper: ReminderPaper) -> str:
    """The text of the mail that brings a reminder."""
    lines = "\n".join(f"- {_late(line, paper.say)}" for line in paper.lines)
    costs = "\n".join([paper.costs_in_all, *(f"- {words}: {amount}" for words, amount in paper.cost_lines)])
    places = "\n".join(place.in_words(paper.say) for place in paper.places)
    paragraphs = [*paper.paragraphs, lines, places, costs, _greeting(paper)]
    text = "\n\n".join(part for part in paragraphs if part).replace(wording.NO_BREAK, " ")
    return f"{text}\n"


def _columns(say: Speech, currency: str | None) -> list[Column[ReminderLine]]:
    return [
        Column("number", say["invoice"], lambda row: row.number, Kind.CODE),
        Column("issued", say["issued"], lambda row: row.issued, Kind.DATE),
        Column("due", say["due"], lambda row: row.due, Kind.DATE),
        Column("late", say["late"], lambda row: row.days_late, Kind.NUMBER),
        Column("reference", say["payment_reference"], lambda row: in_groups(row.reference), Kind.CODE),
        Column("open", say["open"], lambda row: row.still_open, Kind.MONEY, currency=currency),
    ]


def _totals(paper: ReminderPaper, currency: str | None) -> dict[str, Cell]:
    if currency is None:
        return {}
    return {"number": paper.say["total"], "open": total([line.still_open for line in paper.lines], currency)}


def _late(line: ReminderLine, say: Speech) -> str:
    late = say["one_day"] if line.days_late == 1 else say.say("many_days", count=say.number(line.days_late))
    amount = say.in_all([line.still_open])
    return say.say("mail_late", number=line.number, day=say.day(line.due), late=late, amount=amount)


def _greeting(paper: ReminderPaper) -> str:
    return f"{paper.say['mail_regards']}\n{paper.seller.name}\n{paper.seller.unit}".rstrip()
