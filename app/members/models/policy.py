"""The table of how the register is open to the public, and how long it keeps people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Name


class RegisterPolicy(Base):
    """What holds for the register from a day on, until another policy follows."""

    __tablename__ = "register_policy"

    first_day: Mapped[date] = mapped_column(primary_key=True)
    accepts_applications: Mapped[bool]
    has_public_directory: Mapped[bool]
    keeps_people_months: Mapped[int]
    keeps_applications_months: Mapped[int]
    adopted_by: Mapped[Name]
    adopted_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("keeps_people_months BETWEEN 1 AND 1200", name="keeps_people_months"),
        CheckConstraint("keeps_applications_months BETWEEN 1 AND 1200", name="keeps_applications_months"),
    )
