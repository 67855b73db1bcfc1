"""Tables of merges of institutions, and of every value a merge changed, so that it can be undone exactly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, BigId, Code, Id, Line, Name, linked
from app.members.models.institutions import Institution


class Merge(Base):
    """One institution that went up in another, when, by whom and why; undone, it stays on record."""

    __tablename__ = "merge"

    id: Mapped[Id]
    survivor_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    reason: Mapped[Line]
    marks: Mapped[dict[str, Any]]
    merged_by: Mapped[Name]
    merged_at: Mapped[datetime]
    undone_by: Mapped[Name | None]
    undone_at: Mapped[datetime | None]
    undone_because: Mapped[Line | None]

    survivor: Mapped[Institution] = linked(foreign_keys="Merge.survivor_id")
    merged: Mapped[Institution] = linked(foreign_keys="Merge.merged_id")

    __table_args__ = (
        CheckConstraint("survivor_id <> merged_id", name="two"),
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_because IS NULL)",
            name="undone",
        ),
    )


class MergeChange(Base):
    """What a merge did to one row, in order: values as they were and as they became, or (no `before`) added it."""

    __tablename__ = "merge_change"

    merge_id: Mapped[int] = mapped_column(ForeignKey("merge.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[Code]
    row_id: Mapped[int] = mapped_column(BigId)
    is_new: Mapped[bool]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
