"""Forgetting a person in what mergers and suggestions of duplicates keep."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, update

from app.core.database import db
from app.core.personal_data import DataSubject, erases
from app.members.commands.twins import forget_pairs
from app.members.models import Merger, MergerMove
from app.members.rules import TwinKind

FORGOTTEN = "The reason was removed with the person it was about"


@erases("mergers and duplicates")
def erase_mergers(subject: DataSubject) -> int:
    """Remove what a merger kept of how the person was, why two people were one, and of whom they seemed a duplicate."""
    if subject.person_id is None:
        return 0
    identity = subject.person_id
    moves = update(MergerMove).where(
        or_(
            (MergerMove.table_name == "person") & (MergerMove.row_id == identity),
            (MergerMove.table_name == "user") & (MergerMove.row_id == subject.user_id),
        )
    )
    of_them = (
        Merger.kind == TwinKind.PERSON,
        or_(Merger.merged_id == identity, Merger.survivor_id == identity),
    )
    gone = [
        _count(moves.values(before={}).returning(MergerMove.id)),
        _count(update(Merger).where(*of_them).values(reason=FORGOTTEN).returning(Merger.id)),
    ]
    return sum(gone) + forget_pairs(TwinKind.PERSON, [identity])


def _count(statement: Any) -> int:
    return len(db.session.execute(statement.execution_options(synchronize_session=False)).all())
