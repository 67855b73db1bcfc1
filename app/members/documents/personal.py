"""All that is held about a person as one file: JSON for machines, a paper for people, the documents themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.core import clock
from app.core.errors import UnavailableError
from app.core.personal_data import Fate, Held, HeldDocument
from app.core.tables import Cell
from app.files.store import get_bytes
from app.web import wording
from app.web.pdf import paper_html, print_pdf

JSON_NAME, PAPER_NAME, PHOTO_NAME = "personal-data.json", "personal-data.pdf", "photo{}.jpg"
IN_MEMORY = 8 * 1024 * 1024
CHUNK = 1 << 16
MOST_LINES = 200
LONGEST_CELL = 240
LONGEST_NAME = 120
SAFE = re.compile(r"[^\w .,()-]+")

FATE_WORDS = {
    Fate.REPLACED: "An erasure replaces it.",
    Fate.REMOVED: "An erasure removes it.",
    Fate.KEPT: "An erasure keeps it.",
}


@dataclass(frozen=True)
class PersonalReport:
    """All that is held about someone at an instant, by which consortium; also photos of who was merged into them."""

    name: str
    consortium: str
    made_at: datetime
    holdings: Sequence[Held]
    photos: Sequence[bytes] = ()

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return f"Personal data {clock.local(self.made_at).date().isoformat()}.zip"


@dataclass(frozen=True)
class PaperHolding:
    """One kind of thing as the paper shows it: heads, the first lines, and how many lines there are in all."""

    title: str
    why: str
    fate: str
    heads: Sequence[str]
    lines: Sequence[Sequence[str]]
    total: int


def pack(report: PersonalReport) -> IO[bytes]:
    """The whole as a zip, on disk where it is large; the caller reads and closes it."""
    packed = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by who reads it
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        with archive.open(_part(JSON_NAME, report.made_at), "w", force_zip64=True) as part:
            shown = list(_write_json(part, report))
        archive.writestr(_part(PAPER_NAME, report.made_at), print_pdf(personal_html(report, shown)))
        for number, photo in enumerate(report.photos, start=1):
            archive.writestr(_part(PHOTO_NAME.format(f"-{number}" if number > 1 else ""), report.made_at), photo)
        for name, document in numbered_documents(report.holdings):
            archive.writestr(_part(name, report.made_at), _bytes_of(document))
    packed.seek(0)
    return packed


def chunks_of(packed: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a packed report in pieces; it is gone after the last."""
    with packed:
        while piece := packed.read(CHUNK):
            yield piece


def numbered_documents(holdings: Sequence[Held]) -> Iterator[tuple[str, HeldDocument]]:
    """The documents under names that are unlike each other, each once."""
    found = dict.fromkeys(document for held in holdings for document in held.documents)
    for number, document in enumerate(found, start=1):
        yield f"documents/{number:03} {SAFE.sub('_', document.name)[-LONGEST_NAME:]}", document


def personal_html(report: PersonalReport, shown: Sequence[PaperHolding]) -> str:
    """The paper as HTML, ready for print_pdf."""
    title = f"All that is held about {report.name}"
    return paper_html(
        "personal_data",
        report=report,
        shown=shown,
        title=title,
        author=report.consortium,
        made_at=report.made_at,
        sheet="a4",
        foot="Personal data",
        proof="",
    )


def fate_words(held: Held) -> str:
    """What an erasure would do, and why it keeps what it keeps."""
    ground = f" {held.ground.rstrip('.')}{f', {held.until}' if held.until else ''}." if held.ground else ""
    return f"{FATE_WORDS[held.fate]}{ground}"


def said_in(rows: Sequence[Mapping[str, Cell]]) -> list[str]:
    """The names of what at least one of the rows says something of."""
    return [name for name in (rows[0] if rows else ()) if any(row[name] not in {None, ""} for row in rows)]


def cell_words(value: Cell) -> str:
    """A value in words, a day in one line, cut where it is long: the JSON has it whole."""
    if isinstance(value, date):
        words = wording.instant(value) if isinstance(value, datetime) else wording.day(value)
        return words.replace(" ", wording.NO_BREAK)
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}\u2026"


def _write_json(part: IO[bytes], report: PersonalReport) -> Iterator[PaperHolding]:
    """Write the JSON row by row, and give each holding as the paper shows it."""
    head = {"name": report.name, "consortium": report.consortium, "made_at": report.made_at.isoformat()}
    part.write(_json(head)[:-1] + b', "holdings": [')
    for place, held in enumerate(report.holdings):
        part.write(b",\n" if place else b"\n")
        yield _write_holding(part, held)
    part.write(b"\n]}\n")


def _write_holding(part: IO[bytes], held: Held) -> PaperHolding:
    documents = [document.name for document in held.documents]
    head = {"title": held.title, "why": held.why, "erasure": fate_words(held), "documents": documents}
    part.write(_json(head)[:-1] + b', "rows": [')
    rows = iter(held.rows)
    first = list(islice(rows, MOST_LINES))
    total = 0
    for total, row in enumerate(chain(first, rows), start=1):
        part.write((b",\n  " if total > 1 else b"\n  ") + _json({name: _plain(value) for name, value in row.items()}))
    part.write(b"]}")
    heads = said_in(first)
    lines = [[cell_words(row[name]) for name in heads] for row in first]
    return PaperHolding(held.title, held.why, fate_words(held), heads, lines, total)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _plain(value: Cell) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)


def _part(name: str, made_at: datetime) -> ZipInfo:
    here = clock.local(made_at)
    part = ZipInfo(name, (here.year, here.month, here.day, here.hour, here.minute, here.second))
    part.compress_type = ZIP_DEFLATED
    return part


def _bytes_of(document: HeldDocument) -> bytes:
    content = get_bytes(document.sha256)
    if content is None:
        message = f"The document {document.name} is missing or damaged, so the file would not be whole."
        raise UnavailableError(message)
    return content
