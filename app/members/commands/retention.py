"""Erasing on their day those who left long ago, and keeping some of them for longer."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, insert, select

from app.audit.commands import Personal, Subject, record
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.core.transaction import reading, transaction
from app.members.commands.erasure import KEPT_LONG_ENOUGH, erase_person
from app.members.commands.people import lock_living
from app.members.models import KeptPerson, Leaver, Person
from app.members.queries.retention import find_leaver, leavers_by, list_due
from app.members.rules import day_words
from app.outbox.commands import HopelessError
from app.outbox.duties import daily

RETENTION = program("Retention")


def keep_person(person_id: int, *, last_day: date, reason: str, actor: Actor) -> KeptPerson:
    """Keep somebody who has left until the end of a day, whatever the policy says; for a reason that goes with them."""
    actor.require(Permission.PERSON_ERASE)
    lock_living(person_id)
    if find_leaver(person_id, clock.today()) is None:
        raise DomainError("This person has not left: nobody is about to erase them.")
    if last_day <= clock.today():
        raise DomainError("Choose a day that is still to come.", "last_day")
    kept = db.session.get(KeptPerson, person_id) or KeptPerson(person_id=person_id)
    kept.last_day, kept.reason, kept.kept_by, kept.kept_at = last_day, reason, actor.name, clock.now()
    db.session.add(kept)
    db.session.flush()
    record(
        "members.keep_person",
        Subject("person", person_id),
        summary=f"Kept until {day_words(last_day)}",
        after={"last_day": last_day, "why": Personal(reason, person_id)},
        actor=actor,
    )
    return kept


def release_person(person_id: int, *, actor: Actor) -> None:
    """Keep somebody no longer than the policy says."""
    actor.require(Permission.PERSON_ERASE)
    lock_living(person_id)
    kept = db.session.get(KeptPerson, person_id)
    if kept is None:
        raise DomainError("This person is kept no longer than the policy says already.")
    db.session.delete(kept)
    db.session.flush()
    record("members.release_person", Subject("person", person_id), summary="No longer kept", actor=actor)


def erase_if_due(person_id: int, *, actor: Actor) -> Person | None:
    """Erase somebody whose day has come; None where it has not, as when they came back meanwhile."""
    person = db.session.get(Person, person_id, with_for_update=True)
    found = find_leaver(person_id, clock.today()) if person is not None else None
    if found is None or found.due_on > clock.today():
        return None
    return erase_person(person_id, reason=KEPT_LONG_ENOUGH, actor=actor)


def note_leavers() -> None:
    """Write down anew who has left, so that the list of them is read quickly however many people there are."""
    left = leavers_by(clock.today() - ONE_DAY).subquery()
    db.session.execute(delete(Leaver))
    names = ("person_id", "left_on", "recorded_at")
    db.session.execute(insert(Leaver).from_select(names, select(left.c.id, left.c.left_on, left.c.recorded_at)))


@daily("members.erase_due")
def erase_due() -> None:
    """Erase everybody whose day has come, each in a transaction of their own; a few refused do not keep the others."""
    with transaction():
        note_leavers()
    with reading():
        due = list_due(clock.today())
    refused = []
    for person_id in due:
        try:
            with transaction():
                erase_if_due(person_id, actor=RETENTION)
        except DomainError as error:
            refused.append(f"Person {person_id}: {error.message}")
    if refused:
        raise HopelessError(" ".join(["Some people could not be erased on their day.", *refused]))
