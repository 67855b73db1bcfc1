"""Addresses that keep the day looked at, and those of our own static files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for

from app.web.on_date import travelling


def url(endpoint: str, **values: Any) -> str:
    """The address of an endpoint, keeping the day (and the knowledge) the reader is looking at."""
    return url_for(endpoint, **{**travelling(), **values})


def here(**changes: Any) -> str:
    """The query of this very page with some parameters changed; None removes one. Relative, so it stays on the path."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    added = [(name, value) for name, value in changes.items() if value is not None]
    return "?" + urlencode([*kept, *added])


def kept_parameters(*left_out: str) -> list[tuple[str, str]]:
    """Parameters of this page that a GET form has to carry on as hidden fields."""
    return [(name, value) for name, value in request.args.items(multi=True) if name not in left_out]


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
