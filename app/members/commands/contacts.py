"""How a person is reached: adding a route, correcting what was recorded of it, and ending it; and their photo."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Personal, Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.history import as_known, check_version, lock, overlapping, supersede
from app.files.pictures import small_jpeg
from app.members.commands.people import lock_living
from app.members.models import ContactRoute, PersonPhoto
from app.members.queries.scope import may_edit_person
from app.members.rules import (
    ROUTE_KIND_WORDS,
    ROUTE_PURPOSE_WORDS,
    RouteFacts,
    check_route_free,
    day_words,
    ended_period,
    kept_route,
)

PHOTO_SIDE = 480


def add_route(person_id: int, facts: RouteFacts, *, actor: Actor) -> ContactRoute:
    """Put a way to reach a person on record."""
    _require_person(person_id, actor)
    lock_living(person_id)
    facts = _checked(person_id, facts)
    route = ContactRoute(person_id=person_id, recorded_at=clock.now(), **asdict(facts))
    db.session.add(route)
    db.session.flush()
    _noted("members.add_route", f"{words_of_route(facts)} from {day_words(facts.first_day)}", route, actor=actor)
    return route


def correct_route(route_id: int, facts: RouteFacts, *, reason: str, version: int, actor: Actor) -> ContactRoute:
    """Put right what was recorded of a route; what was known until now stays as a superseded copy."""
    route = _editable(route_id, version, actor)
    facts = _checked(route.person_id, facts, but=route_id)
    before = said_of_route(route)
    supersede(route, **asdict(facts))
    words = f"{words_of_route(facts)} corrected"
    _noted("members.correct_route", words, route, before=before, reason=reason, actor=actor)
    db.session.flush()
    return route


def end_route(route_id: int, *, last_day: date, reason: str | None = None, version: int, actor: Actor) -> ContactRoute:
    """Say on which day a route was the right one for the last time."""
    route = _editable(route_id, version, actor)
    period = ended_period(route.period, last_day)
    before = said_of_route(route)
    supersede(route, last_day=period.last)
    words = f"{words_of_route(route)} ends on {day_words(last_day)}"
    _noted("members.end_route", words, route, before=before, reason=reason, actor=actor)
    db.session.flush()
    return route


def set_photo(person_id: int, content: bytes, *, actor: Actor) -> PersonPhoto:
    """Keep a photo of a person, made small and rid of what the camera wrote; it takes a former one's place."""
    _require_person(person_id, actor)
    lock_living(person_id)
    jpeg = b64encode(small_jpeg(content, side=PHOTO_SIDE, field="photo")).decode()
    photo = db.session.get(PersonPhoto, person_id) or PersonPhoto(person_id=person_id)
    photo.content, photo.added_at = jpeg, clock.now()
    db.session.add(photo)
    db.session.flush()
    record("members.set_photo", Subject("person", person_id), summary="Photo added", actor=actor)
    return photo


def remove_photo(person_id: int, *, actor: Actor) -> None:
    """Take a person's photo away for good."""
    _require_person(person_id, actor)
    lock_living(person_id)
    photo = db.session.get(PersonPhoto, person_id)
    if photo is None:
        raise DomainError("There is no photo of this person.")
    db.session.delete(photo)
    db.session.flush()
    record("members.remove_photo", Subject("person", person_id), summary="Photo removed", actor=actor)


def _require_person(person_id: int, actor: Actor) -> None:
    if not may_edit_person(person_id, actor):
        raise AccessDeniedError("You may not do this.")


def _editable(route_id: int, version: int, actor: Actor) -> ContactRoute:
    found = db.session.get(ContactRoute, route_id)
    if found is None or found.superseded_at is not None or not may_edit_person(found.person_id, actor):
        raise NotFoundError("There is no such contact route.")
    lock_living(found.person_id)
    route = lock(ContactRoute, route_id)
    check_version(route, version)
    return route


def _checked(person_id: int, facts: RouteFacts, but: int | None = None) -> RouteFacts:
    """The route as it is kept; refused where the same is on record already, or another alternate's place is taken."""
    facts = kept_route(facts)
    asked = select(ContactRoute).where(
        ContactRoute.person_id == person_id,
        ContactRoute.kind == facts.kind,
        ContactRoute.purpose == facts.purpose,
        ContactRoute.id != (but or 0),
        as_known(ContactRoute),
        overlapping(ContactRoute, facts.period),
    )
    check_route_free(facts, (other.facts for other in db.session.scalars(asked.order_by(ContactRoute.id))))
    return facts


def words_of_route(route: RouteFacts | ContactRoute) -> str:
    """What it is and what for, without what it says."""
    return f"{ROUTE_KIND_WORDS[route.kind]} ({ROUTE_PURPOSE_WORDS[route.purpose].lower()})"


def said_of_route(route: ContactRoute) -> dict[str, Any]:
    """What the trail keeps of it."""
    return {
        "route": route.id,
        "kind": route.kind,
        "purpose": route.purpose,
        "text": Personal(route.text, route.person_id),
        "rank": route.rank,
        "first_day": route.first_day,
        "last_day": route.last_day,
    }


def _noted(action: str, summary: str, route: ContactRoute, *, actor: Actor, **change: Any) -> None:
    subject = Subject("person", route.person_id)
    record(action, subject, summary=summary, after=said_of_route(route), actor=actor, **change)
