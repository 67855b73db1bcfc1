"""Every transaction of the tests is watched: what it changes on record comes with an entry of the trail.

What pages count is kept between two entries (`app/audit/remembering.py`): a change without one would not be seen.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from flask import has_app_context
from sqlalchemy import Connection, Engine, event

from app.core.database import db
from app.core.transaction import transaction

# Tables of the program's own work, of sign-in, and of what is derived: they change without an entry.
OFF_THE_RECORD = frozenset(
    {"audit_head", "audit_personal_value", "idempotency_key", "import_effect", "import_mapping", "job"}
    | {"leaver", "likely_twins", "mail", "mail_attachment", "number_series", "stored_file", "import_row"}
    | {
        "access_link",
        "calendar_feed",
        "digest_round",
        "line_import",
        "line_import_question",
        "line_import_row",
        "register_import",
        "roster_book",
        "sign_in_attempt",
        "sign_in_session",
    }
)
REMEMBERED = frozenset({"audit_head"})
# A password kept with the parameters of today is a password as before.
RENEWED = re.compile(r"UPDATE \"?user\"? SET password_hash=\S+ WHERE", re.IGNORECASE)
WRITES = re.compile(r"\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) \"?(\w+)", re.IGNORECASE)
READS = re.compile(rf"\b(?:FROM|JOIN) \"?({'|'.join(sorted(OFF_THE_RECORD - REMEMBERED))})\b", re.IGNORECASE)
WRITTEN = "written_tables"

_beside = ContextVar("beside", default=False)
_samples = ContextVar("samples", default=frozenset[str]())


@pytest.fixture
def sample_users() -> Iterator[None]:
    """Users are rows like any other, for tests of what knows no feature."""
    token = _samples.set(frozenset({"user"}))
    yield
    _samples.reset(token)


@contextmanager
def beside_the_trail() -> Iterator[None]:
    """A transaction that changes the record without an entry, as somebody would in the database itself."""
    token = _beside.set(True)
    try:
        with transaction():
            yield
    finally:
        _beside.reset(token)


def untrailed(written: set[str]) -> set[str]:
    """Of the tables a transaction has written those that should have come with an entry."""
    return set() if "audit_entry" in written else written - OFF_THE_RECORD - _samples.get()


@event.listens_for(Engine, "after_cursor_execute")
def _note(connection: Connection, cursor: Any, statement: str, *_more: Any) -> None:
    found = None if RENEWED.match(statement) else WRITES.match(statement)
    if found and (cursor.rowcount or "RETURNING" in statement):  # SQLite counts those only once they are fetched.
        connection.info.setdefault(WRITTEN, set()).add(found[1].lower())
    elif READS.search(statement) and _is_remembered():
        pytest.fail(f"What is remembered hangs on a table that changes without an entry: {statement}")


@event.listens_for(Engine, "rollback")
def _forget(connection: Connection) -> None:
    if not connection.invalidated:
        connection.info.pop(WRITTEN, None)


@event.listens_for(Engine, "commit")
def _check(connection: Connection) -> None:
    written = connection.info.pop(WRITTEN, set())
    if written and has_app_context() and db.session.info.get("in_transaction") and not _beside.get():
        tables = sorted(untrailed(written))
        if tables:  # No AssertionError: a job would be tried again on it.
            pytest.fail(f"Changed without an entry of the trail: {', '.join(tables)}")


def _is_remembered() -> bool:
    """Whether the statement is that of a function whose answers are kept."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "kept" and frame.f_code.co_filename.endswith("remembering.py"):
            return True
        frame = frame.f_back
    return False
