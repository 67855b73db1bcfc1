"""What an institution is called from day to day: another name from a day on, and putting right what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.folding import folded
from app.core.history import advance, check_version, retract, supersede
from app.core.periods import ONE_DAY
from app.core.permissions import Permission
from app.members.commands.indexing import filed_under, index_institution
from app.members.commands.survivors import lock_institution
from app.members.models import Institution, InstitutionAlias, InstitutionName
from app.members.rules import day_words


@dataclass(frozen=True)
class Naming:
    """What an institution is called from a day on."""

    name: str
    short_name: str
    first_day: date


def rename_institution(
    institution_id: int, naming: Naming, *, reason: str | None = None, version: int | None = None, actor: Actor
) -> Institution:
    """Call an institution by another name from a day on; the old name keeps its days and is still found."""
    actor.require(Permission.INSTITUTION_EDIT)
    institution = lock_institution(institution_id)
    if version is not None:
        check_version(institution, version)
    if naming.first_day > clock.today():
        raise DomainError("A new name is recorded once its first day has come.", "first_day")
    present = _present_name(institution.id)
    if naming.first_day <= present.first_day:
        raise DomainError(
            f"The present name holds since {day_words(present.first_day)}: a new one begins later.", "first_day"
        )
    wanted = {"name": naming.name, "short_name": naming.short_name}
    before = {key: getattr(institution, key) for key in wanted if getattr(institution, key) != wanted[key]}
    if not before:
        raise DomainError("This is its name already.", "name")
    refuse_alias(naming.name, naming.short_name, besides=institution_id)
    supersede(present, last_day=naming.first_day - ONE_DAY)
    db.session.add(new_name(institution.id, naming))
    institution.name, institution.short_name = naming.name, naming.short_name
    index_institution(institution)
    record(
        "members.rename_institution",
        Subject("institution", institution.id),
        summary=f"{present.name} is called {naming.name} from {day_words(naming.first_day)}",
        before=before,
        after={key: wanted[key] for key in before} | {"first_day": naming.first_day.isoformat()},
        reason=reason,
        actor=actor,
    )
    return institution


def correct_name(name_id: int, naming: Naming, *, reason: str, version: int, actor: Actor) -> Institution:
    """Correct the spelling or the first day of a name; the one before it ends the day before, and no day is without.

    The first name holds since it was founded, or ever: of it the spelling alone is corrected. `version` is that of the
    institution.
    """
    institution, found = _locked(name_id, version, actor)
    former = _find_former(found)
    if naming.first_day != found.first_day:
        _check_first_day(naming.first_day, found, former)
    refuse_alias(naming.name, naming.short_name, besides=institution.id)
    before = _said(found)
    if former is not None and naming.first_day != found.first_day:
        supersede(former, last_day=naming.first_day - ONE_DAY)
    supersede(
        found,
        name=naming.name,
        short_name=naming.short_name,
        sort_name=filed_under(naming.name),
        first_day=naming.first_day,
    )
    if before == _said(found):
        raise DomainError("This is on record already.", "name")
    return _put_right("members.correct_name", institution, (before, _said(found)), reason, actor)


def retract_name(name_id: int, *, reason: str, version: int, actor: Actor) -> Institution:
    """Take back a name that was put on record by mistake: the one before it goes on over its days.

    `version` is that of the institution.
    """
    institution, found = _locked(name_id, version, actor)
    former = _find_former(found)
    if former is None:
        raise DomainError("There is no name before it: correct this one instead.")
    before = _said(found)
    retract(found)
    supersede(former, last_day=found.last_day)
    return _put_right("members.retract_name", institution, (before, None), reason, actor)


def new_name(institution_id: int, naming: Naming, last_day: date | None = None) -> InstitutionName:
    """A name to be put on record from its first day on."""
    return InstitutionName(
        institution_id=institution_id,
        name=naming.name,
        short_name=naming.short_name,
        sort_name=filed_under(naming.name),
        first_day=naming.first_day,
        last_day=last_day,
        recorded_at=clock.now(),
    )


def respell(institution: Institution, name: str, short_name: str) -> None:
    """Spell the present name otherwise, as it was always meant."""
    supersede(_present_name(institution.id), name=name, short_name=short_name, sort_name=filed_under(name))


def refuse_alias(name: str, short_name: str, *, besides: int | None = None) -> None:
    """A name that is an alias of another institution would be understood as that one."""
    asked = (
        select(InstitutionAlias.folded, Institution.name)
        .join(Institution, Institution.id == InstitutionAlias.institution_id)
        .where(InstitutionAlias.folded.in_([folded(name), folded(short_name)]), Institution.id != (besides or 0))
        .order_by(InstitutionAlias.id)
        .limit(1)
    )
    found = db.session.execute(asked).one_or_none()
    if found is not None:
        field = "name" if found.folded == folded(name) else "short_name"
        raise DomainError(f"This is an alias of {found.name}: remove it there first.", field)


def _present_name(institution_id: int) -> InstitutionName:
    asked = select(InstitutionName).where(
        InstitutionName.institution_id == institution_id,
        InstitutionName.last_day.is_(None),
        InstitutionName.superseded_at.is_(None),
    )
    return db.session.scalars(asked).one()


def _locked(name_id: int, version: int, actor: Actor) -> tuple[Institution, InstitutionName]:
    """A name on record with its institution, locked to be put right."""
    actor.require(Permission.INSTITUTION_EDIT)
    found = db.session.get(InstitutionName, name_id)
    if found is None:
        raise NotFoundError("There is no such name.")
    institution = lock_institution(found.institution_id)
    db.session.refresh(found)
    if found.superseded_at is not None:
        raise NotFoundError("There is no such name.")
    check_version(institution, version)
    return institution, found


def _find_former(found: InstitutionName) -> InstitutionName | None:
    """What it was called until the day before."""
    asked = select(InstitutionName).where(
        InstitutionName.institution_id == found.institution_id,
        InstitutionName.last_day == found.first_day - ONE_DAY,
        InstitutionName.superseded_at.is_(None),
    )
    return db.session.scalar(asked)


def _check_first_day(first_day: date, found: InstitutionName, former: InstitutionName | None) -> None:
    if former is None:
        raise DomainError("It has no name before this one, which holds since its first day.", "first_day")
    if first_day > clock.today():
        raise DomainError("A new name is recorded once its first day has come.", "first_day")
    if first_day <= former.first_day:
        told = f"The name before it holds since {day_words(former.first_day)}: this one begins later."
        raise DomainError(told, "first_day")
    if found.last_day is not None and first_day > found.last_day:
        raise DomainError(f"It held until {day_words(found.last_day)}: it began by then.", "first_day")


def _said(found: InstitutionName) -> dict[str, Any]:
    return {
        "name": found.name,
        "short_name": found.short_name,
        "first_day": found.first_day,
        "last_day": found.last_day,
    }


def _put_right(
    action: str,
    institution: Institution,
    said: tuple[dict[str, Any], dict[str, Any] | None],
    reason: str,
    actor: Actor,
) -> Institution:
    """Let the institution follow its present name, which may be the one put right, and write what was said of it."""
    db.session.flush()
    present = _present_name(institution.id)
    institution.name, institution.short_name = present.name, present.short_name
    advance(institution)
    index_institution(institution)
    before, after = said
    record(
        action,
        Subject("institution", institution.id),
        summary=f"{institution.name}: name {before['name']} {'corrected' if after else 'taken back'}",
        before=before,
        after=after or {},
        reason=reason,
        actor=actor,
    )
    return institution
