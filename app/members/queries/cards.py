"""People as cards for an address book: of each only what the reader may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.core.actor import Actor
from app.core.bulk import among, in_chunks
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import valid
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Affiliation, Institution, InstitutionName, Person, Representation
from app.members.queries.scope import details_visible
from app.members.rules import PURPOSE_WORDS

BLOCK = 500


@dataclass(frozen=True)
class PersonCard:
    """A person with where they work and whom they represent on a day; how to reach them only where it may be seen."""

    id: int
    given_name: str
    family_name: str
    title: str | None
    email: str | None
    phone: str | None
    orcid: str | None
    position: str | None
    institutions: tuple[str, ...]
    roles: tuple[str, ...]


def get_card(person_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> PersonCard:
    """The card of one person."""
    actor.require(Permission.PERSON_LIST)
    found = list_cards([person_id], actor, on=on, known=known)
    if not found:
        raise NotFoundError("There is no such person.")
    return found[0]


def cards_of_institutions(
    institution_ids: Sequence[int], actor: Actor, *, on: date, known: datetime | None = None
) -> Iterator[PersonCard]:
    """The cards of all who work at these institutions or represent them on a day."""
    actor.require(Permission.PERSON_LIST)
    there = select(Affiliation.person_id).where(
        among(Affiliation.institution_id, institution_ids), valid(Affiliation, on, known)
    )
    voices = select(Representation.person_id).where(
        among(Representation.institution_id, institution_ids), valid(Representation, on, known)
    )
    ids = db.session.scalars(there.union(voices)).all()
    return in_parts(ids, actor, on=on, known=known)


def cards_of_representatives(actor: Actor, *, on: date, known: datetime | None = None) -> Iterator[PersonCard]:
    """The cards of all who represent an institution on a day."""
    actor.require(Permission.PERSON_LIST)
    ids = db.session.scalars(select(Representation.person_id).where(valid(Representation, on, known)).distinct()).all()
    return in_parts(ids, actor, on=on, known=known)


def in_parts(
    person_ids: Sequence[int], actor: Actor, *, on: date, known: datetime | None = None
) -> Iterator[PersonCard]:
    """The cards of many people, by name, read some hundred at a time."""
    asked = select(Person.id).where(among(Person.id, person_ids)).order_by(Person.sort_name, Person.id)
    for some in in_chunks(db.session.scalars(asked).all(), BLOCK):
        yield from list_cards(some, actor, on=on, known=known)


def list_cards(person_ids: Sequence[int], actor: Actor, *, on: date, known: datetime | None = None) -> list[PersonCard]:
    """The cards of these people, by name: three statements."""
    actor.require(Permission.PERSON_LIST)
    asked = select(Person, details_visible(actor).label("is_open")).where(Person.id.in_(person_ids))
    rows = db.session.execute(asked.order_by(Person.sort_name, Person.id)).all()
    places = _by_person(_places(person_ids, on, known))
    voices = _by_person(_voices(person_ids, on, known))
    return [
        _card(
            row.Person, is_open=row.is_open, places=places.get(row.Person.id, []), voices=voices.get(row.Person.id, [])
        )
        for row in rows
    ]


def _card(person: Person, *, is_open: bool, places: Sequence[Any], voices: Sequence[Any]) -> PersonCard:
    positions = dict.fromkeys(place.position for place in places if place.position)
    told = {"title": person.title, "email": person.email, "phone": person.phone, "orcid": person.orcid}
    told["position"] = ", ".join(positions) or None
    return PersonCard(
        id=person.id,
        given_name=person.given_name,
        family_name=person.family_name,
        institutions=tuple(dict.fromkeys(place.name for place in places)),
        roles=tuple(f"{PURPOSE_WORDS[voice.purpose]}, {voice.name}" for voice in voices),
        **(told if is_open else dict.fromkeys(told)),
    )


def _by_person(asked: AnySelect) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(asked):
        found.setdefault(row.person_id, []).append(row)
    return found


def _places(person_ids: Sequence[int], on: date, known: datetime | None) -> AnySelect:
    return (
        select(Affiliation.person_id, Affiliation.position, InstitutionName.name)
        .join(InstitutionName, InstitutionName.institution_id == Affiliation.institution_id)
        .where(Affiliation.person_id.in_(person_ids), valid(Affiliation, on, known), valid(InstitutionName, on, known))
        .order_by(Affiliation.first_day, Affiliation.id)
    )


def _voices(person_ids: Sequence[int], on: date, known: datetime | None) -> AnySelect:
    return (
        select(Representation.person_id, Representation.purpose, InstitutionName.name)
        .join(Institution, Institution.id == Representation.institution_id)
        .join(InstitutionName, InstitutionName.institution_id == Institution.id)
        .where(
            Representation.person_id.in_(person_ids),
            valid(Representation, on, known),
            valid(InstitutionName, on, known),
        )
        .order_by(Representation.first_day, Representation.id)
    )
