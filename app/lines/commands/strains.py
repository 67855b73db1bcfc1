"""Background strains, and the other spellings that mean them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import advance, check_version, lock
from app.core.permissions import Permission
from app.lines.models import Strain, StrainAlias
from app.lines.rules import strain_key


def add_strain(name: str, *, actor: Actor) -> Strain:
    """Put a strain on record; nothing else may be called so."""
    actor.require(Permission.LINE_EDIT)
    _refuse_taken(name, "name")
    added = Strain(name=name, folded=strain_key(name))
    db.session.add(added)
    db.session.flush()
    _note("lines.add_strain", added, f"Added the strain {name}.", actor, after={"name": name})
    return added


def rename_strain(strain_id: int, name: str, *, version: int, actor: Actor) -> Strain:
    """Call a strain otherwise on all days; its former name goes on to mean it."""
    actor.require(Permission.LINE_EDIT)
    strain = lock(Strain, strain_id)
    check_version(strain, version)
    if name == strain.name:
        raise DomainError("This is its name already.", "name")
    before, key = strain.name, strain_key(name)
    if key != strain.folded:
        meant = select(StrainAlias).where(StrainAlias.folded == key, StrainAlias.strain_id == strain_id)
        own = db.session.scalar(meant)
        if own is not None:
            db.session.delete(own)
            db.session.flush()
        _refuse_taken(name, "name")
        db.session.add(StrainAlias(strain_id=strain.id, alias=before, folded=strain.folded))
    strain.name, strain.folded = name, key
    db.session.flush()
    said = {"before": {"name": before}, "after": {"name": name}}
    _note("lines.rename_strain", strain, f"{before} is called {name}.", actor, **said)
    return strain


def add_strain_alias(strain_id: int, alias: str, *, actor: Actor) -> StrainAlias:
    """Let another spelling mean a strain; one that means another strain is refused."""
    actor.require(Permission.LINE_EDIT)
    strain = lock(Strain, strain_id)
    _refuse_taken(alias, "alias")
    added = StrainAlias(strain_id=strain.id, alias=alias, folded=strain_key(alias))
    db.session.add(added)
    advance(strain)
    db.session.flush()
    _note("lines.add_strain_alias", strain, f"{alias} means {strain.name}, too.", actor, after={"alias": alias})
    return added


def remove_strain_alias(alias_id: int, *, actor: Actor) -> Strain:
    """Let a spelling no longer mean its strain."""
    actor.require(Permission.LINE_EDIT)
    alias = db.session.get(StrainAlias, alias_id)
    if alias is None:
        raise NotFoundError("There is no such alias.")
    strain = lock(Strain, alias.strain_id)
    db.session.delete(alias)
    advance(strain)
    db.session.flush()
    told = f"{alias.alias} no longer means {strain.name}."
    _note("lines.remove_strain_alias", strain, told, actor, before={"alias": alias.alias})
    return strain


def _refuse_taken(words: str, field: str) -> None:
    """Refuse what is the name or an alias of a strain."""
    key = strain_key(words)
    named = select(Strain.name).where(Strain.folded == key)
    meant = select(Strain.name).join(StrainAlias, StrainAlias.strain_id == Strain.id).where(StrainAlias.folded == key)
    taken = db.session.scalar(named.order_by(Strain.id)) or db.session.scalar(meant.order_by(Strain.id))
    if taken is not None:
        raise DomainError(f"This means the strain {taken} already.", field)


def _note(action: str, strain: Strain, summary: str, actor: Actor, **change: Any) -> None:
    record(action, Subject("strain", strain.id), summary=summary, actor=actor, **change)
