"""One caller opens `transaction()` around exactly one command; it holds the only commit of the application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app.core.database import Base, db, is_reading_only, reading_only
from app.core.errors import DomainError, StaleError, UnavailableError

Hook = Callable[[], None]

_before_commit: list[Hook] = []
_violations: dict[str, tuple[str, str | None]] = {}
UNANSWERED = (
    "The database went away before it answered. Send the same again in a minute: what it has done already is not done"
    " twice."
)
_SERIALISATION = {"40001", "40P01"}


def before_commit(hook: Hook) -> Hook:
    """Run the hook inside every transaction, just before it commits."""
    if hook not in _before_commit:
        _before_commit.append(hook)
    return hook


def after_commit(action: Hook) -> None:
    """Run the action once the present transaction has committed, never if it does not; outside of one, at once."""
    if not db.session.info.get("in_transaction"):
        action()
        return
    db.session.info.setdefault("after_commit", []).append(action)


def on_violation(constraint: str, message: str, field: str | None = None) -> None:
    """Say what a user is told when the database refuses by this constraint, and beside which field."""
    _violations[constraint] = (message, field)


@contextmanager
def transaction() -> Iterator[None]:
    """All or nothing of one command, its audit entries and its jobs."""
    session = db.session
    _refuse_wrong_place(session.info)
    session.info["in_transaction"] = True
    try:
        yield
        session.flush()
        for hook in _before_commit:
            hook()
        _commit()
    except BaseException as error:
        try:
            session.rollback()  # It fails itself where the connection died unnoticed; nothing collected may stay then.
        finally:
            session.info.clear()
        raise _as_said(error) from error
    finally:
        session.info.pop("in_transaction", None)
    for action in session.info.pop("after_commit", []):
        action()


@contextmanager
def reading() -> Iterator[None]:
    """Read outside a request: nothing is locked while it lasts, and no transaction stays open after it.

    Take plain values out of it: rows loaded inside are read again when touched outside.
    """
    _refuse_nesting(db.session.info)
    db.session.rollback()
    with reading_only():
        try:
            yield
        finally:
            db.session.rollback()


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as of one instant, however long it takes and whatever is written meanwhile."""
    with reading():
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield


def asks_for_retry(error: BaseException) -> bool:
    """Whether the same transaction is to be tried again: a serialisation failure, or a key another used just now."""
    if isinstance(error, IntegrityError):
        return constraint_of(error) == "pk_idempotency_key"
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _SERIALISATION


def is_outage(error: BaseException) -> bool:
    """Whether the database cannot be reached, or went away in the middle: not the fault of what was asked of it."""
    return isinstance(error, OperationalError | InterfaceError) and (
        error.connection_invalidated or error.statement is None
    )


def _commit() -> None:
    """Commit. Where the database goes away before it answers, nobody knows whether it did."""
    try:
        db.session.commit()
    except (OperationalError, InterfaceError) as error:
        if not error.connection_invalidated:
            raise
        raise UnavailableError(UNANSWERED) from error


def _refuse_wrong_place(notes: dict[Any, Any]) -> None:
    if is_reading_only():
        message = "A safe request or a read-only job must not write."
        raise RuntimeError(message)
    _refuse_nesting(notes)


def _refuse_nesting(notes: dict[Any, Any]) -> None:
    if notes.get("in_transaction"):
        message = "Transactions are not nested: one caller, one command."
        raise RuntimeError(message)


def _as_said(error: BaseException) -> BaseException:
    """The error in the user's words where the database refused by a known constraint."""
    if isinstance(error, StaleDataError):
        return StaleError(saved_version=0)
    if not isinstance(error, IntegrityError):
        return error
    name = constraint_of(error)
    if name not in _violations:
        return error
    message, field = _violations[name]
    return DomainError(message, field)


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint that refused; SQLite names the columns of a unique one, so it is looked up."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    text = str(error.orig)
    kind, _, rest = text.partition(" constraint failed: ")
    if kind == "CHECK":
        return rest
    if kind == "UNIQUE" and rest.startswith("index "):
        return rest.removeprefix("index ").strip("'")
    return _unique_name(rest) if kind == "UNIQUE" else None


def _unique_name(columns: str) -> str | None:
    names = [column.strip().partition(".") for column in columns.split(",")]
    table = Base.metadata.tables.get(names[0][0])
    wanted = [column for _, _, column in names]
    return None if table is None else next((name for name, of in _uniques(table) if of == wanted), None)


def _uniques(table: Table) -> Iterator[tuple[str, list[str]]]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint):
            yield str(constraint.name), [column.name for column in constraint.columns]
    for index in table.indexes:
        if index.unique:
            yield str(index.name), [column.name for column in index.columns]
