"""The paper that proves a fact: kept as it was sent."""

from __future__ import annotations

from dataclasses import dataclass

from app.files.commands import store_file


@dataclass(frozen=True)
class Evidence:
    """A file as it was sent."""

    content: bytes
    media_type: str
    name: str


def kept(evidence: Evidence | None) -> int | None:
    """The id of the stored file, None where none was sent."""
    return store_file(evidence.content, evidence.media_type, evidence.name).id if evidence else None
