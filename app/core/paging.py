"""Reading a list: one page of it, or all of it as a stream, always in a definite order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, SQLColumnExpression, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

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
    total: SQLColumnExpression[int] | AnySelect | Callable[[], int] | None = None,
) -> Page[Row]:
    """Run a list query for one page; a request of size 0 wants every row, read as a stream.

    `sorts` maps sort keys to columns (the first is the default), `key` breaks ties, `total` finds the number of rows
    where there is a shorter way than counting them: in place of the columns, as a statement of its own, or by a call.
    """
    order = sorts.get(request.sort, next(iter(sorts.values())))
    ordered = statement.order_by(order.desc() if request.descending else order.asc(), key)
    if request.size == 0:
        return Page(rows=_stream(ordered, build), total=0, request=request)  # type: ignore[arg-type]
    number = total() if callable(total) else count_rows(statement, total)
    wanted = ordered.offset(request.offset).limit(request.size)
    rows = [build(row) for row in db.session.execute(wanted)] if number else []
    return Page(rows=rows, total=number, request=request)


def count_rows(statement: AnySelect, total: SQLColumnExpression[int] | AnySelect | None = None) -> int:
    """How many rows a list query has; `total` as in `fetch_page`."""
    return int(db.session.scalar(_counted(statement, total)) or 0)


def _counted(statement: AnySelect, total: SQLColumnExpression[int] | AnySelect | None) -> AnySelect:
    if isinstance(total, Select):
        return total
    found = func.count() if total is None else total
    return statement.with_only_columns(found, maintain_column_froms=True).order_by(None)


def _stream(ordered: AnySelect, build: Callable[[Any], Row]) -> Iterator[Row]:
    """Run the query when the first row is asked for: a response is sent after its request's transaction has ended."""
    with reading_only():
        rows = db.session.execute(ordered.execution_options(yield_per=STREAM_BLOCK))
    for row in rows:
        yield build(row)


def matches(column: SQLColumnExpression[Any], words: str) -> list[ColumnElement[bool]]:
    """Conditions that a folded column holds every word typed."""
    return [place_of(word, column) > 0 for word in folded(words).split()]


class place_of(GenericFunction[int]):  # noqa: N801 - it reads as the function of SQL that it is
    """Where a text begins inside another, from 1; 0 where it is not. Half the work of LIKE, and nothing to escape."""

    type = Integer()
    inherit_cache = True

    def __init__(self, part: object, whole: SQLColumnExpression[Any] | str) -> None:
        """Take the part first, as one says it."""
        super().__init__(whole, part)


@compiles(place_of)
def _instr(element: Any, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(place_of, "postgresql")
def _strpos(element: Any, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


def exists_row(statement: AnySelect) -> bool:
    """Whether the query finds anything."""
    return bool(db.session.scalar(select(statement.exists())))
