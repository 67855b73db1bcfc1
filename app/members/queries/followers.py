"""Which rows point to an institution or a person, and how each follows when two are merged: features name theirs.

What is merged is a pair of ids; a follower's column holds them, or (for what hangs on a person's user) what `through`
makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.core.database import db
from app.core.history import Recorded
from app.members.rules import TwinKind

Column = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Alone:
    """Rows of both records that must not share a day: alike in these columns, for the rows where `only` holds."""

    same: tuple[str, ...]
    words: str
    only: tuple[str, object] | None = None
    way_out: str = "End one of them before the other begins, then come back."


@dataclass(frozen=True)
class Follower:
    """Rows that follow to the survivor: their column, their words, what they must not meet there, and their parts.

    `own` is the column that says whose the row itself is: nothing is made to point to itself.
    """

    kind: TwinKind
    column: Column
    words: tuple[str, str]
    alone: tuple[Alone, ...] = ()
    parts: Column | None = None
    through: Callable[[int], int] | None = None
    own: Column | None = None

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.column.class_.__tablename__}.{self.column.key}"

    def value_of(self, record_id: int) -> int:
        """What the column holds for a record."""
        return self.through(record_id) if self.through else record_id


@dataclass(frozen=True)
class Stayer:
    """Rows that stay with the merged record, and why."""

    kind: TwinKind
    column: Column
    words: tuple[str, str]
    why: str

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.column.class_.__tablename__}.{self.column.key}"

    def value_of(self, record_id: int) -> int:
        """What the column holds for a record."""
        return record_id

    @property
    def is_dated(self) -> bool:
        """Whether its rows are dated facts, which an undone merger must find as it left them."""
        model: Any = self.column.class_
        return issubclass(model, Recorded)


@dataclass(frozen=True)
class Clash:
    """What forbids a merger, and how to resolve it."""

    words: str
    way_out: str


followers: dict[str, Follower] = {}
stayers: dict[str, Stayer] = {}
Forbids = Callable[[int, int], Sequence[Clash]]
_forbidding: dict[TwinKind, list[Forbids]] = {kind: [] for kind in TwinKind}


def follows(kind: TwinKind, column: Column, words: tuple[str, str], **more: Any) -> None:
    """Let the rows of a column follow when a record is merged; `more` are the further values of a Follower."""
    follower = Follower(kind, column, words, **more)
    followers[follower.name] = follower


def stays(kind: TwinKind, column: Column, words: tuple[str, str], why: str) -> None:
    """Declare that the rows of a column stay with the merged record."""
    stayer = Stayer(kind, column, words, why)
    stayers[stayer.name] = stayer


def forbids(kind: TwinKind) -> Callable[[Forbids], Forbids]:
    """Let a feature name what forbids a merger: called with the ids of the survivor and of the merged record."""

    def register(question: Forbids) -> Forbids:
        _forbidding[kind].append(question)
        return question

    return register


def followers_of(kind: TwinKind) -> list[Follower]:
    """What follows, by table and column."""
    return [followers[name] for name in sorted(followers) if followers[name].kind is kind]


def dated_stayers(kind: TwinKind) -> list[Stayer]:
    """What stays and is dated, by its name."""
    return [stayers[name] for name in sorted(stayers) if stayers[name].kind is kind and stayers[name].is_dated]


def rows_of(follower: Follower | Stayer, record_id: int) -> list[Any]:
    """The rows on record that point to a record through this column, read anew from the database."""
    model: Any = follower.column.class_
    asked = select(model).where(follower.column == follower.value_of(record_id))
    if issubclass(model, Recorded):
        asked = asked.where(model.superseded_at.is_(None))
    return list(db.session.scalars(asked.order_by(model.id).execution_options(populate_existing=True)))


def list_clashes(kind: TwinKind, survivor_id: int, merged_id: int) -> list[Clash]:
    """All that forbids the merger."""
    found = [clash for each in followers_of(kind) for clash in _shared_days(each, survivor_id, merged_id)]
    for question in _forbidding[kind]:
        found.extend(question(survivor_id, merged_id))
    return found


def _shared_days(follower: Follower, survivor_id: int, merged_id: int) -> list[Clash]:
    model = follower.column.class_
    clashes = []
    for alone in follower.alone:
        one, two = aliased(model), aliased(model)
        key = follower.column.key
        asked = select(one.first_day).where(
            getattr(one, key) == follower.value_of(survivor_id),
            getattr(two, key) == follower.value_of(merged_id),
            *(getattr(one, name) == getattr(two, name) for name in alone.same),
            *_on_record(model, one, two),
            *([getattr(each, alone.only[0]) == alone.only[1] for each in (one, two)] if alone.only else []),
        )
        if db.session.scalar(asked.limit(1)) is not None:
            clashes.append(Clash(alone.words, alone.way_out))
    return clashes


def _on_record(model: Any, one: Any, two: Any) -> list[ColumnElement[bool]]:
    shared = [
        or_(one.last_day.is_(None), two.first_day <= one.last_day),
        or_(two.last_day.is_(None), one.first_day <= two.last_day),
    ]
    if not issubclass(model, Recorded):
        return shared
    return [*shared, one.superseded_at.is_(None), two.superseded_at.is_(None)]
