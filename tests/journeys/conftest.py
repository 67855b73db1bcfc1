"""Fixtures for journeys: a running site and a real browser, or the reason why there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.site import Site, running_site

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with the demonstration, for the tests of one file."""
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def signed_in(site: Site, chromium: Browser) -> Iterator[SignIn]:
    """Sign in under a role of the demonstration; a page of a browser of its own."""
    opened = []

    def sign_in(role: str, *, width: int = 1440, theme: str = "light", script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            base_url=site.address,
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        context.add_cookies([{"name": "theme", "value": theme, "url": site.address}])
        opened.append(context)
        page = context.new_page()
        email, password = site.sign_ins[role]
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield sign_in
    for context in opened:
        context.close()


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """A folder for what a journey downloads."""
    return tmp_path
