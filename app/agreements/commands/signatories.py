"""Signatories: naming who may sign for an institution, withdrawing them, and putting right what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.agreements.commands.evidence import Evidence, kept
from app.agreements.models import Signatory
from app.agreements.rules.wording import day_words
from app.audit.commands import Personal, Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, overlapping, retract, supersede
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands import hold_institution, refuse_merged
from app.members.models import Institution, Person
from app.members.rules import TwinKind


@dataclass(frozen=True)
class SignatoryValues:
    """In which office somebody may sign, from which to which day, and the paper that names them."""

    office: str
    period: Period
    evidence: Evidence | None = None


def name_signatory(institution_id: int, person_id: int, values: SignatoryValues, *, actor: Actor) -> Signatory:
    """Record that somebody may sign for an institution; refused where they may on one of these days already."""
    actor.require(Permission.SIGNATORY_EDIT)
    institution, person = hold_institution(institution_id), _held_person(person_id)
    _refuse_overlap(institution_id, person_id, values.period, None)
    named = Signatory(
        institution_id=institution_id,
        person_id=person_id,
        office=values.office,
        evidence_file_id=kept(values.evidence),
        first_day=values.period.first,
        last_day=values.period.last,
        recorded_at=clock.now(),
    )
    db.session.add(named)
    db.session.flush()
    summary = f"A signatory of {institution.name} from {day_words(values.period.first)}: {values.office}."
    _note("agreements.name_signatory", named, summary, actor, after=_said(named, person))
    return named


def withdraw_signatory(signatory_id: int, last_day: date, *, reason: str, version: int, actor: Actor) -> Signatory:
    """Let somebody sign for an institution no more after a day; what they signed until then stays signed."""
    signatory, institution, person = _locked(signatory_id, version, actor)
    if signatory.last_day is not None and last_day >= signatory.last_day:
        raise DomainError(f"They may sign until {day_words(signatory.last_day)} only.", "last_day")
    if last_day < signatory.first_day:
        begins = day_words(signatory.first_day)
        raise DomainError(f"They may sign from {begins} on: take it back if they never could.", "last_day")
    before = _said(signatory, person)
    supersede(signatory, last_day=last_day, withdrawn_because=reason)
    db.session.flush()
    summary = f"A signatory of {institution.name} is withdrawn after {day_words(last_day)}: {signatory.office}."
    said = {"before": before, "after": _said(signatory, person), "reason": reason}
    _note("agreements.withdraw_signatory", signatory, summary, actor, **said)
    return signatory


def correct_signatory(
    signatory_id: int, values: SignatoryValues, *, reason: str, version: int, actor: Actor
) -> Signatory:
    """Put right the office, the days or the evidence of a signatory; what was known until now stays known."""
    signatory, institution, person = _locked(signatory_id, version, actor)
    _refuse_overlap(signatory.institution_id, signatory.person_id, values.period, signatory_id)
    before = _said(signatory, person)
    ends = values.period.last is not None
    supersede(
        signatory,
        office=values.office,
        first_day=values.period.first,
        last_day=values.period.last,
        evidence_file_id=kept(values.evidence) or signatory.evidence_file_id,
        withdrawn_because=signatory.withdrawn_because if ends else None,
    )
    db.session.flush()
    summary = f"Corrected a signatory of {institution.name}: {values.office}."
    said = {"before": before, "after": _said(signatory, person), "reason": reason}
    _note("agreements.correct_signatory", signatory, summary, actor, **said)
    return signatory


def retract_signatory(signatory_id: int, *, reason: str, version: int, actor: Actor) -> Signatory:
    """Take back a signatory who was recorded by mistake, as if they had never been one."""
    signatory, institution, person = _locked(signatory_id, version, actor)
    before = _said(signatory, person)
    retract(signatory)
    db.session.flush()
    summary = f"Took back a signatory of {institution.name}: {signatory.office}."
    _note("agreements.retract_signatory", signatory, summary, actor, before=before, reason=reason)
    return signatory


def _held_person(person_id: int) -> Person:
    """A person who can be named, kept from being merged or erased meanwhile."""
    person = db.session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise DomainError("There is no such person.", "person_id")
    refuse_merged(TwinKind.PERSON, person_id)
    return person


def _locked(signatory_id: int, version: int, actor: Actor) -> tuple[Signatory, Institution, Person]:
    """A signatory on record, to be changed, with institution and person held before it."""
    actor.require(Permission.SIGNATORY_EDIT)
    found = db.session.get(Signatory, signatory_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such signatory.")
    institution, person = hold_institution(found.institution_id), _held_person(found.person_id)
    signatory = lock(Signatory, signatory_id)
    if signatory.superseded_at is not None:
        raise NotFoundError("There is no such signatory.")
    check_version(signatory, version)
    return signatory, institution, person


def _refuse_overlap(institution_id: int, person_id: int, period: Period, besides: int | None) -> None:
    asked = select(Signatory).where(
        Signatory.institution_id == institution_id,
        Signatory.person_id == person_id,
        Signatory.id != (besides or 0),
        as_known(Signatory),
        overlapping(Signatory, period),
    )
    other = db.session.scalar(asked.order_by(Signatory.first_day, Signatory.id).limit(1))
    if other is not None:
        until = f"to {day_words(other.last_day)}" if other.last_day else "on"
        began = day_words(other.first_day)
        raise DomainError(f"They may sign for it as {other.office} from {began} {until} already.", "first_day")


def _said(signatory: Signatory, person: Person) -> dict[str, Any]:
    return {
        "person": Personal(person.name, person.id),
        "institution": signatory.institution_id,
        "office": signatory.office,
        "first_day": signatory.first_day,
        "last_day": signatory.last_day,
        "withdrawn_because": signatory.withdrawn_because,
        "evidence": signatory.evidence_file_id,
    }


def _note(action: str, signatory: Signatory, summary: str, actor: Actor, **change: Any) -> None:
    record(action, Subject("signatory", signatory.id), summary=summary, actor=actor, **change)
