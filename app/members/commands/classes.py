"""Adding a class of membership and changing what it brings; a class is never deleted, only no longer offered."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.members.models import MembershipClass
from app.members.rules import ClassFacts, check_class


def add_class(facts: ClassFacts, *, actor: Actor) -> MembershipClass:
    """Offer another class of membership, after the others."""
    actor.require(Permission.SETTING_EDIT)
    check_class(facts)
    code = re.sub(r"[^a-z0-9]+", "-", folded(facts.name)).strip("-")[:40]
    if not code:
        raise DomainError("A name has letters or digits.", "name")
    last = db.session.scalar(select(func.max(MembershipClass.position))) or 0
    added = MembershipClass(code=code, position=last + 1, **_values(facts))
    db.session.add(added)
    db.session.flush()
    record(
        "members.add_class",
        Subject("membership_class", added.id),
        summary=f"Class {facts.name} added",
        after=_values(facts),
        actor=actor,
    )
    return added


def edit_class(class_id: int, facts: ClassFacts, *, version: int, actor: Actor) -> MembershipClass:
    """Change what a class brings from now on; periods already agreed keep their last days."""
    actor.require(Permission.SETTING_EDIT)
    check_class(facts)
    changed = lock(MembershipClass, class_id)
    check_version(changed, version)
    before = {name: getattr(changed, name) for name in _values(facts)}
    after = {name: value for name, value in _values(facts).items() if before[name] != value}
    for name, value in after.items():
        setattr(changed, name, value)
    if after:
        record(
            "members.edit_class",
            Subject("membership_class", class_id),
            summary=f"Class {facts.name}: {', '.join(name.replace('_', ' ') for name in after)} changed",
            before={name: before[name] for name in after},
            after=after,
            actor=actor,
        )
    db.session.flush()
    return changed


def _values(facts: ClassFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "votes": facts.votes,
        "is_billed": facts.is_billed,
        "seats": facts.seats,
        "term_kind": facts.term.kind,
        "term_months": facts.term.months,
        "rollover_month": facts.term.rollover_month,
        "rollover_day": facts.term.rollover_day,
        "grace_days": facts.grace_days,
        "is_offered": facts.is_offered,
    }
