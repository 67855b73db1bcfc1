"""Who is likely the same as whom: the traits compared, the list of pairs, and twins of what is about to be added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.folding import folded
from app.core.history import valid
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Affiliation, DistinctPair, Institution, InstitutionName, LikelyTwins, Person
from app.members.queries.mergers import stands_alone, survivors
from app.members.rules import (
    Ground,
    InstitutionTraits,
    PersonTraits,
    TwinKind,
    filed_name,
    institution_pairs,
    person_pairs,
)

NEW = 0
MOST_SHOWN = 5


@dataclass(frozen=True)
class TwinFilters:
    """What the list of likely twins can be narrowed to."""

    kind: TwinKind | None = None
    ground: Ground | None = None
    text: str = ""


@dataclass(frozen=True)
class TwinRow:
    """Two records that are likely the same, and why."""

    kind: TwinKind
    one_id: int
    other_id: int
    one: str
    other: str
    weight: int
    grounds: tuple[Ground, ...]
    found_at: datetime


def institution_traits() -> list[InstitutionTraits]:
    """What institutions are compared by, in three statements; what was merged into one was once a name of it too."""
    into = survivors(TwinKind.INSTITUTION)
    asked = select(InstitutionName.institution_id, InstitutionName.name).where(
        InstitutionName.superseded_at.is_(None),
        or_(InstitutionName.last_day.is_not(None), InstitutionName.institution_id.in_(list(into))),
    )
    former: dict[int, list[str]] = defaultdict(list)
    for identity, name in db.session.execute(asked.order_by(InstitutionName.id)):
        former[into.get(identity, identity)].append(folded(name))
    rows = db.session.execute(
        select(Institution.id, Institution.name, Institution.country, Institution.vat_number, Institution.website)
        .where(stands_alone(TwinKind.INSTITUTION))
        .order_by(Institution.id)
    )
    return [
        InstitutionTraits(
            row.id, folded(row.name), tuple(former.get(row.id, ())), row.country, row.vat_number, row.website
        )
        for row in rows
    ]


def person_traits() -> list[PersonTraits]:
    """What people are compared by, with where they work today, in two statements."""
    asked = select(Affiliation.person_id, Affiliation.institution_id).where(valid(Affiliation, clock.today()))
    places: dict[int, list[int]] = defaultdict(list)
    for identity, place in db.session.execute(asked.order_by(Affiliation.id)):
        places[identity].append(place)
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name, Person.email)
        .where(stands_alone(TwinKind.PERSON))
        .order_by(Person.id)
    )
    return [
        PersonTraits(
            row.id, folded(row.given_name), folded(row.family_name), row.email, tuple(dict.fromkeys(places[row.id]))
        )
        for row in rows
    ]


def twins_of_new_institution(
    name: str, country: str, vat_number: str | None, actor: Actor
) -> Sequence[tuple[int, str]]:
    """Institutions on record that one about to be added is likely the same as: id and name."""
    actor.require(Permission.INSTITUTION_EDIT)
    new = InstitutionTraits(NEW, folded(name), country=country, vat_number=vat_number)
    found = [pair[1] for pair in institution_pairs([new, *institution_traits()]) if pair[0] == NEW]
    asked = select(Institution.id, Institution.name).where(Institution.id.in_(found))
    rows = db.session.execute(asked.order_by(Institution.sort_name, Institution.id).limit(MOST_SHOWN))
    return [(row.id, row.name) for row in rows]


def namesakes_of(institution: Institution, name: str, short_name: str, actor: Actor) -> Sequence[tuple[int, str]]:
    """Other institutions that are called as one is about to be: id and name."""
    actor.require(Permission.INSTITUTION_EDIT)
    same: list[ColumnElement[bool]] = []
    if folded(name) != folded(institution.name):
        same.append(Institution.sort_name == folded(filed_name(name))[:200])
    if folded(short_name) != folded(institution.short_name):
        same.append(func.lower(Institution.short_name) == short_name.lower())
    found = _found_as(TwinKind.INSTITUTION, select(Institution.id).where(or_(false(), *same))) - {institution.id}
    asked = select(Institution.id, Institution.name).where(Institution.id.in_(found))
    rows = db.session.execute(asked.order_by(Institution.sort_name, Institution.id).limit(MOST_SHOWN))
    return [(row.id, row.name) for row in rows]


def twins_of_new_person(
    given_name: str, family_name: str, email: str | None, actor: Actor
) -> Sequence[tuple[int, str]]:
    """People on record of the same name, either way round, or with the same address: id and name."""
    actor.require(Permission.PERSON_LIST)
    names = [folded(family_name, given_name)[:200], folded(given_name, family_name)[:200]]
    alike: list[ColumnElement[bool]] = [Person.sort_name.in_(names)]
    if email and actor.has_all(Permission.PERSON_READ):
        alike.append(func.lower(Person.email) == email.lower())
    found = _found_as(TwinKind.PERSON, select(Person.id).where(or_(*alike)))
    asked = select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(found))
    rows = db.session.execute(asked.order_by(Person.sort_name, Person.id).limit(MOST_SHOWN))
    return [(row.id, f"{row.given_name} {row.family_name}") for row in rows]


def _found_as(kind: TwinKind, asked: AnySelect) -> set[int]:
    """The records that stand by themselves of those asked for: of what was merged its survivor."""
    into = survivors(kind)
    return {into.get(each, each) for each in db.session.scalars(asked)}


def search_twins(filters: TwinFilters, request: PageRequest, actor: Actor) -> Page[TwinRow]:
    """Pairs that are likely the same, the likeliest first."""
    actor.require(Permission.REGISTER_MERGE)
    asked = _twins()
    if filters.kind is not None:
        asked = asked.where(LikelyTwins.kind == filters.kind)
    if filters.ground is not None:
        asked = asked.where((" " + LikelyTwins.grounds + " ").contains(f" {filters.ground} "))
    for word in folded(filters.text).split():
        asked = asked.where(_SEARCHED.contains(word, autoescape=True))
    return fetch_page(asked, request, sorts={"weight": LikelyTwins.weight}, key=LikelyTwins.id, build=_row)


def grounds_of(kind: TwinKind, one_id: int, other_id: int, actor: Actor) -> tuple[Ground, ...]:
    """Why two records are likely the same; none where they are not on the list."""
    actor.require(Permission.REGISTER_MERGE)
    asked = select(LikelyTwins).where(
        LikelyTwins.kind == kind, LikelyTwins.one_id == one_id, LikelyTwins.other_id == other_id
    )
    found = db.session.scalars(asked).one_or_none()
    return tuple(Ground(name) for name in found.grounds.split()) if found else ()


def find_distinct_pair(kind: TwinKind, one_id: int, other_id: int, actor: Actor) -> DistinctPair | None:
    """Who said that two records are not the same, and why."""
    actor.require(Permission.REGISTER_MERGE)
    return db.session.get(DistinctPair, (kind, one_id, other_id))


def all_pairs(kind: TwinKind) -> dict[tuple[int, int], frozenset[Ground]]:
    """Every pair that is likely the same, but those of which somebody said that they are not."""
    found = institution_pairs(institution_traits()) if kind is TwinKind.INSTITUTION else person_pairs(person_traits())
    asked = select(DistinctPair.one_id, DistinctPair.other_id).where(DistinctPair.kind == kind)
    distinct = {(row.one_id, row.other_id) for row in db.session.execute(asked)}
    return {pair: grounds for pair, grounds in found.items() if pair not in distinct}


_ONE, _OTHER = aliased(Institution), aliased(Institution)
_SOMEONE, _SOMEONE_ELSE = aliased(Person), aliased(Person)
_SEARCHED = func.coalesce(
    _ONE.search_text + " " + _OTHER.search_text, _SOMEONE.search_text + " " + _SOMEONE_ELSE.search_text
)


def _twins() -> AnySelect:
    asked: Any = select(
        LikelyTwins,
        _ONE.name.label("one_name"),
        _OTHER.name.label("other_name"),
        (_SOMEONE.given_name + " " + _SOMEONE.family_name).label("one_person"),
        (_SOMEONE_ELSE.given_name + " " + _SOMEONE_ELSE.family_name).label("other_person"),
    ).select_from(LikelyTwins)
    of_institutions = LikelyTwins.kind == TwinKind.INSTITUTION
    of_people = LikelyTwins.kind == TwinKind.PERSON
    for model, identity, condition in (
        (_ONE, LikelyTwins.one_id, of_institutions),
        (_OTHER, LikelyTwins.other_id, of_institutions),
        (_SOMEONE, LikelyTwins.one_id, of_people),
        (_SOMEONE_ELSE, LikelyTwins.other_id, of_people),
    ):
        asked = asked.outerjoin(model, (model.id == identity) & condition)
    found: AnySelect = asked
    return found


def _row(row: Any) -> TwinRow:
    twins: LikelyTwins = row.LikelyTwins
    return TwinRow(
        kind=twins.kind,
        one_id=twins.one_id,
        other_id=twins.other_id,
        one=row.one_name or row.one_person,
        other=row.other_name or row.other_person,
        weight=twins.weight,
        grounds=tuple(Ground(name) for name in twins.grounds.split()),
        found_at=twins.found_at,
    )
