"""The directory: the members of a day by name, class and country, for members and, where it is open, for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select

from app.audit.remembering import remembered
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.history import valid
from app.core.paging import AnySelect, count_rows, fetch_page, matches
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Institution, InstitutionName, InstitutionParticulars, Membership, MembershipStep
from app.members.queries.blocks import in_blocks
from app.members.queries.institutions import country_order, kind_words, named_on
from app.members.queries.memberships import step_facts
from app.members.queries.policy import policy_on
from app.members.queries.representations import voting_representatives
from app.members.rules import MEMBER_STATES, country_name, filed_name, standing_on

Searched = SQLColumnExpression[str]


@dataclass(frozen=True)
class DirectoryFilters:
    """What the directory can be narrowed to; empty for all."""

    text: str = ""
    class_id: int | None = None
    country: str | None = None


@dataclass(frozen=True)
class DirectoryRow:
    """A member in the directory; the public is not told who represents it."""

    id: int
    name: str
    short_name: str
    country: str
    country_code: str
    kind: str
    classes: tuple[str, ...]
    website: str | None
    representative: str | None


@dataclass(frozen=True)
class CountryCount:
    """How many members are in a country."""

    code: str
    name: str
    members: int


def known_reader(actor: Actor | None) -> Actor | None:
    """Who reads the directory: an actor with any role, or None for the public where it is open to it.

    NotFoundError where it is not: then there is no directory.
    """
    if actor is not None and actor.has_any(Permission.INSTITUTION_LIST):
        return actor
    if not policy_on(clock.today()).has_public_directory:
        raise NotFoundError("There is no public directory.")
    return None


def search_directory(
    filters: DirectoryFilters, request: PageRequest, actor: Actor | None, *, on: date, known: datetime | None = None
) -> Page[DirectoryRow]:
    """Members, active or suspended, under their names of the day; the public (no actor) sees today only."""
    reader = _allowed(actor, on, known)
    # Members also find by former names and numbers; the public by the name it is shown, which tells it no more.
    searched = Institution.search_text if reader else InstitutionName.sort_name
    asked = _found(filters, on, known, searched)
    total = partial(_count, filters, on, known, clock.today(), searched)
    page = fetch_page(
        asked, request, sorts=_sorts(), key=InstitutionName.institution_id, build=lambda row: row, total=total
    )
    return in_blocks(page, lambda rows: _rows(rows, reader, on, known))


def count_by_country(actor: Actor | None, *, on: date, known: datetime | None = None) -> Sequence[CountryCount]:
    """How many members there are in each country, the most first."""
    _allowed(actor, on, known)
    return _count_by_country(on, known, clock.today())


@remembered
def _count_by_country(on: date, known: datetime | None, today: date) -> tuple[CountryCount, ...]:
    asked = _by_country_now(on) if known is None and on == today else _by_country(on, known)
    return tuple(counted_countries({row.country: row.members for row in db.session.execute(asked)}))


def counted_countries(numbers: Mapping[str, int]) -> list[CountryCount]:
    """Countries with how many members are there, the most first."""
    counts = [CountryCount(code, country_name(code), number) for code, number in numbers.items()]
    return sorted(counts, key=lambda count: (-count.members, count.name))


def _allowed(actor: Actor | None, on: date, known: datetime | None) -> Actor | None:
    reader = known_reader(actor)
    if reader is None and (on != clock.today() or known is not None):
        raise NotFoundError("The public directory is that of today.")
    return reader


@prepared
def _listed_on(on: date, known: datetime | None) -> AnySelect:
    return named_on(on, known).add_columns(InstitutionParticulars.website)


@prepared
def _by_country(on: date, known: datetime | None) -> AnySelect:
    members = _members_on(on, known)
    counted = select(InstitutionParticulars.country, func.count().label("members")).where(
        InstitutionParticulars.institution_id.in_(members), valid(InstitutionParticulars, on, known)
    )
    return counted.group_by(InstitutionParticulars.country).order_by(InstitutionParticulars.country)


@prepared
def _by_country_now(today: date) -> AnySelect:
    """The country an institution is in today stands in its own row."""
    counted = select(Institution.country, func.count().label("members"))
    counted = counted.where(Institution.id.in_(_members_on(today, None)))
    return counted.group_by(Institution.country).order_by(Institution.country)


@prepared
def _members_on(on: date, known: datetime | None) -> AnySelect:
    return (
        select(Membership.institution_id)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .where(valid(MembershipStep, on, known), MembershipStep.state.in_(MEMBER_STATES))
    )


def _conditions(filters: DirectoryFilters, on: date, known: datetime | None) -> list[ColumnElement[bool]]:
    members = _members_on(on, known)
    found: list[ColumnElement[bool]]
    if filters.class_id is None:  # Nearly all are: the list goes by name and asks of each.
        found = [members.where(Membership.institution_id == Institution.id).exists()]
    else:
        found = [Institution.id.in_(members.where(Membership.class_id == filters.class_id))]
    return [*found, InstitutionParticulars.country == filters.country] if filters.country else found


def _found(filters: DirectoryFilters, on: date, known: datetime | None, searched: Searched) -> AnySelect:
    return _listed_on(on, known).where(*matches(searched, filters.text), *_conditions(filters, on, known))


@remembered
def _count(filters: DirectoryFilters, on: date, known: datetime | None, today: date, searched: Searched) -> int:
    is_now = known is None and on == today
    shorter = is_now and (searched is Institution.search_text or not filters.text)
    return count_rows(_found(filters, on, known, searched), _members_now(filters, on) if shorter else None)


def _members_now(filters: DirectoryFilters, today: date) -> AnySelect:
    """Today every member has a name, so that it is counted without one, unless names are searched."""
    members = _members_on(today, None)
    if filters.class_id is not None:
        members = members.where(Membership.class_id == filters.class_id)
    found = [*matches(Institution.search_text, filters.text), Institution.id.in_(members)]
    counted = select(func.count()).select_from(Institution).where(*found)
    return counted.where(Institution.country == filters.country) if filters.country else counted


def _sorts() -> Mapping[str, SQLColumnExpression[Any]]:
    return {"name": InstitutionName.sort_name, "country": country_order(), "kind": InstitutionParticulars.kind}


def _rows(found: Sequence[Any], reader: Actor | None, on: date, known: datetime | None) -> list[DirectoryRow]:
    ids = [row.id for row in found]
    steps = step_facts(ids, known)
    voting = voting_representatives(ids, on, known) if reader else {}
    return [
        DirectoryRow(
            id=row.id,
            name=filed_name(row.name),
            short_name=row.short_name,
            country=country_name(row.country),
            country_code=row.country,
            kind=kind_words(row.kind, is_composite=row.is_composite),
            classes=standing_on(steps.get(row.id, []), on).classes,
            website=row.website,
            representative=voting.get(row.id),
        )
        for row in found
    ]
