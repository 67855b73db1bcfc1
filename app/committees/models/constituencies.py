"""Tables of constituencies: what they are called, and by which rules institutions belong to them, on any day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Country, Id, Name, linked
from app.core.history import Recorded, Versioned
from app.core.transaction import on_violation
from app.members.models import Institution, MembershipClass
from app.members.rules import InstitutionKind


class Constituency(Versioned, Base):
    """A named group of institutions that elects the holders of seats; `closed_on` is its last day."""

    __tablename__ = "constituency"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    sort_name: Mapped[Name] = mapped_column(index=True)
    closed_on: Mapped[date | None]
    created_at: Mapped[datetime]


class ConstituencyRule(Recorded, Base):
    """Which institutions belong to a constituency from a first to a last day: just one of its last columns says so."""

    __tablename__ = "constituency_rule"

    id: Mapped[Id]
    constituency_id: Mapped[int] = mapped_column(ForeignKey("constituency.id"))
    country: Mapped[Country | None]
    institution_kind: Mapped[InstitutionKind | None]
    class_id: Mapped[int | None] = mapped_column(ForeignKey("membership_class.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)

    constituency: Mapped[Constituency] = linked()
    membership_class: Mapped[MembershipClass | None] = linked()
    institution: Mapped[Institution | None] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        CheckConstraint(
            "CASE WHEN country IS NULL THEN 0 ELSE 1 END + CASE WHEN institution_kind IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN class_id IS NULL THEN 0 ELSE 1 END + CASE WHEN institution_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one",
        ),
        Index("ix_constituency_rule_constituency_id", "constituency_id", "first_day"),
    )


on_violation("uq_constituency_name", "There is already a constituency of this name.", "name")
