"""What lines are found by, read from all that is on record of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from app.core.database import db
from app.core.folding import folded
from app.core.history import as_known
from app.lines.models import Allele, Clone, LineDeposit, Marker, MouseLine
from app.lines.rules import Findable, search_text_of

BLOCK = 2_000


@dataclass(frozen=True)
class WordsOfLine:
    """A line, where it is filed and what it is found by, as they ought to be."""

    line_id: int
    sort_key: str
    search_text: str


def rows_of_words(wanted: ColumnElement[bool]) -> Iterator[WordsOfLine]:
    """What the lines of a condition are found by, in the order of their ids."""
    stocks = _stock_numbers(wanted)
    asked = (
        select(
            MouseLine.id,
            MouseLine.colony,
            MouseLine.plan_id,
            MouseLine.attempt_id,
            MouseLine.gentar_id,
            Allele.symbol,
            Allele.synonyms,
            Allele.mgi_id,
            Allele.project_id,
            Marker.symbol.label("gene"),
            Marker.mgi_id.label("marker_mgi_id"),
            Clone.name.label("clone"),
        )
        .join(Allele, Allele.id == MouseLine.allele_id)
        .outerjoin(Marker, Marker.id == Allele.marker_id)
        .outerjoin(Clone, Clone.id == MouseLine.clone_id)
        .where(wanted)
        .order_by(MouseLine.id)
    )
    for row in db.session.execute(asked).all():
        found = Findable(
            symbol=row.symbol,
            colony=row.colony,
            gene=row.gene,
            clone=row.clone,
            ids=(row.mgi_id, row.marker_mgi_id, row.project_id, row.plan_id, row.attempt_id, row.gentar_id),
            synonyms=row.synonyms,
            stock_numbers=tuple(stocks[row.id]),
        )
        yield WordsOfLine(row.id, filed_under(row.symbol, row.colony), search_text_of(found))


def filed_under(symbol: str, colony: str) -> str:
    """What a line is sorted by: its allele, then its colony."""
    return folded(symbol, colony)[:200]


def _stock_numbers(wanted: ColumnElement[bool]) -> dict[int, list[str]]:
    """The stock numbers under which repositories keep lines, or kept them."""
    asked = (
        select(LineDeposit.line_id, LineDeposit.stock_number)
        .join(MouseLine, MouseLine.id == LineDeposit.line_id)
        .where(wanted, as_known(LineDeposit), LineDeposit.stock_number.is_not(None))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(asked.order_by(LineDeposit.line_id, LineDeposit.id)):
        found[row.line_id].append(str(row.stock_number))
    return found
