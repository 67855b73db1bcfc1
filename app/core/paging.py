"""Reading a list: one page of it, or all of it as a stream, always in a definite order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select

from app.core.database import db, reading_only
from app.core.folding import folded
from app.core.tables import Page, PageRequest

Row = TypeVar("Row")
AnySelect = Select[*tuple[Any, ...]]
STREAM_BLOCK = 1000


def fetch_page(
    statement: AnySelect,
    request: PageRequest,
    *,
    sorts: Mapping[str, SQLColumnExpression[Any]],
    key: SQLColumnExpression[Any],
    build: Callable[[Any], Row],
    total: SQLColumnExpression[int] | None = None,
) -> Page[Row]:
    """Run a list query for one page; a request of size 0 wants every row, read as a stream.

    `sorts` maps sort keys to columns (the first is the default), `key` breaks ties, `total` finds the number of rows
    where there is a shorter way than counting them.
    """
    order = sorts.get(request.sort, next(iter(sorts.values())))
    ordered = statement.order_by(order.desc() if request.descending else order.asc(), key)
    if request.size == 0:
        return Page(rows=_stream(ordered, build), total=0, request=request)  # type: ignore[arg-type]
    counted: AnySelect = statement.with_only_columns(
        func.count() if total is None else total, maintain_column_froms=True
    ).order_by(None)
    number = db.session.scalar(counted) or 0
    rows = [build(row) for row in db.session.execute(ordered.offset(request.offset).limit(request.size))]
    return Page(rows=rows, total=int(number), request=request)


def _stream(ordered: AnySelect, build: Callable[[Any], Row]) -> Iterator[Row]:
    """Run the query when the first row is asked for: a response is sent after its request's transaction has ended."""
    with reading_only():
        rows = db.session.execute(ordered.execution_options(yield_per=STREAM_BLOCK))
    for row in rows:
        yield build(row)


def matches(column: SQLColumnExpression[Any], words: str) -> list[ColumnElement[bool]]:
    """Conditions that a folded column holds every word typed."""
    return [column.contains(word, autoescape=True) for word in folded(words).split()]


def exists_row(statement: AnySelect) -> bool:
    """Whether the query finds anything."""
    return bool(db.session.scalar(select(statement.exists())))
