"""Tables of the digest: how often somebody wants it, and up to which day it was written to them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.home.rules import Frequency


class DigestChoice(Base):
    """How often a user wants the digest; who has not chosen gets it once a week."""

    __tablename__ = "digest_choice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    frequency: Mapped[Frequency]
    chosen_at: Mapped[datetime]


class DigestRound(Base):
    """The day for which a user's digest was last looked at: sent, or found to hold nothing."""

    __tablename__ = "digest_round"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    done_for: Mapped[date]
    looked_at: Mapped[datetime]
