"""Who reads without a session: a feed of a calendar, a job that does what somebody ordered."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.models import Grant, User
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.history import on_day


def find_actor_of(user_id: int) -> Actor | None:
    """A user with the roles held today, as at each request of theirs; None once they are shut out."""
    user = db.session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        return None
    asked = select(Grant.role, Grant.institution_id, Grant.committee_id).where(
        Grant.user_id == user_id, on_day(Grant, clock.today())
    )
    rows = db.session.execute(asked.order_by(Grant.id))
    return Actor(name=user.name, user_id=user.id, granted=tuple(dict.fromkeys(Granted(*row) for row in rows)))
