"""Reading MRK_List1.rpt and MRK_List2.rpt of MGI: the genetic markers of the mouse, those withdrawn among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.lines.rules.imports.cells import is_mgi_id, told, too_long
from app.lines.rules.imports.texts import BadRow, TextLine

FIRST_HEAD = "MGI Accession ID"
WIDTHS = (12, 14)
WITHDRAWN = re.compile(r"withdrawn(?:,\s*=\s*(.+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MarkerRow:
    """A marker as the list has it; of a withdrawn one `current` is the symbol of the one that took its place."""

    line: int
    mgi_id: str
    symbol: str
    name: str | None
    chromosome: str | None
    is_withdrawn: bool = False
    current: str | None = None
    current_mgi_id: str | None = None


def read_markers(lines: Iterable[TextLine]) -> Iterator[MarkerRow | BadRow]:
    """The markers of a list below its line of heads."""
    width = 0
    for line in lines:
        if line.text.startswith(FIRST_HEAD):
            width = line.text.count("\t") + 1
        elif not line.text.startswith("#"):
            yield _of_line(line, width)


def _of_line(line: TextLine, width: int) -> MarkerRow | BadRow:
    cells = line.text.split("\t")
    problem = line.problem
    if not problem and (len(cells) != width or width not in WIDTHS):
        problem = f"The line has {len(cells)} columns instead of {width or WIDTHS[0]}."
    return BadRow(line.number, line.text[:80], problem) if problem else _read(line.number, cells)


def _read(line: int, cells: Sequence[str]) -> MarkerRow | BadRow:
    mgi_id, symbol, status = cells[0].strip(), " ".join(cells[6].split()), cells[7].strip().upper()
    withdrawn = WITHDRAWN.fullmatch(cells[8].strip())
    is_withdrawn = status == "W" or withdrawn is not None
    row = MarkerRow(
        line,
        mgi_id,
        symbol,
        told(cells[8]),
        told(cells[1]),
        is_withdrawn,
        told(withdrawn.group(1) or "") if withdrawn else None,
        told("".join(cells[12:13])),
    )
    problem = _problem(row, status)
    return BadRow(line, symbol[:80] or mgi_id[:80], problem) if problem else row


def _problem(row: MarkerRow, status: str) -> str:
    if not is_mgi_id(row.mgi_id):
        if row.is_withdrawn and told(row.mgi_id) is None:
            return "A withdrawn symbol without an MGI id of its own: its marker is the one that took its place."
        return f"\u201c{row.mgi_id[:40]}\u201d is no MGI id of a marker, such as MGI:88388."
    if not row.symbol:
        return "The symbol of the marker is missing."
    if status not in {"O", "W"}:
        return f"The status is \u201c{status[:20]}\u201d instead of O (official) or W (withdrawn)."
    return too_long(symbol=row.symbol, name=row.name, chromosome=row.chromosome)
