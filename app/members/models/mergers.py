"""Tables of mergers of two records, and of every row that a merger moved, as it was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, BigId, Code, Id, Line, Name
from app.members.rules import TwinKind


class Merger(Base):
    """Two institutions or two people made one. `standing` seals each row that hung on the survivor just after it."""

    __tablename__ = "merger"

    id: Mapped[Id]
    kind: Mapped[TwinKind]
    merged_id: Mapped[int] = mapped_column(BigId)
    survivor_id: Mapped[int] = mapped_column(BigId)
    reason: Mapped[Line]
    merged_by: Mapped[Name]
    merged_at: Mapped[datetime]
    undone_by: Mapped[Name | None]
    undone_at: Mapped[datetime | None]
    standing: Mapped[dict[str, Any]]

    __table_args__ = (
        CheckConstraint("merged_id <> survivor_id", name="two"),
        Index("ix_merger_merged_id", "kind", "merged_id"),
        Index("ix_merger_survivor_id", "kind", "survivor_id"),
    )


class MergerMove(Base):
    """One row that a merger changed: its values before, and the copy that keeps what was known, if there is one."""

    __tablename__ = "merger_move"

    id: Mapped[Id]
    merger_id: Mapped[int] = mapped_column(ForeignKey("merger.id"), index=True)
    table_name: Mapped[Code]
    row_id: Mapped[int] = mapped_column(BigId)
    before: Mapped[dict[str, Any]]
    copy_id: Mapped[int | None] = mapped_column(BigId)
