"""Whose digest is due, and how often somebody wants it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.accounts.models import Grant, User
from app.core.database import db
from app.core.history import on_day
from app.home.models import DigestChoice, DigestRound
from app.home.rules import USUAL_FREQUENCY, Frequency, digest_day


def frequency_of(user_id: int) -> Frequency:
    """How often a user wants the digest."""
    found = db.session.get(DigestChoice, user_id)
    return found.frequency if found else USUAL_FREQUENCY


def list_due(today: date) -> list[tuple[int, date]]:
    """Users who can sign in and hold a role today, with the day of the digest they have not been written yet."""
    holds = select(Grant.id).where(Grant.user_id == User.id, on_day(Grant, today))
    asked = (
        select(User.id, DigestChoice.frequency, DigestRound.done_for)
        .outerjoin(DigestChoice, DigestChoice.user_id == User.id)
        .outerjoin(DigestRound, DigestRound.user_id == User.id)
        .where(User.email.is_not(None), User.password_hash.is_not(None), User.disabled_at.is_(None), holds.exists())
        .order_by(User.id)
    )
    due = []
    for row in db.session.execute(asked):
        chosen: Frequency | None = row.frequency
        day = digest_day(chosen or USUAL_FREQUENCY, today)
        if day is not None and (row.done_for is None or row.done_for < day):
            due.append((row.id, day))
    return due
