"""Who signs in as whom when two people are merged and are two again: nobody keeps a way into another's account."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.commands import (
    Machine,
    UserValues,
    change_user,
    end_grant,
    grant_by_hand,
    request_reset,
    set_password,
    start_session,
    use_link,
)
from app.accounts.commands.passwords import is_right
from app.accounts.models import AccessLink, SignInSession, User
from app.core import clock
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import lock
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import Merging, merge_records, undo_merger
from app.members.models import Merger, Person
from app.members.rules import TwinKind
from tests.accounts.test_commands_sign_in import last_mail, link_in
from tests.members.world import LAUNCH, OFFICE, do, institution, on, person, problems

pytestmark = pytest.mark.usefixtures("context")
HERE = Machine()
OWN, OTHERS = "purple stairs whisper", "eleven green herrings"


@pytest.fixture
def ada() -> Person:
    """Somebody with a password of her own."""
    added = person(institution(), "Ada", "Lovelace")
    with on(LAUNCH), transaction():
        set_password(lock(User, added.user_id), OWN, actor=OFFICE)
    return added


@pytest.fixture
def merger(ada: Person) -> Merger:
    """Somebody else taken for her: since then she signs in with the other one's address."""
    bea = person(institution("Third", "T"), "Bea", "King")
    merged: Merger = do(merge_records, Merging(TwinKind.PERSON, ada.id, bea.id, "The same", frozenset({"email"})))
    return merged


def user_of(someone: Person) -> User:
    found = db.session.get_one(User, someone.user_id, populate_existing=True)
    db.session.rollback()
    return found


def open_ways(someone: Person) -> int:
    """How many sessions and links of somebody still open something."""
    ended: list[Any] = [(SignInSession, SignInSession.ended_at), (AccessLink, AccessLink.used_at)]
    asked = [select(model.id).where(model.user_id == someone.user_id, until.is_(None)) for model, until in ended]
    found = sum(len(db.session.scalars(each).all()) for each in asked)
    db.session.rollback()
    return found


def test_who_was_taken_for_somebody_keeps_no_link_or_session_and_no_password_of_theirs(ada: Person, merger: Merger):
    with transaction():
        request_reset("bea.king@ics.example", machine=HERE)
    token = link_in(last_mail())
    with transaction():
        use_link(token, password=OTHERS, machine=HERE)
    with transaction():
        start_session(ada.user_id, HERE)
        request_reset("bea.king@ics.example", machine=HERE)
    assert open_ways(ada) > 0
    do(undo_merger, merger.id)
    assert open_ways(ada) == 0
    found = user_of(ada)
    assert found.email == "ada.lovelace@ics.example"
    assert not is_right(found.password_hash, OTHERS)
    with transaction():
        request_reset("ada.lovelace@ics.example", machine=HERE)
    assert open_ways(ada) == 1
    assert problems() == []


def test_a_password_from_before_a_merger_is_right_after_its_undoing(ada: Person, merger: Merger):
    do(undo_merger, merger.id)
    assert is_right(user_of(ada).password_hash, OWN)


def test_an_address_to_sign_in_with_that_was_changed_since_forbids_to_undo(ada: Person, merger: Merger):
    do(change_user, ada.user_id, UserValues("Ada Lovelace", "ada@new.example"))
    with pytest.raises(DomainError, match="undone: addresses to sign in with changed or added since"):
        do(undo_merger, merger.id)
    assert user_of(ada).email == "ada@new.example"


def test_the_last_right_to_administer_the_site_does_not_go_back_to_somebody_who_cannot_sign_in(ada: Person):
    bea, office = person(institution("Third", "T"), "Bea", "King"), person(institution("Other", "O"), "Cyd", "Office")
    with on(LAUNCH), transaction():
        set_password(lock(User, office.user_id), OTHERS, actor=OFFICE)
    held, _ = (
        do(grant_by_hand, each.user_id, Role.SECRETARIAT, Period(LAUNCH), reason="Runs it") for each in (office, bea)
    )
    merger = do(merge_records, Merging(TwinKind.PERSON, ada.id, bea.id, "The same"))
    do(end_grant, held.id, last_day=clock.today() - ONE_DAY)
    with pytest.raises(DomainError, match="administer"):
        do(undo_merger, merger.id)
    assert db.session.get_one(Merger, merger.id).undone_at is None
