"""A table made ready for the page: every cell worded once in Python, so that one plain loop draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from app.core.money import Money
from app.core.tables import AnyColumn, AnyTable, Cell, Kind, Narrow
from app.web import wording

UNLIKE_MONEY = {Kind.NUMBER, Kind.DATE, Kind.SHARE}
FEW_LETTERS = 16
BETWEEN = f"{wording.NO_BREAK}\u00b7 "
RIGHT = {Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.SHARE}
COLUMN_CLASS = {
    Kind.NAME: "nm",
    Kind.CODE: "mono",
    Kind.DOCUMENT: "doc",
    Kind.DATE: "nowrap",
    Kind.INSTANT: "tn nowrap",
    Kind.STATE: "nowrap",
    Kind.SHARE: "nowrap",
    Kind.SYMBOL: "nm",
}


class CellView(NamedTuple):
    """One cell: its classes and text; unless it is plain, address, grey word beside it, pill, and what a phone adds.

    One that is `unknown` leads a line of a phone, which leaves away what is not known. An amount whose currency stands
    in the head of its column is worded `there` with it, since a phone shows no heads. A share has a `bar` of so many
    per cent.
    """

    css: str
    text: str
    plain: bool = True
    href: str | None = None
    link_css: str = ""
    aside: str | None = None
    pill: str | None = None
    more: str = ""
    head: str = ""
    unknown: bool = False
    there: str = ""
    bar: str = ""


class HeadView(NamedTuple):
    """The head of one column; `order` is set on the one that sorts."""

    title: str
    css: str
    href: str | None
    order: str | None


class FootView(NamedTuple):
    """A cell of the last line, over `span` columns; `head` is said on a phone, which shows no heads."""

    css: str
    text: str
    span: int
    head: str = ""


class RowView(NamedTuple):
    """One line; `chosen_as` is what its tick box or its button sends, `name` what it is called."""

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


def table_view(table: AnyTable) -> TableView:
    """A finished table, such as a report or the related records of one, without paging."""
    shape = [column_class(column) for column in table.columns]
    return TableView(
        caption=table.title,
        heads=[HeadView(column.heading, css, None, None) for column, css in zip(table.columns, shape, strict=True)],
        rows=row_views(table.columns, table.rows, table.row_id),
        foot=foot_view(table.columns, table.totals, "Total"),
        notes=table.notes,
    )


def row_views(
    columns: Sequence[AnyColumn], rows: Any, row_id: Callable[[Any], str | None] | None = None
) -> list[RowView]:
    """The lines of a table; the first column names a line."""
    readers = _readers(columns)
    views = []
    for row in rows:
        cells = [reader(row) for reader in readers]
        views.append(RowView(cells, row_id(row) if row_id else None, wording.plain(cells[0].text)))
    return views


def foot_view(columns: Sequence[AnyColumn], totals: Mapping[str, Cell], label: str) -> list[FootView]:
    """The line of totals: the label over the columns before the first total; empty without totals."""
    places = [index for index, column in enumerate(columns) if column.key in totals]
    if not places:
        return []
    lead, headed = max(places[0], 1), _headed(columns)
    cells = [
        FootView(
            column_class(column),
            cell_text(column, totals[column.key]) if column.key in totals else "",
            1,
            _foot_head(column, headed) if column.key in totals else "",
        )
        for column in columns[lead:]
    ]
    return [FootView("name total", label, lead), *cells]


def _foot_head(column: AnyColumn, headed: set[Kind]) -> str:
    """What a phone says before a total: which amount it is where there are several, and its currency."""
    return column.heading if column.kind in headed else column.currency or ""


def column_class(column: AnyColumn) -> str:
    """Classes of all cells of a column: alignment, kind, and its place on a phone."""
    parts = ("n" if column.kind in RIGHT else "", COLUMN_CLASS.get(column.kind, ""), column.narrow.place.value)
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
        return _figure(column, value)
    return WORDED.get(column.kind, str)(value)


def _figure(column: AnyColumn, value: int | Decimal) -> str:
    plain = wording.share(Decimal(value)) if column.kind is Kind.SHARE else f"{value:,}"
    return plain.replace("-", "\u2212")


def _readers(columns: Sequence[AnyColumn]) -> list[Callable[[Any], CellView]]:
    metas, headed = [column for column in columns if column.narrow.place is Narrow.META], _headed(columns)
    return [_reader(column, metas, headed, first=column is columns[0]) for column in columns]


def _headed(columns: Sequence[AnyColumn]) -> set[Kind]:
    """The kinds that a phone, which shows no heads, says the head of; of amounts where there are several."""
    amounts = sum(column.kind is Kind.MONEY for column in columns)
    return UNLIKE_MONEY if amounts <= 1 else RIGHT


def _reader(
    column: AnyColumn, metas: Sequence[AnyColumn], headed: set[Kind], *, first: bool
) -> Callable[[Any], CellView]:
    """What makes a cell of a row. On a phone the first of the META columns also holds the others."""
    leads, follows = column in metas[:1], column in metas[1:]
    css = column_class(column).replace("meta", "hide") if follows else column_class(column)
    more = partial(_line_of, metas[1:], headed) if leads and metas[1:] else None
    head = _lead_head(column, headed, is_followed=more is not None)
    if column.kind in DRAWN:
        return partial(DRAWN[column.kind], column, css)
    if _ends_line(column):
        return partial(_headed_cell, column, css, column.title if column.kind in headed else "")
    if not any((column.link, column.aside, more, head)):
        return partial(_plain_cell, column, css)
    return partial(_rich_cell, column, (css, "rec" if first else "", head), more)


def _ends_line(column: AnyColumn) -> bool:
    """Whether a phone shows it as the figure at the end of the first line."""
    return column.narrow in {Narrow.AMOUNT, Narrow.STATE} and column.kind in RIGHT and column.link is None


def _lead_head(column: AnyColumn, headed: set[Kind], *, is_followed: bool) -> str:
    """What a phone says before what leads a line: of one among several amounts, of a number or a day before others."""
    leads = column.narrow is Narrow.META and column.kind in headed
    says = leads and (is_followed or column.kind is Kind.MONEY)
    return column.title if column.narrow is Narrow.SAID or says else ""


def _there(column: AnyColumn, value: Cell) -> str:
    """An amount with its currency, where the head of the column says it."""
    return wording.money(value) if column.currency and isinstance(value, Money) else ""


def _plain_cell(column: AnyColumn, css: str, row: Any) -> CellView:
    value = column.read(row)
    text = value if type(value) is str and column.kind not in WORDED else cell_text(column, value)
    return CellView(_wide_only(column, css) if text == wording.NOTHING else _unbroken(css, text), text)


def _wide_only(column: AnyColumn, css: str) -> str:
    """The classes of a cell with nothing in it: a phone, which shows no heads, leaves it away."""
    stays = column.narrow is Narrow.NAME or css.endswith(Narrow.HIDE)
    return css if stays else f"{css} {Narrow.HIDE}"


def _unbroken(css: str, text: str) -> str:
    """The classes of a cell whose few words, such as a country or a number, stay on one line beside longer ones."""
    return f"{css} short" if len(text) <= FEW_LETTERS and (" " in text or "-" in text) else css


def _headed_cell(column: AnyColumn, css: str, head: str, row: Any) -> CellView:
    """What stands in the place of an amount or a state: on a phone, which shows no heads, it says what it is."""
    value = column.read(row)
    if value is None:
        return CellView(_wide_only(column, css), cell_text(column, value))
    there = _there(column, value)
    return CellView(css, cell_text(column, value), plain=not (head or there), head=head, there=there)


def _state_cell(column: AnyColumn, css: str, row: Any) -> CellView:
    value = column.read(row)
    if value is None:
        return CellView(css, "")
    href = _asked(column.link, row)
    return CellView(css, cell_text(column, value), plain=False, href=href, pill=wording.pill_class(value))


def _share_cell(column: AnyColumn, css: str, row: Any) -> CellView:
    value = column.read(row)
    bar = "" if value is None else f"{Decimal(str(value)) * 100:.1f}"
    return CellView(css, cell_text(column, value), plain=False, bar=bar)


def _rich_cell(column: AnyColumn, looks: tuple[str, str, str], more: Callable[[Any], str] | None, row: Any) -> CellView:
    css, link_css, head = looks
    href, aside = _asked(column.link, row), _asked(column.aside, row)
    rest = more(row) if more else ""
    value = column.read(row)
    text = cell_text(column, value)
    if text == wording.NOTHING and not (href or aside):
        return CellView(css if rest else _wide_only(column, css), text, plain=False, more=rest, unknown=True)
    css, head = _unbroken(css, f"{text} {aside}" if aside else text), "" if text.startswith(f"{head} ") else head
    return CellView(
        css,
        text,
        plain=False,
        href=href,
        link_css=link_css,
        aside=aside,
        more=rest,
        head=head,
        there=_there(column, value),
    )


def _asked(about: Callable[[Any], str | None] | None, row: Any) -> str | None:
    """The address or the grey word of a row, where its column has one."""
    return about(row) if about else None


def _line_of(columns: Sequence[AnyColumn], headed: set[Kind], row: Any) -> str:
    """What a phone says of all columns behind another one."""
    return BETWEEN.join(filter(None, (_said(column, column.read(row), headed) for column in columns)))


def _said(column: AnyColumn, value: Cell, headed: set[Kind]) -> str:
    """What a phone says of a column behind others, an amount with its currency; nothing of what is not known."""
    text = wording.money(value) if isinstance(value, Money) else cell_text(column, value)
    if text in {"", wording.NOTHING}:
        return ""
    if column.kind in headed:
        return f"{column.title} {text}".replace(" ", wording.NO_BREAK)
    says_itself = column.narrow is not Narrow.SAID or text.startswith(f"{column.title} ")
    return text if says_itself else f"{column.title} {text}"


WORDED: Mapping[Kind, Callable[[Any], str]] = {Kind.STATE: wording.pill_word, Kind.SYMBOL: wording.symbol}
DRAWN: Mapping[Kind, Callable[[AnyColumn, str, Any], CellView]] = {Kind.STATE: _state_cell, Kind.SHARE: _share_cell}
