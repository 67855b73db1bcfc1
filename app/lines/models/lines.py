"""Tables of lines: where they are made, how far they have come, and where they are kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Code, Id, Name, Prose, linked
from app.core.history import Recorded, Versioned
from app.core.transaction import on_violation
from app.lines.models.genes import Allele, Clone
from app.lines.rules import MaterialForm, Stage
from app.members.models import Institution


class Strain(Versioned, Base):
    """A background strain; `folded` is its name as it is looked up."""

    __tablename__ = "strain"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    folded: Mapped[Name] = mapped_column(unique=True)


class StrainAlias(Base):
    """Another spelling that means a strain; it means no other one."""

    __tablename__ = "strain_alias"

    id: Mapped[Id]
    strain_id: Mapped[int] = mapped_column(ForeignKey("strain.id"), index=True)
    alias: Mapped[Name]
    folded: Mapped[Name] = mapped_column(unique=True)


class ProductionConsortium(Versioned, Base):
    """Those who produce lines together, such as BaSH; it is no member."""

    __tablename__ = "production_consortium"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]


class Repository(Versioned, Base):
    """Where material of lines is kept for others, such as EMMA; where it is a member, its institution."""

    __tablename__ = "repository"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)

    institution: Mapped[Institution | None] = linked()


class MouseLine(Versioned, Base):
    """An allele on a background, kept as a colony by its centre.

    Invariants: `stage` and `stage_day` are those of the newest stage on record; `search_text` is what it is found by.
    """

    __tablename__ = "line"

    id: Mapped[Id]
    colony: Mapped[Name]
    colony_key: Mapped[Name]
    allele_id: Mapped[int] = mapped_column(ForeignKey("allele.id"), index=True)
    strain_id: Mapped[int | None] = mapped_column(ForeignKey("strain.id"), index=True)
    clone_id: Mapped[int | None] = mapped_column(ForeignKey("clone.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    production_consortium_id: Mapped[int | None] = mapped_column(ForeignKey("production_consortium.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    plan_id: Mapped[Code | None] = mapped_column(index=True)
    attempt_id: Mapped[Code | None] = mapped_column(index=True)
    gentar_id: Mapped[Code | None] = mapped_column(index=True)
    stage: Mapped[Stage]
    stage_day: Mapped[date]
    conditions: Mapped[Prose | None]
    sort_key: Mapped[Name]
    search_text: Mapped[Prose]
    created_at: Mapped[datetime]

    allele: Mapped[Allele] = linked()
    strain: Mapped[Strain | None] = linked()
    clone: Mapped[Clone | None] = linked()
    centre: Mapped[Institution] = linked(foreign_keys="MouseLine.centre_id")
    production_consortium: Mapped[ProductionConsortium | None] = linked()
    owner: Mapped[Institution] = linked(foreign_keys="MouseLine.owner_id")
    funder: Mapped[Institution | None] = linked(foreign_keys="MouseLine.funder_id")

    __table_args__ = (
        UniqueConstraint("centre_id", "colony_key"),
        Index("ix_line_sort_key", "sort_key", "id"),
        Index("ix_line_colony_key", "colony_key", "id"),
        # Lists are read in this order, narrowed to one of these.
        Index("ix_line_centre_id", "centre_id", "sort_key", "id"),
        Index("ix_line_production_consortium_id", "production_consortium_id", "sort_key", "id"),
        Index("ix_line_stage", "stage", "sort_key", "id"),
    )


class LineWord(Base):
    """A word by whose beginning a line is found: those of its `search_text`, and one for each place it names.

    Derived, and written with what it follows from; a centre, strain or consortium stands by its id (`place_word`), so
    that its lines are found by all its names of today.
    """

    __tablename__ = "line_word"

    # By bytes on both databases, so that the words with one beginning are one stretch of the index.
    word: Mapped[str] = mapped_column(
        String(200).with_variant(String(200, collation="C"), "postgresql"), primary_key=True
    )
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)

    __table_args__ = (Index("ix_line_word_line_id", "line_id", "word"), {"sqlite_with_rowid": False})


class LineStage(Base):
    """A stage a line reached on a day; corrected, it is superseded and stays what was known."""

    __tablename__ = "line_stage"

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    stage: Mapped[Stage]
    day: Mapped[date]
    noted_by: Mapped[Name]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    line: Mapped[MouseLine] = linked()

    __table_args__ = (Index("ix_line_stage_line_id", "line_id", "day"),)


class LineForm(Recorded, Base):
    """A form in which material of a line is available from a first to a last day."""

    __tablename__ = "line_form"

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    form: Mapped[MaterialForm]

    line: Mapped[MouseLine] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_line_form_line_id", "line_id", "first_day"),
    )


class LineDeposit(Recorded, Base):
    """A line kept by a repository from a first to a last day, under its stock number there."""

    __tablename__ = "line_deposit"

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    repository_id: Mapped[int] = mapped_column(ForeignKey("repository.id"), index=True)
    stock_number: Mapped[Code | None] = mapped_column(index=True)

    line: Mapped[MouseLine] = linked()
    repository: Mapped[Repository] = linked()

    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),
        Index("ix_line_deposit_line_id", "line_id", "first_day"),
    )


class LineParent(Base):
    """A line that comes from another one by a cross."""

    __tablename__ = "line_parent"

    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("line.id"), primary_key=True, index=True)

    line: Mapped[MouseLine] = linked(foreign_keys="LineParent.line_id")
    parent: Mapped[MouseLine] = linked(foreign_keys="LineParent.parent_id")

    __table_args__ = (CheckConstraint("line_id <> parent_id", name="other"),)


on_violation("uq_line_centre_id_colony_key", "This centre has a line of this colony already.", "colony")
on_violation("uq_strain_name", "There is already a strain of this name.", "name")
on_violation("uq_strain_folded", "There is already a strain of this name.", "name")
on_violation("uq_strain_alias_folded", "This alias means a strain already.", "alias")
on_violation("uq_production_consortium_code", "There is already a production consortium of this code.", "code")
on_violation("uq_repository_code", "There is already a repository of this code.", "code")
