"""Files larger than a page takes: refused on that page, with the limit, before a byte of them is kept."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from flask import before_render_template
from sqlalchemy import URL
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.core.database import db, is_reading_only
from app.core.permissions import Role
from app.web.requests import House
from tests.client import Browser, Page, inspect_page
from tests.signin import sign_in

SIZE = 200 * 1024 * 1024


class Zeros(io.RawIOBase):
    """A body of as many bytes as are asked for, without keeping any."""

    def __init__(self, size: int) -> None:
        """All of them are still to come."""
        super().__init__()
        self.left = size

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        count = min(size if size >= 0 else self.left, self.left)
        self.left -= count
        return bytes(count)


class Watched(Zeros):
    """A body that tries to write to the database each time more of it is asked for."""

    def __init__(self, size: int, url: URL) -> None:
        """Who writes has a connection of its own, and does not wait."""
        super().__init__(size)
        self.url, self.asked = url, 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, with nobody in the way of writing."""
        self.asked += 1
        if self.asked % 1000 == 2 and self.url.drivername.startswith("sqlite"):
            with closing(sqlite3.connect(str(self.url.database), timeout=0, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
        return super().read(size)


@contextmanager
def before_rendering(app: House, look: Callable[[], None]) -> Iterator[None]:
    def note(*_given: object, **_more: object) -> None:
        look()

    before_render_template.connect(note, app)
    yield
    before_render_template.disconnect(note, app)


def sent(browser: Browser, path: str, body: Zeros) -> Page:
    given = {"wsgi.input": body, "CONTENT_LENGTH": str(SIZE)}
    form = "multipart/form-data; boundary=b"
    response = browser.client.post(path, content_type=form, environ_overrides=given)
    page = Page(response)
    if page.status == 413:
        inspect_page(page)
    return page


@pytest.mark.parametrize(
    ("path", "heading", "most"), [("/bank/import", "Import statements", 20), ("/imports/new", "New import", 48)]
)
def test_a_file_of_200_megabytes_is_refused_on_its_page_with_the_limit(
    browser: Browser, path: str, heading: str, most: int
):
    sign_in(browser, Role.SECRETARIAT)
    body = Zeros(SIZE)
    page = sent(browser, path, body)
    assert (page.status, page.heading) == (413, heading)
    assert f"The file is larger than {most} MB." in page.words
    assert page.form_values()
    assert body.left == 0
    assert "larger than" not in browser.get(path).words


def test_nobody_waits_to_write_while_the_rest_of_a_file_comes(app: House, browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    with app.app_context():
        url = db.engine.url
    body = Watched(SIZE, url)
    assert sent(browser, "/bank/import", body).status == 413
    assert body.asked > 2


def test_a_page_shown_for_a_file_that_is_too_large_only_reads(app: House, browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    seen: list[bool] = []
    with before_rendering(app, lambda: seen.append(is_reading_only())):
        sent(browser, "/bank/import", Zeros(SIZE))
    assert seen == [True]


@pytest.mark.parametrize(
    "values",
    [{"account": "x" * 2 * 1024 * 1024}, {f"part{number}": "x" for number in range(1200)}],
    ids=["a long text", "many parts"],
)
def test_a_small_file_is_not_called_too_large_for_what_came_beside_it(browser: Browser, values: dict[str, str]):
    sign_in(browser, Role.SECRETARIAT)
    boundary, body = encode_multipart({**values, "file": FileStorage(io.BytesIO(b"x"), "statement.xml")})
    form = f"multipart/form-data; boundary={boundary}"
    response = browser.client.post("/bank/import", data=body, content_type=form)
    assert Page(response).heading == "This is too large"


def test_each_page_that_takes_large_files_is_opened_without_more_than_its_address(app: House):
    rules = [
        rule for rule in app.url_map.iter_rules() if getattr(app.view_functions[rule.endpoint], "upload_limit", None)
    ]
    assert len(rules) > 1
    assert [rule.rule for rule in rules if rule.arguments or not {"GET", "POST"} <= (rule.methods or set())] == []


@pytest.mark.parametrize("role", [Role.AUDITOR, None])
def test_who_may_not_open_the_page_is_not_shown_it_for_a_file_that_is_too_large(browser: Browser, role: Role | None):
    if role is not None:
        sign_in(browser, role)
    body = Zeros(SIZE)
    page = sent(browser, "/bank/import", body)
    assert (page.status, page.heading) == (413, "This is too large")
    assert body.left > SIZE // 2
