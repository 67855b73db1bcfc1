"""Where bytes lie in the store: two folders by the first letters of their hash."""

from __future__ import annotations

import hashlib


def hash_of(content: bytes) -> str:
    """The SHA-256 that names the content."""
    return hashlib.sha256(content).hexdigest()


def key_of(sha256: str) -> str:
    """The place of the bytes with this hash: ab/cd/abcd..."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
