"""The table of how the register is open to the public, and how long it keeps people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Name
from app.core.transaction import on_violation


class RegisterPolicy(Base):
    """What holds for the register from a day on, until another follows; of two from one day the later adopted counts.

    They are numbered in the order of their adoption and never rewritten.
    """

    __tablename__ = "register_policy"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date] = mapped_column(index=True)
    accepts_applications: Mapped[bool]
    has_public_directory: Mapped[bool]
    keeps_people_months: Mapped[int]
    keeps_applications_months: Mapped[int]
    keeps_books_years: Mapped[int]
    adopted_by: Mapped[Name]
    adopted_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("keeps_people_months BETWEEN 1 AND 1200", name="keeps_people_months"),
        CheckConstraint("keeps_applications_months BETWEEN 1 AND 1200", name="keeps_applications_months"),
        CheckConstraint("keeps_books_years BETWEEN 1 AND 100", name="keeps_books_years"),
    )


on_violation("pk_register_policy", "Someone else adopted a policy meanwhile: look at it first.")
