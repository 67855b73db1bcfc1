"""Each column of each table of billing is changed behind the program's back, one by one: `flask verify` names each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from sqlalchemy import JSON, Column, and_, select, update
from sqlalchemy.exc import DBAPIError

from app.audit.seals import NEVER_SEALED
from app.billing import models
from app.billing.commands import reminders as sending
from app.billing.commands.bank.erasing import SIGNED as BANK_SIGNED
from app.billing.commands.erasing import SIGNED
from app.core.bulk import in_chunks
from app.core.database import Base, UtcInstant, db
from app.core.verification import run_checks
from tests.billing.whole_world import furnish
from tests.billing.world import World

TABLES = sorted(getattr(models, each).__tablename__ for each in models.__all__)
COLUMNS = {str(column): column for name in TABLES for column in Base.metadata.tables[name].c}
TOGETHER = list(in_chunks(TABLES, 6))
FOLLOWS = "It follows from the rest of the row, or counts its changes."
WHO = "An erased person's number may stand in its place; the trail says who did it."
WHEN = "The trail says when it was done."
NOON = datetime(2016, 5, 24, 11, tzinfo=UTC)
UNPROVED = {
    **{name: FOLLOWS for name, column in COLUMNS.items() if column.name in NEVER_SEALED},
    **dict.fromkeys((f"{column.class_.__tablename__}.{column.key}" for column in (*SIGNED, *BANK_SIGNED)), WHO),
    "invoice.created_at": WHEN,
    "bank_entry.decided_at": WHEN,
    "bank_statement.imported_at": WHEN,
}


@pytest.fixture
def furnished(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A consortium with a row in every table."""
    monkeypatch.setattr(sending, "print_pdf", lambda html: html.encode())
    furnish(world)
    assert [finding for finding in run_checks() if finding.problems] == []
    return world


@pytest.mark.parametrize("tables", TOGETHER, ids=lambda tables: tables[0])
def test_each_column_that_is_changed_behind_the_trail_is_named(furnished: World, tables: Sequence[str]):
    assert furnished.office is not None
    proved = {name: column for name, column in COLUMNS.items() if column.table.name in tables and name not in UNPROVED}
    assert [name for name, column in proved.items() if not is_named(column)] == []


def test_what_is_not_proved_is_there():
    assert COLUMNS.keys() >= UNPROVED.keys()


def is_named(column: Column[Any]) -> bool:
    """Whether the change of a column of one row is refused by the database or found."""
    try:
        change(column.table, column)
        return any(finding.problems for finding in run_checks())
    except DBAPIError:
        return True
    finally:
        db.session.rollback()
        db.session.expire_all()


def change(table: Any, column: Column[Any]) -> None:
    """Put another value into a column of the first row that has one, or of the first of all."""
    keys = list(table.primary_key.columns)
    there = select(*table.c).order_by(column.is_(None), *keys).limit(1)
    row = db.session.execute(there).mappings().one()
    value = other_than(row[column.name], column)
    this = and_(*(key == row[key.name] for key in keys))
    db.session.execute(update(table).where(this).values({column.name: value}))


def other_than(value: Any, column: Column[Any]) -> Any:
    if column.foreign_keys:
        (target,) = (key.column for key in column.foreign_keys)
        others = select(target).where(target != value if value is not None else target.is_not(None))
        return db.session.execute(others.order_by(target).limit(1)).scalar() or value + 1  # No such row is there.
    kind: Any = next((kind for made, kind in KINDS if isinstance(column.type, made)), None) or column.type.python_type
    if issubclass(kind, Enum):
        return next(each for each in kind if each is not value)
    made: Callable[[Any], Any] = OTHERS[kind]
    return made(value)


def other_text(text: str | None) -> str:
    return f"{(text or '?')[:-1]}{'0' if (text or '?')[-1] != '0' else '1'}"


KINDS = ((UtcInstant, datetime), (JSON, dict))
OTHERS: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: (value or 0) + 1,
    str: other_text,
    date: lambda value: (value or date(2016, 5, 24)) + timedelta(1),
    datetime: lambda value: (value or NOON) + timedelta(hours=1),
    dict: lambda value: {**(value or {}), "more": 1},
}
