"""What the facts of the demonstration are read into: pure functions over values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.folding import folded

BUSINESS_HOUR = 10
Facts = dict[str, Any]


@dataclass(frozen=True)
class SignIn:
    """One way to sign in to the demonstration."""

    role: str
    email: str
    password: str


def address_of(name: str, institution: str | None) -> str:
    """An invented address that can never be anyone's: .example is reserved for that (RFC 2606)."""
    local = ".".join(folded(name).replace("'", "").split())
    return f"{local}@{folded(institution or 'impc').replace(' ', '-')}.example"


def day_or_none(value: object) -> date | None:
    """A last day of the facts, where "" is none."""
    return value if isinstance(value, date) else None
