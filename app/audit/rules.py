"""What an entry of the trail is made of, and how it is sealed: pure functions over values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from app.core.canonical import canonical
from app.core.money import Money

START = "0" * 64
LONGEST_LINE = 500
PERSONAL, ERASED = "personal", "erased"
FIELD_WORDS = {"email": "E-mail", "orcid": "ORCID", "ror": "ROR", "vat_number": "VAT number"}
CODE_WORDS = {"email": "e-mail"}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SEALED = (
    "sequence",
    "at",
    "actor_id",
    "actor_name",
    "action",
    "subject_kind",
    "subject_id",
    "summary",
    "before",
    "after",
    "reason",
    "previous_hash",
)


@dataclass(frozen=True)
class Subject:
    """The record an entry is about, such as ("institution", 12)."""

    kind: str
    id: int


@dataclass(frozen=True)
class Personal:
    """A value about a person: the chain holds its salted hash, the value lies beside it and can be erased."""

    value: Any
    person_id: int | None


@dataclass(frozen=True)
class Head:
    """The end of the chain: how many entries there are and the hash of the last one."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        """As `flask audit-head` prints it."""
        return f"{self.sequence}:{self.hash}"


def parse_head(text: str) -> Head | None:
    """The head written as SEQUENCE:HASH, or None where the text is no head."""
    sequence, _, digest = text.strip().partition(":")
    if not (sequence.isascii() and sequence.isdecimal() and len(sequence) < 19):
        return None
    if len(digest) != len(START) or set(digest) - set("0123456789abcdef"):
        return None
    return Head(int(sequence), digest)


def seal(fields: Mapping[str, Any]) -> str:
    """The SHA-256 of an entry's fields, the hash before it among them, as canonical JSON."""
    sealed = {name: fields[name] for name in SEALED}
    sealed["at"] = fields["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(sealed)).hexdigest()


def digest_of(salt: str, value: str) -> str:
    """What the chain holds in place of a personal value."""
    return hashlib.sha256(f"{salt}{value}".encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON holds it for ever: amounts and days as text; what has no exact form is refused."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _plain_parts(value)


def _plain_parts(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [plain(part) for part in parts]
    message = f"A {type(value).__name__} has no exact form for the audit trail."
    raise TypeError(message)


def shortened(text: str) -> str:
    """A line that fits, ending in an ellipsis where it had to be cut."""
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}\u2026"


def digests_in(value: Any) -> Iterator[str]:
    """The digests of personal values that a kept value names."""
    if isinstance(value, dict):
        if set(value) == {PERSONAL}:
            yield str(value[PERSONAL])
            return
        for part in value.values():
            yield from digests_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from digests_in(part)


def named(field: str) -> str:
    """What a value is called on a page: first_day is First day, vat_number is VAT number."""
    words = field.replace("_", " ")
    return FIELD_WORDS.get(field, words[:1].upper() + words[1:])


def worded(value: Any, known: Mapping[str, tuple[str, str]]) -> str:
    """A kept value in words; `known` has salt and text of the personal values not erased."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(worded(part, known) for part in value)
    if isinstance(value, dict):
        return _worded_parts(value, known)
    return CODE_WORDS.get(value) or _worded_day(str(value))


def _worded_day(text: str) -> str:
    """A text, or where it is a day as JSON keeps it, that day: 30 Jun 2015."""
    if DAY.fullmatch(text) is None:
        return text
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%b} {day.year}"


def _worded_parts(value: dict[str, Any], known: Mapping[str, tuple[str, str]]) -> str:
    if set(value) == {PERSONAL}:
        return known.get(value[PERSONAL], ("", ERASED))[1]
    if set(value) == {"amount", "currency"}:
        return f"{value['amount']} {value['currency']}"
    return ", ".join(f"{name.replace('_', ' ')} {worded(part, known)}" for name, part in value.items())
