"""Twice sent, once done: the key of a creating form or call is kept with where its effect can be seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Base, db


class IdempotencyKey(Base):
    """A key that has had its effect, and the address that shows it."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(String(500))
    used_at: Mapped[datetime]


def location_of(key: str) -> str | None:
    """Where the effect of a key can be seen, or None where it has had none."""
    found = db.session.get(IdempotencyKey, key)
    return found.location if found else None


def remember(key: str, location: str) -> None:
    """Keep the key with the change it belongs to."""
    db.session.add(IdempotencyKey(key=key, location=location, used_at=clock.now()))
