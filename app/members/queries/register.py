"""The whole register: as an import finds it, and as it is exported so that an import can bring it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.folding import folded
from app.core.history import as_known, valid
from app.core.paging import AnySelect, fetch_page
from app.core.periods import LATEST, ONE_DAY
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import (
    FIRST_DAY_OF_NAMES,
    Affiliation,
    Institution,
    InstitutionAlias,
    InstitutionName,
    InstitutionParticulars,
    InstitutionUnit,
    Membership,
    MembershipClass,
    MembershipStep,
    Person,
)
from app.members.queries.blocks import in_blocks
from app.members.queries.contact_routes import export_contact_routes
from app.members.queries.mergers import email_known, stands_alone, survivors
from app.members.queries.representatives import ended_by, export_representatives, had_begun, was_named
from app.members.rules import KIND_WORDS, MEMBER_STATES, TwinKind, alias_words, country_name
from app.members.rules.imports import (
    COLUMNS,
    NAMES_PEOPLE,
    FormerName,
    ImportKind,
    Institutions,
    Known,
    KnownMembership,
    KnownPerson,
    Memberships,
    People,
    Place,
    StepCell,
    UnitCell,
    joined_languages,
    joined_lines,
    joined_names,
)

BLOCK = 2000
INSTITUTION_FACTS = tuple(
    column.key
    for column in COLUMNS[ImportKind.INSTITUTIONS]
    if column.key not in {"account_number", "named_since", "former_names", "aliases", "units"}
)
PERSON_FACTS = ("title", "given_name", "family_name", "email", "phone", "orcid", "languages")
Row = dict[str, Any]


def institutions_on_record() -> Institutions:
    """All institutions with all their values and names."""
    names, aliases, units = _former_names(None, None), _aliases(None, None), _units(None, None, None)
    asked = select(
        Institution.id,
        Institution.account_number,
        Institution.version,
        InstitutionName.first_day,
        *(getattr(Institution, key) for key in INSTITUTION_FACTS),
    ).join(InstitutionName, InstitutionName.institution_id == Institution.id)
    alone = stands_alone(TwinKind.INSTITUTION)
    present = (InstitutionName.superseded_at.is_(None), InstitutionName.last_day.is_(None), alone)
    rows = db.session.execute(asked.where(*present).order_by(Institution.id).execution_options(yield_per=BLOCK))
    register = Institutions(
        Known(
            row.id,
            row.account_number,
            {
                **{key: getattr(row, key) for key in INSTITUTION_FACTS},
                "named_since": _since(row.first_day),
                "former_names": tuple(names.get(row.id, ())),
                "aliases": tuple(aliases.get(row.id, ())),
                "units": tuple(units.get(row.id, ())),
            },
            row.version,
        )
        for row in rows
    )
    for institution_id, found in aliases.items():
        for alias in found:
            register.lookup.note("name", alias_words(alias), institution_id)
    _let_find_survivors(register)
    return register


def _let_find_survivors(register: Institutions) -> None:
    """The numbers, RORs and names of what was merged mean its survivor, and are no aliases of others."""
    into = survivors(TwinKind.INSTITUTION)
    asked = (
        select(
            Institution.id,
            Institution.account_number,
            Institution.ror,
            InstitutionName.name,
            InstitutionName.short_name,
        )
        .join(InstitutionName, InstitutionName.institution_id == Institution.id)
        .where(~stands_alone(TwinKind.INSTITUTION), InstitutionName.superseded_at.is_(None))
    )
    for row in db.session.execute(asked.order_by(Institution.id, InstitutionName.id)):
        register.note_merged(into[row.id], row.account_number, row.ror, row.name, row.short_name)


def people_on_record() -> People:
    """All people with their places, and the address of every user."""
    places: dict[int, list[Place]] = defaultdict(list)
    columns = (Affiliation.id, Affiliation.person_id, Affiliation.institution_id, Affiliation.position)
    asked = select(*columns, Affiliation.first_day, Affiliation.last_day).where(as_known(Affiliation))
    for row in db.session.execute(asked.order_by(Affiliation.id).execution_options(yield_per=BLOCK)):
        values = {"position": row.position, "first_day": row.first_day, "last_day": row.last_day}
        places[row.person_id].append(Place(row.id, row.institution_id, values))
    facts = [getattr(Person, key) for key in PERSON_FACTS]
    people = select(Person.id, Person.user_id, Person.version, Person.erased_at, *facts).order_by(Person.id)
    alone = people.where(stands_alone(TwinKind.PERSON))
    merged: dict[int, list[dict[str, Any]]] = defaultdict(list)
    into = survivors(TwinKind.PERSON)
    for row in db.session.execute(people.where(~stands_alone(TwinKind.PERSON))):
        merged[into[row.id]].append({"number": row.id, **dict(zip(PERSON_FACTS, row[4:], strict=True))})
    addresses = select(User.email, User.id).where(User.email.is_not(None)).order_by(User.id)
    return People(
        (
            KnownPerson(
                row.id,
                row.user_id,
                dict(zip(PERSON_FACTS, row[4:], strict=True)),
                row.version,
                places.get(row.id, []),
                merged=merged.get(row.id, ()),
                is_erased=row.erased_at is not None,
            )
            for row in db.session.execute(alone.execution_options(yield_per=BLOCK))
        ),
        {str(email): user_id for email, user_id in db.session.execute(addresses)},
        institutions_on_record(),
    )


def memberships_on_record() -> Memberships:
    """All memberships with their steps, and the classes by name and code."""
    asked = select(MembershipClass.id, MembershipClass.code, MembershipClass.name)
    classes = db.session.execute(asked.order_by(MembershipClass.position, MembershipClass.id)).all()
    named = {folded(text): row.id for row in classes for text in (row.code, row.name)}
    register = Memberships(institutions_on_record(), named, [row.name for row in classes])
    steps = _steps(select(MembershipStep.membership_id, *_STEP).where(as_known(MembershipStep)), {})
    memberships = select(Membership).where(as_known(Membership)).order_by(Membership.first_day, Membership.id)
    for row in db.session.scalars(memberships.execution_options(yield_per=BLOCK)):
        found = tuple(steps.get(row.id, ()))
        register.add(KnownMembership(row.id, row.institution_id, row.class_id, row.period, found, row.version))
    return register


def export_register(
    kind: ImportKind, *, on: date | None = None, known: datetime | None = None, actor: Actor
) -> Page[Row]:
    """Every row of the register of a kind as a stream of values by column, such as an import takes.

    On a past day: what had begun by then, under the names of then; an end after the day is left out.
    """
    actor.require(Permission.PERSON_READ if kind in NAMES_PEOPLE else Permission.INSTITUTION_READ)
    return {
        ImportKind.INSTITUTIONS: _export_institutions,
        ImportKind.PEOPLE: _export_people,
        ImportKind.MEMBERSHIPS: _export_memberships,
        ImportKind.REPRESENTATIVES: export_representatives,
        ImportKind.CONTACT_ROUTES: export_contact_routes,
    }[kind](on, known)


def _export_institutions(on: date | None, known: datetime | None) -> Page[Row]:
    parent, day = aliased(Institution), on or clock.today()
    apart = {"name", "short_name", "parent_id"}
    facts = [getattr(InstitutionParticulars, key) for key in INSTITUTION_FACTS if key not in apart]
    names = (InstitutionName.name, InstitutionName.short_name, InstitutionName.first_day)
    asked: AnySelect = (
        select(Institution.id, Institution.account_number, parent.account_number.label("parent_id"), *facts, *names)
        .join(InstitutionName, InstitutionName.institution_id == Institution.id)
        .join(InstitutionParticulars, InstitutionParticulars.institution_id == Institution.id)
        .outerjoin(parent, and_(parent.id == InstitutionParticulars.parent_id, was_named(parent.id, day, known)))
        .where(valid(InstitutionName, day, known), valid(InstitutionParticulars, day, known))
        .where(stands_alone(TwinKind.INSTITUTION, known))
    )
    page = _all(asked, Institution.id)
    return in_blocks(page, lambda rows: _institution_rows(rows, on, known))


def _institution_rows(rows: Sequence[Any], on: date | None, known: datetime | None) -> list[Row]:
    ids = [row.id for row in rows]
    names, aliases, units = _former_names(ids, known), _aliases(ids, known), _units(ids, on, known)
    return [
        _institution_row(
            row,
            [name for name in names.get(row.id, ()) if name.last_day < row.first_day],
            aliases.get(row.id, ()),
            units.get(row.id, ()),
        )
        for row in rows
    ]


def _institution_row(row: Any, former: Sequence[FormerName], aliases: Sequence[str], units: Sequence[UnitCell]) -> Row:
    """An institution as a table tells it; an alias that has become its name is told as that alone."""
    called = {folded(name) for each in (row, *former) for name in (each.name, each.short_name)}
    return {
        **row._mapping,  # noqa: SLF001 - SQLAlchemy's own name for the row as a mapping
        "kind": KIND_WORDS[row.kind],
        "is_composite": "yes" if row.is_composite else None,
        "country": country_name(row.country),
        "named_since": _since(row.first_day),
        "former_names": _former_words(former),
        "aliases": joined_names(alias for alias in aliases if alias_words(alias) not in called),
        "units": joined_lines(units),
    }


def _export_people(on: date | None, known: datetime | None) -> Page[Row]:
    held = (Affiliation.person_id == Person.id) & as_known(Affiliation, known)
    if on is not None:
        held &= (Affiliation.first_day <= on) & was_named(Affiliation.institution_id, on, known)
    places = (Affiliation.position, Affiliation.first_day, Affiliation.last_day)
    facts = [email_known(known).label(key) if key == "email" else getattr(Person, key) for key in PERSON_FACTS]
    asked: AnySelect = (
        select(Person.id.label("number"), *facts, Institution.account_number.label("institution_id"), *places)
        .select_from(Person)
        .join(Affiliation, held, isouter=True)
        .join(Institution, Institution.id == Affiliation.institution_id, isouter=True)
        .where(stands_alone(TwinKind.PERSON, known))
        .order_by(Person.id, Affiliation.first_day)
    )
    if on is not None:
        asked = asked.where(had_begun(on, known))
    page = _all(asked, Affiliation.id, by=Person.id)
    return in_blocks(page, lambda rows: [_person_row(row, on) for row in rows])


def _person_row(row: Any, on: date | None) -> Row:
    languages = joined_languages(row.languages)
    return {**row._mapping, "languages": languages, "last_day": ended_by(row.last_day, on)}  # noqa: SLF001


def _export_memberships(on: date | None, known: datetime | None) -> Page[Row]:
    asked: AnySelect = (
        select(
            Membership.id,
            Institution.account_number.label("institution_id"),
            MembershipClass.name.label("class_id"),
            Membership.first_day,
            Membership.last_day,
        )
        .join(Institution, Institution.id == Membership.institution_id)
        .join(MembershipClass, MembershipClass.id == Membership.class_id)
        .where(as_known(Membership, known))
    )
    if on is not None:
        asked = asked.where(Membership.first_day <= on, was_named(Membership.institution_id, on, known))
    page = _all(asked, Membership.id)
    return in_blocks(page, lambda rows: _membership_rows(rows, on, known))


def _membership_rows(rows: Sequence[Any], on: date | None, known: datetime | None) -> list[Row]:
    asked = select(MembershipStep.membership_id, *_STEP).where(
        MembershipStep.membership_id.in_(bindparam("ids", expanding=True)), as_known(MembershipStep, known)
    )
    if on is not None:
        # What ends on the day says what follows: a step that begins on the day after.
        asked = asked.where(MembershipStep.first_day <= min(on, LATEST) + ONE_DAY)
    holders = _holders(rows, known)
    steps = _steps(asked, {"ids": list(holders.values())})
    return [
        {
            **row._mapping,  # noqa: SLF001
            "last_day": ended_by(row.last_day, on),
            "state": None,
            "reason": None,
            "steps": _step_words(steps.get(holders[row.id], ()), on),
        }
        for row in rows
    ]


def _holders(rows: Sequence[Any], known: datetime | None) -> dict[int, int]:
    """The membership on which the steps of each row hang: what was known earlier is a copy, its steps stay behind.

    It is that of its class whose steps, as known then, share days with the copy: the days of today may be others.
    """
    if known is None:
        return {row.id: row.id for row in rows}
    holder, step = aliased(Membership), MembershipStep
    same = and_(holder.institution_id == Membership.institution_id, holder.class_id == Membership.class_id)
    shared = and_(
        step.membership_id == holder.id,
        as_known(step, known),
        step.state.in_(MEMBER_STATES),
        or_(step.last_day.is_(None), step.last_day >= Membership.first_day),
        or_(Membership.last_day.is_(None), step.first_day <= Membership.last_day),
    )
    asked = select(Membership.id, func.min(holder.id).label("holder")).join(holder, same).join(step, shared)
    found = asked.where(Membership.id.in_([row.id for row in rows])).group_by(Membership.id).order_by(Membership.id)
    return {row.id: row.id for row in rows} | {row.id: row.holder for row in db.session.execute(found)}


def _all(asked: AnySelect, key: Any, by: Any = None) -> Page[Any]:
    return fetch_page(asked, PageRequest(size=0), sorts={"": key if by is None else by}, key=key, build=lambda row: row)


_STEP = (MembershipStep.state, MembershipStep.first_day, MembershipStep.last_day, MembershipStep.reason)


def _steps(asked: AnySelect, values: Mapping[str, Any]) -> dict[int, list[StepCell]]:
    found: dict[int, list[StepCell]] = defaultdict(list)
    ordered = asked.order_by(MembershipStep.first_day, MembershipStep.id)
    for membership_id, state, first_day, last_day, reason in db.session.execute(ordered, values):
        found[membership_id].append(StepCell(state, first_day, last_day, reason))
    return found


def _step_words(steps: Sequence[StepCell], on: date | None) -> str:
    lines = [(step.state.value, step.first_day, ended_by(step.last_day, on), step.reason) for step in steps]
    return joined_lines(lines)


def _former_names(ids: Sequence[int] | None, known: datetime | None) -> dict[int, list[FormerName]]:
    """Names with an end, oldest first, by institution; of all institutions where none are named."""
    asked = select(
        InstitutionName.institution_id,
        InstitutionName.name,
        InstitutionName.short_name,
        InstitutionName.first_day,
        InstitutionName.last_day,
    ).where(as_known(InstitutionName, known), InstitutionName.last_day.is_not(None))
    if ids is not None:
        asked = asked.where(InstitutionName.institution_id.in_(ids))
    found: dict[int, list[FormerName]] = defaultdict(list)
    for row in db.session.execute(asked.order_by(InstitutionName.first_day, InstitutionName.id)):
        former = FormerName(row.name, row.short_name, _since(row.first_day), row.last_day)
        found[row.institution_id].append(former)
    return found


def _aliases(ids: Sequence[int] | None, known: datetime | None) -> dict[int, list[str]]:
    """Other spellings, as they were added, by institution; of all institutions where none are named."""
    asked = select(InstitutionAlias.institution_id, InstitutionAlias.alias).order_by(InstitutionAlias.id)
    if ids is not None:
        asked = asked.where(InstitutionAlias.institution_id.in_(ids))
    if known is not None:
        asked = asked.where(InstitutionAlias.added_at <= known)
    found: dict[int, list[str]] = defaultdict(list)
    for institution_id, alias in db.session.execute(asked):
        found[institution_id].append(alias)
    return found


def _units(ids: Sequence[int] | None, on: date | None, known: datetime | None) -> dict[int, list[UnitCell]]:
    """Units with their days, by institution; of all institutions where none are named."""
    unit = InstitutionUnit
    asked = select(unit.institution_id, unit.name, unit.first_day, unit.last_day).where(as_known(unit, known))
    if ids is not None:
        asked = asked.where(unit.institution_id.in_(ids))
    if on is not None:
        asked = asked.where(unit.first_day <= on)
    found: dict[int, list[UnitCell]] = defaultdict(list)
    ordered = asked.order_by(unit.first_day, unit.name, unit.id)
    for institution_id, name, first_day, last_day in db.session.execute(ordered):
        found[institution_id].append(UnitCell(name, first_day, ended_by(last_day, on)))
    return found


def _former_words(names: Sequence[FormerName]) -> str:
    return joined_lines((name.name, name.short_name, name.first_day, name.last_day) for name in names)


def _since(first_day: date) -> date | None:
    """The first day of a name, None for as long as anyone looks back."""
    return first_day if first_day > FIRST_DAY_OF_NAMES else None
