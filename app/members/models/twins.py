"""Tables of records that are likely the same, and of those of which somebody said that they are not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, BigId, Id, Line, Name
from app.members.rules import TwinKind


class LikelyTwins(Base):
    """Two records that are likely the same, the lower id first; written anew at each look."""

    __tablename__ = "likely_twins"

    id: Mapped[Id]
    kind: Mapped[TwinKind]
    one_id: Mapped[int] = mapped_column(BigId)
    other_id: Mapped[int] = mapped_column(BigId)
    weight: Mapped[int] = mapped_column(index=True)
    grounds: Mapped[Line]
    found_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("one_id < other_id", name="order"),
        Index("ix_likely_twins_kind", "kind", "one_id", "other_id", unique=True),
    )


class DistinctPair(Base):
    """Two records that are not the same, who said so and why; they are not suggested again."""

    __tablename__ = "distinct_pair"

    kind: Mapped[TwinKind] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    reason: Mapped[Line]
    said_by: Mapped[Name]
    said_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("one_id < other_id", name="order"),)
