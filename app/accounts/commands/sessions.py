"""Browsers signed in: begun by a right password, ended by their user, by time, or with the password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, update

from app.accounts.models import SignInSession
from app.accounts.rules import ABSOLUTE_LIMIT, SESSIONS_KEPT_FOR, browser_in_words, hash_token
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import lock

TOKEN_BYTES = 32


@dataclass(frozen=True)
class Machine:
    """Where a request comes from: the address of the machine and what its browser calls itself."""

    address: str = "unknown"
    browser: str = ""


def start_session(user_id: int, machine: Machine) -> str:
    """Begin a session; the token comes back and is kept nowhere but in the browser."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _forget_old(user_id)
    started = SignInSession(
        user_id=user_id,
        token_hash=hash_token(token),
        started_at=clock.now(),
        expires_at=clock.now() + ABSOLUTE_LIMIT,
        browser=browser_in_words(machine.browser),
        address=machine.address[:40],
    )
    db.session.add(started)
    db.session.flush()
    return token


def sign_out(token: str) -> None:
    """End the session of a token."""
    _end(SignInSession.token_hash == hash_token(token))


def end_session(session_id: int, *, actor: Actor) -> None:
    """End one of the actor's own sessions."""
    session = lock(SignInSession, session_id)
    if session.user_id != actor.user_id:
        raise NotFoundError("There is no such session.")
    _end(SignInSession.id == session.id)


def end_other_sessions(token: str, *, actor: Actor) -> None:
    """End all of the actor's own sessions but the one of the token."""
    _end(SignInSession.user_id == actor.user_id, SignInSession.token_hash != hash_token(token))


def end_all_sessions(user_id: int) -> None:
    """End every session of a user."""
    _end(SignInSession.user_id == user_id)


def _end(*which: ColumnElement[bool]) -> None:
    open_ones = update(SignInSession).where(*which, SignInSession.ended_at.is_(None))
    db.session.execute(open_ones.values(ended_at=clock.now()))


def _forget_old(user_id: int) -> None:
    """Sessions name machines: they are not kept longer than a question about them is likely."""
    long_ago = clock.now() - SESSIONS_KEPT_FOR
    db.session.execute(
        delete(SignInSession).where(SignInSession.user_id == user_id, SignInSession.expires_at < long_ago)
    )
