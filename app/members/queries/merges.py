"""Merges: what one would do, whom an institution was merged into, and what went up in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import Recorded
from app.core.permissions import Permission
from app.members.models import Institution, Merge
from app.members.rules import PARTICULARS


@dataclass(frozen=True)
class PointerCount:
    """How many rows of a kind name an institution, and what a merge does with them."""

    words: str
    number: int
    fate: str


@dataclass(frozen=True)
class MergeDifference:
    """A particular that both institutions have, each another one."""

    key: str
    survivor: Any
    merged: Any


@dataclass(frozen=True)
class MergedRow:
    """An institution that was merged: what it was called, into which, when, by whom and why."""

    merge_id: int
    merged_id: int
    name: str
    account_number: str
    survivor_id: int
    survivor: str
    merged_at: datetime
    merged_by: str
    reason: str


def list_differences(survivor: Institution, merged: Institution) -> list[MergeDifference]:
    """The particulars in which both differ, where both have one."""
    return [
        MergeDifference(name, getattr(survivor, name), getattr(merged, name))
        for name in PARTICULARS
        if name not in {"parent_id", "logo_id"}
        and getattr(merged, name) not in {None, False}
        and getattr(survivor, name) is not None
        and getattr(survivor, name) != getattr(merged, name)
    ]


def count_rows(model: type[Any], column: str, institution_id: int) -> int:
    """How many rows on record name an institution by a column."""
    asked = select(func.count()).select_from(model).where(getattr(model, column) == institution_id)
    if issubclass(model, Recorded):
        asked = asked.where(model.superseded_at.is_(None))
    return db.session.scalar(asked) or 0


def find_merge_of(institution_id: int, *, known: datetime | None = None) -> MergedRow | None:
    """The merge by which an institution went up in another, None where it did not, or not by the moment asked for."""
    found = db.session.scalar(_merges().where(Merge.merged_id == institution_id).limit(1))
    if found is None or (known is not None and known < found.merged_at):
        return None
    survivor = db.session.get_one(Institution, found.merged.merged_into_id)
    return replace(_row(found), survivor_id=survivor.id, survivor=survivor.name)


def list_merged_into(institution_id: int, actor: Actor) -> list[MergedRow]:
    """What went up in an institution, the newest first."""
    actor.require(Permission.INSTITUTION_LIST)
    return [_row(found) for found in db.session.scalars(_merges().where(Merge.survivor_id == institution_id))]


def get_merge(merge_id: int, actor: Actor) -> MergedRow:
    """A merge that stands, for those who may undo it."""
    actor.require(Permission.INSTITUTION_EDIT)
    found = db.session.scalar(_merges().where(Merge.id == merge_id))
    if found is None:
        raise NotFoundError("There is no such merge.")
    return _row(found)


def _merges() -> Any:
    asked = select(Merge).options(joinedload(Merge.survivor), joinedload(Merge.merged))
    return asked.where(Merge.undone_at.is_(None)).order_by(Merge.id.desc())


def _row(found: Merge) -> MergedRow:
    return MergedRow(
        merge_id=found.id,
        merged_id=found.merged_id,
        name=found.merged.name,
        account_number=found.merged.account_number,
        survivor_id=found.survivor_id,
        survivor=found.survivor.name,
        merged_at=found.merged_at,
        merged_by=found.merged_by,
        reason=found.reason,
    )


def fates(counts: Sequence[tuple[str, int, str]]) -> list[PointerCount]:
    """What a merge does with each kind of rows that there are."""
    return [
        PointerCount(words, number, f"stay: {stays}" if stays else "follow")
        for words, number, stays in counts
        if number
    ]
