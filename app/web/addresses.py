"""Addresses that keep the day looked at, and those of our own static files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, g, request, url_for

from app.web.on_date import travelling

LONGEST_ID = 18
PLACE = 8_070_605_040_302_010


def url(endpoint: str, **values: Any) -> str:
    """The address of an endpoint, keeping the day (and the knowledge) the reader is looking at."""
    if values:
        return url_for(endpoint, **{**travelling(), **values})
    journey = urlencode(travelling())
    return f"{plain_path(endpoint)}?{journey}" if journey else plain_path(endpoint)


def plain_path(endpoint: str) -> str:
    """The path of an endpoint without parameters. It never changes while the program runs, so it is built once."""
    paths: dict[tuple[str, str], str] = current_app.extensions.setdefault("plain_paths", {})
    key = (request.script_root, endpoint)
    if key not in paths:
        paths[key] = url_for(endpoint)
    return paths[key]


def record_link(endpoint: str, name: str, read: Callable[[Any], object]) -> Callable[[Any], str | None]:
    """Addresses of the records of a list, for a column: the endpoint, its parameter, and where a row keeps its value.

    The address is built once a request and filled in for each row; a row whose value is None gets no link.
    """

    def link(row: Any) -> str | None:
        value = read(row)
        if value is None:
            return None
        front, back = _pattern(endpoint, name)
        return f"{front}{value if type(value) is int else quote(str(value), safe='')}{back}"

    return link


def _pattern(endpoint: str, name: str) -> tuple[str, str]:
    patterns: dict[tuple[str, str], tuple[str, str]] = g.setdefault("address_patterns", {})
    if (endpoint, name) not in patterns:
        front, _, back = url(endpoint, **{name: PLACE}).partition(str(PLACE))
        patterns[endpoint, name] = front, back
    return patterns[endpoint, name]


def here(**changes: Any) -> str:
    """The query of this very page with some parameters changed; None removes one. Relative, so it stays on the path."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    added = [(name, value) for name, value in changes.items() if value is not None]
    return "?" + urlencode([*kept, *added])


def kept_parameters(*left_out: str) -> list[tuple[str, str]]:
    """Parameters of this page that a GET form has to carry on as hidden fields."""
    return [(name, value) for name, value in request.args.items(multi=True) if name not in left_out]


def ids_in_address(name: str) -> list[int]:
    """The ids of records that a parameter of this page gives; what is none is left out."""
    typed = request.args.getlist(name)
    return [int(text) for text in typed if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID]


@cache
def content_hash(path: Path) -> str:
    """Eight characters that change with the file, empty where it is not built."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else ""


def asset(name: str) -> str:
    """The address of a static file, which changes when its content does."""
    if current_app.debug:
        content_hash.cache_clear()
    folder = Path(current_app.static_folder or "")
    return f"{request.script_root}{current_app.static_url_path}/{name}?v={content_hash(folder / name)}"
