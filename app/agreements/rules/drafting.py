"""What a draft says, as values: its parties, its terms, the material; and what of it a change changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.states import Relation
from app.agreements.rules.terms import AT_END_WORDS, FREEDOM_WORDS, Restrictions
from app.core.canonical import canonical
from app.core.errors import DomainError

SERIES = "agreement"
MOST_ITEMS = 500
Told = Mapping[str, str | None]


@dataclass(frozen=True)
class Parties:
    """Who agrees: two institutions, a scientist of each, and to whom a consent lets the material go."""

    provider_id: int
    recipient_id: int
    third_id: int | None = None
    provider_scientist_id: int | None = None
    recipient_scientist_id: int | None = None


@dataclass(frozen=True)
class Terms:
    """What is agreed: what for, on which days, under which restrictions, for which fees, under which law."""

    title: str
    purpose: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    restrictions: Restrictions = field(default_factory=Restrictions)
    fees: str | None = None
    law: str | None = None
    body: str | None = None


@dataclass(frozen=True)
class Item:
    """One thing it is about: a line of the catalogue, or material in words."""

    line_id: int | None = None
    description: str | None = None


@dataclass(frozen=True)
class Origin:
    """What a draft comes from: its kind, the version of a template, and the agreement it hangs on."""

    kind: TemplateKind
    template_version_id: int | None = None
    parent_id: int | None = None
    relation: Relation | None = None
    master_id: int | None = None


@dataclass(frozen=True)
class DraftValues:
    """All that a draft says."""

    parties: Parties
    terms: Terms
    items: Sequence[Item] = ()


def number_of(year: int, place: int) -> str:
    """The number of an agreement: MTA-2026-014."""
    return f"MTA-{year:04d}-{place:03d}"


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of what a version says, in canonical JSON."""
    return hashlib.sha256(canonical(content)).hexdigest()


def check_draft(kind: TemplateKind, values: DraftValues) -> None:
    """Refuse what no agreement can say."""
    parties, terms = values.parties, values.terms
    if parties.provider_id == parties.recipient_id:
        raise DomainError("The provider and the recipient are two institutions.", "recipient_id")
    _check_third(kind, parties)
    if terms.first_day is not None and terms.last_day is not None and terms.last_day < terms.first_day:
        raise DomainError("The last day is before the first.", "last_day")
    _check_items(values.items)


def _check_third(kind: TemplateKind, parties: Parties) -> None:
    if kind is TemplateKind.CONSENT and parties.third_id is None:
        raise DomainError("Say to whom the recipient may pass it on.", "third_id")
    if kind is not TemplateKind.CONSENT and parties.third_id is not None:
        raise DomainError("Only a consent has one.", "third_id")
    if parties.third_id in {parties.provider_id, parties.recipient_id}:
        raise DomainError("The third institution is neither of the two parties.", "third_id")


def _check_items(items: Sequence[Item]) -> None:
    if len(items) > MOST_ITEMS:
        raise DomainError(f"One agreement has at most {MOST_ITEMS} things.", "lines")
    lines = [each.line_id for each in items if each.line_id is not None]
    if len(set(lines)) < len(lines):
        raise DomainError("This line is named twice.", "lines")


def check_whole(kind: TemplateKind, values: DraftValues, today: date) -> None:
    """Refuse to send for signing what says too little, or could never be in force."""
    _check_material(kind, values.items)
    if values.terms.last_day is not None and values.terms.last_day < today:
        raise DomainError("Its last day is over: give it a later one.", "last_day")


def _check_material(kind: TemplateKind, items: Sequence[Item]) -> None:
    if not items and kind is not TemplateKind.MASTER:
        raise DomainError("It names no material: add a line or describe it.", "lines")
    if kind is TemplateKind.CONSENT and any(each.line_id is None for each in items):
        raise DomainError("A consent names lines of the catalogue.", "others")


def told_terms(terms: Terms) -> dict[str, str | None]:
    """Terms in words, by what each is called, for telling what a change changed."""
    held = terms.restrictions
    return {
        "Title": terms.title,
        "Purpose": terms.purpose,
        "First day": _day(terms.first_day),
        "Last day": _day(terms.last_day),
        "Onward transfer": FREEDOM_WORDS[held.onward],
        "Commercial use": FREEDOM_WORDS[held.commercial],
        "Embargo until": _day(held.embargo_until),
        "Embargo to publication": "Yes" if held.embargo_to_publication else "No",
        "Citation": held.citation,
        "At the end": AT_END_WORDS[held.at_end],
        "Fees": terms.fees,
        "Law": terms.law,
        "Text": terms.body,
    }


def changed(before: Told, now: Told) -> dict[str, list[str | None]]:
    """What differs, by its name: what stood there, and what stands there now."""
    return {name: [before.get(name), value] for name, value in now.items() if before.get(name) != value}


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day.day} {day:%B %Y}"
