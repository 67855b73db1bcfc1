"""How passwords are kept: argon2id with the parameters of OWASP, one hash for the world's unknown addresses."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.accounts.rules import normal_password

# 19 MiB, two passes, one lane: OWASP's least, so that several sign-ins at once keep a web process small.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hash_password(password: str) -> str:
    """The hash to keep, with its parameters and salt."""
    return HASHER.hash(_as_bytes(password))


def is_right(kept: str | None, typed: str) -> bool:
    """Whether the typed password is the one kept; the same time is spent where none is."""
    try:
        HASHER.verify(kept or NOBODY, _as_bytes(typed))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def _as_bytes(password: str) -> bytes:
    return normal_password(password).encode("utf-8", "surrogatepass")


# Verified where there is nobody, so that an unknown address takes as long as a known one.
NOBODY = hash_password(secrets.token_hex(16))
