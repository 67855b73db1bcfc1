"""What `flask verify` proves of lines: their stages, their descent, and that they are found by what is on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.core.database import db
from app.core.history import as_known
from app.core.periods import Period
from app.core.verification import verifies
from app.lines.models import LineForm, LineParent, LineStage, LineWord, MouseLine
from app.lines.queries.places import PLACES
from app.lines.queries.words import rows_of_words
from app.lines.rules import FORM_WORDS, Reached, newest_stage, place_word

BLOCK = 2_000


@verifies("The stage of each line is the newest on record")
def check_stages() -> Iterator[str]:
    """Find the newest stage of each line anew."""
    asked = (
        select(MouseLine.id, MouseLine.colony, MouseLine.stage, MouseLine.stage_day, LineStage.stage, LineStage.day)
        .outerjoin(LineStage, (LineStage.line_id == MouseLine.id) & LineStage.superseded_at.is_(None))
        .order_by(MouseLine.id, LineStage.id)
    )
    rows: Iterable[Any] = db.session.execute(asked.execution_options(yield_per=BLOCK))
    of_line: Callable[[Any], tuple[Any, ...]] = itemgetter(0, 1, 2, 3)
    for line, history in groupby(rows, key=of_line):
        line_id, colony, stage, day = line
        reached = [Reached(row[4], row[5]) for row in history if row[4] is not None]
        if newest_stage(reached) != Reached(stage, day):
            yield f"Line {line_id} ({colony}) stands at another stage than the newest on record."


@verifies("No line is its own ancestor")
def check_descent() -> Iterator[str]:
    """Follow all crosses up from each line that comes from one."""
    parents: dict[int, set[int]] = defaultdict(set)
    asked = select(LineParent.line_id, LineParent.parent_id).order_by(LineParent.line_id, LineParent.parent_id)
    for line_id, parent_id in db.session.execute(asked):
        parents[line_id].add(parent_id)
    for line_id in sorted(parents):
        if line_id in _above(line_id, parents):
            yield f"Line {line_id} comes from itself."


@verifies("Each line is found by what is on record of it, and by nothing else")
def check_words() -> Iterator[str]:
    """Make the search text, the words and the place in the list of each line anew."""
    last = db.session.scalar(select(func.max(MouseLine.id))) or 0
    for first in range(1, last + 1, BLOCK):
        wanted = MouseLine.id.between(first, first + BLOCK - 1)
        yield from _wrong_words(wanted)


@verifies("No form of a line is on record twice on a day")
def check_forms() -> Iterator[str]:
    """Compare the periods of each form of a line with each other."""
    asked = select(LineForm).where(as_known(LineForm)).order_by(LineForm.line_id, LineForm.form, LineForm.first_day)
    rows = db.session.scalars(asked.execution_options(yield_per=BLOCK))
    for (line_id, form), periods in groupby(rows, key=lambda row: (row.line_id, row.form)):
        if _share_a_day([each.period for each in periods]):
            yield f"Line {line_id} has {FORM_WORDS[form].lower()} on record twice on a day."


def _wrong_words(wanted: ColumnElement[bool]) -> Iterator[str]:
    columns = (MouseLine.id, MouseLine.sort_key, MouseLine.search_text, *PLACES.values())
    kept = {row.id: row for row in db.session.execute(select(*columns).where(wanted).order_by(MouseLine.id))}
    words: dict[int, set[str]] = defaultdict(set)
    asked = select(LineWord.line_id, LineWord.word).join(MouseLine, MouseLine.id == LineWord.line_id).where(wanted)
    for line_id, word in db.session.execute(asked.order_by(LineWord.line_id, LineWord.word)):
        words[line_id].add(word)
    for each in rows_of_words(wanted):
        row = kept[each.line_id]
        if (row.sort_key, row.search_text) != (each.sort_key, each.search_text):
            yield f"Line {each.line_id} has another search text than follows from its record."
        elif words[each.line_id] != {*each.search_text.split(), *_places(row)}:
            yield f"Line {each.line_id} is found by other words than those of its record."


def _places(row: object) -> Iterable[str]:
    named = ((kind, getattr(row, column.key)) for kind, column in PLACES.items())
    return (place_word(kind, place_id) for kind, place_id in named if place_id is not None)


def _above(line_id: int, parents: dict[int, set[int]]) -> set[int]:
    above: set[int] = set()
    left = [line_id]
    while left:
        further = parents.get(left.pop(), set()) - above
        above |= further
        left.extend(further)
    return above


def _share_a_day(periods: list[Period]) -> bool:
    ordered = sorted(periods, key=lambda each: each.first)
    return any(one.overlaps(other) for one, other in pairwise(ordered))
