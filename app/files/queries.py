"""Reading stored files, and the check that all of them are still what they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFoundError, UnavailableError
from app.core.verification import verifies
from app.files.models import StoredFile
from app.files.store import get_bytes

BLOCK = 1000


@dataclass(frozen=True)
class OpenedFile:
    """A stored file with its bytes."""

    content: bytes
    media_type: str
    name: str


def get_file(file_id: int) -> StoredFile:
    """The record of a stored file; who may read it is decided by the record that holds it."""
    file = db.session.get(StoredFile, file_id)
    if file is None:
        message = "There is no such document."
        raise NotFoundError(message)
    return file


def read_file(file: StoredFile) -> bytes:
    """The bytes of a stored file, which are those that were stored or none at all."""
    content = get_bytes(file.sha256)
    if content is None:
        message = "This document is missing or damaged. The command flask verify names it; a backup holds it."
        raise UnavailableError(message)
    return content


def open_file(file_id: int) -> OpenedFile:
    """A stored file by its id, ready to be sent."""
    file = get_file(file_id)
    return OpenedFile(read_file(file), file.media_type, file.name)


@verifies("Every stored document is there and unchanged")
def check_files() -> Iterator[str]:
    """Read all bytes again and compare them with their hash and size."""
    asked = select(StoredFile.sha256, StoredFile.size, StoredFile.name).order_by(StoredFile.sha256, StoredFile.id)
    content: bytes | None = None
    last = ""
    for sha256, size, name in db.session.execute(asked.execution_options(yield_per=BLOCK)):
        if sha256 != last:
            content, last = get_bytes(sha256), sha256
        if content is None:
            yield f"{name} ({sha256}) is missing or changed."
        elif len(content) != size:
            yield f"{name} ({sha256}) has {len(content)} bytes, its record says {size}."
