"""The table of stored files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, Name, Sha256


class StoredFile(Base):
    """Bytes kept under their hash, and what they are."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: Mapped[Id]
    sha256: Mapped[Sha256] = mapped_column(index=True)
    size: Mapped[int]
    media_type: Mapped[Name]
    name: Mapped[Name]
    stored_at: Mapped[datetime]
