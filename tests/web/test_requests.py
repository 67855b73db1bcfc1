"""The request cycle: marks of access, safe requests, forms sent twice, error pages, limits."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from flask import abort, request
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import create_app
from app.accounts.models import User
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import Base, db
from app.core.errors import NotFoundError, UnavailableError
from app.core.permissions import Permission, Role
from app.core.transaction import transaction
from app.web.access import public, requires, signed_in
from app.web.requests import see
from app.web.security import local_address
from config import Config
from tests.client import Browser, Page

pytestmark = pytest.mark.usefixtures("sample_users")

if TYPE_CHECKING:
    from pathlib import Path

    from app.web.requests import House

SOMEONE = Actor("Some One", user_id=1, granted=(Granted(Role.AUDITOR),))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[House]:
    """A site of its own with a few odd pages."""
    app = create_app(
        Config(
            secret_key=secrets.token_hex(32),
            database_url=f"sqlite:///{tmp_path}/odd.db",
            base_url="http://localhost",
            documents_url=f"file://{tmp_path}/documents",
            queue_url=f"sqlite:///{tmp_path}/queue.db",
            testing=True,
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        Base.metadata.create_all(db.engine)
    _add_views(app)
    yield app
    with app.app_context():
        db.engine.dispose()


def _add_views(app: House) -> None:
    def add(path: str, view: object, **options: object) -> None:
        app.add_url_rule(path, view_func=view, **options)  # type: ignore[arg-type]

    def unmarked() -> str:
        return "never seen"

    @public
    def open_page() -> str:
        return "open"

    @signed_in
    def mine() -> str:
        return "mine"

    @requires(Permission.FEE_EDIT)
    def fees() -> str:
        return "fees"

    @public
    def add_user() -> object:
        with transaction():
            db.session.add(User(name=request.form["name"], created_at=clock.now()))
            return see("open_page", "Added.")

    @public
    def fail_at_commit() -> object:
        with transaction():
            see("open_page", "Added.")
            raise UnavailableError("The disk is full.")

    @public
    def writes_on_get() -> str:
        with transaction():
            return "no"

    add("/unmarked", unmarked)
    add("/open", open_page)
    add("/mine", mine)
    add("/fees-only", fees)
    add("/add", add_user, methods=["POST"])
    add("/late", fail_at_commit, methods=["POST"])
    add("/writes", writes_on_get)
    _add_failures(add)


def _add_failures(add: object) -> None:
    failures: dict[str, Exception] = {
        "missing": NotFoundError("no such record"),
        "locked": OperationalError("SELECT 1", {}, Exception("database is locked")),
        "full": UnavailableError("The disk is full. Nothing was changed."),
        "bug": ZeroDivisionError("a bug"),
    }

    @public
    def fail(kind: str) -> str:
        if kind.isdecimal():
            abort(int(kind))
        raise failures[kind]

    add("/fail/<kind>", fail)  # type: ignore[operator]


def sign_in_as(site: House, actor: Actor | None) -> None:
    site.extensions["load_actor"] = lambda: actor


def test_a_view_without_a_mark_is_refused(site: House) -> None:
    sign_in_as(site, SOMEONE)
    Browser(site).get("/unmarked", 403)


def test_an_anonymous_visitor_is_sent_to_sign_in_and_back(site: House) -> None:
    page = Browser(site).get("/mine?on=2015-06-30", 302)
    assert page.response.location == "/sign-in?next=/mine?on%3D2015-06-30"


def test_a_permission_is_needed_for_a_marked_view(site: House) -> None:
    sign_in_as(site, SOMEONE)
    Browser(site).get("/fees-only", 403)
    sign_in_as(site, Actor("F", user_id=2, granted=(Granted(Role.FINANCE),)))
    assert site.test_client().get("/fees-only").status_code == 200


def test_a_get_never_writes(site: House) -> None:
    Browser(site).get("/writes", 500)


def test_nobody_is_told_that_something_is_done_before_it_is(site: House) -> None:
    browser = Browser(site)
    browser.post("/late", {}, 503)
    with browser.client.session_transaction() as cookie:
        assert "_flashes" not in cookie
    browser.post("/add", {"name": "Done"})
    with browser.client.session_transaction() as cookie:
        assert cookie["_flashes"] == [("message", "Added.")]


def test_a_form_sent_twice_is_done_once(site: House) -> None:
    browser = Browser(site)
    for _ in range(2):
        page = browser.post("/add", {"name": "Once", "idempotency_key": "key-1"})
        assert page.response.location == "/open"
    browser.post("/add", {"name": "Changed", "idempotency_key": "key-1"})
    with site.app_context():
        assert sorted(db.session.scalars(select(User.name))) == ["Changed", "Once"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nowhere", 404, "no such page"),
        ("/fail/missing", 404, "no such page"),
        ("/fail/locked", 503, "Nothing was changed"),
        ("/fail/full", 503, "The disk is full"),
        ("/fail/bug", 500, ""),
        ("/fail/418", 418, ""),
        ("/add", 405, ""),
        ("/open?on=2015-13-45", 400, "is not a day"),
    ],
)
def test_every_error_has_a_plain_page(site: House, path: str, status: int, says: str) -> None:
    page = Browser(site).get(path, status)
    assert says.casefold() in page.words.casefold()
    assert "Traceback" not in page.text


def test_what_does_not_fit_leads_back_to_the_page_whose_button_was_pressed_and_nowhere_else(site: House) -> None:
    ways = {"http://localhost/open": ["/open", "/"], "http://elsewhere.example/open": ["/"]}
    for came_from, expected in ways.items():
        answer = Page(
            site.test_client().post("/add?on=2015-06-30", data={"name": "Late"}, headers={"Referer": came_from})
        )
        assert answer.status == 409
        assert "Nothing was changed." in answer.words
        assert answer.tree.xpath("//main//a/@href") == expected


def test_the_past_is_read_only(site: House) -> None:
    page = Browser(site).post("/add?on=2015-06-30", {"name": "Late"}, 409)
    assert "read only" in page.words


def test_a_body_that_is_too_large_is_refused(site: House) -> None:
    Browser(site).post("/add", {"name": "x" * (2 * 1024 * 1024)}, 413)
    upload = {"data": b"x" * (17 * 1024 * 1024), "content_type": "multipart/form-data; boundary=b"}
    assert site.test_client().post("/add", **upload).status_code == 413


def test_an_address_too_large_for_a_key_does_not_exist(site: House) -> None:
    Browser(site).get("/members/99999999999999999999", 404)


def test_the_headers_let_only_our_own_scripts_run(site: House) -> None:
    headers = site.test_client().get("/open").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_another_host_name_is_refused(site: House) -> None:
    assert site.test_client().get("/open", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "target", ["/\\evil.test", "///evil.test", "https:evil", "//evil.test", "/\t/[", "/nowhere", "", None]
)
def test_nothing_but_our_own_pages_is_redirected_to(site: House, target: str | None) -> None:
    with site.test_request_context("/"):
        assert local_address(target) is None


def test_our_own_pages_are_redirected_to(site: House) -> None:
    with site.test_request_context("/"):
        assert local_address("/open?on=2015-06-30") == "/open?on=2015-06-30"
