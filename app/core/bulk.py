"""Writing and asking for many rows of one table in one statement, without the cost of an object for each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ARRAY, BigInteger, ColumnElement, SQLColumnExpression, bindparam, column, func, select
from sqlalchemy import table as named_table

from app.core.database import Base, db

Item = TypeVar("Item")


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; columns left out get their defaults."""
    if rows:
        db.session.execute(model.__table__.insert(), list(rows))  # type: ignore[attr-defined]


def insert_with_ids(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows into a table with an id of its own; their ids, in the order of the rows.

    The ids are taken first: rows that give nothing back are sent in one stream, in half the time.
    """
    if not rows:
        return []
    table: Any = model.__table__
    ids = _take_ids(table, len(rows))
    db.session.execute(table.insert(), [{**row, "id": number} for row, number in zip(rows, ids, strict=True)])
    return ids


def _take_ids(table: Any, count: int) -> list[int]:
    """The next ids of a table: from its sequence, or on SQLite, where one writes at a time, the greatest ever given."""
    if db.engine.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        taken = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return [int(number) for number in db.session.scalars(taken)]
    given = named_table("sqlite_sequence", column("name"), column("seq"))
    last: int = db.session.scalar(select(given.c.seq).where(given.c.name == table.name)) or 0
    return list(range(last + 1, last + count + 1))


def update_rows(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the values of rows named by their `id`, each changing what it names; their version rises."""
    table: Any = model.__table__
    _write(table, rows, {"version": table.c.version + 1})


def derive_rows(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write what follows from other values of rows named by their `id`: that makes no new version of them."""
    _write(model.__table__, rows, {})


def _write(table: Any, rows: Iterable[Mapping[str, Any]], always: Mapping[str, Any]) -> None:
    """Rows that change the same columns are one statement."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        values = {f"new_{name}": value for name, value in row.items() if name != "id"}
        alike[tuple(values)].append({**values, "row_id": row["id"]})
    for names, changed in alike.items():
        values = {name.removeprefix("new_"): bindparam(name) for name in names} | dict(always)
        db.session.connection().execute(table.update().where(table.c.id == bindparam("row_id")).values(values), changed)


def among(column: SQLColumnExpression[Any], ids: Iterable[int]) -> ColumnElement[bool]:
    """That a column holds one of any number of ids, sent as one value: a statement takes 65,535 values at most."""
    listed = list(ids)
    if db.engine.dialect.name == "postgresql":
        each = func.unnest(bindparam("ids", listed, ARRAY(BigInteger), unique=True)).column_valued("listed")
        return column.in_(select(each))
    return column.in_(select(func.json_each(json.dumps(listed)).table_valued("value").c.value))


def in_chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items, at most so many at a time."""
    left = iter(items)
    while chunk := list(islice(left, size)):
        yield chunk
