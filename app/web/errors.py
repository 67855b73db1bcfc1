"""Error pages: plain words, what happened to the change, a way on; never a trace, never a bare 500."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge, default_exceptions

from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError, UnavailableError
from app.core.transaction import reading
from app.web.access import current_actor, may_open
from app.web.kept import ask_to_sign_in, find_kept, offer_to_send
from app.web.security import is_beyond_upload_limit, local_address, refuse_upload

OUTAGES = (OperationalError, InterfaceError, PoolTimeoutError, UnavailableError, OSError)
PAGES = {400, 401, 403, 404, 405, 409, 413, 429, 500, 503}


def init_errors(app: Flask) -> None:
    """Register a page for each kind of error."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(NotFoundError, lambda _error: _page(404))
    app.register_error_handler(AccessDeniedError, lambda _error: _page(403))
    app.register_error_handler(StaleError, lambda error: _page(409, error.message))
    app.register_error_handler(DomainError, lambda error: _page(409, error.message))
    unavailable = _unavailable(app)
    for kind in OUTAGES:
        app.register_error_handler(kind, unavailable)

    def fault(error: InternalServerError) -> ResponseReturnValue:
        """What went wrong where nothing catches it; an outage while another page of this kind was made is one still."""
        if isinstance(error.original_exception, OUTAGES) and not isinstance(error.original_exception, TemplateNotFound):
            return unavailable(error.original_exception)
        return _page(500)

    app.register_error_handler(InternalServerError, fault)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None:
        return error
    standard = default_exceptions.get(error.code)
    own_words = error.description if standard is None or error.description != standard.description else None
    return _page(error.code, own_words, allow=error.get_headers())


def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What is larger than may be sent: where a page takes files, that page anew, with the limit beside its file.

    Nothing in the database is held while the rest of the file comes, however slowly.
    """
    with reading():
        is_offered = is_beyond_upload_limit() and may_open(request.endpoint or "")
    if not is_offered:
        return _page(413)
    refuse_upload()
    request.method = "GET"
    with reading():
        answer = make_response(current_app.preprocess_request() or current_app.dispatch_request())
    if answer.status_code == HTTPStatus.OK:
        answer.status_code = RequestEntityTooLarge.code
    return answer


def _form_expired(_error: CSRFError) -> ResponseReturnValue:
    kept = find_kept()
    if kept is not None and current_actor() is not None:
        return offer_to_send(kept, status=400)
    if kept is not None and not may_open(kept.endpoint):
        return ask_to_sign_in(kept)
    return _page(
        400,
        "This form is no longer valid, because it was open for long or you signed in again. "
        "Nothing was changed. Go back, load the page anew and send it again.",
    )


def _unavailable(app: Flask) -> Callable[[Exception], ResponseReturnValue]:
    def answer(error: Exception) -> ResponseReturnValue:
        if isinstance(error, TemplateNotFound):  # An OSError by descent, but a bug of ours and no outage.
            raise error
        app.logger.error("%s %s cannot be served now: %s", request.method, request.path, error)
        words = error.args[0] if isinstance(error, UnavailableError) and error.args else None
        body, code, headers = _page(503, words)
        return body, code, {**headers, "Retry-After": "10"}

    return answer


def _page(code: int, message: str | None = None, allow: object = None) -> tuple[str, int, dict[str, str]]:
    headers = {name: value for name, value in allow or () if name == "Allow"}  # type: ignore[attr-defined]
    name = code if code in PAGES else 400 if code < 500 else 500
    back = _came_from() if code == HTTPStatus.CONFLICT else ""
    return render_template(f"errors/{name}.html", code=code, message=message, back=back), code, headers


def _came_from() -> str:
    """The page of ours whose button was pressed; empty where there is none, or it is this one."""
    address = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    return "" if address.partition("?")[0] == request.path else local_address(address) or ""
