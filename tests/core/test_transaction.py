"""One transaction around one command: all or nothing, and what is said when the database refuses."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.accounts.models import User
from app.audit.commands import Subject, record
from app.audit.models import AuditEntry
from app.core import clock, idempotency
from app.core.actor import program
from app.core.database import db, reading_only
from app.core.errors import DomainError, NotFoundError, StaleError
from app.core.history import check_version, lock
from app.core.series import last_number, take_numbers
from app.core.transaction import after_commit, transaction

pytestmark = pytest.mark.usefixtures("sample_users")

if TYPE_CHECKING:
    from app.web.requests import House


def add_user(email: str | None = "a@b.example") -> User:
    user = User(name="Someone", email=email, created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    return user


def users() -> int:
    return len(db.session.scalars(select(User.id)).all())


def test_a_refused_command_leaves_nothing(context: AppContext) -> None:
    with pytest.raises(DomainError), transaction():
        add_user()
        message = "No."
        raise DomainError(message)
    assert users() == 0


def test_what_follows_a_commit_runs_only_after_it(context: AppContext) -> None:
    seen: list[int] = []
    with transaction():
        add_user()
        after_commit(lambda: seen.append(users()))
        assert seen == []
    assert seen == [1]
    with pytest.raises(DomainError), transaction():
        after_commit(lambda: seen.append(99))
        message = "No."
        raise DomainError(message)
    assert seen == [1]


def test_transactions_are_not_nested(context: AppContext) -> None:
    with pytest.raises(RuntimeError, match="not nested"), transaction(), transaction():
        pass


def test_a_safe_request_cannot_write(context: AppContext) -> None:
    with reading_only(), pytest.raises(RuntimeError, match="must not write"), transaction():
        pass


def test_the_database_itself_refuses_to_write_while_reading(context: AppContext) -> None:
    with reading_only(), pytest.raises(Exception, match=r"(?i)read.?only"):
        add_user()
    db.session.rollback()


def test_a_constraint_speaks_in_the_users_words(context: AppContext) -> None:
    with transaction():
        add_user()
    with pytest.raises(DomainError) as refusal, transaction():
        add_user()
    assert refusal.value.field == "email"
    assert "already belongs" in refusal.value.message


def test_a_stale_version_is_refused(context: AppContext) -> None:
    with transaction():
        user = add_user()
    with pytest.raises(StaleError):
        check_version(user, expected=7)
    check_version(user, expected=1)


def test_a_record_that_is_not_there_cannot_be_locked(context: AppContext) -> None:
    with pytest.raises(NotFoundError), transaction():
        lock(User, 999_999)


def test_what_was_read_before_a_lock_is_read_again_by_it(context: AppContext, app: House) -> None:
    with transaction():
        user = add_user()
    with app.app_context(), transaction():
        lock(User, user.id).name = "Renamed Meanwhile"
    with transaction():
        assert lock(User, user.id).name == "Renamed Meanwhile"


def test_a_number_not_issued_is_not_lost(context: AppContext) -> None:
    with transaction():
        assert list(take_numbers("invoice", year=2016, count=2, day=date(2016, 1, 4))) == [1, 2]
    with pytest.raises(DomainError), transaction():
        take_numbers("invoice", year=2016, count=5, day=date(2016, 1, 4))
        message = "No."
        raise DomainError(message)
    with transaction():
        assert list(take_numbers("invoice", year=2016, count=1, day=date(2016, 1, 4))) == [3]
    assert last_number("invoice", 2016) == 3
    assert last_number("invoice", 2017) == 0


def test_dates_never_run_backwards_within_a_series(context: AppContext) -> None:
    with transaction():
        take_numbers("invoice", year=2016, count=1, day=date(2016, 2, 1))
    with pytest.raises(DomainError, match="backwards"), transaction():
        take_numbers("invoice", year=2016, count=1, day=date(2016, 1, 31))


def test_numbers_taken_at_once_have_no_holes_and_no_twins(app: House) -> None:
    taken: list[int] = []

    def take() -> None:
        for _ in range(10):
            with app.app_context(), transaction():
                taken.extend(take_numbers("invoice", year=2016, count=2, day=date(2016, 1, 4)))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 81))


def test_a_key_is_used_once(context: AppContext) -> None:
    assert idempotency.location_of("k") is None
    with transaction():
        idempotency.remember("k", "/members/1")
    assert idempotency.location_of("k") == "/members/1"


def test_what_was_collected_is_forgotten_even_where_the_connection_died_unnoticed(context: AppContext) -> None:
    with pytest.raises(Exception, match=r"closed|object store"), transaction():
        record("test.never", Subject("user", 1), summary="Never happened", actor=program("test"))
        db.session.connection().connection.driver_connection.close()  # type: ignore[union-attr]
        message = "The object store cannot be reached."
        raise OSError(message)
    db.session.remove()
    with transaction():
        add_user()
    assert db.session.scalars(select(AuditEntry.summary)).all() == []
