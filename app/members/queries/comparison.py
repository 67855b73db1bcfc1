"""Two institutions or two people side by side, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFoundError
from app.core.permissions import Permission
from app.members.queries.institution_records import InstitutionRecord, get_institution
from app.members.queries.people import Contact, PersonRecord, get_person
from app.members.rules import TwinKind

Facts = dict[str, str | None]
# What tells namesakes apart, the best first.
SIGNS = ("Account number", "E-mail", "Works at")
NO_CONTACT = Contact(None, None, None, None, ())


@dataclass(frozen=True)
class FactPair:
    """One fact of two records."""

    label: str
    one: str | None
    other: str | None

    @property
    def mark(self) -> str:
        """A word where they differ."""
        return "" if self.one == self.other else "differs"


def compare_records(kind: TwinKind, one_id: int, other_id: int, actor: Actor) -> list[FactPair]:
    """Every fact of two records as they are today; NotFoundError where one of them is not there."""
    actor.require(Permission.REGISTER_MERGE)
    if one_id == other_id:
        raise NotFoundError("A record has no twin in itself.")
    facts_of = _FACTS[kind]
    one, other = facts_of(one_id, actor), facts_of(other_id, actor)
    return [FactPair(label, value, other[label]) for label, value in one.items()]


def told_apart(facts: Sequence[FactPair], pair: tuple[int, int]) -> tuple[str, str]:
    """What two records are called; of namesakes each with a fact, or its number, that tells which is meant."""
    if facts[0].mark:
        return str(facts[0].one), str(facts[0].other)
    signs = {fact.label: (fact.one, fact.other) for fact in facts if fact.mark and fact.one and fact.other}
    numbers = f"No. {pair[0]}", f"No. {pair[1]}"
    one, other = next((signs[label] for label in SIGNS if label in signs), numbers)
    return f"{facts[0].one} ({one})", f"{facts[0].other} ({other})"


def _institution_facts(institution_id: int, actor: Actor) -> Facts:
    record: InstitutionRecord = get_institution(institution_id, actor, on=clock.today())
    full = vars(record.full) if record.full else {}
    state = record.standing.state
    return {
        "Name": record.name,
        "Account number": record.account_number,
        "Short name": record.short_name,
        "Kind": record.kind,
        "Country": record.country,
        "State": state,
        "Classes": _line(record.standing.classes),
        "Part of": record.parent[1] if record.parent else None,
        "Website": record.website,
        **{WORDS.get(name, name.replace("_", " ").capitalize()): value for name, value in full.items()},
    }


WORDS = {"ror": "ROR", "vat_number": "VAT number"}


def _person_facts(person_id: int, actor: Actor) -> Facts:
    record: PersonRecord = get_person(person_id, actor, on=clock.today())
    contact = record.contact or NO_CONTACT
    return {
        "Name": record.name,
        "Title": contact.title,
        "E-mail": contact.email,
        "Telephone": contact.phone,
        "ORCID": contact.orcid,
        "Languages": _line(contact.languages),
        "Works at": _line(row.institution for row in record.affiliations),
        "Represents": _line(row.institution for row in record.representations),
    }


def _line(words: Iterable[str]) -> str | None:
    return ", ".join(dict.fromkeys(words)) or None


_FACTS: dict[TwinKind, Callable[[int, Actor], Facts]] = {
    TwinKind.INSTITUTION: _institution_facts,
    TwinKind.PERSON: _person_facts,
}
