"""The PDF of an approved version, from nothing but what was frozen."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from app.web.pdf import print_pdf


def version_pdf(content: Mapping[str, Any], sha256: str) -> bytes:
    """The bytes that both sides sign: the same content gives the same bytes."""
    rows = "".join(f"<p>{escape(str(name))}: {escape(str(value))}</p>" for name, value in sorted(content.items()))
    title = escape(f"{content['number']}, {content['title']}")
    return print_pdf(
        f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1>{rows}<p>{sha256}</p></html>'
    )
