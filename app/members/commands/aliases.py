"""Other spellings by which an institution is meant, and its units from day to day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.folding import folded
from app.core.history import as_known, check_version, lock, overlapping, supersede
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands.indexing import index_institution
from app.members.commands.survivors import lock_institution
from app.members.models import Institution, InstitutionAlias, InstitutionName, InstitutionUnit
from app.members.rules import alias_words, check_alias, check_unit, day_words, ended_period


@dataclass(frozen=True)
class UnitFacts:
    """What a unit is called, and from when to when it is part of the institution."""

    name: str
    first_day: date
    last_day: date | None = None


def add_alias(institution_id: int, alias: str, *, actor: Actor) -> InstitutionAlias:
    """Let another spelling mean an institution; one that means another institution, or is its name, is refused."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    words = alias_words(alias)
    _refuse_ambiguous(institution_id, words)
    added = InstitutionAlias(
        institution_id=institution_id, alias=alias, folded=words, added_by=actor.name, added_at=clock.now()
    )
    db.session.add(added)
    db.session.flush()
    index_institution(institution)
    _noted("members.add_alias", institution, f"{alias} means it too", actor)
    return added


def remove_alias(alias_id: int, *, actor: Actor) -> Institution:
    """Let a spelling no longer mean its institution."""
    actor.require(Permission.INSTITUTION_EDIT)
    alias = db.session.get(InstitutionAlias, alias_id)
    if alias is None:
        raise NotFoundError("There is no such alias.")
    institution = lock_institution(alias.institution_id)
    db.session.delete(alias)
    db.session.flush()
    index_institution(institution)
    _noted("members.remove_alias", institution, f"{alias.alias} no longer means it", actor)
    return institution


def add_unit(institution_id: int, facts: UnitFacts, *, actor: Actor) -> InstitutionUnit:
    """Say that an institution has a unit for a period; no two of one name share a day."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    period = Period(facts.first_day, facts.last_day)
    asked = select(InstitutionUnit).where(
        InstitutionUnit.institution_id == institution_id,
        InstitutionUnit.name == facts.name,
        as_known(InstitutionUnit),
        overlapping(InstitutionUnit, period),
    )
    check_unit(period, (other.period for other in db.session.scalars(asked.order_by(InstitutionUnit.id))))
    unit = InstitutionUnit(
        institution_id=institution_id,
        name=facts.name,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
    db.session.add(unit)
    db.session.flush()
    index_institution(institution)
    _noted("members.add_unit", institution, f"unit {facts.name} from {day_words(period.first)}", actor)
    return unit


def end_unit(unit_id: int, *, last_day: date, reason: str, version: int | None = None, actor: Actor) -> InstitutionUnit:
    """Say on which day a unit was last a part of its institution."""
    actor.require(Permission.INSTITUTION_EDIT)
    found = db.session.get(InstitutionUnit, unit_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such unit.")
    institution = lock_institution(found.institution_id)
    unit = lock(InstitutionUnit, unit_id)
    if version is not None:
        check_version(unit, version)
    supersede(unit, last_day=ended_period(unit.period, last_day).last)
    record(
        "members.end_unit",
        Subject("institution", institution.id),
        summary=f"{institution.name}: unit {unit.name} until {day_words(last_day)}",
        reason=reason,
        actor=actor,
    )
    db.session.flush()
    return unit


def _refuse_ambiguous(institution_id: int, words: str) -> None:
    """An alias is neither a name of any institution, former or present, nor (by constraint) another alias."""
    asked = (
        select(Institution.id, Institution.name, InstitutionName.name.label("called"), InstitutionName.short_name)
        .join(InstitutionName, InstitutionName.institution_id == Institution.id)
        .where(InstitutionName.superseded_at.is_(None), Institution.search_text.contains(words, autoescape=True))
        .order_by(Institution.id, InstitutionName.id)
    )
    rows = db.session.execute(asked)
    named = ((row.id, row.name) for row in rows if words in {folded(row.called), folded(row.short_name)})
    check_alias(institution_id, named)


def _noted(action: str, institution: Institution, what: str, actor: Actor) -> None:
    record(action, Subject("institution", institution.id), summary=f"{institution.name}: {what}", actor=actor)
