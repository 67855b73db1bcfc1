"""Tables of imports: the case, what each row would do, what was done to which record, and remembered columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, BigId, Code, Id, Line, Name, Prose, Sha256
from app.core.history import Versioned
from app.members.rules.imports import ImportKind, ImportState, Outcome


class RegisterImport(Versioned, Base):
    """A table brought into the register: its file, its columns, what the dry run found, and what became of it.

    The words of the table are a file of their own: they are searched in milliseconds, the table is read in seconds.
    """

    __tablename__ = "register_import"

    id: Mapped[Id]
    kind: Mapped[ImportKind]
    state: Mapped[ImportState]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    words_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    head: Mapped[dict[str, Any]]
    mapping: Mapped[dict[str, Any]]
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    digest: Mapped[Sha256 | None]
    notice: Mapped[Prose | None]
    created_by: Mapped[Name]
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    applied_by: Mapped[Name | None]
    applied_by_id: Mapped[int | None] = mapped_column(BigId)
    applied_at: Mapped[datetime | None]
    undone_by: Mapped[Name | None]
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("rows >= 0 AND done >= 0 AND done <= rows", name="rows"),
        CheckConstraint("(applied_at IS NULL) = (applied_by IS NULL)", name="applied"),
        Index("ix_register_import_created_at", "created_at"),
    )


class ImportRow(Base):
    """A row of an import and what the dry run says of it; it goes with the import when that is discarded or undone."""

    __tablename__ = "import_row"

    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[Outcome]
    label: Mapped[Line]
    told: Mapped[Prose]
    record_id: Mapped[int | None] = mapped_column(BigId)

    __table_args__ = (Index("ix_import_row_outcome", "import_id", "outcome", "line"),)


class ImportEffect(Base):
    """What an import has done to one record: added it, or changed some values, kept with what they were."""

    __tablename__ = "import_effect"

    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[Code] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(BigId)
    is_new: Mapped[bool]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_import_effect_subject", "subject", "record_id"),)


class ImportMapping(Base):
    """Which columns the heads of a table were, the last time a table with these heads was brought."""

    __tablename__ = "import_mapping"

    kind: Mapped[ImportKind] = mapped_column(primary_key=True)
    heads: Mapped[Sha256] = mapped_column(primary_key=True)
    mapping: Mapped[dict[str, Any]]
    used_at: Mapped[datetime]
