"""Institutions with memberships and representatives, and people with their places."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from app.accounts.commands import row_of_user
from app.accounts.models import User
from app.audit.commands import Entry, Personal, Subject, record_many
from app.core import clock
from app.core.database import db
from app.core.folding import folded
from app.members.commands import (
    Admission,
    InstitutionFacts,
    RepresentationFacts,
    add_institution,
    admit_member,
    name_representative,
    set_parent,
)
from app.members.models import Affiliation, MembershipClass, Person
from app.members.rules import InstitutionKind, Purpose
from benchmarks.consortium import words
from benchmarks.consortium.world import World, written_on

KINDS = {
    "partner": InstitutionKind.RESEARCH_CENTRE,
    "funder": InstitutionKind.FUNDER,
    "observer": InstitutionKind.OBSERVER,
}
PARTS = 25  # One in so many is part of another one.
CLASSES = ("partner",) * 15 + ("funder",) * 4 + ("observer",)


def make_members(world: World) -> None:
    """Institutions as members since the first day, their people, and who represents them."""
    with written_on(world.first_day):
        _add_institutions(world)
    with written_on(world.first_day):
        _add_people(world)
    with written_on(world.first_day):
        _name_representatives(world)


def _add_institutions(world: World) -> None:
    classes = {row.code: row.id for row in db.session.execute(select(MembershipClass.code, MembershipClass.id))}
    for number in range(world.size.institutions):
        code = CLASSES[number % len(CLASSES)]
        institution = add_institution(_facts(world, number, code), actor=world.office)
        joined = world.first_day + timedelta(days=world.random.choice((0, 0, 0, 45, 181)))
        admit_member(institution.id, Admission(classes[code], joined), actor=world.office)
        if number % PARTS == PARTS - 1:
            set_parent(institution.id, world.institutions[number // 2], actor=world.office)
        world.institutions.append(institution.id)
        db.session.flush()
        db.session.expunge_all()


def _facts(world: World, number: int, code: str) -> InstitutionFacts:
    name, short_name = words.institution_name(number)
    country = world.random.choice(words.COUNTRIES)
    return InstitutionFacts(
        name=name,
        short_name=short_name,
        kind=KINDS[code],
        country=country,
        ror=words.ror_of(number) if number % 3 else None,
        website=f"https://www.member{number}.example",
        unit="Department of Genetics" if number % 4 == 0 else None,
        postal_address=f"{number + 1} Specimen Road\n{10_000 + number} {name.split(maxsplit=1)[0]}",
        purchase_order=f"PO-{4_000 + number}" if number % 5 == 0 else None,
    )


def _add_people(world: World) -> None:
    """People, their users and places, in bulk and on record."""
    names = [words.person_name(world.random) for _ in range(world.size.people)]
    at = [world.institutions[number % len(world.institutions)] for number in range(len(names))]
    emails = [f"person{number}@member{number % len(world.institutions)}.example" for number in range(len(names))]
    users = [row_of_user(f"{given} {family}", email) for (given, family), email in zip(names, emails, strict=True)]
    user_ids = db.session.scalars(insert(User).returning(User.id, sort_by_parameter_order=True), users).all()
    people = [
        _person(user_id, name, email, number)
        for number, (user_id, name, email) in enumerate(zip(user_ids, names, emails, strict=True))
    ]
    ids = db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people)
    world.people = list(ids)
    places = [
        _place(world, person_id, institution_id) for person_id, institution_id in zip(world.people, at, strict=True)
    ]
    db.session.execute(insert(Affiliation), places)
    entries = [_entry(person_id, person) for person_id, person in zip(world.people, people, strict=True)]
    record_many(entries, world.office)


def _person(user_id: int, name: tuple[str, str], email: str, number: int) -> dict[str, Any]:
    given, family = name
    return {
        "user_id": user_id,
        "title": "Dr" if number % 3 == 0 else None,
        "given_name": given,
        "family_name": family,
        "email": email,
        "phone": f"+44 20 7946 {number % 10_000:04d}",
        "sort_name": folded(family, given),
        "search_text": folded(given, family),
        "created_at": clock.now(),
        "version": 1,
    }


def _place(world: World, person_id: int, institution_id: int) -> dict[str, Any]:
    left = world.random.random() < 0.1
    return {
        "person_id": person_id,
        "institution_id": institution_id,
        "position": world.random.choice(words.POSITIONS),
        "first_day": world.first_day,
        "last_day": _later(world) if left else None,
        "recorded_at": clock.now(),
    }


def _later(world: World) -> date:
    return world.first_day + timedelta(days=world.random.randrange(90, 90 + 365 * (world.size.years - 1)))


def _entry(person_id: int, person: dict[str, Any]) -> Entry:
    told = {name: Personal(person[name], person_id) for name in ("given_name", "family_name", "email")}
    return Entry("members.add_person", Subject("person", person_id), "Person taken up", after=told)


def _name_representatives(world: World) -> None:
    """For each institution one who votes, one alternate and one who is billed: the first people who work there."""
    purposes = (Purpose.VOTING, Purpose.ALTERNATE, Purpose.BILLING)
    each = len(world.institutions)
    for place, institution_id in enumerate(world.institutions):
        for turn, purpose in enumerate(purposes):
            person_id = world.people[place + turn * each]
            facts = RepresentationFacts(purpose, world.first_day)
            name_representative(institution_id, person_id, facts, actor=world.office)
        db.session.flush()
        db.session.expunge_all()
