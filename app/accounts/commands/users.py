"""Users: opened with a person or by hand, changed, shut out and let in again.

Names and addresses of people stand in the trail with their person (members), where they can be erased; never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import select, update

from app.accounts.commands.grants import administration_kept, grant_by_hand
from app.accounts.commands.passwords import hash_password
from app.accounts.commands.sessions import end_all_sessions
from app.accounts.models import AccessLink, ConsortiumProfile, User
from app.accounts.rules import check_email, check_name, check_password, words_of_user
from app.audit.commands import Subject, record
from app.audit.models import AuditEntry
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.history import check_version, lock
from app.core.periods import Period
from app.core.permissions import Permission, Role

PASSWORD_SET = "accounts.set_password"  # noqa: S105 - what the trail calls it


@dataclass(frozen=True)
class UserValues:
    """What a user is called, and where they are reached."""

    name: str
    email: str | None


def open_user(name: str, email: str | None, actor: Actor) -> User:
    """Someone who may hold rights; nobody can sign in as them before they have set a password."""
    if not (actor.has_any(Permission.ACCOUNT_EDIT) or actor.has_any(Permission.PERSON_EDIT)):
        raise AccessDeniedError("You may not do this.")
    user = User(name=check_name(name), email=check_email(email), created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    record("accounts.open_user", _subject(user), summary="User opened", actor=actor)
    return user


def row_of_user(name: str, email: str | None) -> dict[str, Any]:
    """The row of a new user, for who opens many at once and puts them on record with their people."""
    words = words_of_user(name, email)
    return {"name": name, "email": email, "search_text": words, "created_at": clock.now(), "version": 1}


def change_user(user_id: int, values: UserValues, *, version: int | None = None, actor: Actor) -> User:
    """Correct a name, or the address to sign in with: that only who keeps the accounts, lest others sign in with it."""
    if not (actor.has_any(Permission.ACCOUNT_EDIT) or actor.has_any(Permission.PERSON_EDIT)):
        raise AccessDeniedError("You may not do this.")
    user = lock_living(user_id)
    if version is not None:
        check_version(user, version)
    name, email = check_name(values.name), check_email(values.email)
    changes = {"name": user.name != name, "e-mail": user.email != email}
    if changes["e-mail"]:
        _prepare_change_of_address(user, email, actor)
    if any(changes.values()):
        user.name, user.email = name, email
        db.session.flush()
        words = " and ".join(word for word in changes if changes[word])
        record("accounts.change_user", _subject(user), summary=f"Corrected: {words}", actor=actor)
    return user


def _prepare_change_of_address(user: User, email: str | None, actor: Actor) -> None:
    """Whoever reads mail at an address can sign in with it: only who keeps the accounts changes it, and links end."""
    actor.require(Permission.ACCOUNT_EDIT)
    if user.password_hash is not None and email is None:
        raise DomainError("They sign in with this address; disable the user to shut them out.", "email")
    spend_links(user)


def disable_user(user_id: int, *, reason: str, actor: Actor) -> User:
    """Shut someone out at once, whatever roles they hold; their sessions and links end."""
    actor.require(Permission.ACCOUNT_EDIT)
    user = lock(User, user_id)
    if user.disabled_at is not None:
        raise DomainError("This user is disabled already.")
    with administration_kept():
        user.disabled_at = clock.now()
    end_all_sessions(user.id)
    spend_links(user)
    record("accounts.disable_user", _subject(user), summary="User disabled", reason=reason, actor=actor)
    return user


def enable_user(user_id: int, *, actor: Actor) -> User:
    """Let someone in again, with the password and the roles they have."""
    actor.require(Permission.ACCOUNT_EDIT)
    user = lock_living(user_id)
    if user.disabled_at is None:
        raise DomainError("This user is not disabled.")
    user.disabled_at = None
    db.session.flush()
    record("accounts.enable_user", _subject(user), summary="User enabled", actor=actor)
    return user


def set_password(user: User, password: str, *, field: str = "password", actor: Actor) -> None:
    """Give a locked user another password, ending their links; the caller ends the sessions that must end."""
    user.password_hash = hash_password(check_password(password, expected_words(user), field=field))
    db.session.flush()
    spend_links(user)
    record(PASSWORD_SET, _subject(user), summary="Password set", actor=actor)


def open_administrator(values: UserValues, *, password: str, actor: Actor) -> User:
    """A user who can sign in at once and holds the secretariat's role from today on."""
    actor.require(Permission.ACCOUNT_EDIT)
    user = open_user(values.name, values.email, actor)
    set_password(user, password, actor=actor)
    grant_by_hand(user.id, Role.SECRETARIAT, Period(clock.today()), reason="Made from the shell", actor=actor)
    return user


def lock_living(user_id: int) -> User:
    """The user, locked until the transaction ends; refused where they were erased: nobody ever signs in as them."""
    user = lock(User, user_id)
    if user.erased_at is not None:
        raise DomainError("This user was erased and stays so.")
    return user


def spend_links(user: User) -> None:
    """Make every link of a user useless."""
    open_links = (AccessLink.user_id == user.id, AccessLink.used_at.is_(None))
    db.session.execute(update(AccessLink).where(*open_links).values(used_at=clock.now()))


def sign_out_since(user: User, since: datetime) -> None:
    """Sign a locked user out who was reached at somebody else's address since then, whoever that was, and end links.

    A password set since then opens nothing any more: by their own address they are sent a link for another one.
    """
    end_all_sessions(user.id)
    spend_links(user)
    about = AuditEntry.subject_kind == "user", AuditEntry.subject_id == user.id
    set_since = (*about, AuditEntry.action == PASSWORD_SET, AuditEntry.at >= since)
    if db.session.scalar(select(AuditEntry.sequence).where(*set_since).limit(1)) is not None:
        user.password_hash = hash_password(token_urlsafe())


def expected_words(user: User) -> list[str]:
    """Words that one would try first as this user's password."""
    names = db.session.execute(select(ConsortiumProfile.name, ConsortiumProfile.short_name)).all()
    return [user.name, user.email or "", *(name for pair in names for name in pair)]


def _subject(user: User) -> Subject:
    return Subject("user", user.id)
