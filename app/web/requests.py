"""How a request meets the database: safe ones only read, a clash is tried again, a form sent twice is done once."""

from __future__ import annotations

import hashlib
import logging
from contextlib import ExitStack
from functools import partial
from typing import Any

from flask import Flask, flash, g, has_request_context, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response as FlaskResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.wrappers import Response

from app.core import idempotency
from app.core.database import db, reading_only
from app.core.transaction import after_commit, asks_for_retry, before_commit

log = logging.getLogger(__name__)

SAFE = {"GET", "HEAD", "OPTIONS"}
KEY_FIELD = "idempotency_key"
TRIES = 4


class House(Flask):
    """Flask, with each request run in the right kind of transaction."""

    def full_dispatch_request(self) -> FlaskResponse:
        """Let safe requests only read."""
        with ExitStack() as stack:
            if request.method in SAFE:
                stack.enter_context(reading_only())
            return super().full_dispatch_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; where the database asks for it, run it again from the start."""
        for _ in range(TRIES - 1):
            try:
                return super().dispatch_request()
            except Exception as error:
                if not asks_for_retry(error.__cause__ or error):
                    raise
                db.session.rollback()
                g.pop("location", None)
                done = _already_done()
                if done is not None:
                    return done
        return super().dispatch_request()


def init_requests(app: Flask) -> None:
    """Answer a form that has already had its effect with the place that shows it, and give the database back after."""
    app.before_request(_already_done)
    app.teardown_appcontext(_let_go)
    before_commit(_remember_key)


def see(endpoint: str, notice: str | None = None, **values: Any) -> Response:
    """Go and see what was done. Inside `transaction()` it also marks the form as having had its effect.

    The notice is kept until the commit: who is told that something is done must find it done.
    """
    if notice:
        after_commit(partial(flash, notice))
    g.location = url_for(endpoint, **values)
    return redirect(g.location)


def while_running(page: ResponseReturnValue, *, running: bool) -> FlaskResponse:
    """A page that asks for itself while long work runs; once that has ended, the whole of it is loaded anew.

    The part that asked shows how the work ended; the buttons and lists around it would be those of before.
    """
    answer: FlaskResponse = make_response(page)
    if not running and "HX-Request" in request.headers:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _already_done() -> ResponseReturnValue | None:
    key = _key()
    location = idempotency.location_of(key) if key else None
    if location is None:
        return None
    flash("This was done already; sent twice, it was done once.")
    return redirect(location)


def _let_go(_error: BaseException | None) -> None:
    """Give the connection back; where the database has gone away since the answer was made, the answer still stands."""
    try:
        db.session.close()
    except (OperationalError, InterfaceError) as error:
        log.warning("The database went away while its answer was sent: %s", error)
        db.session().invalidate()


def _remember_key() -> None:
    if not has_request_context():
        return
    key, location = _key(), g.get("location")
    if key and location:
        idempotency.remember(key, location)


def _key() -> str | None:
    """The form's key bound to who sent what where, so that a changed form is a new act."""
    if request.method in SAFE or not request.form.get(KEY_FIELD):
        return None
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    actor = g.get("actor")
    bound = repr((getattr(actor, "user_id", None), request.path, fields))
    return hashlib.sha256(bound.encode("utf-8", "surrogatepass")).hexdigest()
