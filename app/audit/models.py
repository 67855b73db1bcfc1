"""Tables of the audit trail: the entries, the head of the chain, and the personal values beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, BigId, Code, Line, Name, Prose, Sha256


class AuditEntry(Base):
    """One change: its sequence is its place in the chain, its order, and never the clock's."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id", "sequence"),)

    sequence: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[Name]
    action: Mapped[Code]
    subject_kind: Mapped[Code]
    subject_id: Mapped[int] = mapped_column(BigId)
    summary: Mapped[Line]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[Line | None]
    previous_hash: Mapped[Sha256]
    hash: Mapped[Sha256] = mapped_column(unique=True)


class AuditPersonalValue(Base):
    """A personal value an entry names only by its salted hash; erased with the person."""

    __tablename__ = "audit_personal_value"

    digest: Mapped[Sha256] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(ForeignKey("audit_entry.sequence"), index=True)
    person_id: Mapped[int | None] = mapped_column(BigId, index=True)
    salt: Mapped[Code]
    value: Mapped[Prose]


class AuditHead(Base):
    """The end of the chain: one row, locked while entries are appended."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigId)
    hash: Mapped[Sha256]
