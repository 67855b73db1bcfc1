"""Reading a spreadsheet someone sends, CSV or XLSX, as rows of text: bounded before it is parsed, every failure said.

Dates come as 2016-05-24, whole numbers without decimals, yes and no as words, formulas as their values.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zipfile import ZipFile, ZipInfo

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from app.core.errors import DomainError
from app.core.texts import unguarded
from app.files.rules import CONTROLS, CSV, UNREADABLE_ARCHIVE, XLSX, media_type_of

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 200, 4_000_000
MOST_UNPACKED = 300 * 1024 * 1024
LONGEST_CELL = 32_767
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
DELIMITERS = (",", ";", "\t", "|")
# What Excel takes as the first line of a file, for itself: it names the delimiter and is no line of heads.
SAID_DELIMITER = re.compile(r'"?sep=([,;\t|])"?(\r\n|\r|\n)', re.IGNORECASE)
SAMPLE_RECORDS = 50
CHUNK = 1 << 20
CELL_PLACE = re.compile(rb"\br\s*=\s*[\"']\$?([A-Za-z]{0,9})\$?([0-9]{1,12})[\"']")
SHEET_MARK = b"sheetData"
DAMAGED = "The workbook is damaged: open it and save it again."
# What makes a workbook of another kind: the reader would take an archive with one of these for it, unbounded.
OTHER_BOOKS = frozenset({"content.xml", "xl/workbook.bin"})


@dataclass(frozen=True)
class Sheet:
    """A table as text: the heads of its columns, each with a name of its own, and its rows with their line numbers."""

    head: tuple[str, ...]
    rows: Sequence[tuple[int, tuple[str, ...]]]

    def sample(self, place: int, most: int = 3) -> list[str]:
        """The first different values of a column."""
        found: dict[str, None] = {}
        for _, cells in self.rows:
            if cells[place]:
                found[cells[place]] = None
            if len(found) == most:
                break
        return list(found)


def spreadsheet_type(content: bytes) -> str | None:
    """Whether the bytes are a spreadsheet we read: the type of XLSX, of CSV, or None."""
    kind = media_type_of(content)
    if kind == XLSX:
        return XLSX
    if kind is not None and not kind.startswith("text/"):
        return None
    if content.startswith((OLD_WORKBOOK, b"PK\x03\x04")) or _encoding_of(content) is None:
        return None
    return CSV


def read_spreadsheet(content: bytes) -> Sheet:
    """The table in a file; DomainError says what is wrong with it and what to do."""
    if content.startswith(OLD_WORKBOOK):
        raise DomainError("This is a workbook of the old kind, or one with a password: save it as .xlsx without one.")
    kind = spreadsheet_type(content)
    if kind is None:
        raise DomainError("This is neither a CSV nor an Excel file: save the table as .xlsx or .csv.")
    records = _xlsx_records(content) if kind == XLSX else _csv_records(content)
    return _as_sheet(records)


def _as_sheet(records: Iterator[tuple[int, Sequence[str]]]) -> Sheet:
    """The first line that holds anything is the head; empty lines are passed over."""
    filled = ((line, cells) for line, cells in records if any(cells))
    head = _head_of(next(filled, (0, ()))[1])
    rows = [(line, _fitted(line, cells, len(head))) for line, cells in islice(filled, MOST_ROWS + 1)]
    if len(rows) > MOST_ROWS:
        raise DomainError(f"The file has more than {MOST_ROWS:,} rows: split it.")
    if not rows:
        raise DomainError("The file has a line of heads and no row below it.")
    width = _used(head, rows)
    if width < len(head):
        rows = [(line, cells[:width]) for line, cells in rows]
    return Sheet(tuple(_named_heads(head[:width])), rows)


def _head_of(cells: Sequence[str]) -> list[str]:
    head = [" ".join(cell.split()) for cell in cells]
    if not head:
        raise DomainError("The file is empty: its first line holds the heads of the columns.")
    if len(head) > MOST_COLUMNS:
        raise DomainError(f"The file has more than {MOST_COLUMNS} columns.")
    return head


def _used(head: Sequence[str], rows: Sequence[tuple[int, tuple[str, ...]]]) -> int:
    """How many columns there are up to the last that has a head or holds anything."""
    width = len(head)
    while width and not head[width - 1] and not any(cells[width - 1] for _, cells in rows):
        width -= 1
    return width


def _named_heads(heads: Sequence[str]) -> Iterator[str]:
    """Each head once: an empty one (as in merged cells) is called by its place, a second one of a name is numbered."""
    seen = Counter[str]()
    taken = set(heads)
    for place, text in enumerate(heads, 1):
        name = text or f"Column {place}"
        seen[name] += 1
        while seen[name] > 1 and f"{name} ({seen[name]})" in taken:
            seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def _fitted(line: int, cells: Sequence[str], width: int) -> tuple[str, ...]:
    """A row as wide as the head."""
    if any(cells[width:]):
        raise DomainError(f"Line {line} has more cells than the line of heads: is a delimiter inside a value unquoted?")
    return (*cells[:width], *[""] * (width - len(cells)))


def _csv_records(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    text = decoded(content)
    said = SAID_DELIMITER.match(text)
    if said:
        text = f"{said[2]}{text[said.end() :]}"
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=said[1] if said else delimiter_of(text), strict=True)
    line = 1
    try:
        for record in reader:
            yield line, [unguarded(cell.strip()) if cell else "" for cell in record]
            line = reader.line_num + 1
    except csv.Error as error:
        raise DomainError(_csv_problem(str(error), line)) from None


def _csv_problem(problem: str, line: int) -> str:
    if "unexpected end" in problem:
        return f"A quotation mark opened on line {line} is never closed."
    if "field larger" in problem:
        return f"A value on line {line} is too long: is a quotation mark left open?"
    return f"Line {line} cannot be read: there is a quotation mark in the middle of a value. Write it twice."


def decoded(content: bytes) -> str:
    """The text of a file in the encoding it is in."""
    encoding = _encoding_of(content)
    if encoding is None:
        raise DomainError("The file holds bytes that are no text.")
    return content.decode(encoding)


def _encoding_of(content: bytes) -> str | None:
    """UTF-8 with or without mark, UTF-16, else Windows-1252 or Latin-1; None for what is no text at all."""
    marked = next((name for mark, name in MARKS if content.startswith(mark)), None)
    for encoding in (marked,) if marked else (_wide(content), "utf-8", "cp1252", "latin-1"):
        if encoding is not None and _is_text_in(content, encoding):
            return encoding
    return None


def _wide(content: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Western text is then zero."""
    start = content[:2000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 3 < len(start):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_text_in(content: bytes, encoding: str) -> bool:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return CONTROLS.search(text) is None


def delimiter_of(text: str) -> str:
    """What cuts the first lines into the most columns, alike in each line; a comma where nothing does."""
    start = text[: 64 * 1024]
    return max(DELIMITERS, key=lambda delimiter: _fitness(start, delimiter, is_cut=len(text) > len(start)))


def _fitness(start: str, delimiter: str, *, is_cut: bool) -> tuple[float, int]:
    widths = _widths(start, delimiter)
    if is_cut and len(widths) <= SAMPLE_RECORDS:
        widths = widths[:1] + widths[1:-1]
    if not widths or widths[0] == 1:
        return (0.0, 1)
    return (widths.count(widths[0]) / len(widths), widths[0])


def _widths(start: str, delimiter: str) -> list[int]:
    """How many values the first records have where they are cut so; none where they cannot be."""
    records = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    try:
        return [len(record) for record in islice((record for record in records if record), SAMPLE_RECORDS + 1)]
    except csv.Error:
        return []


def _xlsx_records(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    check_workbook(content)
    sheet = _first_sheet(content)
    for line, row in enumerate(sheet.iter_rows(), 1):
        yield line, [_cell_text(cell) for cell in row]


def _first_sheet(content: bytes) -> CalamineSheet:
    """The first sheet that holds anything."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = map(book.get_sheet_by_name, book.sheet_names)
        found = next((sheet for sheet in sheets if sheet.start is not None), None)
    except PasswordError:
        raise DomainError("The workbook is protected by a password: save it without one.") from None
    except (CalamineError, ValueError, OSError) as error:
        raise DomainError(f"The workbook cannot be read: {error}") from None
    if found is None:
        raise DomainError("The workbook is empty: its first sheet holds the table.")
    return found


def check_workbook(content: bytes) -> None:
    """Refuse what would unpack to too much, or has a cell far out that makes a small file a huge table."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if OTHER_BOOKS & {name.replace("\\", "/").lower() for name in archive.namelist()}:
                raise DomainError("The workbook is of two kinds at once: open it and save it again as .xlsx.")
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise DomainError(f"The workbook unpacks to more than {MOST_UNPACKED >> 20} MB.")
            for part in archive.infolist():
                _check_part(archive, part)
    except UNREADABLE_ARCHIVE:
        raise DomainError(DAMAGED) from None


def _check_part(archive: ZipFile, entry: ZipInfo) -> None:
    """Unpack a part bit by bit, trusting no size it claims; of a sheet, look at the place of every cell.

    A sheet is known by what it holds: the workbook may name any part of the archive as one.
    """
    read = last_row = last_column = 0
    is_sheet, rest = False, b""
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            read += len(chunk)
            if read > MOST_UNPACKED:
                raise DomainError(f"The workbook unpacks to more than {MOST_UNPACKED >> 20} MB.")
            seen = rest + chunk
            is_sheet, rest = is_sheet or SHEET_MARK in seen, seen[-len(SHEET_MARK) :]
            if is_sheet:
                rest = _unfinished(seen)
                row, column = _furthest(seen)
                last_row, last_column = max(row, last_row), max(column, last_column)
                _check_extent(last_row, last_column)


def _unfinished(xml: bytes) -> bytes:
    """The end of a piece of a sheet from its last tag on, which the next may finish; no tag is as long as a piece."""
    last = xml[max(xml.rfind(b"<"), 0) :]
    if len(last) > CHUNK:
        raise DomainError(DAMAGED)
    return last


def _furthest(xml: bytes) -> tuple[int, int]:
    """The last row and the last column that any cell of a piece of a sheet claims to stand in."""
    places = set(CELL_PLACE.findall(xml))
    row = max((int(number) for _, number in places), default=0)
    return row, max((_column_number(letters) for letters in {letters for letters, _ in places}), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_extent(rows: int, columns: int) -> None:
    if rows > MOST_ROWS + 1:
        raise DomainError(
            f"A cell stands on row {rows:,}; at most {MOST_ROWS:,} rows are read. Delete the rows below the table."
        )
    if rows * columns > MOST_CELLS:
        raise DomainError(
            f"The sheet reaches over {rows:,} rows and {columns:,} columns. Delete what stands beside the table."
        )


def _cell_text(value: Any) -> str:
    """A cell as text."""
    if type(value) is str:
        return value.strip()[:LONGEST_CELL].replace("\r\n", "\n").replace("_x000D_", "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return _day_text(value)


def _day_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | time | timedelta) else ""
