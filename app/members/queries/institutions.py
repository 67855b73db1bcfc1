"""Institutions: the list on any day, and what is said of an institution in any list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, asc, desc, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from app.accounts.queries import name_scopes
from app.audit.remembering import remembered
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db, prepared
from app.core.history import as_known, valid
from app.core.paging import AnySelect, count_rows, fetch_page, matches, place_of
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import (
    Institution,
    InstitutionName,
    InstitutionParticulars,
    Membership,
    MembershipStep,
)
from app.members.queries.blocks import in_blocks, in_rows
from app.members.queries.memberships import step_facts
from app.members.queries.mergers import stands_alone
from app.members.queries.representations import voting_representatives
from app.members.rules import (
    ENDED_STATES,
    KIND_WORDS,
    STATE_ORDER,
    InstitutionKind,
    MembershipState,
    Standing,
    TwinKind,
    country_choices,
    country_name,
    filed_name,
    standing_on,
)

COMPOSITE = "composite"
SINCE = "since"


@dataclass(frozen=True)
class InstitutionFilters:
    """What the list of institutions can be narrowed to; empty for all. `kind` may also be "composite"."""

    text: str = ""
    kind: str | None = None
    class_id: int | None = None
    country: str | None = None
    state: MembershipState | None = None


@dataclass(frozen=True)
class InstitutionRow:
    """An institution in the list, as it was on the day asked for."""

    id: int
    name: str
    short_name: str
    country: str
    kind: str
    standing: Standing
    representative: str | None


def search_institutions(
    filters: InstitutionFilters, request: PageRequest, actor: Actor, *, on: date, known: datetime | None = None
) -> Page[InstitutionRow]:
    """Institutions under their names of the day; on another day than today only those that had a state by then."""
    actor.require(Permission.INSTITUTION_LIST)
    today = clock.today()
    is_now = known is None and on == today
    sorts = _sorts_now() if is_now else _sorts_then()
    key: SQLColumnExpression[int] = Institution.id if is_now else InstitutionName.institution_id
    asked = _listed(filters, on, known, today)
    total = partial(_count, filters, on, known, today)
    if request.sort == SINCE:
        asked = _by_joining(asked, request, known)
        found = asked.selected_columns
        sorts, key = {SINCE: found[SINCE]}, found.id.desc() if request.descending else found.id
    page = fetch_page(asked, request, sorts=sorts, key=key, build=lambda row: row, total=total)
    return in_blocks(page, lambda rows: _rows(rows, on, known))


def list_institution_ids(filters: InstitutionFilters, actor: Actor, *, on: date) -> list[int]:
    """The ids of all institutions that the list so narrowed holds today."""
    actor.require(Permission.INSTITUTION_LIST)
    held = named_on(on, None).where(*_conditions(filters, on, None, clock.today()))
    return list(db.session.scalars(held.with_only_columns(Institution.id).order_by(Institution.id)))


def list_institution_rows(institution_ids: Sequence[int], actor: Actor, *, on: date) -> Iterator[InstitutionRow]:
    """These institutions as the list shows them, by name, read some hundred at a time."""
    actor.require(Permission.INSTITUTION_LIST)
    asked = named_on(on, None).where(among(Institution.id, institution_ids))
    rows = db.session.execute(asked.order_by(InstitutionName.sort_name, Institution.id)).all()
    yield from in_rows(rows, lambda found: _rows(found, on, None))


_COUNTRIES = select(Institution.country).distinct()


@remembered
def count_countries() -> tuple[tuple[str, str], ...]:
    """The countries institutions are in: code and name, by name."""
    found = set(db.session.scalars(_COUNTRIES))
    return tuple((code, name) for code, name in country_choices() if code in found)


def kind_words(kind: InstitutionKind, *, is_composite: bool) -> str:
    """What an institution is, in words; a member that is itself a consortium is composite."""
    return "Composite member" if is_composite else KIND_WORDS[kind]


def _names_of(institution_ids: Iterable[int]) -> dict[int, str]:
    asked = select(Institution.id, Institution.name).where(Institution.id.in_(list(institution_ids)))
    return {identity: name for identity, name in db.session.execute(asked)}  # noqa: C416 - rows are no pairs to mypy


name_scopes("institution", _names_of)


# The rows of today hold what the two dated tables say of it, so that the list everyone opens joins nothing.
_NOW: AnySelect = select(
    Institution.id,
    Institution.name,
    Institution.short_name,
    Institution.kind,
    Institution.is_composite,
    Institution.country,
)


@prepared
def named_on(on: date, known: datetime | None) -> AnySelect:
    """Institutions by what they were called and were on a day, one row each."""
    return (
        select(
            Institution.id,
            InstitutionName.name,
            InstitutionName.short_name,
            InstitutionParticulars.kind,
            InstitutionParticulars.is_composite,
            InstitutionParticulars.country,
        )
        .join(InstitutionName, InstitutionName.institution_id == Institution.id)
        .join(InstitutionParticulars, InstitutionParticulars.institution_id == Institution.id)
        .where(valid(InstitutionName, on, known), valid(InstitutionParticulars, on, known))
    )


def _listed(filters: InstitutionFilters, on: date, known: datetime | None, today: date) -> AnySelect:
    if known is None and on == today:
        return _NOW.where(*_conditions(filters, on, known, today, Institution))
    return named_on(on, known).where(*_conditions(filters, on, known, today))


@remembered
def _count(filters: InstitutionFilters, on: date, known: datetime | None, today: date) -> int:
    return count_rows(_listed(filters, on, known, today))


def _conditions(
    filters: InstitutionFilters,
    on: date,
    known: datetime | None,
    today: date,
    held: type[Institution | InstitutionParticulars] = InstitutionParticulars,
) -> list[ColumnElement[bool]]:
    found = [*matches(_searched(known), filters.text), stands_alone(TwinKind.INSTITUTION, known)]
    if filters.kind == COMPOSITE:
        found.append(held.is_composite.is_(True))
    elif filters.kind:
        found.append(and_(held.kind == InstitutionKind(filters.kind), ~held.is_composite))
    if filters.country:
        found.append(held.country == filters.country)
    if filters.state or filters.class_id or on != today:
        found.extend(_standing_conditions(filters, on, known))
    return found


def _searched(known: datetime | None) -> SQLColumnExpression[str]:
    """What an institution is found by: all it is called, and where that is asked, what it was known to be called."""
    if known is None:
        return Institution.search_text
    then = InstitutionName.sort_name.concat(" ").concat(func.lower(InstitutionName.short_name))
    return Institution.search_text.concat(" ").concat(then)


def _standing_conditions(filters: InstitutionFilters, on: date, known: datetime | None) -> list[ColumnElement[bool]]:
    """As `standing_on` has it: the best state counts, and ended classes only where nothing else is held."""
    present = (
        select(Membership.institution_id)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .where(valid(MembershipStep, on, known))
    )
    # Where nearly all may be wanted, the list goes by name and asks of each.
    of_each = present.where(Membership.institution_id == Institution.id)
    if filters.state is None and filters.class_id is None:
        return [of_each.exists()]
    wanted = present
    if filters.class_id is not None:
        wanted = wanted.where(Membership.class_id == filters.class_id)
    if filters.state is None:
        return [Institution.id.in_(wanted.where(MembershipStep.state.not_in(ENDED_STATES)))]
    better = STATE_ORDER[: STATE_ORDER.index(filters.state)]
    in_state = MembershipStep.state == filters.state
    only_class = wanted.where(in_state) if filters.state in ENDED_STATES else wanted
    if filters.class_id is None:
        found: list[ColumnElement[bool]] = [of_each.where(in_state).exists()]
    else:
        found = [Institution.id.in_(present.where(in_state)), Institution.id.in_(only_class)]
    return [*found, Institution.id.not_in(present.where(MembershipStep.state.in_(better)))] if better else found


def _sorts_now() -> Mapping[str, SQLColumnExpression[Any]]:
    return {
        "name": Institution.sort_name,
        "country": country_order(Institution, tuple(code for code, _ in count_countries())),
        "kind": Institution.kind,
    }


def _sorts_then() -> Mapping[str, SQLColumnExpression[Any]]:
    return {
        "name": InstitutionName.sort_name,
        "country": country_order(InstitutionParticulars),
        "kind": InstitutionParticulars.kind,
    }


def _by_joining(asked: AnySelect, request: PageRequest, known: datetime | None) -> AnySelect:
    """The list with the day each first became a member; those who never did come last, whichever way it is sorted.

    Of both only so many are read as reach to the end of the page: the first ones are found in the index of that day.
    """
    turned, never = (desc, date.min) if request.descending else (asc, date.max)
    most = request.offset + request.size if request.size else None
    first = aliased(Membership)
    joined = (
        asked.join(first, and_(first.institution_id == Institution.id, _is_first(first, known)))
        .add_columns(first.first_day.label(SINCE))
        .order_by(turned(first.first_day), turned(first.institution_id))
        .limit(most)
        .cte("joined")
    )
    members = select(Membership.institution_id).where(as_known(Membership, known))
    left = most - select(func.count()).select_from(joined).scalar_subquery() if most else None
    others = (
        asked.where(Institution.id.not_in(members))
        .add_columns(literal(never).label(SINCE))
        .order_by(turned(Institution.id))
        .limit(left)
        .subquery()
    )
    return select(union_all(select(joined), select(others)).subquery())


def _is_first(membership: type[Membership], known: datetime | None) -> ColumnElement[bool]:
    """The condition that an institution has no earlier membership."""
    earlier = aliased(Membership)
    before = or_(
        earlier.first_day < membership.first_day,
        and_(earlier.first_day == membership.first_day, earlier.id < membership.id),
    )
    theirs = earlier.institution_id == membership.institution_id, as_known(earlier, known)
    return and_(as_known(membership, known), ~select(earlier.id).where(*theirs, before).exists())


@cache
def country_order(
    held: type[Institution | InstitutionParticulars] = InstitutionParticulars, there: tuple[str, ...] = ()
) -> ColumnElement[int]:
    """The order of countries by their names: the place of the code among those there are, or all, in that order."""
    codes = "".join(f",{code}" for code in there or (code for code, _ in country_choices()))
    return place_of(literal(",").concat(held.country), literal(codes))


def _rows(found: Sequence[Any], on: date, known: datetime | None) -> list[InstitutionRow]:
    ids = [row.id for row in found]
    steps, voting = step_facts(ids, known), voting_representatives(ids, on, known)
    return [
        InstitutionRow(
            id=row.id,
            name=filed_name(row.name),
            short_name=row.short_name,
            country=country_name(row.country),
            kind=kind_words(row.kind, is_composite=row.is_composite),
            standing=standing_on(steps.get(row.id, []), on),
            representative=voting.get(row.id),
        )
        for row in found
    ]
