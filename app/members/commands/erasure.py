"""Erasing a person: every feature forgets them, a number stays so that rosters and history still add up."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import delete, select, update

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, Refusals
from app.core.folding import folded
from app.core.history import as_known, lock, retract, supersede
from app.core.permissions import Permission
from app.core.personal_data import DataSubject, erase_everywhere, erases
from app.members.models import (
    Affiliation,
    ContactRoute,
    KeptPerson,
    Leaver,
    Person,
    PersonPhoto,
)
from app.members.queries.mergers import merged_into
from app.members.queries.personal import list_obstacles, subject_of
from app.members.rules import ERASED_NAME, TwinKind
from app.members.rules.imports import names_somebody, words_of_table

WORD = re.compile(r"\w{3,}")
KEPT_LONG_ENOUGH = "Kept long enough since the last place, seat or role ended"
NOTHING_LEFT = ("title", "email", "phone", "orcid", "languages")


def erase_person(person_id: int, *, reason: str, actor: Actor) -> Person:
    """Replace all that is held about a person everywhere it may be; done twice, the second time changes nothing.

    Who was merged into them is erased with them. Refused while they hold a seat or represent an institution. What is
    kept, on which ground and until when, each feature says with what it holds.
    """
    actor.require(Permission.PERSON_ERASE)
    person = lock(Person, person_id)
    if person.erased_at is not None:
        return person
    merged = [lock(Person, each) for each in merged_into(TwinKind.PERSON, person_id)]
    subject = subject_of(person)
    refusals = Refusals()
    with refusals:
        _check_reason(reason, subject)
    for obstacle in list_obstacles(subject, actor):
        with refusals:
            raise DomainError(obstacle.sentence)
    refusals.say()
    for each in (*merged, person):
        _forget(each, reason, actor)
    return person


def _forget(person: Person, reason: str, actor: Actor) -> None:
    forgotten = erase_everywhere(subject_of(person))
    person.erased_at = clock.now()
    record(
        "members.erase_person",
        Subject("person", person.id),
        summary="Person erased",
        after={"values replaced or removed": forgotten},
        reason=reason,
        actor=actor,
    )
    db.session.flush()


@erases("person, routes, photo and places")
def erase_record(subject: DataSubject) -> int:
    """Leave of a person their number; of their places the institution and the days, which end today."""
    if subject.person_id is None:
        return 0
    person = db.session.get_one(Person, subject.person_id)
    person.given_name, person.family_name = ERASED_NAME, str(person.id)
    for name in NOTHING_LEFT:
        setattr(person, name, None)
    person.sort_name = person.search_text = folded(ERASED_NAME, str(person.id))
    gone = [
        _count(delete(table).where(table.person_id == person.id).returning(table.person_id))
        for table in (ContactRoute, PersonPhoto, KeptPerson, Leaver)
    ]
    _end_places(person.id)
    positions = update(Affiliation).where(Affiliation.person_id == person.id, Affiliation.position.is_not(None))
    return 1 + sum(gone) + _count(positions.values(position=None).returning(Affiliation.id))


def _end_places(person_id: int) -> None:
    today = clock.today()
    asked = select(Affiliation).where(
        Affiliation.person_id == person_id,
        as_known(Affiliation),
        Affiliation.last_day.is_(None) | (Affiliation.last_day > today),
    )
    for place in db.session.scalars(asked.order_by(Affiliation.id).with_for_update()).all():
        if place.first_day > today:
            retract(place)
        else:
            supersede(place, last_day=today)
    db.session.flush()


def _check_reason(reason: str, subject: DataSubject) -> None:
    """The reason is sealed into the trail, so it must not name whom it is about; that of the program names nobody."""
    if reason == KEPT_LONG_ENOUGH:
        return
    families = {word for name in subject.names for word in WORD.findall(folded(name))}
    words = words_of_table([[reason]])
    if families & set(WORD.findall(folded(reason))) or names_somebody(words, subject.full_names, ()):
        raise DomainError("Do not name the person here: the reason stays on record for ever.", "reason")


def _count(statement: Any) -> int:
    """Run a change of many rows; how many there were."""
    return len(db.session.execute(statement.execution_options(synchronize_session=False)).all())
