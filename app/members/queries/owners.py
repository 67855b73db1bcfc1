"""Who may work on cases of joining and leaving."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.accounts.models import Grant, User
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import on_day
from app.core.permissions import ALLOWED, Permission


def may_own_cases(user_id: int) -> bool:
    """Whether a user may work on cases today."""
    return db.session.scalar(_owners().where(User.id == user_id).limit(1)) is not None


def owner_choices(actor: Actor) -> list[tuple[int, str]]:
    """The users who may work on cases today, by name."""
    actor.require(Permission.APPLICATION_EDIT)
    rows = db.session.execute(_owners().add_columns(User.name).order_by(User.name, User.id))
    return [(identity, name) for identity, name in rows]


def _owners() -> Select[int]:
    roles = list(ALLOWED[Permission.APPLICATION_EDIT])
    held = select(Grant.user_id).where(Grant.role.in_(roles), on_day(Grant, clock.today()))
    return select(User.id).where(User.disabled_at.is_(None), User.id.in_(held))
