"""People: the list, one record with what the reader may see of it, the people of an institution."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam, func, select

from app.audit.remembering import remembered
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.folding import folded
from app.core.history import as_known, valid
from app.core.paging import AnySelect, count_rows, fetch_page, matches, place_of
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Affiliation, Institution, InstitutionName, Person, Representation
from app.members.queries.blocks import in_blocks, in_rows
from app.members.queries.contacts import has_photo
from app.members.queries.mergers import merged_records, stands_alone
from app.members.queries.representations import RepresentationRow, representations_of
from app.members.queries.scope import details_visible, may_edit_person, sees_details
from app.members.rules import PURPOSE_WORDS, Purpose, TwinKind, language_names

MOST_CHOICES = 200
MANY = 2_000
AT = "@"


@dataclass(frozen=True)
class PersonFilters:
    """What the list of people can be narrowed to; empty for all. `institution` holds words of its names."""

    text: str = ""
    institution: str = ""
    institution_id: int | None = None
    purpose: Purpose | None = None


@dataclass(frozen=True)
class PersonRow:
    """A person in a list on a day; title, position and e-mail only where they may be seen."""

    id: int
    name: str
    title: str | None
    institutions: tuple[tuple[int, str], ...]
    position: str | None
    represents: tuple[str, ...]
    email: str | None


@dataclass(frozen=True)
class AffiliationRow:
    """A person's place at an institution."""

    id: int
    institution_id: int
    institution: str
    position: str | None
    period: Period


@dataclass(frozen=True)
class Contact:
    """How to reach a person, for those who may see it."""

    title: str | None
    email: str | None
    phone: str | None
    orcid: str | None
    languages: tuple[str, ...]


@dataclass(frozen=True)
class PersonRecord:
    """A person: everybody sees name and present place, some see how to reach them and where they were before."""

    id: int
    user_id: int
    name: str
    affiliations: tuple[AffiliationRow, ...]
    representations: tuple[RepresentationRow, ...]
    contact: Contact | None
    may_edit: bool
    has_photo: bool
    erased_at: datetime | None


def search_people(
    filters: PersonFilters, request: PageRequest, actor: Actor, *, on: date, known: datetime | None = None
) -> Page[PersonRow]:
    """People by name; on another day than today only those who had a place at an institution then."""
    actor.require(Permission.PERSON_LIST)
    today = clock.today()
    there = PersonFilters(institution=filters.institution)
    at_many = bool(filters.institution) and _count(there, on, known, today) > MANY
    narrowed = _conditions(filters, on, known, today, asks_each=at_many)
    asked = _listed(actor).where(*_found_by(filters.text, actor), *narrowed)
    sorts: dict[str, SQLColumnExpression[Any]] = {"name": Person.sort_name}
    # Who is found by an address hangs on whose addresses the actor may see.
    total = None if AT in folded(filters.text) else partial(_count, filters, on, known, today)
    page = fetch_page(asked, request, sorts=sorts, key=Person.id, build=lambda row: row, total=total)
    return in_blocks(page, lambda rows: _rows(rows, on, known))


def list_person_ids(filters: PersonFilters, actor: Actor, *, on: date) -> list[int]:
    """The ids of all people that the list so narrowed holds today, by name."""
    actor.require(Permission.PERSON_LIST)
    found = _found_by(filters.text, actor), _conditions(filters, on, None, clock.today())
    asked = select(Person.id).where(*chain.from_iterable(found))
    return list(db.session.scalars(asked.order_by(Person.sort_name, Person.id)))


def list_person_rows(person_ids: Sequence[int], actor: Actor, *, on: date) -> Iterator[PersonRow]:
    """These people as the list shows them, by name, read some hundred at a time."""
    actor.require(Permission.PERSON_LIST)
    asked = _listed(actor).where(among(Person.id, person_ids)).order_by(Person.sort_name, Person.id)
    yield from in_rows(db.session.execute(asked).all(), lambda rows: _rows(rows, on, None))


def list_people_of(institution_id: int, *, on: date, known: datetime | None = None, actor: Actor) -> list[PersonRow]:
    """Who works at an institution on a day, by name."""
    actor.require(Permission.PERSON_LIST)
    there = _affiliated(on, known).where(Affiliation.institution_id == institution_id)
    asked = _listed(actor).where(Person.id.in_(there.with_only_columns(Affiliation.person_id)))
    rows = db.session.execute(asked.order_by(Person.sort_name, Person.id)).all()
    return _rows(rows, on, known, institution_id)


def get_person(person_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> PersonRecord:
    """One person on a day; whoever sees names only gets the name and the present place, no position, no contact."""
    found = _find_known(person_id, known)
    if found is None or not actor.has_any(Permission.PERSON_LIST):
        raise NotFoundError("There is no such person.")
    is_open = sees_details(person_id, actor)
    places = _affiliations_of(person_id, on, known)
    roles = representations_of(person_id, on=on, known=known, actor=actor)
    if not is_open:
        places = [_without_position(place) for place in places if place.period.contains(on)]
        roles = [role for role in roles if role.period.contains(on)]
    return PersonRecord(
        id=found.id,
        user_id=found.user_id,
        name=found.name,
        affiliations=tuple(places),
        representations=tuple(roles),
        contact=_find_contact(found) if is_open else None,
        may_edit=found.erased_at is None and may_edit_person(person_id, actor),
        has_photo=is_open and has_photo(person_id),
        erased_at=found.erased_at,
    )


def _find_known(person_id: int, known: datetime | None) -> Person | None:
    """A person who was on record at an instant; without one, who is."""
    found = db.session.get(Person, person_id)
    return None if found is None or (known is not None and found.created_at > known) else found


def get_editable_person(person_id: int, actor: Actor) -> Person:
    """A person with all their values, for the form of someone who may change them."""
    present = (Person.erased_at.is_(None), stands_alone(TwinKind.PERSON))
    person = db.session.scalar(select(Person).where(Person.id == person_id, *present))
    if person is None or not may_edit_person(person_id, actor):
        raise NotFoundError("There is no such person.")
    return person


def get_erasable_person(person_id: int, actor: Actor) -> Person:
    """A person who is not erased yet, for those who may erase people."""
    person = db.session.get(Person, person_id)
    if person is None or person.erased_at is not None or not actor.may(Permission.PERSON_ERASE):
        raise NotFoundError("There is no such person.")
    return person


def get_affiliation(affiliation_id: int, actor: Actor) -> tuple[Affiliation, str]:
    """A person's place with the person's name, for those who may end it."""
    asked = select(Affiliation, Person).join(Affiliation.person)
    found = db.session.execute(
        asked.where(Affiliation.id == affiliation_id, as_known(Affiliation), Person.erased_at.is_(None))
    ).one_or_none()
    if found is None or not actor.may(Permission.PERSON_EDIT, institution_id=found.Affiliation.institution_id):
        raise NotFoundError("There is no such affiliation.")
    return found.Affiliation, found.Person.name


def person_choices(actor: Actor, *, institution_id: int | None = None, text: str = "") -> list[tuple[int, str]]:
    """People to choose from, by name, at most 200: those of an institution, or whose names hold the text."""
    actor.require(Permission.PERSON_LIST)
    named = (
        Person.erased_at.is_(None),
        *matches(Person.search_text, text),
        stands_alone(TwinKind.PERSON),
    )
    asked = select(Person.id, Person.given_name, Person.family_name).where(*named)
    if institution_id is not None:
        there = _affiliated(clock.today(), None).where(Affiliation.institution_id == institution_id)
        asked = asked.where(Person.id.in_(there.with_only_columns(Affiliation.person_id)))
    rows = db.session.execute(asked.order_by(Person.sort_name, Person.id).limit(MOST_CHOICES))
    return [(identity, f"{family_name}, {given_name}") for identity, given_name, family_name in rows]


def _find_contact(person: Person) -> Contact | None:
    if person.erased_at is not None:
        return None
    return Contact(person.title, person.email, person.phone, person.orcid, tuple(language_names(person.languages)))


def _listed(actor: Actor) -> AnySelect:
    return select(
        Person.id,
        Person.given_name,
        Person.family_name,
        Person.title,
        Person.email,
        details_visible(actor).label("is_open"),
    )


def _conditions(
    filters: PersonFilters, on: date, known: datetime | None, today: date, *, asks_each: bool = False
) -> list[ColumnElement[bool]]:
    """What the list is narrowed by. Where many are at the institutions wanted, it goes by name and asks of each."""
    found: list[ColumnElement[bool]] = [stands_alone(TwinKind.PERSON, known)]
    place = _affiliated(on, known).with_only_columns(Affiliation.person_id)
    if filters.institution:
        named = select(Institution.id).where(*matches(Institution.search_text, filters.institution))
        there = place.where(Affiliation.institution_id.in_(named))
        found.append(_of_each(there) if asks_each else Person.id.in_(there))
    elif filters.institution_id is not None:
        found.append(Person.id.in_(place.where(Affiliation.institution_id == filters.institution_id)))
    elif on != today:
        found.append(_of_each(place))
    else:
        found.append(Person.erased_at.is_(None))
    if filters.purpose is not None:
        role = select(Representation.person_id).where(
            Representation.purpose == filters.purpose, valid(Representation, on, known)
        )
        found.append(Person.id.in_(role))
    return found


def _of_each(place: AnySelect) -> ColumnElement[bool]:
    return place.where(Affiliation.person_id == Person.id).exists()


@remembered
def _count(filters: PersonFilters, on: date, known: datetime | None, today: date) -> int:
    named = matches(Person.search_text, filters.text)
    asked = select(Person.id).where(*named, *_conditions(filters, on, known, today))
    return count_rows(asked, _total(filters, on, known, today))


def _total(filters: PersonFilters, on: date, known: datetime | None, today: date) -> AnySelect | None:
    """Of today all but the merged are counted, of another day all who had a place by their places alone."""
    if any((filters.text, filters.institution, filters.institution_id, filters.purpose)):
        return None
    if on == today and known is not None:
        return None
    if on == today:
        present = Person.erased_at.is_(None)
        merged = select(func.count()).where(present, Person.id.in_(merged_records(TwinKind.PERSON)))
        return select(func.count() - merged.scalar_subquery()).where(present)
    placed = _affiliated(on, known).with_only_columns(Affiliation.person_id).distinct().subquery()
    return select(func.count()).select_from(placed)


def _found_by(text: str, actor: Actor) -> list[ColumnElement[bool]]:
    """Each word is part of the name; one with an @ is part of an address that may be seen."""
    words = folded(text).split()
    named = [word for word in words if AT not in word]
    found = matches(Person.search_text, " ".join(named))
    if len(named) < len(words):
        found.append(details_visible(actor))
    return [*found, *(place_of(word, func.lower(Person.email)) > 0 for word in words if AT in word)]


@prepared
def _affiliated(on: date, known: datetime | None) -> AnySelect:
    return select(Affiliation.id).where(valid(Affiliation, on, known))


def _rows(found: Sequence[Any], on: date, known: datetime | None, institution_id: int | None = None) -> list[PersonRow]:
    ids = [row.id for row in found]
    places, roles = _places(ids, on, known), _roles(ids, on, known, institution_id)
    return [
        PersonRow(
            id=row.id,
            name=f"{row.given_name} {row.family_name}",
            title=row.title if row.is_open else None,
            institutions=tuple((place.institution_id, place.institution) for place in places[row.id]),
            position=_position(places[row.id], institution_id) if row.is_open else None,
            represents=tuple(roles[row.id]),
            email=row.email if row.is_open else None,
        )
        for row in found
    ]


def _position(places: Sequence[AffiliationRow], institution_id: int | None) -> str | None:
    held = [place.position for place in places if institution_id in {None, place.institution_id} and place.position]
    return ", ".join(held) or None


def _places(person_ids: Sequence[int], on: date, known: datetime | None) -> dict[int, list[AffiliationRow]]:
    """Where these people work on a day: one statement."""
    found: dict[int, list[AffiliationRow]] = defaultdict(list)
    for row in db.session.execute(_places_on(on, known), {"person_ids": person_ids}):
        found[row.person_id].append(_affiliation_row(row))
    return found


@prepared
def _places_on(on: date, known: datetime | None) -> AnySelect:
    people = Affiliation.person_id.in_(bindparam("person_ids", expanding=True))
    return _with_institution(on, known).where(people, valid(Affiliation, on, known))


def _roles(
    person_ids: Sequence[int], on: date, known: datetime | None, institution_id: int | None
) -> dict[int, list[str]]:
    """What these people represent an institution for on a day, in words: one statement."""
    asked = _roles_on(on, known)
    if institution_id is not None:
        asked = asked.where(Representation.institution_id == institution_id)
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, purpose in db.session.execute(asked, {"person_ids": person_ids}):
        words = PURPOSE_WORDS[purpose]
        if words not in found[person_id]:
            found[person_id].append(words)
    return found


@prepared
def _roles_on(on: date, known: datetime | None) -> AnySelect:
    people = Representation.person_id.in_(bindparam("person_ids", expanding=True))
    return (
        select(Representation.person_id, Representation.purpose)
        .where(people, valid(Representation, on, known))
        .order_by(Representation.rank, Representation.first_day, Representation.id)
    )


def _affiliations_of(person_id: int, on: date, known: datetime | None) -> list[AffiliationRow]:
    asked = _with_institution(on, known).where(Affiliation.person_id == person_id, as_known(Affiliation, known))
    return [_affiliation_row(row) for row in db.session.execute(asked)]


@prepared
def _with_institution(on: date, known: datetime | None) -> AnySelect:
    return (
        select(
            Affiliation.id,
            Affiliation.person_id,
            Affiliation.institution_id,
            Affiliation.position,
            Affiliation.first_day,
            Affiliation.last_day,
            InstitutionName.name,
        )
        .join(InstitutionName, InstitutionName.institution_id == Affiliation.institution_id)
        .where(valid(InstitutionName, on, known))
        .order_by(Affiliation.first_day.desc(), Affiliation.id)
    )


def _affiliation_row(row: Any) -> AffiliationRow:
    return AffiliationRow(row.id, row.institution_id, row.name, row.position, Period(row.first_day, row.last_day))


def _without_position(place: AffiliationRow) -> AffiliationRow:
    return AffiliationRow(place.id, place.institution_id, place.institution, None, place.period)
