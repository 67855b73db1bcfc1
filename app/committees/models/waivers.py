"""The table of requests to let a limit of terms not hold for somebody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from app.committees.models.committees import Committee, Seat
from app.committees.rules.waivers import WaiverState
from app.core.database import Base, Id, Line, Name, linked
from app.core.history import Dated, Versioned
from app.core.transaction import on_violation
from app.members.models import Person

STANDS = "state IN ('asked', 'granted')"


class LimitWaiver(Versioned, Dated, Base):
    """That the limit of terms is asked not to hold for a person, a seat and days, and what the secretariat said.

    `reason` is why it is asked for, `decision` by what it was granted, `answer` why it was declined, taken back or
    revoked.
    """

    __tablename__ = "limit_waiver"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[Line]
    state: Mapped[WaiverState]
    asked_by: Mapped[Name]
    asked_at: Mapped[datetime]
    decision: Mapped[Line | None]
    answer: Mapped[Line | None]
    decided_by: Mapped[Name | None]
    decided_at: Mapped[datetime | None]

    committee: Mapped[Committee] = linked()
    seat: Mapped[Seat] = linked()
    person: Mapped[Person] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint("(state IN ('granted', 'revoked')) = (decision IS NOT NULL)", name="granted"),
        CheckConstraint("(state IN ('declined', 'withdrawn', 'revoked')) = (answer IS NOT NULL)", name="answer"),
        CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)", name="decided"
        ),
        Index("ix_limit_waiver_committee_id", "committee_id", "state"),
        Index(
            "uq_limit_waiver_standing",
            "seat_id",
            "person_id",
            "first_day",
            unique=True,
            sqlite_where=literal_column(STANDS),
            postgresql_where=literal_column(STANDS),
        ),
    )


on_violation("uq_limit_waiver_standing", "This is asked for already.", "person_id")
