"""What reads of accounts promise beyond their pages."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, update

from app.accounts.commands import Machine, RoleFor, start_session
from app.accounts.models import Grant
from app.accounts.queries import check_scopes, find_actor, get_user, list_grants
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.signin import make_user
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")


def test_who_is_signed_in_is_read_by_one_statement():
    with transaction():
        user = make_user(Role.SECRETARIAT, Role.FINANCE, Role.AUDITOR)
        token = start_session(user.id, Machine())
    statements: list[str] = []

    def count(*facts: Any) -> None:
        statements.append(facts[2])

    event.listen(db.engine, "before_cursor_execute", count)
    actor = find_actor(token)
    event.remove(db.engine, "before_cursor_execute", count)
    assert len([each for each in statements if each.startswith("SELECT")]) == 1
    assert actor is not None
    assert [granted.role for granted in actor.granted] == [Role.SECRETARIAT, Role.FINANCE, Role.AUDITOR]


def test_one_reads_oneself_and_nobody_else():
    with transaction():
        me, other = make_user(), make_user(Role.FINANCE)
    actor = Actor(me.name, me.id)
    assert get_user(me.id, actor).name == me.name
    for read in (get_user, list_grants):
        with pytest.raises(NotFoundError):
            read(other.id, actor)


def test_verification_finds_a_role_without_what_it_is_for():
    with transaction():
        user = make_user(RoleFor(Role.SECRETARIAT))
    assert list(check_scopes()) == []
    with beside_the_trail():
        db.session.execute(update(Grant).where(Grant.user_id == user.id).values(role=Role.CHAIR))
    assert len(list(check_scopes())) == 1
