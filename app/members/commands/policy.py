"""Adopting how the register is open to the public and how long it keeps people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.members.models import RegisterPolicy
from app.members.rules import Policy, check_policy, day_words


def adopt_policy(first_day: date, policy: Policy, *, actor: Actor) -> RegisterPolicy:
    """Let a policy hold from today or a later day on; one that begins on the same day takes the former's place."""
    actor.require(Permission.SETTING_EDIT)
    check_policy(policy)
    if first_day < clock.today():
        raise DomainError("What was in force stays as it was: choose today or a later day.", "first_day")
    adopted = db.session.get(RegisterPolicy, first_day, with_for_update=True)
    names = Policy.__dataclass_fields__
    before = {name: getattr(adopted, name) for name in names} if adopted else None
    if adopted is None:
        adopted = RegisterPolicy(first_day=first_day)
        db.session.add(adopted)
    for name, value in asdict(policy).items():
        setattr(adopted, name, value)
    adopted.adopted_by, adopted.adopted_at = actor.name, clock.now()
    db.session.flush()
    record(
        "members.adopt_policy",
        Subject("register_policy", first_day.toordinal()),
        summary=f"Policy of the register adopted from {day_words(first_day)}",
        before=before,
        after=asdict(policy),
        actor=actor,
    )
    return adopted
