"""The facts of the demonstration as values: read from `impc.toml`, nothing looked up."""

from __future__ import annotations

import secrets
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.core.paging import folded

FACTS = Path(__file__).with_name("impc.toml")
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
BUSINESS_HOUR = 10
Facts = dict[str, Any]


@dataclass(frozen=True)
class SignIn:
    """One way to sign in to the demonstration."""

    role: str
    email: str
    password: str


def read_facts() -> Facts:
    """All facts, in the order of the file."""
    return tomllib.loads(FACTS.read_text(encoding="utf-8"))


def make_password() -> str:
    """Four groups of five letters and digits nobody confuses, at random: about 98 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(5)) for _ in range(4))


def address_of(name: str, institution: str | None) -> str:
    """An invented address that can never be anyone's: .example is reserved for that (RFC 2606)."""
    local = ".".join(folded(name).replace("'", "").split())
    return f"{local}@{folded(institution or 'impc').replace(' ', '-')}.example"


def day_or_none(value: object) -> date | None:
    """A last day of the facts, where "" is none."""
    return value if isinstance(value, date) else None
