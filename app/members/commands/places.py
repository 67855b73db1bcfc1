"""Putting right what was recorded of a person's place at an institution: its days, the position, or all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, overlapping, retract, supersede
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands.people import lock_living
from app.members.models import Affiliation


@dataclass(frozen=True)
class PlaceFacts:
    """As what a person works at an institution, and from when to when."""

    position: str | None
    first_day: date
    last_day: date | None = None


def correct_affiliation(
    affiliation_id: int, facts: PlaceFacts, *, reason: str, version: int, actor: Actor
) -> Affiliation:
    """Correct the days or the position of a place; what was known until now stays as a superseded copy."""
    place = _locked(affiliation_id, version, actor)
    period = Period(facts.first_day, facts.last_day)
    _refuse_overlap(place, period)
    before = _said(place)
    supersede(place, first_day=period.first, last_day=period.last, position=facts.position)
    record(
        "members.correct_place",
        Subject("person", place.person_id),
        summary="Place at an institution corrected",
        before=before,
        after=_said(place),
        reason=reason,
        actor=actor,
    )
    db.session.flush()
    return place


def retract_affiliation(affiliation_id: int, *, reason: str, version: int, actor: Actor) -> Affiliation:
    """Take a place back that was put on record by mistake, such as twice; what was known until now stays known."""
    place = _locked(affiliation_id, version, actor)
    before = _said(place)
    retract(place)
    record(
        "members.retract_place",
        Subject("person", place.person_id),
        summary="Place at an institution taken back",
        before=before,
        reason=reason,
        actor=actor,
    )
    db.session.flush()
    return place


def _locked(affiliation_id: int, version: int, actor: Actor) -> Affiliation:
    """A place on record, of somebody who is not erased, to be put right."""
    found = db.session.get(Affiliation, affiliation_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such affiliation.")
    actor.require(Permission.PERSON_EDIT, institution_id=found.institution_id)
    lock_living(found.person_id)
    place = lock(Affiliation, affiliation_id)
    check_version(place, version)
    return place


def _refuse_overlap(place: Affiliation, period: Period) -> None:
    asked = select(Affiliation.id).where(
        Affiliation.person_id == place.person_id,
        Affiliation.institution_id == place.institution_id,
        Affiliation.id != place.id,
        as_known(Affiliation),
        overlapping(Affiliation, period),
    )
    if db.session.scalar(asked.limit(1)) is not None:
        raise DomainError("This person works there by another entry in these days.", "first_day")


def _said(place: Affiliation) -> dict[str, Any]:
    return {
        "affiliation": place.id,
        "position": Personal(place.position, place.person_id),
        "first_day": place.first_day,
        "last_day": place.last_day,
    }
