"""vCards (RFC 6350): people as address books take them, in UTF-8, escaped and folded as the standard asks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

VCARD_TYPE = "text/vcard; charset=utf-8"
LONGEST_LINE = 75  # Octets, without the line end.
END = "\r\n"
ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", ",": "\\,", ";": "\\;"})


@dataclass(frozen=True)
class Card:
    """A person for an address book; `uid` is the address of their record, `roles` what they do for whom."""

    uid: str
    given_name: str
    family_name: str
    title: str | None = None
    organisations: tuple[str, ...] = ()
    position: str | None = None
    roles: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    url: str | None = None


def vcard(card: Card) -> str:
    """One person as a vCard 4.0."""
    return "".join(f"{folded_line(line)}{END}" for line in _lines(card))


def vcards(cards: Iterable[Card]) -> Iterator[bytes]:
    """The bytes of a file of several people, one after the other."""
    return (vcard(card).encode() for card in cards)


def escaped(text: str) -> str:
    """A text as a value: what the standard gives a meaning is escaped, what cannot be printed is left out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in plain if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cs"})
    return kept.translate(ESCAPES)


def folded_line(line: str) -> str:
    """A line broken so that no part has more than 75 octets, never inside a character."""
    parts, part, room = [], "", LONGEST_LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            parts.append(part)
            part, room = " ", LONGEST_LINE - 1
        part += letter
        room -= size
    return END.join([*parts, part])


def _lines(card: Card) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield "KIND:individual"
    yield f"UID:{card.uid}"
    yield f"FN:{escaped(f'{card.given_name} {card.family_name}')}"
    yield f"N:{escaped(card.family_name)};{escaped(card.given_name)};;{escaped(card.title or '')};"
    for organisation in card.organisations:
        yield f"ORG:{escaped(organisation)}"
    for role in card.roles:
        yield f"ROLE:{escaped(role)}"
    told = (("TITLE", card.position), ("EMAIL", card.email), ("TEL", card.phone))
    yield from (f"{name}:{escaped(value)}" for name, value in told if value)
    if card.url:
        yield f"URL:{card.url}"
    yield "END:VCARD"
