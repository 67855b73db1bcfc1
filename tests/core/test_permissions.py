"""The table of rights says what DESIGN section 7 says, and nothing unlisted is allowed."""

from __future__ import annotations

import pytest

from app.core.actor import Actor, Granted, program
from app.core.errors import AccessDeniedError
from app.core.permissions import ALLOWED, Permission, Reach, Role


def actor(*granted: Granted) -> Actor:
    return Actor("Someone Else", user_id=1, granted=granted)


def test_every_permission_says_who_has_it() -> None:
    assert set(ALLOWED) == set(Permission)


def test_the_auditor_only_reads() -> None:
    held = {permission for permission, roles in ALLOWED.items() if Role.AUDITOR in roles}
    verbs = ("edit", "edit_contact", "found", "give")
    assert not [permission for permission in held if permission.value.endswith(verbs)]


def test_without_a_grant_nothing_is_allowed() -> None:
    assert not [permission for permission in Permission if actor().has_any(permission)]


def test_a_representative_reaches_their_own_institution_alone() -> None:
    someone = actor(Granted(Role.REPRESENTATIVE, institution_id=7))
    assert someone.may(Permission.INSTITUTION_READ, institution_id=7)
    assert not someone.may(Permission.INSTITUTION_READ, institution_id=8)
    assert not someone.may(Permission.INSTITUTION_READ)
    assert someone.own_institutions(Permission.INVOICE_READ) == {7}


def test_a_chair_writes_their_own_committee_alone() -> None:
    someone = actor(Granted(Role.CHAIR, committee_id=3))
    assert someone.may(Permission.COMMITTEE_EDIT, committee_id=3)
    with pytest.raises(AccessDeniedError):
        someone.require(Permission.COMMITTEE_EDIT, committee_id=4)


def test_the_program_itself_may_do_everything() -> None:
    assert all(program("worker").has_all(permission) for permission in Permission)


def test_reach_is_all_only_where_the_table_says_so() -> None:
    someone = actor(Granted(Role.REPRESENTATIVE, institution_id=7))
    for permission, roles in ALLOWED.items():
        assert someone.has_all(permission) == (roles.get(Role.REPRESENTATIVE) is Reach.ALL)
