"""Adding a person, what is on record of them, where they work, and their invitation to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.commands import UserValues, change_user, invite_user, open_user
from app.accounts.models import User
from app.audit.commands import Personal, Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, Refusals
from app.core.folding import folded
from app.core.history import as_known, check_version, lock, overlapping, supersede
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands.survivors import hold_institution, refuse_merged
from app.members.models import Affiliation, Institution, Person
from app.members.queries.mergers import merged_words
from app.members.queries.scope import may_edit_person
from app.members.rules import NOTHING_ADDED, TwinKind, day_words, read_languages, read_orcid

SIGNS_IN_AS = ("given_name", "family_name", "email")


@dataclass(frozen=True)
class PersonFacts:
    """What is on record of a person; languages by name or code between commas, the best first."""

    given_name: str
    family_name: str
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    orcid: str | None = None
    languages: str | None = None


@dataclass(frozen=True)
class AffiliationFacts:
    """Where a person works, as what, and from when to when."""

    institution_id: int
    first_day: date
    last_day: date | None = None
    position: str | None = None


def add_person(facts: PersonFacts, *, affiliation: AffiliationFacts | None = None, actor: Actor) -> Person:
    """Take up a person with a user who may hold rights, and their place at an institution, if they have one."""
    actor.require(Permission.PERSON_EDIT, institution_id=affiliation.institution_id if affiliation else None)
    facts = _checked(facts)
    institution = hold_institution(affiliation.institution_id) if affiliation else None
    user = open_user(f"{facts.given_name} {facts.family_name}", facts.email, actor)
    person = Person(
        **asdict(facts), user_id=user.id, sort_name=_sort_name(facts), search_text="", created_at=clock.now()
    )
    db.session.add(person)
    db.session.flush()
    _index(person)
    record(
        "members.add_person",
        Subject("person", person.id),
        summary="Person taken up",
        after=_personal(asdict(facts), person.id),
        actor=actor,
    )
    if affiliation is not None and institution is not None:
        _affiliate(person, institution, affiliation, actor)
    return person


def edit_person(person_id: int, facts: PersonFacts, *, version: int, actor: Actor) -> Person:
    """Correct what is on record of a person; whoever keeps the accounts also changes how the person signs in."""
    _require_person(person_id, actor)
    person = lock_living(person_id)
    check_version(person, version)
    facts = _checked(facts)
    wanted = asdict(facts)
    changed = [name for name, value in wanted.items() if getattr(person, name) != value]
    before = {name: getattr(person, name) for name in changed}
    for name in changed:
        setattr(person, name, wanted[name])
    _index(person)
    if any(name in SIGNS_IN_AS for name in changed):
        _change_user(person, changed, actor)
    if changed:
        record(
            "members.edit_person",
            Subject("person", person.id),
            summary=f"Person changed: {', '.join(name.replace('_', ' ') for name in changed)}",
            before=_personal(before, person.id),
            after=_personal({name: wanted[name] for name in changed}, person.id),
            actor=actor,
        )
    db.session.flush()
    return person


def affiliate_person(person_id: int, affiliation: AffiliationFacts, *, actor: Actor) -> Affiliation:
    """Say that a person works at an institution for a period."""
    actor.require(Permission.PERSON_EDIT, institution_id=affiliation.institution_id)
    _require_person(person_id, actor)
    institution = hold_institution(affiliation.institution_id)
    return _affiliate(lock_living(person_id), institution, affiliation, actor)


def end_affiliation(
    affiliation_id: int, *, last_day: date, reason: str | None = None, version: int | None = None, actor: Actor
) -> Affiliation:
    """Say when a person left an institution."""
    found = db.session.get(Affiliation, affiliation_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such affiliation.")
    actor.require(Permission.PERSON_EDIT, institution_id=found.institution_id)
    lock(Person, found.person_id)
    affiliation = lock(Affiliation, affiliation_id)
    if version is not None:
        check_version(affiliation, version)
    before = affiliation.last_day
    if before is not None and last_day > before:
        raise DomainError(f"This place ended on {day_words(before)} already.", "last_day")
    supersede(affiliation, last_day=Period(affiliation.first_day, last_day).last)
    record(
        "members.end_affiliation",
        Subject("person", affiliation.person_id),
        summary=f"Place at an institution ends on {day_words(last_day)}",
        before={"affiliation": affiliation_id, "last_day": before},
        after={"last_day": last_day},
        reason=reason,
        actor=actor,
    )
    return affiliation


def invite_person(person_id: int, *, actor: Actor) -> Person:
    """Send a person a link to set their password."""
    actor.require(Permission.ACCOUNT_EDIT)
    person = lock_living(person_id)
    if person.email is None:
        raise DomainError("This person has no e-mail address to invite.", "email")
    _change_user(person, ["email"], actor)
    invite_user(person.user_id, actor)
    return person


def lock_living(person_id: int) -> Person:
    """The person, locked until the transaction ends; refused where they were erased: nothing is added to that."""
    person = lock(Person, person_id)
    if person.erased_at is not None:
        raise DomainError(NOTHING_ADDED)
    refuse_merged(TwinKind.PERSON, person_id)
    return person


def _require_person(person_id: int, actor: Actor) -> None:
    """Refuse unless the actor may change this person: all people, or those at the actor's own institution today."""
    if not may_edit_person(person_id, actor):
        raise AccessDeniedError("You may not do this.")


def _affiliate(person: Person, institution: Institution, affiliation: AffiliationFacts, actor: Actor) -> Affiliation:
    period = Period(affiliation.first_day, affiliation.last_day)
    asked = select(Affiliation.id).where(
        Affiliation.person_id == person.id,
        Affiliation.institution_id == institution.id,
        as_known(Affiliation),
        overlapping(Affiliation, period),
    )
    if db.session.scalar(asked.limit(1)) is not None:
        raise DomainError("This person works there already in these days.", "first_day")
    placed = Affiliation(
        person_id=person.id,
        institution_id=institution.id,
        position=affiliation.position,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(placed)
    db.session.flush()
    record(
        "members.affiliate_person",
        Subject("person", person.id),
        summary=f"Place at {institution.name} from {day_words(period.first)}",
        after={
            "institution": institution.id,
            "position": Personal(affiliation.position, person.id),
            "first_day": period.first,
            "last_day": period.last,
        },
        actor=actor,
    )
    return placed


def _change_user(person: Person, changed: Sequence[str], actor: Actor) -> None:
    """Let the user follow the person; the address to sign in with only by who keeps the accounts and means it.

    An address that a representative has put on record is not taken over by putting a name right.
    """
    user = lock(User, person.user_id)
    takes_address = "email" in changed and actor.may(Permission.ACCOUNT_EDIT)
    email = person.email if takes_address else user.email
    change_user(user.id, UserValues(person.name, email), actor=actor)


def _checked(facts: PersonFacts) -> PersonFacts:
    refusals = Refusals()
    with refusals:
        facts = replace(facts, orcid=read_orcid(facts.orcid) if facts.orcid else None)
    with refusals:
        facts = replace(facts, languages=read_languages(facts.languages) if facts.languages else None)
    refusals.say()
    return facts


def _sort_name(facts: PersonFacts | Person) -> str:
    return folded(facts.family_name, facts.given_name)[:200]


def _index(person: Person) -> None:
    person.sort_name = _sort_name(person)
    person.search_text = folded(person.given_name, person.family_name, *merged_words(TwinKind.PERSON, person.id))


def _personal(values: dict[str, Any], person_id: int) -> dict[str, Personal]:
    return {name: Personal(value, person_id) for name, value in values.items()}
