"""Every page a person can reach, opened in a real browser: axe finds nothing, nothing sticks out, nothing fails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.journeys.looking import AXE, bars_and_rows, looked_at

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import SignIn
    from tests.journeys.site import Site

FILES = re.compile(r"\.(pdf|csv|xlsx|json)$|format=|/attachments/|/roster$")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def rounds(site: Site) -> None:
    """No page goes while it is looked for."""
    site.wait_for_rounds()


def shape_of(address: str) -> str:
    """The kind of page behind an address: numbers do not matter, so one of each kind is opened."""
    return re.sub(r"\d+", "N", urlsplit(address).path)


def reachable(page: Page) -> list[str]:
    """One address of each kind of page that links lead to, starting from the first page."""
    found: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop(0)
        if shape_of(path) in found:
            continue
        answer = page.request.get(path)
        assert answer.ok, f"{path}: {answer.status}"
        if "text/html" not in answer.headers["content-type"]:
            continue
        found[shape_of(path)] = path
        links = re.findall(r'href="(/[^"#]*)"', answer.text())
        waiting += [link.replace("&amp;", "&") for link in links if not link.startswith("/static/")]
        waiting = [link for link in waiting if not FILES.search(link)]
    return sorted(found.values())


def test_axe_finds_nothing_and_nothing_sticks_out(signed_in: SignIn) -> None:
    page = signed_in("Secretariat")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    wrong: dict[str, list[str]] = {}
    timelines: list[tuple[int, int]] = []
    for path in reachable(page):
        page.goto(path)
        wrong[path] = looked_at(page) + said.copy()
        if path.endswith("/timeline"):
            timelines.append(bars_and_rows(page))
        said.clear()
    assert len(wrong) > 20
    assert timelines
    assert all(bars == rows > 0 for bars, rows in timelines), timelines
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize("role", ["Finance Committee", "Committee chair", "Representative", "Auditor"])
def test_every_link_shown_to_a_role_can_be_opened_by_it(signed_in: SignIn, role: str) -> None:
    assert len(reachable(signed_in(role))) > 3


def test_amounts_of_tiers_stand_where_their_scale_is_chosen(signed_in: SignIn) -> None:
    page = signed_in("Secretariat")
    page.goto("/fees/new")
    seen = []
    for scale in ("", "income", "size"):
        page.select_option("#scale", scale)
        seen.append((page.locator("#high").is_visible(), page.locator("#large").is_visible()))
    assert seen == [(False, False), (True, False), (False, True)]
    page.fill("#large", "abc")
    page.select_option("#scale", "")
    page.click("main form[method=post] .btn-primary")
    page.locator("#large").wait_for()  # The page that answers is another one, and comes when it comes.


def test_axe_is_at_hand() -> None:
    assert Path(AXE).is_file(), "make assets brings axe"
