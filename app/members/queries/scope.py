"""Whose details an actor may see: everybody's, their own institution's, their committees', billing contacts'."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, false, or_, select, true

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import valid
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.members.models import Affiliation, Person, Representation
from app.members.rules import Purpose

PersonScope = Callable[[Actor], AnySelect | None]
_scopes: list[PersonScope] = []


def register_person_scope(scope: PersonScope) -> PersonScope:
    """Let a feature above name further people an actor may see: it gives a select of person ids, or None for nobody."""
    if scope not in _scopes:
        _scopes.append(scope)
    return scope


def details_visible(actor: Actor) -> ColumnElement[bool]:
    """The condition that an actor may see how to reach a person (DESIGN, section 7)."""
    if actor.has_all(Permission.PERSON_READ):
        return true()
    conditions = [Person.id.in_(people) for people in _people_of(actor)]
    return or_(false(), *conditions)


def sees_details(person_id: int, actor: Actor) -> bool:
    """Whether the actor may see how to reach this person."""
    if actor.has_all(Permission.PERSON_READ):
        return True
    asked = select(Person.id).where(Person.id == person_id, details_visible(actor))
    return db.session.scalar(asked) is not None


def may_edit_person(person_id: int, actor: Actor) -> bool:
    """Whether the actor may change this person: all people, or those working at their own institution today."""
    if actor.has_all(Permission.PERSON_EDIT):
        return True
    asked = _at_institutions(actor.own_institutions(Permission.PERSON_EDIT)).where(Affiliation.person_id == person_id)
    return db.session.scalar(asked.limit(1)) is not None


def _people_of(actor: Actor) -> list[AnySelect]:
    found: list[AnySelect] = []
    own = actor.own_institutions(Permission.PERSON_READ)
    if own:
        found.append(_at_institutions(own))
        found.append(
            select(Representation.person_id).where(
                Representation.institution_id.in_(own), valid(Representation, clock.today())
            )
        )
    if actor.has_all(Permission.PERSON_READ_BILLING):
        found.append(
            select(Representation.person_id).where(
                Representation.purpose == Purpose.BILLING, valid(Representation, clock.today())
            )
        )
    if actor.own_committees(Permission.PERSON_READ):
        found.extend(people for scope in _scopes if (people := scope(actor)) is not None)
    return found


def _at_institutions(institution_ids: frozenset[int]) -> AnySelect:
    return select(Affiliation.person_id).where(
        Affiliation.institution_id.in_(institution_ids), valid(Affiliation, clock.today())
    )
