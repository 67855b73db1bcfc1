"""Files larger than a page takes: refused on that page, with the limit, before a byte of them is kept."""

from __future__ import annotations

import io

import pytest

from app.core.permissions import Role
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


@pytest.mark.parametrize("role", [Role.AUDITOR, None])
def test_who_may_not_open_the_page_is_not_shown_it_for_a_file_that_is_too_large(browser: Browser, role: Role | None):
    if role is not None:
        sign_in(browser, role)
    body = Zeros(SIZE)
    page = sent(browser, "/bank/import", body)
    assert (page.status, page.heading) == (413, "This is too large")
    assert body.left > SIZE // 2
