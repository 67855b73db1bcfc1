"""Finishing the rows of a list with what hangs on them: once for a page, block by block for a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

from app.core.tables import Page

Row = TypeVar("Row")
Finish = Callable[[Sequence[Any]], list[Row]]
BLOCK = 500


def in_blocks(page: Page[Any], finish: Finish[Row]) -> Page[Row]:
    """The page with its rows finished; `finish` asks the same number of statements for any number of rows."""
    if page.request.size == 0:
        return replace(page, rows=in_rows(page.rows, finish))  # type: ignore[arg-type] # a stream is read once, in order
    return replace(page, rows=finish(page.rows))


def in_rows(rows: Iterable[Any], finish: Finish[Row]) -> Iterator[Row]:
    """The rows finished block by block."""
    left = iter(rows)
    while block := list(islice(left, BLOCK)):
        yield from finish(block)
