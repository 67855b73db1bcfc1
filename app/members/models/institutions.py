"""Tables of institutions, of what they are called and what is on record of them on any day, and of their units."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Country, Id, Line, Name, Prose, linked
from app.core.history import Recorded, Versioned
from app.core.languages import Language
from app.core.transaction import on_violation
from app.files.models import StoredFile
from app.members.rules import DocumentKind, InstitutionKind

FIRST_DAY_OF_NAMES = date(1800, 1, 1)


class Institution(Versioned, Base):
    """A centre, funder or corporation, with what holds today; InstitutionName and InstitutionParticulars have any day.

    Invariant: what both hold is equal to the row of InstitutionParticulars without a last day.
    """

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
    buyer_reference: Mapped[Code | None]
    document_language: Mapped[Language | None]
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
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
        # Lists are read in the order of names: with the days in it no row is fetched that is not shown.
        Index("ix_institution_name_listed", "sort_name", "institution_id", "superseded_at", "first_day", "last_day"),
    )


class InstitutionParticulars(Recorded, Base):
    """What was on record of an institution, beside its name, from a first to a last day."""

    __tablename__ = "institution_particulars"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    kind: Mapped[InstitutionKind]
    is_composite: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    country: Mapped[Country]
    ror: Mapped[Code | None]
    vat_number: Mapped[Code | None]
    website: Mapped[Name | None]
    unit: Mapped[Name | None]
    postal_address: Mapped[Prose | None]
    billing_address: Mapped[Prose | None]
    purchase_order: Mapped[Code | None]
    buyer_reference: Mapped[Code | None]
    document_language: Mapped[Language | None]
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_institution_particulars_institution_id", "institution_id", "first_day"),
    )


class InstitutionUnit(Recorded, Versioned, Base):
    """A part of an institution that has no account of its own, such as a clinic or a department."""

    __tablename__ = "institution_unit"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    name: Mapped[Name]

    institution: Mapped[Institution] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_institution_unit_institution_id", "institution_id", "first_day"),
    )


class InstitutionAlias(Base):
    """Another spelling by which people and files mean the institution; it means no other one."""

    __tablename__ = "institution_alias"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    alias: Mapped[Name]
    folded: Mapped[Name] = mapped_column(unique=True)
    added_by: Mapped[Name]
    added_at: Mapped[datetime]


class InstitutionDocument(Base):
    """A paper kept with an institution; withdrawn, it stays in the store and on the record of its day."""

    __tablename__ = "institution_document"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    kind: Mapped[DocumentKind]
    title: Mapped[Name]
    dated: Mapped[date]
    added_by: Mapped[Name]
    added_at: Mapped[datetime]
    withdrawn_by: Mapped[Name | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[Line | None]

    file: Mapped[StoredFile] = linked()

    __table_args__ = (
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name="withdrawn",
        ),
    )


class InstitutionNote(Base):
    """What someone noted about an institution on a day; notes are not rewritten, only struck."""

    __tablename__ = "institution_note"

    id: Mapped[Id]
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    text: Mapped[Prose]
    noted_by: Mapped[Name]
    noted_at: Mapped[datetime]
    struck_by: Mapped[Name | None]
    struck_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(struck_at IS NULL) = (struck_by IS NULL)", name="struck"),)


on_violation("uq_institution_alias_folded", "This alias means an institution already.", "alias")
on_violation("uq_institution_ror", "Another institution has this ROR.", "ror")
