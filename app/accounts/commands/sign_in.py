"""Signing in, and changing one's own password. A wrong password is a normal outcome, kept so that it can be counted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from app.accounts.commands import throttle
from app.accounts.commands.passwords import hash_password, is_outdated, is_right
from app.accounts.commands.sessions import Machine, end_other_sessions, start_session
from app.accounts.commands.throttle import Subjects
from app.accounts.commands.users import set_password
from app.accounts.models import User
from app.accounts.queries import find_enabled_user
from app.accounts.rules import wait_in_words
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError
from app.core.history import lock

WRONG = "The e-mail address or the password is not right, or this user cannot sign in."
WRONG_PRESENT = "This is not your present password."


@dataclass(frozen=True)
class Credentials:
    """What is typed to sign in."""

    email: str
    password: str


@dataclass(frozen=True)
class SignedIn:
    """A right password: the token of the new session."""

    token: str
    user_id: int


@dataclass(frozen=True)
class Refused:
    """Not let in, and what is said about it."""

    words: str


@dataclass(frozen=True)
class PasswordChange:
    """The present password and the one to come."""

    present: str
    new: str


def sign_in(credentials: Credentials, *, machine: Machine) -> SignedIn | Refused:
    """Begin a session for a right password; a wrong one is counted, and too many make the next try wait."""
    subjects = Subjects.of(credentials.email, machine.address)
    wait = throttle.wait_to_sign_in(subjects)
    if wait:
        return Refused(f"There were too many tries. Wait {wait_in_words(wait)} before the next one.")
    user = find_enabled_user(credentials.email)
    if not is_right(user.password_hash if user else None, credentials.password) or user is None:
        throttle.count_failure(subjects)
        return Refused(WRONG)
    throttle.count_success(subjects)
    _renew_hash(user, credentials.password)
    return SignedIn(start_session(user.id, machine), user.id)


def change_password(change: PasswordChange, *, token: str, machine: Machine, actor: Actor) -> Refused | None:
    """Set one's own password, knowing the present one; every other session of the user ends."""
    refused = confirm_password(change.present, machine=machine, actor=actor)
    if refused is not None:
        return refused
    set_password(lock(User, actor.user_id or 0), change.new, field="new", actor=actor)
    end_other_sessions(token, actor=actor)
    return None


def confirm_password(password: str, *, machine: Machine, actor: Actor) -> Refused | None:
    """Make sure that who acts is who signed in, by their password once more; a wrong one is counted as at sign-in."""
    if actor.user_id is None:
        raise AccessDeniedError("Only a person has a password.")
    user = lock(User, actor.user_id)
    subjects = Subjects.of(user.email or "", machine.address)
    wait = throttle.wait_to_sign_in(subjects)
    if wait:
        return Refused(f"There were too many tries. Wait {wait_in_words(wait)} before the next one.")
    if not is_right(user.password_hash, password):
        throttle.count_failure(subjects)
        return Refused(WRONG_PRESENT)
    return None


def _renew_hash(user: User, password: str) -> None:
    """Keep the password with today's parameters; this is no change of the user, so its version stays."""
    if user.password_hash and is_outdated(user.password_hash):
        renewed = update(User).where(User.id == user.id).values(password_hash=hash_password(password))
        db.session.execute(renewed.execution_options(synchronize_session=False))
