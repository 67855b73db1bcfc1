"""Who has left and when they are erased: the ends of places, offices, seats and roles, of all features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, SQLColumnExpression, Subquery, and_, case, func, literal, or_, select, union_all

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.core import clock
from app.core.actor import Actor
from app.core.database import UtcInstant, db
from app.core.errors import NotFoundError
from app.core.paging import AnySelect, fetch_page
from app.core.periods import LATEST, ONE_DAY
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Affiliation, KeptPerson, Leaver, Person, RegisterPolicy, Representation
from app.members.queries.mergers import stands_alone
from app.members.queries.policy import policy_on
from app.members.rules import NOTICE, Leaving, TwinKind, last_day_due

Bonds = Callable[[], AnySelect]
_bonds: list[Bonds] = []


@dataclass(frozen=True)
class LeaverRow:
    """Somebody without a place, a seat or a role, and the day they are erased on."""

    id: int
    name: str
    left_on: date
    due_on: date
    kept_until: date | None
    kept_for: str | None


def register_bonds(bonds: Bonds) -> Bonds:
    """Let a feature name what ties or tied people to the consortium.

    Person id, last day, when it was recorded, and when it was taken back or corrected, if it was.
    """
    if bonds not in _bonds:
        _bonds.append(bonds)
    return bonds


def keeping_months(on: date) -> int:
    """How many months people are kept on a day: by the most patient policy in force within the notice before it.

    So a policy that keeps people for a shorter time erases nobody before they have stood on the list.
    """
    asked = select(RegisterPolicy.keeps_people_months).where(
        RegisterPolicy.first_day > on - NOTICE, RegisterPolicy.first_day <= on
    )
    in_force: list[int] = [policy_on(on - NOTICE).keeps_people_months, *db.session.scalars(asked)]
    return max(in_force)


def search_leavers(request: PageRequest, actor: Actor, *, on: date) -> Page[LeaverRow]:
    """Everybody who had left by the last night, who left first first."""
    actor.require(Permission.PERSON_ERASE)
    months = keeping_months(on)
    asked = (
        select(
            Person.id,
            Person.given_name,
            Person.family_name,
            Leaver.left_on,
            Leaver.recorded_at,
            KeptPerson.last_day.label("kept_until"),
            KeptPerson.reason,
        )
        .join(Person, Person.id == Leaver.person_id)
        .outerjoin(KeptPerson, KeptPerson.person_id == Leaver.person_id)
        .where(stands_alone(TwinKind.PERSON))
    )
    sorts: dict[str, SQLColumnExpression[Any]] = {"left": Leaver.left_on, "name": Person.sort_name}
    return fetch_page(asked, request, sorts=sorts, key=Leaver.person_id, build=lambda row: _row(row, months))


def find_leaver(person_id: int, on: date) -> LeaverRow | None:
    """When somebody who has left is erased; None for who has not, or is erased already."""
    asked = leavers_by(on - ONE_DAY, person_id).where(Person.id == person_id)
    found = db.session.execute(asked).one_or_none()
    return None if found is None else _row(found, keeping_months(on))


def get_leaver(person_id: int, actor: Actor, *, on: date) -> LeaverRow:
    """Somebody who has left, for those who may keep them for longer."""
    found = find_leaver(person_id, on) if actor.may(Permission.PERSON_ERASE) else None
    if found is None:
        raise NotFoundError("There is no such person who has left.")
    return found


def list_due(on: date) -> list[int]:
    """Who is to be erased by a day: their ids."""
    months = keeping_months(on)
    asked = leavers_by(last_day_due(on, months)).order_by(Person.id)
    rows = (_row(found, months) for found in db.session.execute(asked))
    return [row.id for row in rows if row.due_on <= on]


@register_bonds
def places() -> AnySelect:
    """Where people work."""
    of = Affiliation
    return select(of.person_id, of.last_day, of.recorded_at, of.superseded_at)


@register_bonds
def representations() -> AnySelect:
    """Whom people represent."""
    of = Representation
    return select(of.person_id, of.last_day, of.recorded_at, of.superseded_at)


@register_bonds
def roles() -> AnySelect:
    """Roles given by hand; those that follow from a seat or a representation end with it."""
    return (
        select(
            Person.id.label("person_id"),
            Grant.last_day,
            Grant.granted_at.label("recorded_at"),
            literal(None, UtcInstant).label("superseded_at"),
        )
        .join(Person, Person.user_id == Grant.user_id)
        .where(Grant.source == GrantSource.HAND)
    )


def leavers_by(by: date, person_id: int | None = None) -> AnySelect:
    """Everybody not erased whom nothing ties after a day: since when, recorded when, and whether they are kept.

    Whom nothing ever tied left, so to say, on the day they were taken up. Who was merged goes with the survivor. It
    reads all ties, or those of one person.
    """
    ties = _ties(person_id)
    none_ever = and_(ties.c.last_day.is_(None), Person.created_at < clock.start_of(by + ONE_DAY))
    return (
        select(
            Person.id,
            Person.given_name,
            Person.family_name,
            func.coalesce(ties.c.last_day, func.date(Person.created_at), type_=Date).label("left_on"),
            func.coalesce(ties.c.recorded_at, Person.created_at).label("recorded_at"),
            KeptPerson.last_day.label("kept_until"),
            KeptPerson.reason,
        )
        .outerjoin(ties, ties.c.person_id == Person.id)
        .outerjoin(KeptPerson, KeptPerson.person_id == Person.id)
        .where(Person.erased_at.is_(None), stands_alone(TwinKind.PERSON), or_(ties.c.last_day <= by, none_ever))
    )


def _ties(person_id: int | None) -> Subquery:
    """The latest end of all that ties each person, for ever where one is open, none where all was taken back.

    And when any of it was last recorded, taken back or corrected.
    """
    every = union_all(*(_of(person_id, bonds()) for bonds in _bonds)).subquery()
    stands = every.c.superseded_at.is_(None)
    end = func.max(case((stands, func.coalesce(every.c.last_day, literal(LATEST, Date)))))
    recorded = func.max(func.coalesce(every.c.superseded_at, every.c.recorded_at))
    return (
        select(every.c.person_id, end.label("last_day"), recorded.label("recorded_at"))
        .group_by(every.c.person_id)
        .subquery()
    )


def _of(person_id: int | None, bonds: AnySelect) -> AnySelect:
    return bonds if person_id is None else bonds.where(bonds.selected_columns[0] == person_id)


def _row(found: Any, months: int) -> LeaverRow:
    recorded_on = clock.local(found.recorded_at).date()
    return LeaverRow(
        id=found.id,
        name=f"{found.given_name} {found.family_name}",
        left_on=found.left_on,
        due_on=Leaving(found.left_on, recorded_on, found.kept_until).due_on(months),
        kept_until=found.kept_until,
        kept_for=found.reason,
    )
