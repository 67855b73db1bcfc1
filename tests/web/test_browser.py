"""The sheet of parts in a real browser, at a desk and on a phone, light and dark; skipped where there is none."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from app.core.actor import Actor
from tests.web.small_app import Shelf, small_app

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CHROMIUM = shutil.which("chromium") or ""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine."),
    pytest.mark.skipif(not AXE.is_file(), reason="The front-end packages are not installed: run make assets."),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, small_app(Shelf(), Actor("Ines Quillfeather")), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def visit(chromium: Browser, url: str, *, theme: str = "light", width: int = 1440) -> tuple[Page, list[str]]:
    """An opened page, and what its console says from then on."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": "theme", "value": theme, "url": url}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    return page, said


def violations(page: Page) -> list[Any]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/_components", "/lines?state=active", "/lines?on=2015-06-30", "/_components/form"])
def test_page_is_open_to_everyone_in_both_themes(chromium: Browser, address: str, path: str, theme: str, width: int):
    page, said = visit(chromium, address + path, theme=theme, width=width)
    assert page.get_attribute("html", "data-bs-theme") == theme
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert [line for line in said if "Content Security Policy" in line or "Error" in line] == []
    page.context.close()


def test_chosen_rows_are_counted_and_cleared(chromium: Browser, address: str):
    page, _ = visit(chromium, f"{address}/lines")
    assert not page.is_visible("#bulk")
    page.check("[data-choose-all]")
    assert page.inner_text("[data-chosen]") == "50 chosen"
    page.click("#bulk button[type=reset]")
    page.wait_for_selector("#bulk", state="hidden")
    page.context.close()


def test_theme_is_kept_and_menus_close_by_key(chromium: Browser, address: str):
    page, _ = visit(chromium, f"{address}/lines")
    page.click("summary.me")
    page.click("[data-theme-choice=dark]")
    page.keyboard.press("Escape")
    assert not page.is_visible("[data-theme-choice=dark]")
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.context.close()


def test_phone_menu_opens_without_a_script_of_ours(chromium: Browser, address: str):
    context = chromium.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/lines")
    assert not page.is_visible("#rail")
    page.click("button[popovertarget=rail]")
    assert page.is_visible("#rail >> text=Institutions")
    context.close()
