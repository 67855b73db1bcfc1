"""Headers, cookies and limits that hold for every request."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])
LARGEST_ID = 2**63 - 1
UPLOAD_LIMIT = 16 * 1024 * 1024
FORM_LIMIT = 1024 * 1024
MOST_DISCARDED = 512 * 1024 * 1024
DISCARDED_AT_ONCE = 64 * 1024


class IdConverter(IntegerConverter):
    """A whole number in an address that fits a database key; larger ones are addresses that do not exist."""

    def __init__(self, url_map: object, **options: object) -> None:
        """Set the largest key as the limit."""
        super().__init__(url_map, max=LARGEST_ID, **options)  # type: ignore[arg-type]


def init_security(app: Flask) -> None:
    """Set limits, the nonce before anything that uses it, and the headers after everything."""
    app.config["MAX_CONTENT_LENGTH"] = UPLOAD_LIMIT
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_LIMIT
    app.url_map.converters["int"] = IdConverter
    app.before_request(_limit_form)
    app.before_request(_make_nonce)
    app.after_request(_set_headers)


def local_address(target: str | None) -> str | None:
    """An address of our own that a GET opens, or None: nothing else is ever redirected to."""
    return target if target and endpoint_at(target) else None


def endpoint_at(target: str, *, method: str = "GET") -> str | None:
    """The view that an address of our own leads to by this method, None where it leads out or nowhere."""
    if not target.startswith("/") or "\\" in target or target.startswith("//"):
        return None
    try:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            return None
        found = current_app.create_url_adapter(request).match(parts.path, method=method)  # type: ignore[union-attr]
    except (HTTPException, ValueError):  # ValueError: half a bracket where a host would stand
        return None
    return str(found[0])


def takes_uploads(most: int) -> Callable[[View], View]:
    """Mark a view: its form may bring files of together at most so many bytes, more than others may."""

    def mark(view: View) -> View:
        view.upload_limit = most  # type: ignore[attr-defined]
        return view

    return mark


def is_beyond_upload_limit() -> bool:
    """Whether this request brings more bytes than its page takes, where that takes files: no other limit is meant."""
    limit = _upload_limit()
    return limit is not None and (request.content_length is None or request.content_length > limit)


def _upload_limit() -> int | None:
    """How many bytes of files the form of the view may bring, where more than others may."""
    limit: int | None = getattr(current_app.view_functions.get(request.endpoint or ""), "upload_limit", None)
    return limit


def refuse_upload() -> None:
    """Let the page of this request say that its file is too large, and read what still comes of it.

    A browser that is cut off while it sends shows that the connection was lost, and not our answer.
    """
    g.upload_is_refused = True
    left, stream = MOST_DISCARDED, request.environ["wsgi.input"]
    while left > 0 and (read := len(stream.read(DISCARDED_AT_ONCE))):
        left -= read


def is_upload_refused() -> bool:
    """Whether the file sent with this request was too large to be read."""
    return bool(g.get("upload_is_refused"))


def _limit_form() -> None:
    """Only a form with files may be as large as an upload; Flask's own limit of forms leaves the others out."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = FORM_LIMIT
        return
    request.max_content_length = _upload_limit() or UPLOAD_LIMIT


def _make_nonce() -> None:
    g.csp_nonce = secrets.token_urlsafe(16)


def _set_headers(response: Response) -> Response:
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; connect-src 'self'; "
        "img-src 'self' data:; font-src 'self'; style-src 'self'; "
        f"script-src 'self' 'nonce-{g.get('csp_nonce', '')}'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
