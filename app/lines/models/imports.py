"""Tables of imports of lines: the case, what its rows would do, what it asks, and what was said of spellings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, BigId, Id, Line, Name, Prose, Sha256
from app.core.history import Versioned
from app.lines.rules.imports.kinds import Answer, LineFileKind, LineImportState, RowOutcome, Topic


class LineImport(Versioned, Base):
    """A file brought into the catalogue of lines: its kind, how its rows come out, and what became of it."""

    __tablename__ = "line_import"

    id: Mapped[Id]
    kind: Mapped[LineFileKind]
    state: Mapped[LineImportState]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    digest: Mapped[Sha256 | None]
    notice: Mapped[Prose | None]
    created_by: Mapped[Name]
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    applied_by: Mapped[Name | None]
    applied_by_id: Mapped[int | None] = mapped_column(BigId)
    applied_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("rows >= 0 AND done >= 0 AND done <= rows", name="rows"),
        CheckConstraint("(applied_at IS NULL) = (applied_by IS NULL)", name="applied"),
        Index("ix_line_import_created_at", "created_at"),
        Index("ix_line_import_file_id", "file_id"),
    )


class LineImportRow(Base):
    """A row of a file, or a stock with all its rows, and what the dry run says of it."""

    __tablename__ = "line_import_row"

    import_id: Mapped[int] = mapped_column(ForeignKey("line_import.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[RowOutcome]
    label: Mapped[Name]
    told: Mapped[Prose]
    record_id: Mapped[int | None] = mapped_column(BigId)

    __table_args__ = (Index("ix_line_import_row_outcome", "import_id", "outcome", "line"),)


class LineImportQuestion(Base):
    """A spelling in a file of which nobody knows what it means, what it may mean, and what was answered."""

    __tablename__ = "line_import_question"

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("line_import.id"))
    topic: Mapped[Topic]
    key: Mapped[Name]
    spelling: Mapped[Name]
    rows: Mapped[int]
    suggested: Mapped[dict[str, Any]]
    answer: Mapped[Answer | None]
    meaning: Mapped[Line | None]
    answered_by: Mapped[Name | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("import_id", "topic", "key"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    )


class LineSpelling(Base):
    """What a spelling of a centre, a funder or a production consortium means in files of lines, as was answered."""

    __tablename__ = "line_spelling"

    id: Mapped[Id]
    topic: Mapped[Topic]
    key: Mapped[Name]
    spelling: Mapped[Name]
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    production_consortium_id: Mapped[int | None] = mapped_column(ForeignKey("production_consortium.id"), index=True)
    said_by: Mapped[Name]
    said_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("topic", "key"),
        CheckConstraint("(institution_id IS NULL) <> (production_consortium_id IS NULL)", name="meaning"),
    )
