"""A client for pages that inspects each page it fetches, so that every test also checks the promises of STYLE."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from lxml import html
from werkzeug.test import TestResponse

from app.core.database import db

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from app.web.requests import House

REDIRECTS = {301, 302, 303, 307, 308}
QUIET_CONTROLS = {"hidden", "submit", "button", "image", "reset"}


class Page:
    """A fetched page: its text, its tree, and what it says."""

    def __init__(self, response: TestResponse) -> None:
        """Read the page."""
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        self.tree: HtmlElement = html.document_fromstring(self.text or "<html></html>")

    @property
    def heading(self) -> str:
        """The one h1."""
        return _words(self.tree.findtext(".//h1") or "".join(self.tree.xpath("//h1//text()")))

    @property
    def words(self) -> str:
        """All text of the page, with single spaces."""
        return _words(" ".join(self.tree.xpath("//body//text()[not(parent::script)]")))

    def rows(self) -> list[list[str]]:
        """The text of each cell of each body row of the tables."""
        return [
            [_words(cell.text_content()) for cell in row.xpath("./td|./th")] for row in self.tree.xpath("//tbody/tr")
        ]

    def phone_rows(self) -> list[str]:
        """What a phone shows of each body row of the tables."""
        shown = "./td[not(contains(concat(' ', @class, ' '), ' hide '))]//text()[not(parent::*[@class='only-wide'])]"
        return [_words(" ".join(row.xpath(shown))) for row in self.tree.xpath("//tbody/tr")]

    def form_values(self, action: str | None = None) -> dict[str, str]:
        """What a form of the page would send if nothing was typed: the one with this action, else the first POST."""
        for form in self.tree.xpath("//main//form"):
            if (form.get("method") or "get").lower() == "post" and action in {None, form.get("action")}:
                return dict(form.form_values())
        message = f"There is no form that posts to {action or 'anything'}."
        raise AssertionError(message)

    def has_action(self, action: str) -> bool:
        """Whether a form of the page posts to this address, or a link leads there."""
        return bool(self.tree.xpath("//form[@action=$a] | //a[@href=$a]", a=action))


class Browser:
    """A signed-in or anonymous visitor."""

    def __init__(self, app: House) -> None:
        """Start with no cookies."""
        self.app = app
        self.client = app.test_client()

    def get(self, path: str, status: int = 200) -> Page:
        """Fetch a page, follow nothing, and inspect it."""
        page = Page(self.client.get(path))
        assert page.status == status, f"GET {path}: {page.status}, not {status}: {page.words[:400]}"
        if page.response.mimetype == "text/html" and page.status not in REDIRECTS:
            inspect_page(page)
        return page

    def post(self, path: str, values: dict[str, Any], status: int = 302) -> Page:
        """Send values as they are; a redirect is what a done form answers."""
        page = Page(self.client.post(path, data=values))
        assert page.status == status, f"POST {path}: {page.status}, not {status}: {page.words[:600]}"
        if page.response.mimetype == "text/html" and page.status not in REDIRECTS:
            inspect_page(page)
        return page

    def submit(self, path: str, values: dict[str, Any], *, action: str | None = None, status: int = 302) -> Page:
        """Open a page, fill its form, send it."""
        shown = self.get(path)
        action = action or path
        filled = shown.form_values(action if shown.has_action(action) else None) | values
        return self.post(action, filled, status)

    def follow(self, page: Page) -> Page:
        """Go where a redirect leads."""
        assert page.status in REDIRECTS, f"{page.status} is no redirect"
        return self.get(str(page.response.location))

    def press(self, path: str, action: str, status: int = 302) -> Page:
        """Open a page and press the button that posts to the action."""
        return self.post(action, self.get(path).form_values(action), status)


def inspect_page(page: Page) -> None:
    """Fail on what no page may have."""
    tree = page.tree
    headings = tree.xpath("//h1")
    assert len(headings) == 1, f"{len(headings)} h1 on the page"
    title = _words(tree.findtext(".//title") or "")
    assert title.startswith(page.heading), f"the title {title!r} does not begin with {page.heading!r}"
    used_twice = [name for name, times in Counter(tree.xpath("//@id")).items() if times > 1]
    assert not used_twice, f"ids used twice: {used_twice}"
    _inspect_controls(tree)
    _inspect_forms(tree)
    _inspect_policy(tree)


def _inspect_forms(tree: HtmlElement) -> None:
    for link in tree.xpath("//a[@href]"):
        assert _words(link.text_content()) or link.get("aria-label"), f"a link without text to {link.get('href')}"
    for form in tree.xpath("//form[translate(@method,'POST','post')='post']"):
        assert form.xpath(".//input[@name='csrf_token']"), f"a form without token: {form.get('action')}"


def _inspect_policy(tree: HtmlElement) -> None:
    assert not tree.xpath("//@style"), "an inline style"
    assert not tree.xpath("//@*[starts-with(name(), 'on')]"), "an inline handler"
    for script in tree.xpath("//script[not(@src)]"):
        assert script.get("nonce") or script.get("type") == "application/json", "a script without nonce"


def _inspect_controls(tree: HtmlElement) -> None:
    labelled = set(tree.xpath("//label/@for"))
    for control in tree.xpath("//input|//select|//textarea"):
        if control.get("type") in QUIET_CONTROLS:
            continue
        named = control.get("id") in labelled or control.get("aria-label") or control.get("aria-labelledby")
        assert named or control.xpath("ancestor::label"), f"a control without label: {control.get('name')}"


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def count_rows(table: str) -> int:
    """How many rows a table has, for tests of what was written."""
    return int(db.session.execute(db.text(f'SELECT count(*) FROM "{table}"')).scalar_one())  # noqa: S608
