"""Writing down every value that changes while something is done, so that it can be undone exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from app.core.database import db

UNCOUNTED = {"version"}


@dataclass(frozen=True)
class Written:
    """What became of one row: values as they were and as they are, or (new) all it has."""

    table: str
    row_id: int
    is_new: bool
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass
class Log:
    """What has been written since it began, in order."""

    entries: list[Written] = field(default_factory=list)
    _dirty: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)

    def before_flush(self, session: Session, _context: UOWTransaction, _instances: Any) -> None:
        """Keep what the changed rows were."""
        self._dirty = [(row, _was(row)) for row in session.dirty if _was(row)]

    def after_flush(self, session: Session, _context: UOWTransaction) -> None:
        """Keep what they have become, and the rows that were added."""
        for row, before in self._dirty:
            after = {name: plain(getattr(row, name)) for name in before}
            self.entries.append(Written(row.__tablename__, row.id, is_new=False, before=before, after=after))
        for row in session.new:
            names = [column.key for column in inspect(type(row)).column_attrs]
            after = {name: plain(getattr(row, name)) for name in names if name not in UNCOUNTED}
            self.entries.append(Written(row.__tablename__, row.id, is_new=True, before={}, after=after))


@contextmanager
def writing_down() -> Iterator[Log]:
    """Within it, every row changed through the session is written down."""
    log, session = Log(), db.session()
    db.session.flush()
    event.listen(session, "before_flush", log.before_flush)
    event.listen(session, "after_flush", log.after_flush)
    try:
        yield log
        db.session.flush()
    finally:
        event.remove(session, "before_flush", log.before_flush)
        event.remove(session, "after_flush", log.after_flush)


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def _was(row: Any) -> dict[str, Any]:
    """The values of the columns that change, as they were."""
    state = inspect(row)
    found: dict[str, Any] = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if attribute.key not in UNCOUNTED and history.has_changes():
            found[attribute.key] = plain(history.deleted[0] if history.deleted else None)
    return found
