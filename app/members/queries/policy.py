"""How the register is open to the public on a day, and all policies there were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from app.core.actor import Actor
from app.core.database import db
from app.core.permissions import Permission
from app.members.models import RegisterPolicy
from app.members.rules import Policy

NEWEST = (RegisterPolicy.first_day.desc(), RegisterPolicy.number.desc())


def policy_on(day: date) -> Policy:
    """The policy in force on a day; before any was adopted both doors are shut. It is public."""
    asked = select(RegisterPolicy).where(RegisterPolicy.first_day <= day).order_by(*NEWEST)
    found = db.session.scalars(asked.limit(1)).one_or_none()
    return Policy(**{name: getattr(found, name) for name in Policy.__dataclass_fields__}) if found else Policy()


def newest_policy() -> int:
    """The number of the policy adopted last, 0 for none."""
    return db.session.scalar(select(func.max(RegisterPolicy.number))) or 0


def list_policies(actor: Actor) -> Sequence[RegisterPolicy]:
    """All policies, the newest first."""
    actor.require(Permission.SETTING_READ)
    return db.session.scalars(select(RegisterPolicy).order_by(*NEWEST)).all()
