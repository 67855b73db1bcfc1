"""Which of the chosen institutions can take a document that is added to all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from app.core.actor import Actor
from app.core.bulk import in_chunks
from app.core.database import db
from app.core.permissions import Permission
from app.members.models import Institution, Merger
from app.members.rules import TwinKind

MOST_ASKED = 20_000
GONE = "it is no longer on record"


@dataclass(frozen=True)
class PaperLine:
    """An institution of the choice, and why it cannot take a document where it cannot."""

    institution_id: int
    name: str
    left_out: str | None


@dataclass(frozen=True)
class PaperPlan:
    """Who would get a document and who is left out, by name; the same plan has the same digest."""

    lines: tuple[PaperLine, ...]

    @property
    def taking(self) -> list[PaperLine]:
        """Those that can take it."""
        return [line for line in self.lines if line.left_out is None]

    @property
    def left_out(self) -> list[PaperLine]:
        """Those that cannot."""
        return [line for line in self.lines if line.left_out is not None]

    @property
    def digest(self) -> str:
        """Known again by this: who has seen it agrees to it and to nothing else."""
        return hashlib.sha256(repr(self.lines).encode()).hexdigest()


def plan_common_paper(institution_ids: Sequence[int], actor: Actor) -> PaperPlan:
    """Each of these institutions under its name of today: whether a document can be added to it."""
    actor.require(Permission.INSTITUTION_EDIT)
    rows = [row for chunk in in_chunks(institution_ids, MOST_ASKED) for row in _found(chunk)]
    rows.sort(key=lambda row: (row.sort_name, row.id))
    there = {row.id for row in rows}
    gone = [each for each in institution_ids if each not in there]
    lines = [PaperLine(row.id, row.name, _why_not(row.survivor)) for row in rows]
    return PaperPlan((*lines, *(PaperLine(each, f"Institution {each}", GONE) for each in gone)))


def _found(institution_ids: Sequence[int]) -> Sequence[Any]:
    survivor = aliased(Institution)
    merged = and_(Merger.merged_id == Institution.id, Merger.kind == TwinKind.INSTITUTION, Merger.undone_at.is_(None))
    return db.session.execute(
        select(Institution.id, Institution.name, Institution.sort_name, survivor.name.label("survivor"))
        .outerjoin(Merger, merged)
        .outerjoin(survivor, survivor.id == Merger.survivor_id)
        .where(Institution.id.in_(institution_ids))
        .order_by(Institution.sort_name, Institution.id)
    ).all()


def _why_not(survivor: str | None) -> str | None:
    return f"it was merged into {survivor}: add the document there" if survivor else None
