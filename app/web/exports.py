"""Tables as files: CSV and JSON as streams, XLSX by way of the disk; numbers stay numbers, text stays text."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from flask import Response, stream_with_context
from werkzeug.datastructures import Headers
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.core.clock import local
from app.core.money import Money, decimals_of
from app.core.tables import AnyColumn, AnyTable, Cell, Kind
from app.core.texts import guarded
from app.web.downloads import disposition
from app.web.wording import pill_word

BYTE_ORDER_MARK = "\ufeff"
ROWS_A_CHUNK = 500
EXACT_DIGITS = 15
LONGEST_TITLE = 100
CSV_TYPE, JSON_TYPE = "text/csv; charset=utf-8", "application/json"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Reader = Callable[[Any], Cell]


def csv_response(columns: Sequence[AnyColumn], rows: Iterable[Any], filename: str) -> Response:
    """The rows as CSV, sent while they are read."""
    lines = stream_with_context(csv_lines(columns, rows))
    return Response(lines, headers=_headers(filename, "csv", CSV_TYPE))


def xlsx_response(columns: Sequence[AnyColumn], rows: Iterable[Any], filename: str) -> Response:
    """The rows as one sheet, written to a file on disk row by row and then sent."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the response has been sent
    write_xlsx(target, columns, rows)
    target.seek(0)
    response = Response(iter(lambda: target.read(1 << 16), b""), headers=_headers(filename, "xlsx", XLSX_TYPE))
    response.call_on_close(target.close)
    return response


def json_response(table: AnyTable, filename: str) -> Response:
    """A finished table as JSON: its title, columns, rows as objects by column key, totals and notes."""
    body = {
        "title": table.title,
        "columns": [{"key": column.key, "title": column.title, "kind": column.kind.value} for column in table.columns],
        "rows": [{column.key: json_cell(column.read(row)) for column in table.columns} for row in table.rows],
        "totals": {key: json_cell(value) for key, value in table.totals.items()},
        "notes": [*table.notes, *([table.empty] if table.empty else [])],
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, headers=_headers(filename, "json", JSON_TYPE))


WRITERS: dict[str, Callable[[Sequence[AnyColumn], Iterable[Any], str], Response]] = {
    "csv": csv_response,
    "xlsx": xlsx_response,
}


def csv_lines(columns: Sequence[AnyColumn], rows: Iterable[Any]) -> Iterator[str]:
    """The text of a CSV file in chunks, with the mark that tells spreadsheets it is UTF-8."""
    headings, readers = flattened(columns)
    kept = _Line()
    writer = csv.writer(kept)
    writer.writerow([guarded(heading) for heading in headings])
    yield BYTE_ORDER_MARK
    for number, row in enumerate(rows, 1):
        writer.writerow([csv_cell(reader(row)) for reader in readers])
        if number % ROWS_A_CHUNK == 0:
            yield kept.taken()
    yield kept.taken()


class _Line:
    """A place for the CSV writer to write to, emptied chunk by chunk."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)

    def taken(self) -> str:
        text, self.parts = "".join(self.parts), []
        return text


def flattened(columns: Sequence[AnyColumn]) -> tuple[list[str], list[Reader]]:
    """Headings and readers of a file; an amount is followed by its currency, once where all share it."""
    amounts = [column for column in columns if column.kind is Kind.MONEY]
    shared = len(amounts) == 1 or _one_currency(amounts)
    named = amounts[-1:] if shared else amounts
    pairs: list[tuple[str, Reader]] = []
    for column in columns:
        pairs.append((column.title, _worded(column) if column.kind is Kind.STATE else column.read))
        if column in named:
            pairs.append(("Currency" if shared else f"{column.title} currency", _currency(column)))
    titles, readers = zip(*pairs, strict=True)
    return list(titles), list(readers)


def _one_currency(amounts: Sequence[AnyColumn]) -> bool:
    currencies = {column.currency for column in amounts}
    return len(currencies) == 1 and None not in currencies


def _currency(column: AnyColumn) -> Reader:
    def read(row: Any) -> Cell:
        value = column.read(row)
        return value.currency if isinstance(value, Money) else None

    return read


def _worded(column: AnyColumn) -> Reader:
    def read(row: Any) -> Cell:
        value = column.read(row)
        return None if value is None else pill_word(value)

    return read


def csv_cell(value: Cell) -> str | int | Decimal:
    """A value as plain ISO text or number; text that a spreadsheet would run is guarded."""
    if isinstance(value, str):
        return guarded(value)
    if value is None:
        return ""
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def json_cell(value: Cell) -> Any:
    """A value for JSON: amounts as text with their currency, so that no reader rounds them."""
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def write_xlsx(target: IO[bytes], columns: Sequence[AnyColumn], rows: Iterable[Any]) -> None:
    """Write a workbook of one sheet, holding one row at a time in memory."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Rows")
    styles = _Styles(book)
    headings, readers = flattened(columns)
    for place, heading in enumerate(headings):
        sheet.set_column(place, place, max(12, min(len(heading) + 4, 40)))
        sheet.write_string(0, place, heading, styles.head)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(rows, 1):
        for place, reader in enumerate(readers):
            _put(sheet, (line, place), reader(row), styles)
    book.close()


class _Styles:
    """The formats of one workbook, made when first needed."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.head: Format = book.add_format({"bold": True, "bottom": 1})
        self.day: Format = book.add_format({"num_format": "d mmm yyyy", "align": "left"})
        self.instant: Format = book.add_format({"num_format": "d mmm yyyy hh:mm", "align": "left"})
        self.amounts: dict[str, Format] = {}

    def amount(self, currency: str) -> Format:
        """Grouped digits with the decimals of the currency."""
        if currency not in self.amounts:
            places = decimals_of(currency)
            rest = "." + "0" * places if places else ""
            self.amounts[currency] = self.book.add_format({"num_format": f"#,##0{rest}"})
        return self.amounts[currency]


def _put(sheet: Worksheet, place: tuple[int, int], value: Cell, styles: _Styles) -> None:
    if isinstance(value, str):
        sheet.write_string(*place, value[:32767])
    elif isinstance(value, Money):
        _put_amount(sheet, place, value, styles)
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, local(value).replace(tzinfo=None), styles.instant)
    elif isinstance(value, date):
        _put_day(sheet, place, value, styles)
    elif value is not None:
        _put_number(sheet, place, value)


def _put_amount(sheet: Worksheet, place: tuple[int, int], value: Money, styles: _Styles) -> None:
    """As a number where a spreadsheet keeps all its digits, else as text: no penny is lost."""
    if len(str(abs(value.minor))) <= EXACT_DIGITS:
        sheet.write_number(*place, float(value.amount), styles.amount(value.currency))
    else:
        sheet.write_string(*place, str(value.amount))


def _put_day(sheet: Worksheet, place: tuple[int, int], value: date, styles: _Styles) -> None:
    """As a date where the calendar of spreadsheets knows it (from March 1900 on), else as text."""
    if value >= date(1900, 3, 1):
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day), styles.day)  # noqa: DTZ001 - a day
    else:
        sheet.write_string(*place, value.isoformat())


def _put_number(sheet: Worksheet, place: tuple[int, int], value: int | Decimal) -> None:
    if len(Decimal(value).as_tuple().digits) <= EXACT_DIGITS:
        sheet.write_number(*place, value)
    else:
        sheet.write_string(*place, str(value))


def _headers(filename: str, extension: str, media_type: str) -> Headers:
    """An attachment that no browser takes for anything else."""
    named = disposition(f"{filename[:LONGEST_TITLE]}.{extension}")
    return Headers({"Content-Type": media_type, "Content-Disposition": named, "X-Content-Type-Options": "nosniff"})
