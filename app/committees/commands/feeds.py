"""Calendar feeds: made and revoked by who reads them; the secret part of the address is kept nowhere."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, func, select

from app.accounts.models import User
from app.accounts.rules import hash_token
from app.audit.commands import Subject, record
from app.committees.models import CalendarFeed
from app.committees.rules import FEED_WORDS, FeedScope
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.history import lock
from app.core.permissions import Permission
from app.core.personal_data import DataSubject, erases

TOKEN_BYTES = 32
MOST_FEEDS = 10


def make_feed(covers: FeedScope, *, actor: Actor) -> str:
    """Make a calendar feed for the actor; the secret part of its address comes back, and is never shown again."""
    if actor.user_id is None or not actor.has_any(Permission.COMMITTEE_READ):
        raise AccessDeniedError("You may not do this.")
    lock(User, actor.user_id)
    live = select(func.count(CalendarFeed.id)).where(
        CalendarFeed.user_id == actor.user_id, CalendarFeed.revoked_at.is_(None)
    )
    if (db.session.scalar(live) or 0) >= MOST_FEEDS:
        raise DomainError(f"You have {MOST_FEEDS} feeds already: revoke one first.", "covers")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed(
        user_id=actor.user_id, token_hash=hash_token(token), covers=covers, made_at=clock.now(), last_used_on=None
    )
    db.session.add(feed)
    db.session.flush()
    record(
        "committees.make_feed",
        Subject("user", actor.user_id),
        summary=f"Calendar feed {feed.id} made",
        after={"covers": FEED_WORDS[covers]},
        actor=actor,
    )
    return token


def revoke_feed(feed_id: int, *, actor: Actor) -> None:
    """Let one of the actor's own feeds answer no more."""
    feed = lock(CalendarFeed, feed_id)
    if feed.user_id != actor.user_id:
        raise NotFoundError("There is no such calendar feed.")
    if feed.revoked_at is not None:
        return
    feed.revoked_at = clock.now()
    db.session.flush()
    record(
        "committees.revoke_feed", Subject("user", feed.user_id), summary=f"Calendar feed {feed.id} revoked", actor=actor
    )


def note_use(feed_id: int) -> None:
    """Keep on which day a feed was last read: no more of it than tells its user whether something still reads it."""
    feed = db.session.get(CalendarFeed, feed_id)
    if feed is not None:
        feed.last_used_on = clock.today()


@erases("calendar feeds")
def erase_feeds(subject: DataSubject) -> int:
    """Take the feeds of a person away."""
    theirs = delete(CalendarFeed).where(CalendarFeed.user_id == subject.user_id).returning(CalendarFeed.id)
    return len(db.session.execute(theirs.execution_options(synchronize_session=False)).all())
