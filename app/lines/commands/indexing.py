"""By which words lines are found, and where they are filed: derived from what is on record of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, String, cast, delete, event, func, insert, inspect, literal, select
from sqlalchemy.orm import Session

from app.core.bulk import among, derive_rows, in_chunks
from app.core.database import db
from app.lines.models import Allele, LineWord, MouseLine
from app.lines.queries.places import PLACES
from app.lines.queries.words import rows_of_words
from app.lines.rules import MARK, place_word

BLOCK = 5_000


def index_lines(ids: Iterable[int]) -> None:
    """Write anew by which words these lines are found, and where they are filed: that makes no new version."""
    db.session.flush()
    for some in in_chunks(ids, BLOCK):
        derive_rows(
            MouseLine,
            [
                {"id": row.line_id, "sort_key": row.sort_key, "search_text": row.search_text}
                for row in rows_of_words(among(MouseLine.id, some))
            ],
        )
        db.session.execute(delete(LineWord).where(among(LineWord.line_id, some)))
        write_words(some)


def write_words(ids: Iterable[int]) -> None:
    """Write the words of lines that have none yet, of their search texts and their places, in a few statements."""
    listed = list(ids)
    wanted = _words_of_texts().where(among(MouseLine.id, listed), MouseLine.search_text != "")
    db.session.execute(insert(LineWord).from_select(["word", "line_id"], wanted.distinct()))
    _write_places(db.session.connection(), listed)


def index_line(line: MouseLine) -> None:
    """Write anew by which words a line is found."""
    index_lines([line.id])
    db.session.expire(line, ["sort_key", "search_text"])


def index_allele(allele: Allele) -> None:
    """Write anew by which words the lines of an allele are found."""
    asked = select(MouseLine.id).where(MouseLine.allele_id == allele.id).order_by(MouseLine.id)
    index_lines(list(db.session.scalars(asked)))


@event.listens_for(Session, "after_flush")
def _follow_places(session: Session, _context: Any) -> None:
    """Where a line is given another place, also by a merger of institutions, it is found by that."""
    moved = [row.id for row in session.dirty if isinstance(row, MouseLine) and _names_others(row)]
    if moved:
        connection = session.connection()
        gone = delete(LineWord).where(among(LineWord.line_id, moved), LineWord.word.startswith(MARK))
        connection.execute(gone)
        _write_places(connection, moved)


def _names_others(line: MouseLine) -> bool:
    return any(inspect(line).attrs[each.key].history.has_changes() for each in PLACES.values())


def _write_places(connection: Connection, ids: list[int]) -> None:
    for kind, place_id in PLACES.items():
        word = literal(place_word(kind, "")) + cast(place_id, String)
        wanted = select(word, MouseLine.id).where(among(MouseLine.id, ids), place_id.is_not(None))
        connection.execute(insert(LineWord).from_select(["word", "line_id"], wanted))


def _words_of_texts() -> Select[tuple[str, int]]:
    """The words of search texts, taken apart by the database."""
    if db.engine.dialect.name == "postgresql":
        split = func.unnest(func.string_to_array(MouseLine.search_text, " "))
        each = split.table_valued("value").render_derived(name="each")
    else:
        listed = literal('["') + func.replace(MouseLine.search_text, " ", '","') + literal('"]')
        each = func.json_each(listed).table_valued("value")
    return select(each.c.value, MouseLine.id).select_from(MouseLine).join(each, literal(value=True))
