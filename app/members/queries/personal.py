"""Whose data are asked for, and what members itself holds about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select

from app.accounts.models import User
from app.audit.models import AuditEntry, AuditPersonalValue
from app.audit.rules import digests_in
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known
from app.core.permissions import Permission
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds, obstacles_to
from app.core.tables import Cell
from app.members.models import (
    Affiliation,
    ContactRoute,
    Institution,
    KeptPerson,
    Person,
    PersonPhoto,
    Representation,
)
from app.members.queries.mergers import merged_into
from app.members.queries.possession import own_addresses
from app.members.rules import (
    PURPOSE_WORDS,
    ROUTE_KIND_WORDS,
    ROUTE_PURPOSE_WORDS,
    Purpose,
    TwinKind,
    day_words,
    language_names,
)

GROUND = "Who {} on which day is the consortium's own record; it names a number from then on"


def get_data_subject(person_id: int, actor: Actor) -> DataSubject:
    """The person whose data are asked for, by the secretariat or by themselves."""
    person = db.session.get(Person, person_id)
    if person is None or not (actor.may(Permission.PERSON_EXPORT) or actor.user_id == person.user_id):
        raise NotFoundError("There is no such person.")
    return subject_of(person)


def get_own_data_subject(actor: Actor) -> DataSubject:
    """The actor as the one whose data are asked for: their person, or their user where they are none."""
    user = db.session.get(User, actor.user_id) if actor.user_id is not None else None
    if user is None:
        raise NotFoundError("There is no such user.")
    person = db.session.scalar(select(Person).where(Person.user_id == user.id))
    if person is not None:
        return subject_of(person)
    signed = _signed_as(user)
    return DataSubject(
        name=user.name,
        user_id=user.id,
        addresses=own_addresses(user, None),
        signatures=_borne_alone([user], signed),
        full_names=signed,
    )


def list_obstacles(subject: DataSubject, actor: Actor) -> list[Obstacle]:
    """Why the actor cannot erase somebody today: nobody erases themselves, and what each feature says."""
    own = Obstacle("You cannot erase yourself: ask somebody else of the secretariat.")
    return [*([own] if actor.user_id == subject.user_id else []), *obstacles_to(subject, clock.today())]


def subject_of(person: Person) -> DataSubject:
    """A person with every address and name on record of them, and of those merged into them who are not erased yet."""
    user = db.session.get_one(User, person.user_id)
    people = [person, *_merged_into(person.id)]
    users = [user, *(db.session.get_one(User, each.user_id) for each in people[1:])]
    signed = frozenset(name for each in users for name in _signed_as(each))
    families = [frozenset({each.family_name, *_former(each.id, "family_name")}) for each in people]
    called = {name for each, names in zip(people, families, strict=True) for name in _called(each, names)}
    return DataSubject(
        name=person.name,
        user_id=person.user_id,
        person_id=person.id,
        addresses=own_addresses(user, person),
        names=frozenset[str]().union(*families),
        signatures=_borne_alone(users, signed),
        full_names=signed | called,
        merged=tuple(DataSubject(each.name, each.user_id, each.id) for each in people[1:]),
    )


def _merged_into(person_id: int) -> Sequence[Person]:
    """Who was merged into a person and is not erased yet."""
    asked = select(Person).where(Person.id.in_(merged_into(TwinKind.PERSON, person_id)), Person.erased_at.is_(None))
    return db.session.scalars(asked.order_by(Person.id)).all()


def _called(person: Person, families: Iterable[str]) -> Iterator[str]:
    """A person's given names, of today and former, with each of their family names."""
    given_names = {person.given_name, *_former(person.id, "given_name")}
    return (f"{given_name} {family}" for given_name in given_names for family in families)


def _former(person_id: int, name: str) -> Iterator[str]:
    """Given or family names that entries about the person hold beside the chain."""
    asked = select(AuditEntry.before, AuditEntry.after).where(
        AuditEntry.subject_kind == "person",
        AuditEntry.subject_id == person_id,
        AuditEntry.action.in_(("members.add_person", "members.edit_person")),
    )
    digests = [
        digest
        for pair in db.session.execute(asked.order_by(AuditEntry.sequence))
        for values in pair
        for digest in digests_in(values.get(name))
    ]
    named = select(AuditPersonalValue.value).where(AuditPersonalValue.digest.in_(digests))
    return iter(db.session.scalars(named).all())


def _signed_as(user: User) -> frozenset[str]:
    """What the user is called, and every name under which the trail has them: by these records say who made them."""
    asked = select(AuditEntry.actor_name).where(AuditEntry.actor_id == user.id)
    return frozenset({user.name, *db.session.scalars(asked.distinct().order_by(AuditEntry.actor_name))})


def _borne_alone(users: Sequence[User], names: frozenset[str]) -> frozenset[str]:
    """Of users' names those by which only they are meant: nobody else who is not erased bears or signed with them."""
    other = User.id.not_in([user.id for user in users]), User.erased_at.is_(None)
    present = select(User.name).where(*other, User.name.in_(names)).order_by(User.id)
    signed = select(AuditEntry.actor_name).join(User, User.id == AuditEntry.actor_id)
    signed = signed.where(*other, AuditEntry.actor_name.in_(names)).distinct().order_by(AuditEntry.actor_name)
    return names.difference(db.session.scalars(present), db.session.scalars(signed))


@holds("members.person", place=10)
def held_of_person(subject: DataSubject) -> Held | None:
    """Name, how to reach them, ORCID, languages and whether there is a photo."""
    person = _person(subject)
    if person is None:
        return None
    photo = db.session.get(PersonPhoto, person.id)
    facts: dict[str, Any] = {
        "Title": person.title,
        "Given name": person.given_name,
        "Family name": person.family_name,
        "E-mail": person.email,
        "Telephone": person.phone,
        "ORCID": person.orcid,
        "Languages": ", ".join(language_names(person.languages)) or None,
        "Photo": "yes, in this file" if photo else None,
        "On record since": person.created_at,
    }
    why = "The consortium deals with people of its members, of applicants and on its committees."
    return held_rows("Person", why, [facts], Fate.REPLACED)


@holds("members.routes", place=11)
def held_routes(subject: DataSubject) -> Held | None:
    """Every contact route, with what was corrected since."""
    asked = select(ContactRoute).where(ContactRoute.person_id == subject.person_id)
    rows = [
        {
            "What": ROUTE_KIND_WORDS[each.kind],
            "For": ROUTE_PURPOSE_WORDS[each.purpose],
            "Route": each.text,
            "From": each.first_day,
            "Until": each.last_day,
            "Corrected": each.superseded_at,
        }
        for each in db.session.scalars(asked.order_by(ContactRoute.first_day, ContactRoute.id))
    ]
    return held_rows("Contact routes", "So that people are reached where they want to be.", rows, Fate.REMOVED)


@holds("members.places", place=12)
def held_places(subject: DataSubject) -> Held | None:
    """Where they worked, with what was corrected since."""
    asked = (
        select(Affiliation, Institution.name)
        .join(Affiliation.institution)
        .where(Affiliation.person_id == subject.person_id)
        .order_by(Affiliation.first_day, Affiliation.id)
    )
    rows = [
        {
            "Institution": name,
            "As": place.position,
            "From": place.first_day,
            "Until": place.last_day,
            "Corrected": place.superseded_at,
        }
        for place, name in db.session.execute(asked)
    ]
    why = "The register says who works at which institution, for any day."
    ground = GROUND.format("worked where")
    return held_rows("Places", why, rows, Fate.REPLACED, ground=ground, until="without the name and position")


@holds("members.representations", place=20)
def held_representations(subject: DataSubject) -> Held | None:
    """What they represented whom for, with what was corrected since."""
    asked = (
        select(Representation, Institution.name)
        .join(Representation.institution)
        .where(Representation.person_id == subject.person_id)
        .order_by(Representation.first_day, Representation.id)
    )
    rows = [
        {
            "Institution": name,
            "As": PURPOSE_WORDS[row.purpose],
            "From": row.first_day,
            "Until": row.last_day,
            "Corrected": row.superseded_at,
        }
        for row, name in db.session.execute(asked)
    ]
    why = "Votes, invoices and signatures of a member go through those who represent it."
    ground = GROUND.format("represented whom")
    return held_rows("Represents", why, rows, Fate.KEPT, ground=ground, until="without the name")


@holds("members.kept", place=80)
def held_reason(subject: DataSubject) -> Held | None:
    """Why they are kept beyond the day of their erasure."""
    kept = db.session.get(KeptPerson, subject.person_id) if subject.person_id is not None else None
    rows: list[dict[str, Cell]] = []
    if kept is not None:
        rows = [{"Until": kept.last_day, "Why": kept.reason, "Since": kept.kept_at}]
    return held_rows("Kept beyond their day", "The secretariat needs the record for longer.", rows, Fate.REMOVED)


@forbids_erasure("members.representations")
def still_represents(subject: DataSubject, on: date) -> list[Obstacle]:
    """Representing an institution on the day or later stands against an erasure: it would speak through nobody."""
    asked = (
        select(Institution.id, Institution.name, Representation.purpose, Representation.last_day)
        .join(Institution, Institution.id == Representation.institution_id)
        .where(
            Representation.person_id == subject.person_id,
            and_(as_known(Representation), or_(Representation.last_day.is_(None), Representation.last_day >= on)),
        )
        .order_by(Institution.sort_name, Representation.id)
    )
    return [
        Obstacle(_represented(row.name, row.purpose, row.last_day), "institution", row.id)
        for row in db.session.execute(asked)
    ]


def _represented(name: str, purpose: Purpose, last_day: date | None) -> str:
    told = f"They represent {name} as {PURPOSE_WORDS[purpose].lower()}"
    if last_day is None:
        return f"{told}: end that first."
    return f"{told} until {day_words(last_day)}: wait until that day is over, or end it sooner."


def _person(subject: DataSubject) -> Person | None:
    return db.session.get(Person, subject.person_id) if subject.person_id is not None else None
