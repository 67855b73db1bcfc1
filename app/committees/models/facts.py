"""What seats and committees are on both axes of time: on which days, and from when to when it was known so."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.committees.rules import CommitteeKind
from app.core.database import Base, Id, Name, Prose
from app.core.history import Recorded


class SeatFacts(Recorded, Base):
    """What a seat is called from a first to a last day, as known from when to when; its name today is its own, too.

    The days of all its facts are those of the seat. What else a seat is does not change while it lasts: it ends, and
    another begins.
    """

    __tablename__ = "seat_facts"

    id: Mapped[Id]
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    label: Mapped[Name]

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_seat_facts_seat_id", "seat_id", "recorded_at"),
    )


class CommitteeFacts(Recorded, Base):
    """What a committee was, and of what a part, from a first to a last day; what holds today is on the committee, too.

    The days of all its facts are those of the committee: the first begins with its founding, the last ends with it.
    """

    __tablename__ = "committee_facts"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    kind: Mapped[CommitteeKind]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("committee.id"), index=True)
    remit: Mapped[Prose | None]

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_committee_facts_committee_id", "committee_id", "first_day"),
    )
