"""Storing documents: the bytes first, then their record; bytes without a record do no harm."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete

from app.core import clock
from app.core.database import db
from app.files.models import StoredFile
from app.files.store import put_bytes


def store_file(content: bytes, media_type: str, name: str) -> StoredFile:
    """Keep a document for ever, under its hash, as it is downloaded: with this type and this name."""
    file = StoredFile(
        sha256=put_bytes(content),
        size=len(content),
        media_type=media_type,
        name=name,
        stored_at=clock.now(),
    )
    db.session.add(file)
    db.session.flush()
    return file


def forget_files(file_ids: Sequence[int]) -> None:
    """Take the records of documents away with what they belonged to: nothing leads to their bytes any more.

    The bytes stay in the store, for another record may be about to name them; no backup carries them on.
    """
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_(file_ids)))
