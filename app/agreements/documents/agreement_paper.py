"""An agreement as printed: plain values and nothing that must be looked up to print it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.texts import Block, blocks_of
from app.agreements.rules.wording import (
    KIND_WORDS,
    day_words,
    restrictions_from,
    restrictions_in_words,
    told_restrictions,
)
from app.members.rules import country_name
from app.web import wording
from app.web.pdf import eights, paper_html

DRAFT = "Draft"
UNSAID = "not stated"
FEW_ITEMS = 3
LETTERS_OF_CODE = 2
UNSAID_PLACES = {
    "number": "the number it is given when it is approved",
    "first_day": "the day the last party signs",
    "last_day": "an open end",
}
RELATION_WORDS = {
    "amendment": "Amends and restates",
    "letter": "Under the master agreement",
    "consent": "Beside",
    "renewal": "Renews",
}


@dataclass(frozen=True)
class PaperParty:
    """A party: what it is to the agreement, its name and address, and who is responsible there."""

    role: str
    name: str
    address: tuple[str, ...] = ()
    scientist: str = ""


@dataclass(frozen=True)
class PaperMaterial:
    """One thing transferred; `gene` and `above` are the parts of an allele symbol, on the line and above it."""

    position: str
    gene: str = ""
    above: str = ""
    colony: str = ""
    strain: str = ""
    centre: str = ""
    description: str = ""


@dataclass(frozen=True)
class AgreementPaper:
    """An agreement as frozen for signing. `made_at` dates the file, `content_hash` is the SHA-256 of what was frozen.

    `signers` are the parties that sign it, `facts` the band under the heading as label and value, `blocks` its text.
    """

    consortium: str
    kind: str
    number: str
    version: int
    title: str
    made_at: datetime
    parties: tuple[PaperParty, ...]
    signers: tuple[PaperParty, ...]
    material: tuple[PaperMaterial, ...] = ()
    purpose: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    restrictions: tuple[tuple[str, str], ...] = ()
    fees: str = ""
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    content_hash: str = ""

    @property
    def name(self) -> str:
        """The name of the file and of its running head."""
        return f"{self.kind} {self.number}"

    @property
    def edition(self) -> str:
        """Which version of which agreement it is."""
        return f"{self.number} · version {self.version}" if self.version else self.number

    @property
    def is_in_lines(self) -> bool:
        """Whether its material are lines of the catalogue, and not words alone."""
        return any(each.gene or each.colony for each in self.material)


def agreement_html(paper: AgreementPaper) -> str:
    """The HTML of an agreement, ready for print_pdf: the same paper gives the same bytes."""
    return paper_html(
        "agreement",
        paper=paper,
        title=paper.name,
        author=paper.consortium,
        made_at=paper.made_at,
        sheet="a4",
        foot=paper.edition,
        proof=eights(paper.content_hash) if paper.content_hash else "",
    )


def agreement_paper(
    content: Mapping[str, Any], *, consortium: str, made_at: datetime, content_hash: str = ""
) -> AgreementPaper:
    """The paper of the content of a version, which is plain JSON: nothing else is asked.

    Keys: number, version, kind, title, provider, recipient, third (each name, address, country, scientist), purpose,
    first_day, last_day, the restrictions by their names, fees, law, body, relation (kind, number, title), and items
    (position, allele, colony, strain, centre, description).
    """
    kind = TemplateKind(content["kind"])
    parties = _parties(content)
    return AgreementPaper(
        consortium=consortium,
        kind=KIND_WORDS[kind],
        number=_said(content, "number") or DRAFT,
        version=int(content["version"]),
        title=content["title"],
        made_at=made_at,
        parties=parties,
        signers=parties[:1] if kind is TemplateKind.CONSENT else parties[:2],
        material=tuple(_material(each, place) for place, each in enumerate(content["items"], 1)),
        purpose=_said(content, "purpose"),
        facts=_facts(content),
        restrictions=told_restrictions(restrictions_from(content)),
        fees=_said(content, "fees"),
        blocks=blocks_of(_said(content, "body"), place_values(content)),
        notes=_notes(content),
        content_hash=content_hash,
    )


def place_values(content: Mapping[str, Any]) -> dict[str, str]:
    """What is filled into the places of a text, from the content of a version."""
    told = {
        "provider": _of(content, "provider", "name"),
        "recipient": _of(content, "recipient", "name"),
        "provider_scientist": _of(content, "provider", "scientist"),
        "recipient_scientist": _of(content, "recipient", "scientist"),
        **{name: _said(content, name) for name in ("number", "purpose", "fees", "law")},
        **{name: _day(content[name]) for name in ("first_day", "last_day")},
        "third_party": _of(content, "third", "name"),
        "material": _material_in_words(content["items"]),
        "restrictions": restrictions_in_words(restrictions_from(content)),
        "master": " ".join(_of(content, "relation", name) for name in ("number", "title")).strip(),
    }
    return {name: value or UNSAID_PLACES.get(name, UNSAID) for name, value in told.items()}


def _said(said: Mapping[str, Any], name: str) -> str:
    """A text of the content, empty where there is none."""
    return said.get(name) or ""


def _of(content: Mapping[str, Any], part: str, name: str) -> str:
    """A text of a part of the content, empty where there is no such part."""
    return _said(content.get(part) or {}, name)


def _parties(content: Mapping[str, Any]) -> tuple[PaperParty, ...]:
    roles = (("provider", "Provider"), ("recipient", "Recipient"), ("third", "Third party"))
    return tuple(_party(role, content[name]) for name, role in roles if content.get(name))


def _party(role: str, said: Mapping[str, Any]) -> PaperParty:
    return PaperParty(role, said["name"], _address(said), _said(said, "scientist"))


def _address(said: Mapping[str, Any]) -> tuple[str, ...]:
    """The lines of an address, with the country at the end."""
    lines = [line.strip() for line in _said(said, "address").splitlines() if line.strip()]
    country = _said(said, "country")
    if len(country) == LETTERS_OF_CODE:
        country = country_name(country)
    ends_with_it = bool(lines) and country.casefold() in lines[-1].casefold()
    return tuple(lines) if ends_with_it else (*lines, *filter(None, [country]))


def _material(said: Mapping[str, Any], place: int) -> PaperMaterial:
    gene, _, above = _said(said, "allele").partition("<")
    parts = {name: _said(said, name) for name in ("colony", "strain", "centre", "description")}
    return PaperMaterial(str(said.get("position", place)), gene, above.removesuffix(">"), **parts)


def _material_in_words(items: Sequence[Mapping[str, Any]]) -> str:
    """The material within a clause: by name where there is little of it, else as the list in the same paper."""
    if len(items) > FEW_ITEMS:
        return f"the {wording.plural(len(items), 'item', 'items')} listed under Material"
    return ", ".join(_said(each, "allele") or _said(each, "description") for each in items)


def _facts(content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    first, last = _day(content.get("first_day")), _day(content.get("last_day"))
    return (
        ("Number", content.get("number") or DRAFT),
        ("In force from", first or "the last signature"),
        ("Until", last or "open"),
        ("Law", content.get("law") or UNSAID),
    )


def _notes(content: Mapping[str, Any]) -> tuple[str, ...]:
    template, relation = content.get("template"), content.get("relation")
    related = (relation.get("number"), relation.get("title")) if relation else ()
    drafted = f"Drafted from the template {template['title']}, version {template['version']}." if template else ""
    hangs = f"{RELATION_WORDS[relation['kind']]} {', '.join(filter(None, related))}." if relation else ""
    return tuple(filter(None, (hangs, drafted)))


def _day(text: str | None) -> str:
    return day_words(date.fromisoformat(text)) if text else ""
