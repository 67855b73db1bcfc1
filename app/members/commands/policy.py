"""Adopting how the register is open to the public and how long it keeps people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import check_adoption
from app.core.permissions import Permission
from app.members.models import RegisterPolicy
from app.members.rules import Policy, check_policy, day_words


def adopt_policy(first_day: date, policy: Policy, *, version: int | None = None, actor: Actor) -> RegisterPolicy:
    """Let a policy hold from today or a later day on; `version` is the number of the newest one that was looked at."""
    actor.require(Permission.SETTING_EDIT)
    check_policy(policy)
    newest = db.session.scalar(select(func.max(RegisterPolicy.number))) or 0
    check_adoption(first_day, newest, version)
    adopted = RegisterPolicy(
        number=newest + 1, first_day=first_day, adopted_by=actor.name, adopted_at=clock.now(), **asdict(policy)
    )
    db.session.add(adopted)
    db.session.flush()
    record(
        "members.adopt_policy",
        Subject("register_policy", adopted.number),
        summary=f"Policy of the register adopted from {day_words(first_day)}",
        after={"first_day": first_day, **asdict(policy)},
        actor=actor,
    )
    return adopted
