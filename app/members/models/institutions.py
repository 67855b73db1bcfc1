"""Tables of institutions and of what they are called."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Country, Id, Name, Prose, linked
from app.core.history import Recorded, Versioned
from app.core.transaction import on_violation
from app.members.rules import InstitutionKind

FIRST_DAY_OF_NAMES = date(1800, 1, 1)


class Institution(Versioned, Base):
    """A centre, funder or corporation. `name` and `short_name` are today's; InstitutionName has those of any day."""

    __tablename__ = "institution"

    id: Mapped[Id]
    account_number: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    short_name: Mapped[Code]
    kind: Mapped[InstitutionKind]
    is_composite: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    country: Mapped[Country] = mapped_column(index=True)
    ror: Mapped[Code | None] = mapped_column(unique=True)
    vat_number: Mapped[Code | None]
    website: Mapped[Name | None]
    unit: Mapped[Name | None]
    postal_address: Mapped[Prose | None]
    billing_address: Mapped[Prose | None]
    purchase_order: Mapped[Code | None]
    notes: Mapped[Prose | None]
    sort_name: Mapped[Name] = mapped_column(index=True)
    search_text: Mapped[Prose]
    created_at: Mapped[datetime]

    parent: Mapped[Institution | None] = linked(remote_side="Institution.id")


class InstitutionName(Recorded, Base):
    """What an institution was called from a first to a last day."""

    __tablename__ = "institution_name"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    name: Mapped[Name]
    short_name: Mapped[Code]
    sort_name: Mapped[Name]

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_institution_name_institution_id", "institution_id", "first_day"),
    )


on_violation("uq_institution_ror", "Another institution has this ROR.", "ror")
