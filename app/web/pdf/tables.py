"""Any table as a paper: the same columns that serve the page, the CSV and the XLSX, set by their kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.core.errors import DomainError
from app.core.money import Money
from app.core.tables import AnyColumn, AnyTable, Cell, Kind
from app.web import wording
from app.web.pdf.templates import moment, number, paper_html

LARGEST_PAPER = 500  # Rows, some twenty pages: six seconds and 200 MB. Beyond it nobody leafs through paper.
WIDEST_PORTRAIT = 96  # Characters of 9 pt that stand between the margins of an upright page.
WIDEST_LANDSCAPE = 146
LONGEST_LINE = 26  # Longer texts are broken inside their column.
GUTTER = 2

_RIGHT = {Kind.NUMBER, Kind.MONEY}
_UNBROKEN = {Kind.DATE, Kind.INSTANT, Kind.CODE, Kind.DOCUMENT}


def printed(value: Cell) -> str:
    """A cell's value in words and figures, as pages word it."""
    match value:
        case None:
            return wording.NOTHING
        case datetime():
            return moment(value)
        case date():
            return wording.day(value)
        case int() | Decimal():
            return number(value)
        case _:
            return str(value)


@dataclass(frozen=True)
class TablePaper:
    """A table to be printed: `author` is the consortium, `lead` a sentence under the heading or nothing.

    `facts` are the parameters as label and value, at most five; `state` says for which day and as known when, such as
    "as valid on 1 July 2027, as recorded on 2 July 2027". `made_at` dates the file and stands at its foot. `empty`
    is said where there are no rows, and `sheet` is the size of the paper where it stands upright. `proof` is the
    hash of what it says, at its foot, where that is kept. `worded` says how values read, in another language than ours.
    """

    table: AnyTable
    author: str
    made_at: datetime
    state: str = ""
    lead: str = ""
    facts: Sequence[tuple[str, str]] = ()
    empty: str = "No rows."
    sheet: str = "a4"
    proof: str = ""
    worded: Callable[[Cell], str] = printed


@dataclass(frozen=True)
class PrintedCell:
    """A cell as it stands on paper."""

    text: str
    style: str
    aside: str = ""


@dataclass(frozen=True)
class TableSetting:
    """A table set for paper: heads, rows and totals, and the sheet they fit on."""

    heads: list[PrintedCell]
    rows: list[list[PrintedCell]]
    totals: list[PrintedCell]

    @property
    def width(self) -> int:
        """Characters that its columns need side by side."""
        lines = [self.heads, *self.rows, self.totals] if self.totals else [self.heads, *self.rows]
        return sum(max(_needed(cell) for cell in column) + GUTTER for column in zip(*lines, strict=True))

    @property
    def is_across(self) -> bool:
        """Whether it needs a page that lies across."""
        return self.width > WIDEST_PORTRAIT

    @property
    def is_dense(self) -> bool:
        """Whether it is set smaller to fit there."""
        return self.width > WIDEST_LANDSCAPE


def table_html(paper: TablePaper, template: str = "report", **more: object) -> str:
    """The HTML of a table, upright or, where it is wide, across; ready for print_pdf.

    `template` is one that extends that of reports, with what `more` gives it. More than LARGEST_PAPER rows are refused
    with DomainError.
    """
    setting = set_table(paper.table, paper.worded)
    return paper_html(
        template,
        paper=paper,
        setting=setting,
        title=paper.table.title,
        author=paper.author,
        made_at=paper.made_at,
        sheet="landscape" if setting.is_across else paper.sheet,
        foot=paper.table.title,
        proof=paper.proof or f"Made on {moment(paper.made_at)}",
        **more,
    )


def set_table(table: AnyTable, worded: Callable[[Cell], str] = printed) -> TableSetting:
    """A table set for paper, its values worded as given; more than LARGEST_PAPER rows are refused with DomainError."""
    columns = table.columns
    rows = [[_cell(column, row, worded) for column in columns] for row in table.rows]
    if len(rows) > LARGEST_PAPER:
        message = f"A PDF takes at most {number(LARGEST_PAPER)} rows; this has {number(len(rows))}. Take the XLSX."
        raise DomainError(message)
    heads = [PrintedCell(column.heading, "n" if column.kind in _RIGHT else "") for column in columns]
    return TableSetting(heads, rows, _totals(table, worded))


def _totals(table: AnyTable, worded: Callable[[Cell], str]) -> list[PrintedCell]:
    """The last line: totals under their columns, blank elsewhere, and its name in the first column."""
    if not table.totals:
        return []
    values: dict[str, Cell] = {column.key: "" for column in table.columns}
    values[table.columns[0].key] = "Total"
    values |= table.totals
    return [_value(column, values[column.key], worded) for column in table.columns]


def _cell(column: AnyColumn, row: object, worded: Callable[[Cell], str]) -> PrintedCell:
    cell = _value(column, column.read(row), worded)
    aside = column.aside(row) if column.aside else None
    return PrintedCell(cell.text, cell.style, aside) if aside else cell


def _value(column: AnyColumn, value: Cell, worded: Callable[[Cell], str]) -> PrintedCell:
    text = wording.pill_word(value) if column.kind is Kind.STATE and value is not None else worded(value)
    if isinstance(value, Money) and column.currency is None:
        text = wording.money(value) if worded is printed else f"{value.currency}\u00a0{text}"
    if column.kind is Kind.MONEY and isinstance(value, str) and value:
        lines = text.replace(" + ", "\n+ ").replace(" \u2212 ", "\n\u2212 ")
        return PrintedCell(lines, "n sums")  # Each currency on a line of its own.
    return PrintedCell(text, _style(column.kind))


def _style(kind: Kind) -> str:
    if kind in _RIGHT:
        return "n"
    return "w" if kind in _UNBROKEN else ""


def _needed(cell: PrintedCell) -> int:
    longest = max(map(len, cell.text.split("\n"))) + (1 + len(cell.aside) if cell.aside else 0)
    return longest if cell.style else min(longest, LONGEST_LINE)
