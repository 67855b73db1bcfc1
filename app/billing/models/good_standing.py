"""The table of what counts as good standing, and what follows without it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Currency, Minor, Name
from app.core.transaction import on_violation


class StandingPolicy(Base):
    """What counts as good standing from a day on; numbered in the order of adoption and never rewritten.

    Days are counted from the due day; no number of days is never. The amount is of the home currency at adoption.
    """

    __tablename__ = "standing_policy"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date]
    warns_after: Mapped[int]
    votes_after: Mapped[int | None]
    seats_after: Mapped[int | None]
    forgiven_minor: Mapped[Minor]
    currency: Mapped[Currency]
    counts_disputed: Mapped[bool]
    adopted_by: Mapped[Name]
    adopted_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("warns_after >= 0", name="warns"),
        CheckConstraint("votes_after IS NULL OR votes_after >= warns_after", name="votes"),
        CheckConstraint("seats_after IS NULL OR seats_after >= warns_after", name="seats"),
        CheckConstraint("forgiven_minor >= 0", name="forgiven"),
    )


on_violation("pk_standing_policy", "Someone else adopted a policy meanwhile: look at it first.")
