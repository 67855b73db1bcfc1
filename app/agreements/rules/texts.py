"""Texts of agreements: clauses with places that are filled in from a closed list. A text is data, never executed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from app.core.canonical import canonical
from app.core.errors import DomainError

MOST_LETTERS = 60_000
MOST_TOLD = 5
PLACES = {
    "number": "the number of the agreement",
    "provider": "the institution that gives the material",
    "recipient": "the institution that takes it",
    "third_party": "to whom a consent lets the recipient pass it on",
    "provider_scientist": "who is responsible at the provider",
    "recipient_scientist": "who is responsible at the recipient",
    "material": "what is transferred",
    "purpose": "what for",
    "restrictions": "what the recipient may not do, in words",
    "fees": "what it costs",
    "law": "the law that governs it",
    "first_day": "its first day",
    "last_day": "its last day",
    "master": "the master agreement that a letter is written under",
}
PLACE = re.compile(rf"\{{({'|'.join(PLACES)})\}}")
BRACED = re.compile(r"\{([^{}]*)\}")


class BlockKind(StrEnum):
    """What a part of a text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"


@dataclass(frozen=True)
class Block:
    """A part of a text: the heading of a clause under its number, a paragraph, or a point of a list."""

    kind: BlockKind
    text: str
    number: int = 0


@dataclass(frozen=True)
class TemplateText:
    """All that a version of a template says; `terms` are the restrictions an agreement begins with, by their names."""

    body: str
    terms: Mapping[str, Any]
    law: str | None = None
    fees: str | None = None


def text_hash(text: TemplateText) -> str:
    """SHA-256 of all that a version says, in canonical JSON."""
    said = {"body": text.body, "terms": dict(text.terms), "law": text.law, "fees": text.fees}
    return hashlib.sha256(canonical(said)).hexdigest()


def check_body(body: str, field: str = "body") -> None:
    """Refuse a text that is empty or too long, or has a brace that is no place of the closed list, with its line."""
    if not body.strip():
        raise DomainError("Write the text.", field)
    if len(body) > MOST_LETTERS:
        raise DomainError(f"At most {MOST_LETTERS:,} characters; this has {len(body):,}.", field)
    wrong = wrong_places(body)
    if wrong:
        more = f" There are {len(wrong) - MOST_TOLD} more." if len(wrong) > MOST_TOLD else ""
        raise DomainError(" ".join(wrong[:MOST_TOLD]) + more, field)


def wrong_places(body: str) -> list[str]:
    """What is wrong with the braces of a text, line by line."""
    return [found for number, line in enumerate(body.splitlines(), 1) for found in _wrong_in(line, number)]


def _wrong_in(line: str, number: int) -> Iterator[str]:
    unknown = [name for name in BRACED.findall(line) if name not in PLACES]
    yield from (f"Line {number}: nobody fills in {{{name}}}." for name in dict.fromkeys(unknown))
    rest = BRACED.sub("", line)
    if "{" in rest or "}" in rest:
        yield f"Line {number}: a brace without the other one."


def places_in(body: str) -> frozenset[str]:
    """The places that a text has."""
    return frozenset(PLACE.findall(body))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled; what is put in is never read for places again."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def blocks_of(body: str, values: Mapping[str, str] | None = None) -> tuple[Block, ...]:
    """The clauses of a text, their places filled where there are values.

    A line that begins with # is the heading of a clause, which is numbered; one that begins with - is a point of a
    list; all others are paragraphs, with an empty line between two. The text is taken apart before its places are
    filled: whatever a value holds, braces or # or -, stays text.
    """
    found: list[Block] = []
    for part in filter(None, _parts(body)):
        kind, text = _kind_of(part)
        number = sum(each.kind is BlockKind.HEADING for each in found) + 1 if kind is BlockKind.HEADING else 0
        found.append(Block(kind, filled(text, values or {}), number))
    return tuple(found)


def _parts(body: str) -> Iterator[str]:
    """The paragraphs of a text; a heading and a point of a list stand on a line of their own."""
    lines = (line.strip() for line in body.splitlines())
    for _, alike in groupby(enumerate(lines), key=_stands_alone):
        yield "\n".join(line for _, line in alike)


def _stands_alone(numbered: tuple[int, str]) -> int | None:
    """What parts lines: each heading, point and empty line is by itself, other lines that follow belong together."""
    number, line = numbered
    return number if not line or line.startswith(("#", "- ")) else None


def _kind_of(part: str) -> tuple[BlockKind, str]:
    if part.startswith("#"):
        return BlockKind.HEADING, part.lstrip("#").strip()
    if part.startswith("- "):
        return BlockKind.ITEM, part[2:].strip()
    return BlockKind.PARAGRAPH, part
