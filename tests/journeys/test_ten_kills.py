"""Ten kill -9 in the middle of the walk: nothing is lost, nothing is doubled, and the work goes on by itself."""

from __future__ import annotations

import random
import re
import threading
import time
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import pytest
from lxml import html

from tests.journeys.site import Site, running_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

pytestmark = pytest.mark.faults
KILLS = 10
OK, DONE, BROKEN = 200, 302, 500
PATIENCE = 90
PAID_BEFORE = 18  # by the demonstration, in 2013 to 2015


class Stays(HTTPRedirectHandler):
    """Follows no redirect by itself: what was sent is done, even if the site falls before the next page."""

    def redirect_request(self, *_arguments: object) -> None:
        """Nowhere."""


class Visitor:
    """A browser without pictures that tries again while the site is down."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), Stays())

    def open(self, path: str, form: dict[str, str] | None = None) -> HtmlElement:
        """A page, or the page after a form; a site that is down is asked again with the same words."""
        body = urlencode(form).encode() if form is not None else None
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
        try:
            with self.opener.open(f"{self.site.address}{path}", body, timeout=20) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            location = error.headers.get("Location", "")
            return error.code, location.encode() if error.code == DONE else error.read()
        except (URLError, OSError, HTTPException):
            time.sleep(0.2)
            return 0, b""

    def send(self, path: str, **typed: str) -> HtmlElement:
        """Fill the last form that writes on a page and send it, as often as it takes."""
        form = [form for form in self.open(path).forms if form.method == "POST"][-1]
        action = re.sub(r"^https?://[^/]+", "", form.action or path) or path
        return self.open(action, {**dict(form.form_values()), **typed})

    def sign_in(self) -> None:
        """Sign in as the secretariat."""
        email, password = self.site.sign_ins["Secretariat"]
        self.send("/sign-in", email=email, password=password)


def killing(site: Site, stop: threading.Event, chance: random.Random) -> Callable[[], None]:
    """Kill the web server or the worker again and again, and start it anew each time."""

    def kill() -> None:
        for number in range(KILLS):
            if stop.wait(chance.uniform(0.2, 1.5)):
                break
            name = ("web", "worker")[number % 2]
            site.kill(name)
            site.start(name)

    return kill


def walk(visitor: Visitor) -> None:
    """Make the drafts of 2016, issue them, and record a payment for each invoice."""
    visitor.sign_in()
    visitor.send("/fees/runs/new?year=2016")
    run = next(link for link in visitor.open("/fees").xpath("//@href") if re.fullmatch(r"/fees/runs/\d+", link))
    visitor.send(run)
    wait_for(lambda: "PDFs: 6 of 6." in visitor.open(run).text_content())
    links = visitor.open("/invoices?year=2026").xpath("//tbody//@href")
    for invoice in sorted({link for link in links if re.fullmatch(r"/invoices/\d+", link)}):
        pay = next(link for link in visitor.open(invoice).xpath("//@href") if link.startswith("/payments/new"))
        visitor.send(pay, reference=f"for {invoice}")


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "It did not go on by itself."
        time.sleep(0.3)


def test_the_walk_survives_ten_kills(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_site(tmp_path_factory.mktemp("kills")) as site:
        stop = threading.Event()
        killer = threading.Thread(target=killing(site, stop, random.Random(site.address)))  # noqa: S311 - chance, not secrecy
        visitor = Visitor(site)
        killer.start()
        try:
            walk(visitor)
        finally:
            killer.join()
            stop.set()
        site.wait_for_web()
        invoices = visitor.open("/invoices?year=2026").text_content()
        assert sorted(set(re.findall(r"INV-2026-\d{4}", invoices))) == [f"INV-2026-000{n}" for n in range(1, 7)]
        assert "\u00a3300,000.00" in invoices
        assert len(visitor.open("/payments").xpath("//tbody/tr")) == PAID_BEFORE + 6
        assert site.flask("verify").splitlines()[-1].endswith("checks hold.")
