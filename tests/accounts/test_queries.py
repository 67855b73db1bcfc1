"""What reads of accounts promise beyond their pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, update

from app.accounts.commands import Machine, RoleFor, start_session
from app.accounts.models import Grant
from app.accounts.queries import UserFilters, check_scopes, find_actor, get_user, list_grants, search_users
from app.accounts.rules import UserState
from app.core.actor import Actor, Granted
from app.core.database import db, reading_only
from app.core.errors import NotFoundError
from app.core.permissions import Role
from app.core.tables import PageRequest
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


def test_users_are_counted_by_what_they_are_looked_for_with():
    with transaction():
        for roles in ((Role.FINANCE,), (Role.FINANCE, Role.AUDITOR), ()):
            make_user(*roles, name="Odile Weber")
    reader, day = Actor("Sec", 900, (Granted(Role.SECRETARIAT),)), date(2016, 5, 24)

    def counted(**filters: Any) -> int:
        return search_users(UserFilters(words="weber", **filters), PageRequest(), on=day, actor=reader).total

    with reading_only():
        assert counted() == 3
        assert [counted(has_role=True), counted(role=Role.AUDITOR), counted(state=UserState.ACTIVE)] == [2, 1, 0]


def test_verification_finds_a_role_without_what_it_is_for():
    with transaction():
        user = make_user(RoleFor(Role.SECRETARIAT))
    assert list(check_scopes()) == []
    with beside_the_trail():
        db.session.execute(update(Grant).where(Grant.user_id == user.id).values(role=Role.CHAIR))
    assert len(list(check_scopes())) == 1


def test_pages_of_those_found_by_words_follow_each_other_in_every_order():
    with transaction():
        for name in ("Odile Weber", "Élodie Brun", "Jane Roe", "Odile Arnaud", "Clodilde Petit"):
            make_user(name=name)
    reader = Actor("Sec", 900, (Granted(Role.SECRETARIAT),))
    wanted = ["Clodilde Petit", "Odile Arnaud", "Odile Weber"]

    def found(sort: str, *, descending: bool = False) -> list[str]:
        asked = [PageRequest(number, 2, sort, descending) for number in (1, 2)]
        pages = [search_users(UserFilters(words="odil"), each, on=date(2016, 5, 24), actor=reader) for each in asked]
        assert [page.total for page in pages] == [3, 3]
        return [row.name for page in pages for row in page.rows]

    assert found("name") == wanted
    assert found("name", descending=True) == wanted[::-1]
    assert sorted(found("email")) == wanted
