"""Single-use timed links that set a password: sent as an invitation, or on request when it was forgotten."""

from __future__ import annotations

import secrets
from datetime import timedelta

from app.accounts.commands import throttle
from app.accounts.commands.sessions import TOKEN_BYTES, Machine, end_all_sessions
from app.accounts.commands.throttle import Subjects
from app.accounts.commands.users import set_password, spend_links
from app.accounts.documents import Letter, Message, invitation, reset_message
from app.accounts.models import AccessLink, User
from app.accounts.queries import find_enabled_user, find_open_link, find_profile
from app.accounts.rules import INVITATION_LIFE, RESET_LIFE, LinkPurpose, hash_token
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.permissions import Permission
from app.core.site import this_site
from app.outbox.commands import Address, send_mail


def invite_user(user_id: int, actor: Actor) -> User:
    """Send someone a link to set their first password; an earlier invitation is void from now on."""
    actor.require(Permission.ACCOUNT_EDIT)
    user = lock(User, user_id)
    if user.disabled_at is not None:
        raise DomainError("This user is disabled. Enable them first.")
    if user.password_hash is not None:
        raise DomainError("They have a password already and can ask for another one on the sign-in page.")
    if user.email is None:
        raise DomainError("There is no e-mail address to send an invitation to.")
    spend_links(user)
    _send_link(user, LinkPurpose.INVITATION)
    record("accounts.invite_user", Subject("user", user.id), summary="Invitation sent", actor=actor)
    return user


def request_reset(email: str, *, machine: Machine) -> None:
    """Send a link for another password where the address is a user's who has one; who asks learns nothing either way.

    Who was never invited, or has not used the invitation, is invited by the secretariat and nobody else.
    """
    subjects = Subjects.of(email, machine.address, kind="reset")
    if throttle.wait_to_reset(subjects):
        return
    throttle.count_failure(subjects)
    user = find_enabled_user(email)
    if user is not None and user.password_hash:
        _send_link(user, LinkPurpose.RESET)


def use_link(token: str, *, password: str, machine: Machine) -> User:
    """Set the password a link was sent for; the link is used, and every session of the user ends."""
    link = find_open_link(token)
    if link is None or lock(AccessLink, link.id).used_at is not None:
        raise DomainError("This link has been used meanwhile, or is too old.")
    user = lock(User, link.user_id)
    set_password(user, password, actor=Actor(user.name, user.id))
    end_all_sessions(user.id)
    throttle.count_success(Subjects.of(user.email or "", machine.address))
    return user


def _send_link(user: User, purpose: LinkPurpose) -> None:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    life = INVITATION_LIFE if purpose is LinkPurpose.INVITATION else RESET_LIFE
    link = AccessLink(user_id=user.id, purpose=purpose, token_hash=hash_token(token), expires_at=clock.now() + life)
    db.session.add(link)
    db.session.flush()
    message = _write(purpose, _letter(user, token, life))
    send_mail(to=Address(user.name, user.email or ""), subject=message.subject, body=message.body)


def _write(purpose: LinkPurpose, letter: Letter) -> Message:
    return invitation(letter) if purpose is LinkPurpose.INVITATION else reset_message(letter)


def _letter(user: User, token: str, life: timedelta) -> Letter:
    profile = find_profile(clock.today())
    return Letter(
        name=user.name,
        consortium=profile.name if profile else "your consortium",
        link=this_site().address(f"/link/{token}"),
        until=clock.local(clock.now() + life),
    )
