"""Production consortia and repositories: putting them on record, and changing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.lines.models import ProductionConsortium, Repository
from app.members.commands import hold_institution


@dataclass(frozen=True)
class RepositoryValues:
    """A repository: its short code, its name, and the institution that runs it where that is on record."""

    code: str
    name: str
    institution_id: int | None = None


def add_consortium(code: str, name: str, *, actor: Actor) -> ProductionConsortium:
    """Put a production consortium on record; it is a label of those who produce together, and no member."""
    actor.require(Permission.LINE_EDIT)
    _refuse_taken(ProductionConsortium, code)
    added = ProductionConsortium(code=code, name=name)
    db.session.add(added)
    db.session.flush()
    _note("lines.add_consortium", "production_consortium", added, f"Added the production consortium {code}.", actor)
    return added


def edit_consortium(consortium_id: int, code: str, name: str, *, version: int, actor: Actor) -> ProductionConsortium:
    """Change what a production consortium is called."""
    actor.require(Permission.LINE_EDIT)
    found = lock(ProductionConsortium, consortium_id)
    check_version(found, version)
    _refuse_taken(ProductionConsortium, code, besides=found.id)
    found.code, found.name = code, name
    db.session.flush()
    _note("lines.edit_consortium", "production_consortium", found, f"Changed the production consortium {code}.", actor)
    return found


def add_repository(values: RepositoryValues, *, actor: Actor) -> Repository:
    """Put a repository on record."""
    actor.require(Permission.LINE_EDIT)
    _hold(values)
    _refuse_taken(Repository, values.code)
    added = Repository(code=values.code, name=values.name, institution_id=values.institution_id)
    db.session.add(added)
    db.session.flush()
    _note("lines.add_repository", "repository", added, f"Added the repository {values.code}.", actor)
    return added


def edit_repository(repository_id: int, values: RepositoryValues, *, version: int, actor: Actor) -> Repository:
    """Change a repository."""
    actor.require(Permission.LINE_EDIT)
    _hold(values)
    found = lock(Repository, repository_id)
    check_version(found, version)
    _refuse_taken(Repository, values.code, besides=found.id)
    found.code, found.name, found.institution_id = values.code, values.name, values.institution_id
    db.session.flush()
    _note("lines.edit_repository", "repository", found, f"Changed the repository {values.code}.", actor)
    return found


def _hold(values: RepositoryValues) -> None:
    if values.institution_id is not None:
        hold_institution(values.institution_id)


def _refuse_taken(model: type[Any], code: str, *, besides: int = 0) -> None:
    """Codes that differ by their capitals alone are one."""
    asked = select(model.name).where(func.lower(model.code) == code.lower(), model.id != besides)
    taken = db.session.scalar(asked.order_by(model.id).limit(1))
    if taken is not None:
        raise DomainError(f"This is the code of {taken} already.", "code")


def _note(action: str, kind: str, found: ProductionConsortium | Repository, summary: str, actor: Actor) -> None:
    after = {"code": found.code, "name": found.name}
    if isinstance(found, Repository):
        after["institution_id"] = str(found.institution_id or "")
    record(action, Subject(kind, found.id), summary=summary, actor=actor, after=after)
