"""A table made ready for the page: every cell worded once in Python, so that one plain loop draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.money import Money
from app.core.tables import AnyColumn, AnyTable, Cell, Kind, Narrow
from app.web import wording

RIGHT = {Kind.NUMBER, Kind.MONEY, Kind.DATE}
COLUMN_CLASS = {Kind.NAME: "nm", Kind.CODE: "mono", Kind.INSTANT: "tn nowrap", Kind.STATE: "nowrap"}


class CellView(NamedTuple):
    """One cell: its classes, text, address, the grey word beside it, its pill, and more text for a phone."""

    css: str
    text: str
    href: str | None
    aside: str | None
    pill: str | None
    more: str


class HeadView(NamedTuple):
    """The head of one column; `order` is set on the one that sorts."""

    title: str
    css: str
    href: str | None
    order: str | None


class FootView(NamedTuple):
    """A cell of the last line, over `span` columns."""

    css: str
    text: str
    span: int


class RowView(NamedTuple):
    """One line; `chosen_as` is what its tick box sends, `name` what it is called."""

    cells: Sequence[CellView]
    chosen_as: str | None
    name: str


@dataclass(frozen=True)
class TableView:
    """What the table component draws."""

    caption: str
    heads: Sequence[HeadView]
    rows: Sequence[RowView]
    foot: Sequence[FootView] = ()
    notes: Sequence[str] = ()
    mute: frozenset[int] = field(default_factory=frozenset)


def table_view(table: AnyTable) -> TableView:
    """A finished table, such as a report or the related records of one, without paging."""
    shape = [column_class(column) for column in table.columns]
    return TableView(
        caption=table.title,
        heads=[HeadView(column.heading, css, None, None) for column, css in zip(table.columns, shape, strict=True)],
        rows=row_views(table.columns, table.rows),
        foot=foot_view(table.columns, table.totals, "Total"),
        notes=table.notes,
    )


def row_views(columns: Sequence[AnyColumn], rows: Any, row_id: Callable[[Any], str] | None = None) -> list[RowView]:
    """The lines of a table; the first column names a line."""
    readers = _readers(columns)
    views = []
    for row in rows:
        cells = [reader(row) for reader in readers]
        views.append(RowView(cells, row_id(row) if row_id else None, cells[0].text))
    return views


def foot_view(columns: Sequence[AnyColumn], totals: Mapping[str, Cell], label: str) -> list[FootView]:
    """The line of totals: the label over the columns before the first total; empty without totals."""
    places = [index for index, column in enumerate(columns) if column.key in totals]
    if not places:
        return []
    lead = max(places[0], 1)
    cells = [
        FootView(column_class(column), cell_text(column, totals[column.key]) if column.key in totals else "", 1)
        for column in columns[lead:]
    ]
    return [FootView("name total", label, lead), *cells]


def column_class(column: AnyColumn) -> str:
    """Classes of all cells of a column: alignment, kind, and its place on a phone."""
    parts = ("n" if column.kind in RIGHT else "", COLUMN_CLASS.get(column.kind, ""), column.narrow.value)
    return " ".join(part for part in parts if part)


def cell_text(column: AnyColumn, value: Cell) -> str:
    """A value as its column words it."""
    if value is None:
        return wording.NOTHING
    if isinstance(value, Money):
        return wording.amount(value) if column.currency == value.currency else wording.money(value)
    if isinstance(value, datetime):
        return wording.instant(value)
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, int | Decimal) and column.kind is not Kind.TEXT:
        return f"{value:,}".replace("-", "\u2212")
    return wording.pill_word(value) if column.kind is Kind.STATE else str(value)


def _readers(columns: Sequence[AnyColumn]) -> list[Callable[[Any], CellView]]:
    metas = [column for column in columns if column.narrow is Narrow.META]
    return [
        _reader(column, metas[1:] if metas and column is metas[0] else (), hidden=column in metas[1:])
        for column in columns
    ]


def _reader(column: AnyColumn, more: Sequence[AnyColumn], *, hidden: bool) -> Callable[[Any], CellView]:
    css = column_class(column).replace("meta", "hide") if hidden else column_class(column)
    take, link, aside, state = column.read, column.link, column.aside, column.kind is Kind.STATE

    def read(row: Any) -> CellView:
        value = take(row)
        return CellView(
            css,
            value if type(value) is str and not state else cell_text(column, value),
            link(row) if link else None,
            aside(row) if aside else None,
            wording.pill_class(value) if state and value is not None else None,
            " \u00b7 ".join(cell_text(other, other.read(row)) for other in more) if more else "",
        )

    return read
