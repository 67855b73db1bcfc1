"""Sign a browser in quickly: a user with grants made by commands, and the session its password would have begun."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import TypeVar

from app.accounts.commands import Machine, RoleFor, grant_by_hand, grant_role, open_user, set_password, start_session
from app.accounts.models import User
from app.accounts.routes import TOKEN_KEY
from app.accounts.rules import BY_HAND, GrantSource
from app.core.actor import program
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.client import Browser

OFFICE = program("test")
SINCE = Period(date(2011, 1, 1))
Result = TypeVar("Result")
PASSWORD = "unlikely otters juggle"
numbers = count(1)


def sign_in(browser: Browser, *roles: RoleFor | Role, name: str = "", period: Period = SINCE) -> User:
    """Make a user who holds the roles and let the browser be signed in as them."""
    with browser.app.app_context():
        with transaction():
            user = make_user(*roles, name=name, period=period)
            token = start_session(user.id, Machine("127.0.0.1", "Firefox on Linux"))
        db.session.remove()
    with browser.client.session_transaction() as cookie:
        cookie.clear()
        cookie[TOKEN_KEY] = token
        cookie.permanent = True
    return user


def make_user(*roles: RoleFor | Role, name: str = "", period: Period = SINCE) -> User:
    """A user who holds the roles, inside the transaction of the caller."""
    number = next(numbers)
    user = open_user(name or f"Odile Fennimore {number}", f"user{number}@muster.example", OFFICE)
    for each in roles:
        role_for = each if isinstance(each, RoleFor) else RoleFor(each)
        if role_for.role in BY_HAND:
            grant_by_hand(user.id, role_for.role, period, reason="For the test", actor=OFFICE)
        else:
            source = GrantSource.REPRESENTATION if role_for.institution_id else GrantSource.APPOINTMENT
            grant_role(user.id, role_for, period, source=source, source_id=number, actor=OFFICE)
    return user


def in_office(browser: Browser, work: Callable[[], Result]) -> Result:
    """Do something beside a browser, in a transaction of its own, and leave no context open."""
    with browser.app.app_context():
        with transaction():
            done = work()
        db.session.remove()
    return done


def with_password(user_id: int, password: str = PASSWORD) -> User:
    """Let a user sign in with a password, inside the transaction of the caller."""
    user = db.session.get_one(User, user_id)
    set_password(user, password, actor=OFFICE)
    return user
