"""The lines and records of a text file from outside, one after another: what is spoiled is said, and ends nothing."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.files.rules import CONTROLS

LONGEST_LINE = 64 * 1024
MOST_JOINED = 20
LEFT_OPEN = "A quotation mark is opened on this line and not closed where the cell ends."
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line by its number, without its end; or what is wrong with it."""

    number: int
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a row and the line it begins on; or what is wrong with it."""

    line: int
    cells: Sequence[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: its line, what it seems to be about, and why."""

    line: int
    label: str
    problem: str


def lines_of(content: bytes) -> Iterator[TextLine]:
    """The lines of a file that hold anything: UTF-8, with or without a mark, or UTF-16; else Windows-1252, by line."""
    for number, raw in enumerate(io.BytesIO(_as_utf8(content)), 1):
        if len(raw) > LONGEST_LINE:
            yield TextLine(number, raw[:80].decode("utf-8", "replace"), _too_long(len(raw)))
            continue
        text = _decoded(raw).rstrip("\r\n")
        if not text.strip():
            continue
        yield TextLine(number, text, _spoiled(text))


def text_of(content: bytes) -> str:
    """All of a file as one text, in the same encodings."""
    raw = _as_utf8(content)
    return _decoded(raw)


def records_of(lines: Iterable[TextLine], delimiter: str) -> Iterator[Record]:
    """The records of a CSV file: a quoted cell may span lines, a quotation mark left open spoils only one."""
    source = _Lines(lines)
    for line in source:
        yield Record(line.number, (line.text,), line.problem) if line.problem else _record(line, source, delimiter)


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[TextLine]) -> None:
        self.rest, self.waiting = iter(lines), deque[TextLine]()

    def __iter__(self) -> Iterator[TextLine]:
        return self

    def __next__(self) -> TextLine:
        return self.waiting.popleft() if self.waiting else next(self.rest)

    def give_back(self, lines: Sequence[TextLine]) -> None:
        self.waiting.extendleft(reversed(lines))


def _record(line: TextLine, source: _Lines, delimiter: str) -> Record:
    """The record that begins on a line, with the further lines that a quoted cell of it spans."""
    taken = [line]
    while _is_open(taken) and len(taken) < MOST_JOINED:
        further = list(islice(source, 1))
        if not further:
            break
        taken += further
    cells = None if _is_open(taken) else _cells(taken, delimiter)
    if cells is None:
        source.give_back(taken[1:])
        return Record(line.number, (line.text[:80],), LEFT_OPEN)
    return Record(line.number, cells, next(filter(None, (each.problem for each in taken)), ""))


def _cells(taken: Sequence[TextLine], delimiter: str) -> list[str] | None:
    """The cells of a record; None where a quotation mark stands amiss."""
    text = taken[0].text if len(taken) == 1 else "\n".join(line.text for line in taken)
    try:
        (cells, *_) = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        return None
    return [cell.strip() for cell in cells]


def _is_open(taken: Sequence[TextLine]) -> bool:
    """Whether a quotation mark is still open."""
    return sum(line.text.count('"') for line in taken) % 2 == 1


def _as_utf8(content: bytes) -> bytes:
    """The bytes without a mark, with line feeds, as UTF-8 where they were UTF-16."""
    marked = next((name for mark, name in MARKS if content.startswith(mark)), None)
    if marked == "utf-16":
        return content.decode("utf-16", "replace").encode("utf-8")
    if marked:
        content = content[3:]
    if b"\n" not in content[: LONGEST_LINE * 2] and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    return content


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _spoiled(text: str) -> str:
    if text.isprintable():
        return ""
    return "The line holds characters that are no text, such as NUL." if CONTROLS.search(text) else ""


def _too_long(size: int) -> str:
    return f"The line is {size:,} bytes long; at most {LONGEST_LINE:,} are read."
