"""What mergers and duplicates hold about a person, and why who was merged is not erased by themselves."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_, select

from app.core.database import db
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds
from app.core.tables import Cell
from app.members.models import DistinctPair, Merger, MergerMove
from app.members.queries.mergers import find_merger
from app.members.rules import TwinKind

FACTS = ("title", "email", "phone", "orcid", "languages")


@holds("members.mergers", place=13)
def held_mergers(subject: DataSubject) -> Held | None:
    """Each merger of the person with what it keeps of how they were before, so that it can be undone."""
    identity = subject.person_id
    kept = and_(MergerMove.merger_id == Merger.id, MergerMove.table_name == "person", MergerMove.row_id == identity)
    asked = (
        select(Merger, MergerMove.before)
        .outerjoin(MergerMove, kept)
        .where(Merger.kind == TwinKind.PERSON, or_(Merger.merged_id == identity, Merger.survivor_id == identity))
        .order_by(Merger.id, MergerMove.id)
    )
    rows: list[dict[str, Cell]] = [
        {
            "When": merger.merged_at,
            "Why": merger.reason,
            "Before": "; ".join(f"{name} {before[name]}" for name in FACTS if before and before.get(name)) or None,
            "Undone": merger.undone_at,
        }
        for merger, before in db.session.execute(asked)
    ]
    return held_rows("Mergers", "So that two records made one can be parted again.", rows, Fate.REMOVED)


@holds("members.distinct", place=15)
def held_distinct(subject: DataSubject) -> Held | None:
    """Of whom somebody said that they are not the same, and why."""
    identity = subject.person_id
    asked = select(DistinctPair).where(
        DistinctPair.kind == TwinKind.PERSON, or_(DistinctPair.one_id == identity, DistinctPair.other_id == identity)
    )
    rows: list[dict[str, Cell]] = [
        {"Not the same as": f"Person {each.other_id if each.one_id == identity else each.one_id}", "Why": each.reason}
        for each in db.session.scalars(asked.order_by(DistinctPair.one_id, DistinctPair.other_id))
    ]
    return held_rows("Not the same", "So that a duplicate that is none is not suggested again.", rows, Fate.REMOVED)


@forbids_erasure("members.mergers")
def goes_with_survivor(subject: DataSubject, _on: date) -> list[Obstacle]:
    """Who was merged into another is erased with them."""
    merger = find_merger(TwinKind.PERSON, subject.person_id) if subject.person_id is not None else None
    if merger is None:
        return []
    told = f"They were merged into person {merger.survivor_id}: erase that record, and this one goes with it."
    return [Obstacle(told, "person", merger.survivor_id)]
