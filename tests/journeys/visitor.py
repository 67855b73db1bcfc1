"""A browser without pictures that tries again while the site is down."""

from __future__ import annotations

import re
import time
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from lxml import html

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from tests.journeys.site import Site

OK, DONE, BROKEN = 200, 302, 500
PATIENCE = 90
BOUNDARY = b"--a-form-with-a-file"


class Stays(HTTPRedirectHandler):
    """Follows no redirect by itself: what was sent is done, even if the site falls before the next page."""

    def redirect_request(self, *_arguments: object) -> None:
        """Nowhere."""


class Visitor:
    """A browser without pictures that tries again while the site is down, and keeps what it was answered with."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), Stays())
        self.refusals: list[tuple[int, str]] = []

    def open(self, path: str, form: dict[str, str] | None = None, file: bytes | None = None) -> HtmlElement:
        """A page, or the page after a form; a site that is down is asked again with the same words."""
        body = None if form is None else _body(form, file)
        until = time.monotonic() + PATIENCE
        status, content = 0, b""
        while not status or status >= BROKEN:
            assert time.monotonic() < until, f"{path}: {status}"
            status, content = self._ask(path, body)
        if status == DONE:
            return self.open(content.decode())
        page = html.document_fromstring(content, base_url=f"{self.site.address}{path}")
        assert status == OK, f"{path}: {status} {page.findtext('.//h1')}"
        return page

    def _ask(self, path: str, body: bytes | None) -> tuple[int, bytes]:
        """The status and the page, or where a redirect leads; status 0 where nobody answered."""
        asked = Request(f"{self.site.address}{path}", body)  # noqa: S310 - our own address on this machine
        if body is not None and body.startswith(BOUNDARY):
            asked.add_header("Content-Type", f"multipart/form-data; boundary={BOUNDARY[2:].decode()}")
        try:
            with self.opener.open(asked, timeout=20) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            if error.code == DONE:
                return error.code, error.headers.get("Location", "").encode()
            content = error.read()
            self.refusals.append((error.code, content.decode()))
            time.sleep(0.1)
            return error.code, content
        except (URLError, OSError, HTTPException):
            self.refusals.append((0, ""))
            time.sleep(0.2)
            return 0, b""

    def send(self, path: str, file: bytes | None = None, **typed: str) -> HtmlElement:
        """Fill the last form that writes on a page and send it, with a file if given, as often as it takes."""
        form = [form for form in self.open(path).forms if form.method == "POST"][-1]
        action = re.sub(r"^https?://[^/]+", "", form.action or path) or path
        return self.open(action, {**dict(form.form_values()), **typed}, file)

    def sign_in(self) -> None:
        """Sign in as the secretariat."""
        email, password = self.site.sign_ins["Secretariat"]
        self.send("/sign-in", email=email, password=password)


def _body(form: dict[str, str], file: bytes | None) -> bytes:
    """What is sent of a form; with a file in its field of that name, as browsers send those."""
    if file is None:
        return urlencode(form).encode()
    name = b'Content-Disposition: form-data; name="'
    parts = [name + key.encode() + b'"\r\n\r\n' + value.encode() for key, value in form.items() if key != "file"]
    parts.append(name + b'file"; filename="statement.xml"\r\nContent-Type: application/xml\r\n\r\n' + file)
    return b"".join(BOUNDARY + b"\r\n" + part + b"\r\n" for part in parts) + BOUNDARY + b"--\r\n"


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "It did not go on by itself."
        time.sleep(0.3)
