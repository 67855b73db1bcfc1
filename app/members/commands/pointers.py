"""Which rows point to an institution, and whether a merge takes them along: each feature registers its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.core.history import Recorded, supersede


@dataclass(frozen=True)
class Pointer:
    """A column that names an institution: what its rows are called, and why a merge leaves them, empty where it moves
    them.
    """

    model: type[Any]
    column: str
    words: str
    stays: str = ""


@dataclass(frozen=True)
class Conflict:
    """Why two institutions cannot be one as they are, and what to do first."""

    why: str
    way_out: str


ConflictsOf = Callable[[int, int], Iterable[Conflict]]
_pointers: list[Pointer] = []
_conflicts: list[ConflictsOf] = []


def register_pointer(model: type[Any], column: str, words: str, *, stays: str = "") -> None:
    """Say that rows of a model name an institution: they follow a merge, unless `stays` says why they do not."""
    _pointers.append(Pointer(model, column, words, stays))


def register_conflicts(conflicts_of: ConflictsOf) -> ConflictsOf:
    """Let a feature name what forbids a merge; it is called with the ids of the survivor and of the other one."""
    if conflicts_of not in _conflicts:
        _conflicts.append(conflicts_of)
    return conflicts_of


def list_pointers() -> list[Pointer]:
    """All of them, in the order of their registration."""
    return list(_pointers)


def list_conflicts(survivor_id: int, merged_id: int) -> list[Conflict]:
    """What forbids to merge one institution into another."""
    return [conflict for conflicts_of in _conflicts for conflict in conflicts_of(survivor_id, merged_id)]


def rows_of(pointer: Pointer, institution_id: int) -> list[Any]:
    """The rows on record that name the institution by this column."""
    column = getattr(pointer.model, pointer.column)
    asked = select(pointer.model).where(column == institution_id)
    if issubclass(pointer.model, Recorded):
        asked = asked.where(pointer.model.superseded_at.is_(None))
    return list(db.session.scalars(asked.order_by(pointer.model.id)))


def move_rows(pointer: Pointer, merged_id: int, survivor_id: int) -> int:
    """Let rows name the survivor; of recorded facts it stays known whom they named before. How many they are."""
    rows = rows_of(pointer, merged_id)
    for row in rows:
        if isinstance(row, Recorded):
            supersede(row, **{pointer.column: survivor_id})
        else:
            setattr(row, pointer.column, survivor_id)
    return len(rows)
