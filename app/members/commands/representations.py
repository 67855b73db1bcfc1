"""Who votes, stands in, is billed or signs for an institution, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.commands import RoleFor, end_grants, grant_role
from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.audit.commands import Personal, Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, overlapping, put_back, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission, Role
from app.members.commands.people import lock_living
from app.members.commands.survivors import lock_institution, refuse_merged
from app.members.models import Institution, Person, Representation
from app.members.rules import (
    PURPOSE_WORDS,
    PURPOSES_WITH_ACCESS,
    Purpose,
    Representing,
    TwinKind,
    check_free,
    day_words,
    ended_period,
)


@dataclass(frozen=True)
class RepresentationFacts:
    """What a person represents an institution for, from when to when; alternates stand in by rank, 1 first."""

    purpose: Purpose
    first_day: date
    last_day: date | None = None
    rank: int = 1


def name_representative(
    institution_id: int, person_id: int, facts: RepresentationFacts, *, reason: str | None = None, actor: Actor
) -> Representation:
    """Name who represents an institution; those who act for it in the program get the right for the same days."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    person = db.session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise DomainError("There is no such person.", "person_id")
    refuse_merged(TwinKind.PERSON, person_id)
    period = Period(facts.first_day, facts.last_day)
    _refuse_overlap(institution_id, person_id, facts, period)
    representation = Representation(
        institution_id=institution_id,
        person_id=person_id,
        purpose=facts.purpose,
        rank=facts.rank,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(representation)
    db.session.flush()
    _grant(representation, person, period, actor)
    _noted("members.name_representative", representation, institution, reason, actor)
    return representation


def end_representation(
    representation_id: int, *, last_day: date, reason: str | None = None, version: int | None = None, actor: Actor
) -> Representation:
    """End a representation, and the right that followed from it, on a day."""
    representation, institution = _locked(representation_id, version, actor)
    supersede(representation, last_day=ended_period(representation.period, last_day).last)
    end_grants(GrantSource.REPRESENTATION, representation_id, last_day, actor)
    _noted("members.end_representation", representation, institution, reason, actor)
    db.session.flush()
    return representation


def retract_representation(representation_id: int, *, reason: str, version: int, actor: Actor) -> Representation:
    """Take a representation back that was put on record by mistake, with the right that followed from it.

    What was known until now stays known (`known=`), and the trail keeps who had the right meanwhile.
    """
    representation, institution = _locked(representation_id, version, actor)
    end_grants(GrantSource.REPRESENTATION, representation_id, representation.first_day - ONE_DAY, actor)
    retract(representation)
    _noted("members.retract_representation", representation, institution, reason, actor)
    db.session.flush()
    return representation


def restore_representation(representation_id: int, *, reason: str | None = None, actor: Actor) -> Representation:
    """Put a representation on record again that was taken back, and the right with it, for its days."""
    actor.require(Permission.INSTITUTION_EDIT)
    found = db.session.get(Representation, representation_id)
    if found is None or found.superseded_at is None:
        raise NotFoundError("There is no such representative.")
    institution, person = lock_institution(found.institution_id), lock_living(found.person_id)
    period = Period(found.first_day, found.last_day)
    facts = RepresentationFacts(found.purpose, period.first, period.last, found.rank)
    _refuse_overlap(institution.id, person.id, facts, period)
    put_back(found)
    _grant(found, person, period, actor)
    _noted("members.restore_representation", found, institution, reason, actor)
    db.session.flush()
    return found


def resume_representation(
    representation_id: int, *, last_day: date | None, reason: str | None = None, actor: Actor
) -> Representation:
    """Let a representation that has an end go on until a later day, or without one, and the right with it."""
    representation, institution = _locked(representation_id, None, actor)
    person = lock_living(representation.person_id)
    if representation.last_day is None:
        raise DomainError("It has no end.", "last_day")
    further = Period(representation.last_day + ONE_DAY, last_day)
    facts = RepresentationFacts(representation.purpose, further.first, further.last, representation.rank)
    _refuse_overlap(institution.id, person.id, facts, further)
    supersede(representation, last_day=last_day)
    _grant(representation, person, Period(_day_without_right(representation), last_day), actor)
    _noted("members.resume_representation", representation, institution, reason, actor)
    db.session.flush()
    return representation


def _grant(representation: Representation, person: Person, period: Period, actor: Actor) -> None:
    """Give the right that follows from some days of a representation, if any does."""
    if representation.purpose in PURPOSES_WITH_ACCESS:
        grant_role(
            person.user_id,
            RoleFor(Role.REPRESENTATIVE, institution_id=representation.institution_id),
            period,
            source=GrantSource.REPRESENTATION,
            source_id=representation.id,
            actor=actor,
        )


def _day_without_right(representation: Representation) -> date:
    """The first day of a representation from which on no right follows from it."""
    asked = select(Grant.last_day).where(
        Grant.source == GrantSource.REPRESENTATION, Grant.source_id == representation.id, Grant.last_day.is_not(None)
    )
    ended = db.session.scalar(asked.order_by(Grant.last_day.desc()).limit(1))
    return representation.first_day if ended is None else ended + ONE_DAY


def _refuse_overlap(institution_id: int, person_id: int, facts: RepresentationFacts, period: Period) -> None:
    asked = (
        select(Representation)
        .where(
            Representation.institution_id == institution_id,
            Representation.purpose == facts.purpose,
            as_known(Representation),
            overlapping(Representation, period),
        )
        .order_by(Representation.first_day, Representation.id)
    )
    wanted = Representing(person_id, facts.purpose, facts.rank, period)
    others = db.session.scalars(asked)
    check_free(wanted, (Representing(row.person_id, row.purpose, row.rank, row.period) for row in others))


def _noted(
    action: str, representation: Representation, institution: Institution, reason: str | None, actor: Actor
) -> None:
    until = f" until {day_words(representation.last_day)}" if representation.last_day else ""
    back = " taken back" if representation.superseded_at else ""
    word = PURPOSE_WORDS[representation.purpose]
    person = db.session.get(Person, representation.person_id)
    record(
        action,
        Subject("institution", institution.id),
        summary=f"{institution.name}: {word} from {day_words(representation.first_day)}{until}{back}",
        after={
            "representation": representation.id,
            "purpose": representation.purpose,
            "person": Personal(person.name if person else None, representation.person_id),
            "rank": representation.rank,
            "first_day": representation.first_day,
            "last_day": representation.last_day,
        },
        reason=reason,
        actor=actor,
    )


def _locked(representation_id: int, version: int | None, actor: Actor) -> tuple[Representation, Institution]:
    """A representation on record and its institution, locked to be changed, the institution first."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(_on_record(representation_id).institution_id)
    lock(Representation, representation_id)
    representation = _on_record(representation_id)  # It may have been taken back while one waited for it.
    if version is not None:
        check_version(representation, version)
    return representation, institution


def _on_record(representation_id: int) -> Representation:
    found = db.session.get(Representation, representation_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such representative.")
    return found
