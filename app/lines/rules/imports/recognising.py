"""What kind of file somebody sends, by its own witness, and its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from app.core.errors import DomainError
from app.files.rules import media_type_of
from app.lines.rules.imports.alleles import (
    PHENOTYPIC_WIDTH,
    PROJECT_WIDTH,
    AlleleRow,
    read_phenotypic_alleles,
    read_project_alleles,
)
from app.lines.rules.imports.cells import is_mgi_id
from app.lines.rules.imports.kinds import LineFileKind
from app.lines.rules.imports.markers import FIRST_HEAD, MarkerRow, read_markers
from app.lines.rules.imports.production import ProductionRow, count_listed, read_production, read_production_json
from app.lines.rules.imports.production_columns import heads_of_production, is_production
from app.lines.rules.imports.stocks import Stock, heads_of, read_stocks
from app.lines.rules.imports.texts import BadRow, Record, TextLine, lines_of, records_of, text_of

Row = AlleleRow | MarkerRow | ProductionRow | Stock
MOST_ROWS = 700_000
MOST_JSON = 48 << 20
LOOKED_AT, SHOWN = 400, 60
WITHOUT_HEADS = frozenset({LineFileKind.ALLELES, LineFileKind.PHENOTYPIC_ALLELES})
DELIMITERS = (",", ";", "\t")
TOO_MANY = f"The file has more than {MOST_ROWS:,} rows: split it."
NONE_OF_THESE = (
    "By its content this file is none of those that can be read: KOMP_Allele.rpt, EUCOMM_Allele.rpt or"
    " NorCOMM_Allele.rpt, MGI_PhenotypicAllele.rpt, MRK_List2.rpt, a production export as CSV or JSON, or the"
    " catalogue of the MMRRC as CSV."
)


def recognise(content: bytes) -> LineFileKind:
    """The kind of a file; DomainError says what it may be."""
    _refuse_binary(content)
    if is_json(content):
        return LineFileKind.PRODUCTION
    lines = list(islice(lines_of(content), LOOKED_AT))
    if not lines:
        raise DomainError("The file is empty.", "table")
    sound = [line for line in lines if not line.problem]
    kind = _by_heads(sound) or _by_shape(sound)
    if kind is None:
        raise DomainError(_why_not(sound) or NONE_OF_THESE, "table")
    return kind


def count_rows(content: bytes, kind: LineFileKind) -> int:
    """About how many rows a file has; refused where there are too many, or where its JSON cannot be read."""
    if kind is LineFileKind.PRODUCTION and is_json(content):
        if len(content) > MOST_JSON:
            raise DomainError(
                f"An export as JSON has at most {MOST_JSON >> 20} MB: split it, or bring it as CSV.", "table"
            )
        count = count_listed(text_of(content))
    else:
        heads = content.count(b"\n#") + content.startswith(b"#") + (kind not in WITHOUT_HEADS)
        count = max(1, content.count(b"\n") + (not content.endswith(b"\n")) - heads)
    if count > MOST_ROWS:
        raise DomainError(TOO_MANY, "table")
    return count


def rows_of(content: bytes, kind: LineFileKind) -> Iterator[Row | BadRow]:
    """The rows of a file of a kind, one after another."""
    if kind is LineFileKind.PRODUCTION and is_json(content):
        return read_production_json(text_of(content))
    lines = lines_of(content)
    if kind is LineFileKind.ALLELES:
        return read_project_alleles(lines)
    if kind is LineFileKind.PHENOTYPIC_ALLELES:
        return read_phenotypic_alleles(lines)
    if kind is LineFileKind.MARKERS:
        return read_markers(lines)
    return _rows_of_csv(lines, kind)


def is_json(content: bytes) -> bool:
    """Whether a file is written as JSON."""
    return content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1] in {b"[", b"{"}


def _rows_of_csv(lines: Iterator[TextLine], kind: LineFileKind) -> Iterator[Row | BadRow]:
    """The rows below the line of heads: what stands above that is passed over."""
    above = list(islice(lines, SHOWN))
    place, delimiter = _heads(above, kind)
    following = _chained(above[place:], lines)
    records = records_of(following, delimiter)
    return read_stocks(records) if kind is LineFileKind.STOCKS else read_production(records)


def _chained(first: Iterable[TextLine], rest: Iterable[TextLine]) -> Iterator[TextLine]:
    yield from first
    yield from rest


def _heads(lines: Iterable[TextLine], kind: LineFileKind) -> tuple[int, str]:
    """The place of the line of heads and what stands between its cells."""
    for place, line in enumerate(lines):
        for delimiter in DELIMITERS:
            if _kind_of_heads(line, delimiter) is kind:
                return place, delimiter
    raise DomainError(NONE_OF_THESE, "table")


def _by_heads(lines: Iterable[TextLine]) -> LineFileKind | None:
    """The kind that a line of heads among the first tells."""
    for line in islice(lines, SHOWN):
        if line.text.startswith(FIRST_HEAD) and "\tMarker Symbol\t" in line.text:
            return LineFileKind.MARKERS
        for delimiter in DELIMITERS:
            found = _kind_of_heads(line, delimiter)
            if found is not None:
                return found
    return None


def _kind_of_heads(line: TextLine, delimiter: str) -> LineFileKind | None:
    if line.text.startswith("#") or delimiter not in line.text:
        return None
    cells = next(iter(records_of([line], delimiter)), Record(0, ())).cells
    if heads_of(cells):
        return LineFileKind.STOCKS
    heads = heads_of_production(cells)
    return LineFileKind.PRODUCTION if is_production(heads) and not heads.missing else None


def _by_shape(lines: Iterable[TextLine]) -> LineFileKind | None:
    """The kind that most lines of a report without heads have the columns of."""
    rows = [line.text.split("\t") for line in lines if not line.text.startswith("#")]
    fits = Counter(_kind_of_row(cells) for cells in rows)
    kind, most = max(fits.items(), key=lambda each: (each[0] is not None, each[1]), default=(None, 0))
    return kind if most * 2 >= len(rows) else None


def _kind_of_row(cells: Sequence[str]) -> LineFileKind | None:
    """The kind of report that a row has the columns of."""
    if len(cells) == PROJECT_WIDTH and is_mgi_id(cells[2].strip()):
        return LineFileKind.ALLELES
    is_phenotypic = len(cells) == PHENOTYPIC_WIDTH and is_mgi_id(cells[0].strip())
    return LineFileKind.PHENOTYPIC_ALLELES if is_phenotypic else None


def _why_not(lines: Iterable[TextLine]) -> str:
    """What an export lacks that would be one of production."""
    for line in islice(lines, SHOWN):
        for delimiter in DELIMITERS:
            heads = heads_of_production(line.text.split(delimiter))
            if is_production(heads) and heads.missing:
                named = ", ".join(key.replace("_", " ") for key in heads.missing)
                return f"This looks like a production export, but it has no column for: {named}."
    return ""


def _refuse_binary(content: bytes) -> None:
    kind = media_type_of(content)
    if content.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise DomainError("The file is packed: unpack it first. " + NONE_OF_THESE, "table")
    if kind is not None and not kind.startswith("text/"):
        raise DomainError(NONE_OF_THESE, "table")
