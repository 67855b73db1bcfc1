"""Signing in, waiting after failures, sessions, and links that set a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from app.accounts.commands import (
    Credentials,
    Machine,
    PasswordChange,
    Refused,
    SignedIn,
    change_password,
    disable_user,
    end_other_sessions,
    end_session,
    invite_user,
    request_reset,
    sign_in,
    sign_out,
    start_session,
    use_link,
)
from app.accounts.commands.passwords import NOBODY, is_outdated, is_right
from app.accounts.models import AccessLink, SignInAttempt, SignInSession, User
from app.accounts.queries import find_actor, find_open_link, list_sessions, state_of_user
from app.accounts.rules import UserState
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.outbox.models import Mail
from tests.conftest import TODAY
from tests.signin import PASSWORD, make_user, with_password
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
NOON = datetime(2016, 5, 24, 11, tzinfo=UTC)
HERE, ELSEWHERE = Machine("192.0.2.1", "Firefox"), Machine("192.0.2.2", "Firefox")


@pytest.fixture
def user() -> User:
    """Someone who can sign in."""
    with transaction():
        return with_password(make_user(Role.FINANCE).id)


@contextmanager
def later(**parts: float) -> Iterator[None]:
    """The clock moved on from noon."""
    with clock.clock_at(NOON + timedelta(**parts)):
        yield


def attempt(email: str | None, password: str = PASSWORD, machine: Machine = HERE) -> SignedIn | Refused:
    """One try to sign in, in a transaction of its own."""
    with transaction():
        return sign_in(Credentials(email or "", password), machine=machine)


def acting(user: User) -> Actor:
    """The user as an actor."""
    return Actor(user.name, user.id)


def link_in(mail: Mail) -> str:
    """The token in a mail."""
    found = re.search(r"http://localhost/link/(\S+)", mail.body)
    assert found
    return found[1]


def last_mail() -> Mail:
    """The newest mail."""
    return db.session.scalars(select(Mail).order_by(Mail.id.desc())).first() or pytest.fail("no mail")


def test_a_right_password_begins_a_session(user: User):
    outcome = attempt(f" {user.email} ".upper())
    assert isinstance(outcome, SignedIn)
    assert find_actor(outcome.token) == Actor(user.name, user.id, (Granted(Role.FINANCE),))


def test_the_database_keeps_no_token(user: User):
    outcome = attempt(user.email)
    assert isinstance(outcome, SignedIn)
    assert outcome.token not in repr(db.session.scalars(select(SignInSession.token_hash)).all())


def test_one_message_says_no_to_everybody(user: User, office: Actor):
    with transaction():
        without = make_user()
        shut_out = with_password(make_user().id)
        disable_user(shut_out.id, reason="Because", actor=office)
    said = {
        repr(attempt(user.email, "wrong")),
        repr(attempt("nobody@muster.example")),
        repr(attempt(without.email)),
        repr(attempt(shut_out.email)),
        repr(attempt("\x00\ud800" * 50, "\ud800")),
    }
    assert len(said) == 1


def test_an_unknown_address_takes_a_hash_too():
    assert NOBODY.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_right(None, PASSWORD) is False


def test_a_hash_of_former_parameters_is_made_anew_at_sign_in(user: User):
    with beside_the_trail():
        kept = db.session.get_one(User, user.id)
        kept.password_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    assert is_outdated(kept.password_hash)
    version = kept.version
    assert isinstance(attempt(user.email), SignedIn)
    kept = db.session.get_one(User, user.id, populate_existing=True)
    assert not is_outdated(str(kept.password_hash))
    assert kept.version == version
    assert isinstance(attempt(user.email), SignedIn)


def test_failures_make_the_next_try_wait_longer_and_longer(user: User):
    for _ in range(5):
        assert "not right" in repr(attempt(user.email, "wrong"))
    assert "Wait 15 seconds" in repr(attempt(user.email))
    with later(seconds=16):
        assert "not right" in repr(attempt(user.email, "wrong"))
        assert "Wait 30 seconds" in repr(attempt(user.email))
    with later(seconds=47):
        assert isinstance(attempt(user.email), SignedIn)
        assert "not right" in repr(attempt(user.email, "wrong"))
        assert isinstance(attempt(user.email), SignedIn)


def test_unknown_addresses_wait_like_known_ones():
    said = [repr(attempt("nobody@muster.example")) for _ in range(6)]
    assert "Wait 15 seconds" in said[-1]


def test_trying_while_waiting_makes_the_wait_no_longer(user: User):
    for _ in range(50):
        attempt(user.email, "wrong")
    with later(seconds=16):
        assert isinstance(attempt(user.email), SignedIn)


def test_a_machine_that_tries_many_addresses_waits(user: User):
    for number in range(20):
        attempt(f"nobody{number}@muster.example")
    assert "Wait" in repr(attempt(user.email))
    assert isinstance(attempt(user.email, machine=ELSEWHERE), SignedIn)


def test_strangers_do_not_keep_out_who_signed_in_from_here_before(user: User):
    assert isinstance(attempt(user.email, machine=HERE), SignedIn)
    with later(seconds=1):
        for _ in range(6):
            attempt(user.email, "wrong", machine=ELSEWHERE)
        assert "Wait" in repr(attempt(user.email, machine=ELSEWHERE))
        assert isinstance(attempt(user.email, machine=HERE), SignedIn)


def test_old_tries_are_forgotten(user: User):
    for _ in range(5):
        attempt(user.email, "wrong")
    with later(days=1, seconds=1):
        assert "not right" in repr(attempt(user.email, "wrong"))
        assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == 3


def test_tries_name_no_address_and_no_machine(user: User):
    attempt(user.email, "wrong")
    kept = repr(db.session.scalars(select(SignInAttempt.subject)).all())
    assert str(user.email) not in kept
    assert HERE.address not in kept


def test_a_session_ends_twelve_hours_after_it_began(user: User):
    with transaction():
        token = start_session(user.id, HERE)
    with later(hours=11, minutes=59):
        assert find_actor(token) is not None
    with later(hours=12):
        assert find_actor(token) is None


def test_old_sessions_are_forgotten_when_their_user_comes_again(user: User):
    with transaction():
        other = make_user()
        for user_id in (user.id, other.id):
            start_session(user_id, HERE)
    with later(days=91), transaction():
        start_session(user.id, HERE)
    kept = db.session.scalars(select(SignInSession.user_id).order_by(SignInSession.id)).all()
    assert kept == [other.id, user.id]


def test_a_role_holds_from_its_first_to_its_last_day():
    with transaction():
        user = make_user(Role.AUDITOR, period=Period(TODAY + timedelta(days=1), TODAY + timedelta(days=1)))
    held = []
    for days in range(3):
        with later(days=days), transaction():
            actor = find_actor(start_session(user.id, HERE))
            held.append(actor.granted if actor else None)
    assert held == [(), (Granted(Role.AUDITOR),), ()]


def test_one_ends_ones_own_sessions_and_nobody_elses(user: User):
    with transaction():
        other = make_user()
        mine, kept, theirs = (start_session(each, HERE) for each in (user.id, user.id, other.id))
    ids = {each.is_this: each.id for each in list_sessions(user.id, kept, acting(user))}
    with pytest.raises(NotFoundError), transaction():
        end_session(ids[False], actor=acting(other))
    with transaction():
        end_session(ids[False], actor=acting(user))
    assert [find_actor(token) is None for token in (mine, kept, theirs)] == [True, False, False]
    with transaction():
        sign_out(kept)
    assert find_actor(kept) is None


def test_all_other_sessions_end_at_once(user: User):
    with transaction():
        other = make_user()
        tokens = [start_session(each, HERE) for each in (user.id, user.id, user.id, other.id)]
        end_other_sessions(tokens[0], actor=acting(user))
    assert [find_actor(token) is None for token in tokens] == [False, True, True, False]


def test_a_disabled_user_is_out_at_once(user: User, office: Actor):
    with transaction():
        token = start_session(user.id, HERE)
    with transaction():
        disable_user(user.id, reason="Because", actor=office)
    assert find_actor(token) is None


def test_changing_the_password_asks_the_present_one_and_ends_other_sessions(user: User):
    with transaction():
        this, other = start_session(user.id, HERE), start_session(user.id, HERE)
    wrong, right = PasswordChange("wrong", "purple stairs whisper"), PasswordChange(PASSWORD, "purple stairs whisper")
    with transaction():
        assert change_password(wrong, token=this, machine=HERE, actor=acting(user)) == Refused(
            "This is not your present password."
        )
    with transaction():
        assert change_password(right, token=this, machine=HERE, actor=acting(user)) is None
    assert [find_actor(token) is None for token in (this, other)] == [False, True]
    assert isinstance(attempt(user.email, "purple stairs whisper"), SignedIn)
    assert isinstance(attempt(user.email), Refused)


def test_wrong_present_passwords_are_counted_like_failures_to_sign_in(user: User):
    for _ in range(5):
        with transaction():
            change_password(PasswordChange("wrong", "x"), token="", machine=HERE, actor=acting(user))
    with transaction():
        refused = change_password(PasswordChange(PASSWORD, "x"), token="", machine=HERE, actor=acting(user))
    assert "Wait" in repr(refused)


def test_a_weak_new_password_is_refused_beside_its_field(user: User):
    with pytest.raises(DomainError) as refused, transaction():
        change_password(PasswordChange(PASSWORD, f"{user.email}"), token="", machine=HERE, actor=acting(user))
    assert refused.value.field == "new"


def test_an_invitation_sets_the_first_password_once(office: Actor):
    with transaction():
        user = invite_user(make_user().id, office)
    assert state_of_user(user.id) is UserState.INVITED
    token = link_in(last_mail())
    assert token not in repr(db.session.scalars(select(AccessLink.token_hash)).all())
    with transaction():
        use_link(token, password=PASSWORD, machine=HERE)
    assert state_of_user(user.id) is UserState.ACTIVE
    assert isinstance(attempt(user.email), SignedIn)
    with pytest.raises(DomainError, match="used meanwhile"), transaction():
        use_link(token, password="another long password", machine=HERE)
    with pytest.raises(DomainError, match="have a password"), transaction():
        invite_user(user.id, office)


def test_a_later_invitation_voids_the_earlier(office: Actor):
    with transaction():
        user = invite_user(make_user().id, office)
    first = link_in(last_mail())
    with transaction():
        invite_user(user.id, office)
    assert find_open_link(first) is None
    assert find_open_link(link_in(last_mail())) is not None


def test_a_link_ends_with_its_time(user: User, office: Actor):
    with transaction():
        invited = invite_user(make_user().id, office)
    invitation = link_in(last_mail())
    with transaction():
        request_reset(str(user.email), machine=HERE)
    reset = link_in(last_mail())
    with later(minutes=59):
        assert find_open_link(reset) is not None
    with later(hours=1):
        assert find_open_link(reset) is None
    with later(days=13, hours=23):
        assert find_open_link(invitation) is not None
    with later(days=14):
        assert find_open_link(invitation) is None
        assert state_of_user(invited.id) is UserState.NOT_INVITED


def test_a_reset_ends_every_session_and_every_wait(user: User):
    with transaction():
        token = start_session(user.id, HERE)
        request_reset(str(user.email), machine=HERE)
    for _ in range(6):
        attempt(user.email, "wrong")
    with transaction():
        use_link(link_in(last_mail()), password="purple stairs whisper", machine=HERE)
    assert find_actor(token) is None
    assert isinstance(attempt(user.email, "purple stairs whisper"), SignedIn)


def test_a_weak_password_leaves_the_link_unused(user: User):
    with transaction():
        request_reset(str(user.email), machine=HERE)
    token = link_in(last_mail())
    with pytest.raises(DomainError, match="easily guessed"), transaction():
        use_link(token, password="passwordpassword", machine=HERE)
    assert find_open_link(token) is not None


def test_a_reset_is_sent_to_users_alone_and_not_without_end(user: User, office: Actor):
    with transaction():
        shut_out = make_user()
        disable_user(shut_out.id, reason="Because", actor=office)
        request_reset("nobody@muster.example", machine=HERE)
        request_reset(str(shut_out.email), machine=HERE)
        request_reset(str(make_user().email), machine=HERE)  # has no password: the secretariat invites them
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 0
    for _ in range(9):
        with transaction():
            request_reset(str(user.email), machine=HERE)
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 3


def test_people_without_an_address_are_not_invited(office: Actor):
    with transaction():
        user = make_user()
        user.email = None
    with pytest.raises(DomainError, match="no e-mail address"), transaction():
        invite_user(user.id, office)
