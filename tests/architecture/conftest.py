"""The application as the architecture tests look at it: its routes and tables, never its data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.core.database import db
from config import Config


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database that nobody opens."""
    folder: Path = tmp_path_factory.mktemp("house")
    app = create_app(
        Config(
            secret_key="only for looking at the routes, never for signing",
            database_url=f"sqlite:///{folder / 'empty.db'}",
            documents_url=f"file://{folder / 'documents'}",
            queue_url=f"sqlite:///{folder / 'queue.db'}",
            testing=True,
        )
    )
    yield app
    with app.app_context():
        db.engine.dispose()
