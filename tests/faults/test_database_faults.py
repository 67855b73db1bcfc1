"""A full disk, a locked database and one that has gone away: a plain page with 503, and nothing is lost."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import event, func, select

from app import create_app
from app.accounts.models import User
from app.core import clock
from app.core.database import Base, db, reading_only
from app.core.transaction import transaction
from app.web.access import public
from app.web.requests import see
from config import Config
from tests.client import Browser

if TYPE_CHECKING:
    from app.web.requests import House

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("sample_users")]
LARGE = "x" * 200


@pytest.fixture
def site(tmp_path: Path) -> Iterator[House]:
    """A site on a file of its own, with one page that writes."""
    app = create_app(
        Config(
            secret_key=secrets.token_hex(32),
            database_url=f"sqlite:///{tmp_path}/small.db",
            base_url="http://localhost",
            documents_url=f"file://{tmp_path}/documents",
            queue_url=f"sqlite:///{tmp_path}/queue.db",
            testing=True,
        )
    )
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        event.listen(db.engine, "connect", _be_impatient)

    @public
    def add() -> ResponseReturnValue:
        with transaction():
            for number in range(50):
                db.session.add(User(name=f"{number} {request.form['name']}", created_at=clock.now()))
            return see("add_page", "Added.")

    @public
    def add_page() -> str:
        return "<h1>Add</h1>"

    app.add_url_rule("/add", view_func=add, methods=["POST"])
    app.add_url_rule("/add", view_func=add_page, endpoint="add_page")
    yield app
    with app.app_context():
        db.engine.dispose()


def _be_impatient(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=100")


def users(site: House) -> int:
    with site.app_context(), reading_only():
        return db.session.scalar(select(func.count(User.id))) or 0


def refused_and_tried_again(site: House, browser: Browser) -> None:
    page = browser.post("/add", {"name": LARGE, "idempotency_key": "k"}, 503)
    assert "Nothing was changed" in page.words
    assert page.response.headers["Retry-After"]
    assert users(site) == 0


def test_a_full_disk_gives_a_plain_page_and_the_same_form_is_done_later(site: House) -> None:
    browser = Browser(site)
    with site.app_context():
        pages = db.session.execute(db.text("PRAGMA page_count")).scalar_one()

    def fill_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    with site.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", fill_up)
    refused_and_tried_again(site, browser)
    with site.app_context():
        event.remove(db.engine, "connect", fill_up)
        db.engine.dispose()
    browser.post("/add", {"name": LARGE, "idempotency_key": "k"})
    assert users(site) == 50


def test_a_locked_database_gives_a_plain_page_and_the_same_form_is_done_later(site: House, tmp_path: Path) -> None:
    browser = Browser(site)
    with site.app_context():
        db.engine.dispose()
    holder = sqlite3.connect(tmp_path / "small.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    refused_and_tried_again(site, browser)
    holder.execute("ROLLBACK")
    holder.close()
    browser.post("/add", {"name": LARGE, "idempotency_key": "k"})
    assert users(site) == 50


def test_a_database_that_has_gone_away_gives_a_plain_page(site: House, tmp_path: Path) -> None:
    with site.app_context():
        db.engine.dispose()
    (tmp_path / "small.db").rename(tmp_path / "away.db")
    (tmp_path / "small.db").mkdir()
    page = Browser(site).post("/add", {"name": "x", "idempotency_key": "k"}, 503)
    assert "Nothing was changed" in page.words
    (tmp_path / "small.db").rmdir()
    (tmp_path / "away.db").rename(tmp_path / "small.db")
    Browser(site).post("/add", {"name": "x", "idempotency_key": "k"})
    assert users(site) == 50


def test_a_database_that_is_away_while_a_late_form_comes_gives_a_plain_page(site: House, tmp_path: Path) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    browser = Browser(site)
    with browser.client.session_transaction() as cookie:
        cookie["token"] = "of a session that has to be looked up"
    with site.app_context():
        db.engine.dispose()
    (tmp_path / "small.db").rename(tmp_path / "away.db")
    (tmp_path / "small.db").mkdir()
    ours = {"Origin": "http://localhost"}
    answer = browser.client.post("/add", data={"name": "x", "idempotency_key": "k"}, headers=ours)
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.get_data(as_text=True)
