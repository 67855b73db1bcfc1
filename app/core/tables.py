"""A table as one declaration: the same columns serve the page, the CSV, the XLSX and the PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app.core.money import Money

Row = TypeVar("Row")
Cell = str | int | Decimal | Money | date | datetime | None


class Kind(StrEnum):
    """How a column is set: alignment on the page, type in a spreadsheet. A DOCUMENT is called by its number.

    A SHARE is a part of one, which the page also draws as a bar. In a SYMBOL of an allele, what stands in <> is set
    above the line.
    """

    TEXT = "text"
    NAME = "name"
    STATE = "state"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    CODE = "code"
    DOCUMENT = "document"
    SHARE = "share"
    SYMBOL = "symbol"


class Narrow(StrEnum):
    """Where a column goes on a phone, where each row is two lines of two places; most are left out.

    What does not say by itself what it is stands among the META columns with its head (SAID). What can be done with a
    row (ACT) stands on a third line, where there are several ways.
    """

    NAME = "name"
    META = "meta"
    SAID = "said"
    STATE = "st"
    AMOUNT = "bal"
    ACT = "act"
    HIDE = "hide"

    @property
    def place(self) -> Narrow:
        """The place in the row: with its head or without, it is the same."""
        return Narrow.META if self is Narrow.SAID else self


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of rows of type Row.

    `key` names it in the URL and sorts by it where `sortable`; `read` gives the cell; `link` the page's address of
    the record behind it (or None); `aside` a grey word beside the value, such as an acronym. A MONEY column is of
    one currency, named in the head (`currency`), or mixed (None), and then each cell carries its currency.
    """

    key: str
    title: str
    read: Callable[[Row], Cell]
    kind: Kind = Kind.TEXT
    sortable: bool = False
    link: Callable[[Row], str | None] | None = None
    aside: Callable[[Row], str | None] | None = None
    narrow: Narrow = Narrow.HIDE
    currency: str | None = None

    @property
    def heading(self) -> str:
        """The head of the column, with the currency where all amounts share it."""
        return f"{self.title}, {self.currency}" if self.currency else self.title


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A finished table: what a report returns. `totals` gives cells of the last line by column key.

    Where something can be done with each row by one button, `row_id` gives what it is done to; None where it cannot.
    `empty` is said in place of rows, where there are none for a reason of their own.
    """

    title: str
    columns: Sequence[Column[Row]]
    rows: Iterable[Row]
    totals: dict[str, Cell] = field(default_factory=dict)
    notes: Sequence[str] = ()
    row_id: Callable[[Row], str | None] | None = None
    empty: str = ""


@dataclass(frozen=True)
class PageRequest:
    """Which part of a list is wanted: page number from 1, rows a page, sort key and direction."""

    number: int = 1
    size: int = 50
    sort: str = ""
    descending: bool = False

    @property
    def offset(self) -> int:
        """Rows before the first one of this page."""
        return (self.number - 1) * self.size


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A part of a list with the count and the totals of all rows of its filter, not of the page."""

    rows: Sequence[Row]
    total: int
    request: PageRequest
    totals: dict[str, Cell] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """Position of the first row shown, 0 where there is none."""
        return self.request.offset + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Position of the last row shown."""
        return self.request.offset + len(self.rows)

    @property
    def has_next(self) -> bool:
        """Whether rows follow this page."""
        return self.last < self.total

    @property
    def has_previous(self) -> bool:
        """Whether rows come before this page."""
        return self.request.number > 1


AnyColumn = Column[Any]
AnyTable = Table[Any]
AnyPage = Page[Any]
