"""A signed-in secretariat: it calls the application in this process, and lends its cookie to who calls a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.accounts.routes import TOKEN_KEY
from app.audit.commands import Subject, record
from app.core.database import db
from app.core.transaction import transaction
from benchmarks.consortium.world import OFFICE
from benchmarks.site import Site, sign_in

QUIET = ("BEGIN", "PRAGMA")


class Visitor:
    """Fetches pages as the secretariat."""

    def __init__(self, site: Site) -> None:
        """Sign in to the site."""
        self.site = site
        self.client: FlaskClient = site.app.test_client()
        with self.client.session_transaction(base_url=site.config.base_url) as cookie:
            cookie[TOKEN_KEY] = sign_in(site)
            cookie.permanent = True

    @property
    def cookie(self) -> str:
        """The header a browser would send."""
        kept = self.client.get_cookie(self.site.app.config["SESSION_COOKIE_NAME"], domain=self.site.config.host)
        if kept is None:
            message = "There is no session."
            raise LookupError(message)
        return f"{kept.key}={kept.value}"

    def fetch(self, path: str) -> bytes:
        """The whole answer to a request for a page that must be there."""
        response = self.client.get(path, base_url=self.site.config.base_url)
        content = response.get_data()
        response.close()
        if response.status_code != 200:
            message = f"GET {path} answers {response.status_code}"
            raise LookupError(message)
        return content

    def change(self) -> None:
        """Let something be changed, by an entry of the trail like that of any change."""
        with self.site.app.app_context():
            with transaction():
                record("benchmarks.change", Subject("consortium", 1), summary="Something was changed", actor=OFFICE)
            db.session.remove()

    def statements(self, path: str) -> int:
        """How many statements the page takes, not counting how its transaction begins."""
        with self.site.app.app_context():
            engine = db.engine
        with _counted(engine) as seen:
            self.fetch(path)
        return len(seen)


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith(QUIET):
            seen.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
