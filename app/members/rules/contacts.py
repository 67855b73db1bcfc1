"""How a person is reached: kinds and purposes of contact routes, what each kind looks like, and their languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

import pycountry

from app.core.errors import DomainError
from app.core.periods import Period
from app.core.texts import NO_EMAIL, email_address

TELEPHONE_SHAPE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,38}(?: ?(?:ext\.?|x) ?[0-9]{1,6})?", re.ASCII)
LONGEST_ROUTE = 1000
MOST_LANGUAGES = 10
LONGEST_CODE = 3
BETWEEN_LANGUAGES = re.compile(r"[,;\n]")
ERASED_NAME = "Erased person"
NOTHING_ADDED = "This person was erased. Take them up anew where they come back."


class RouteKind(StrEnum):
    """What a contact route is."""

    EMAIL = "email"
    TELEPHONE = "telephone"
    ADDRESS = "address"


class RoutePurpose(StrEnum):
    """What a contact route is for; alternates have several, in order."""

    GENERAL = "general"
    REPRESENTATIVE = "representative"
    ALTERNATE = "alternate"
    BILLING = "billing"
    SIGNATORY = "signatory"
    TECHNICAL = "technical"


ROUTE_KIND_WORDS = {
    RouteKind.EMAIL: "E-mail",
    RouteKind.TELEPHONE: "Telephone",
    RouteKind.ADDRESS: "Address",
}
ROUTE_PURPOSE_WORDS = {
    RoutePurpose.GENERAL: "General",
    RoutePurpose.REPRESENTATIVE: "As representative",
    RoutePurpose.ALTERNATE: "As alternate",
    RoutePurpose.BILLING: "Billing",
    RoutePurpose.SIGNATORY: "As signatory",
    RoutePurpose.TECHNICAL: "Technical",
}


@dataclass(frozen=True)
class RouteFacts:
    """A way to reach a person for a purpose, from when to when; alternates are reached in the order of `rank`."""

    kind: RouteKind
    purpose: RoutePurpose
    text: str
    first_day: date
    last_day: date | None = None
    rank: int = 1

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.first_day, self.last_day)


def kept_route(facts: RouteFacts) -> RouteFacts:
    """The route as it is kept: in the one form of its kind, and with an order only where it is one as alternate."""
    rank = facts.rank if facts.purpose is RoutePurpose.ALTERNATE else 1
    return replace(facts, text=read_route(facts.kind, facts.text), rank=rank)


def check_route_free(wanted: RouteFacts, others: Iterable[RouteFacts]) -> None:
    """Refuse what other routes of the same person leave no room for.

    None is on record twice for one purpose, and one alternate of a kind has a place.
    """
    for other in others:
        alike = (other.kind, other.purpose) == (wanted.kind, wanted.purpose)
        if not alike or not other.period.overlaps(wanted.period):
            continue
        if other.text == wanted.text:
            raise DomainError("This is on record for the same purpose in these days already.", "text")
        if wanted.purpose is RoutePurpose.ALTERNATE and other.rank == wanted.rank:
            raise DomainError(f"Another route as alternate has place {wanted.rank} in these days.", "rank")


def read_route(kind: RouteKind, text: str) -> str:
    """An address, number or e-mail address as it is kept; refused beside its field where it is none."""
    if kind is RouteKind.EMAIL:
        return _read_email(text)
    if kind is RouteKind.TELEPHONE:
        return _read_telephone(text)
    lines = [line.strip() for line in text.splitlines()]
    address = "\n".join(line for line in lines if line)
    if not 0 < len(address) <= LONGEST_ROUTE:
        raise DomainError(f"An address has between 1 and {LONGEST_ROUTE} characters.", "text")
    return address


def _read_email(text: str) -> str:
    try:
        return email_address(text)
    except ValueError:
        raise DomainError(NO_EMAIL, "text") from None


def _read_telephone(text: str) -> str:
    number = " ".join(text.split())
    if TELEPHONE_SHAPE.fullmatch(number) is None:
        raise DomainError("A telephone number has digits, such as +33 3 88 65 35 00.", "text")
    return number


def read_languages(text: str) -> str | None:
    """Codes of languages typed as names or codes between commas, in their order: "English, fra" is "en fr"."""
    words = [word.strip() for word in BETWEEN_LANGUAGES.split(text) if word.strip()]
    codes = list(dict.fromkeys(code for word in words for code in _language_codes(word)))
    if len(codes) > MOST_LANGUAGES:
        raise DomainError(f"At most {MOST_LANGUAGES} languages.", "languages")
    return " ".join(codes) or None


def language_names(codes: str | None) -> list[str]:
    """What kept languages are called, in their order; between commas, they are read as the same again."""
    return [_language_name(code) for code in (codes or "").split()]


def _language_codes(word: str) -> list[str]:
    """The code of a language, or of each of several given as they are kept: "en fr"."""
    code = _codes().get(word.casefold())
    if code is not None:
        return [code]
    parts = word.casefold().split()
    if not parts or any(len(part) > LONGEST_CODE or part not in _codes() for part in parts):
        raise DomainError(f"\u201c{word[:60]}\u201d is no language of ISO 639, by name or code.", "languages")
    return [_codes()[part] for part in parts]


@cache
def _codes() -> dict[str, str]:
    """The code to keep for each code and name of ISO 639: the one of two letters where there is one."""
    found: dict[str, str] = {}
    for language in sorted(pycountry.languages, key=lambda each: not hasattr(each, "alpha_2")):
        code = str(getattr(language, "alpha_2", language.alpha_3))
        for word in (code, language.alpha_3, *_names_of(language)):
            found.setdefault(str(word).casefold(), code)
    return found


def _names_of(language: Any) -> Iterator[str]:
    """All that a language is called: Modern Greek (1453-), Modern Greek, and for a living one Greek alone."""
    for name in (language.name, getattr(language, "common_name", ""), getattr(language, "inverted_name", "")):
        if name:
            yield from (name, _bare(name))
            if hasattr(language, "alpha_2"):
                yield name.partition(",")[0]


@cache
def _language_name(code: str) -> str:
    """The shortest that a language is called and no other one with it, else its code: Ron would be read as Romanian."""
    found = pycountry.languages.get(**{f"alpha_{len(code)}": code})
    full = "" if found is None else str(getattr(found, "common_name", found.name))
    return next((name for name in (_bare(full), full) if _means(name, code)), code)


def _means(name: str, code: str) -> bool:
    return _codes().get(name.casefold()) == code and BETWEEN_LANGUAGES.search(name) is None


def _bare(name: str) -> str:
    """A name without what ISO adds between brackets: Modern Greek (1453-)."""
    return name.partition(" (")[0]
