"""From which lines a line comes, and which come from it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import db
from app.lines.models import LineParent


def descendants_of(line_id: int) -> set[int]:
    """The lines that come from a line, over any number of crosses."""
    return _reached_from(line_id, LineParent.parent_id, LineParent.line_id)


def ancestors_of(line_id: int) -> set[int]:
    """The lines from which a line comes, over any number of crosses."""
    return _reached_from(line_id, LineParent.line_id, LineParent.parent_id)


def _reached_from(line_id: int, here: InstrumentedAttribute[int], there: InstrumentedAttribute[int]) -> set[int]:
    start = select(there.label("id")).where(here == line_id).cte("reached", recursive=True)
    further = start.union(select(there).join(start, here == start.c.id))
    return set(db.session.scalars(select(further.c.id).order_by(further.c.id)))
