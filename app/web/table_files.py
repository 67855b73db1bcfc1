"""Pages of finished tables: each of them also as CSV and XLSX, as every list is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.core.tables import AnyTable
from app.web import exports
from app.web.addresses import here
from app.web.listing import file_name


def tables_page(template: str, tables: Mapping[str, AnyTable], /, **said: Any) -> ResponseReturnValue:
    """A page that shows finished tables by these names; one of them as a file where `?format=` and `?table=` ask."""
    wanted = request.args.get("table") or next(iter(tables))
    if asks_for_file() and wanted in tables:
        return _file(tables[wanted])
    return render_template(template, table_files=_files(tables), **tables, **said)


def asks_for_file() -> bool:
    """Whether a file is wanted, which holds all rows, and not the page with the first of them."""
    return request.args.get("format") in exports.WRITERS


def most_rows(shown: int) -> int | None:
    """How many rows a table has at most: so many on its page, and all there are in a file."""
    return None if asks_for_file() else shown


def _file(table: AnyTable) -> Response:
    """All rows of a table in the format asked for; what can only be done with a row stands in no file."""
    columns = [column for column in table.columns if column.title]
    return exports.WRITERS[request.args["format"]](columns, table.rows, file_name(table.title))


def _files(tables: Mapping[str, AnyTable]) -> list[tuple[str, str, str]]:
    """The ways to the files of the tables that have rows: label, address, and of one alone what it holds."""
    holds = "all rows, these columns" if len(tables) == 1 else ""
    return [
        (_label(table, kind, tables), here(table=name, format=kind), holds)
        for name, table in tables.items()
        if any(True for _ in table.rows)
        for kind in exports.WRITERS
    ]


def _label(table: AnyTable, kind: str, tables: Mapping[str, AnyTable]) -> str:
    return kind.upper() if len(tables) == 1 else f"{table.title} {kind.upper()}"
