"""Looking at a page as it is shown: what axe finds in it, in the dark too, and what sticks out on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.journeys.site import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = ROOT / "node_modules/axe-core/axe.min.js"
NARROW, USUAL, WIDE = 360, 1280, 1440
CUT = "[...document.querySelectorAll('.wide-table')].some(part => part.scrollWidth > part.clientWidth)"
DARK = "document.documentElement.dataset.bsTheme = 'dark'"
BARS = """async () => {
  const bars = node => (node.items || []).reduce((sum, item) => sum + bars(item), own(node));
  const own = node => node.marktype === 'rect' && node.role === 'mark' ? node.items.length : 0;
  const rows = document.querySelectorAll('main tbody tr').length;
  for (let tries = 50; ; tries -= 1) {
    const view = document.querySelector('[data-chart]:not([hidden])')?.view;
    const drawn = view ? bars(view.scenegraph().root) : 0;
    if (drawn === rows || !tries) return [drawn, rows];
    await new Promise(done => setTimeout(done, 100));
  }
}"""
LIGHT = "document.documentElement.dataset.bsTheme = 'light'"


def looked_at(page: Page) -> list[str]:
    """What is wrong with the page that is open: light and wide, dark, and on a phone; it is left light and wide."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong = violations(page)
    page.evaluate(DARK)
    wrong += [f"dark: {found}" for found in violations(page, "color-contrast")]
    page.set_viewport_size({"width": USUAL, "height": 780})
    if page.evaluate(CUT):
        wrong.append("a table is wider than its page")
    page.set_viewport_size({"width": NARROW, "height": 780})
    if page.evaluate("document.documentElement.scrollWidth") > NARROW:
        wrong.append("the page is wider than a phone")
    wrong += [f"phone: {found}" for found in violations(page, "target-size", "color-contrast")]
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.evaluate(LIGHT)
    return wrong


def bars_and_rows(page: Page) -> tuple[int, int]:
    """How many bars the chart of the page that is open has drawn, and how many rows its table has."""
    drawn, rows = page.evaluate(BARS)
    return drawn, rows


def violations(page: Page, *only: str) -> list[str]:
    """What axe finds on the page by these rules, or by all, a line each."""
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False} | ({"runOnly": only} if only else {})
    result: list[dict[str, Any]] = page.evaluate("options => axe.run(options).then(told => told.violations)", options)
    return [
        f"{found['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for found in result
        for node in found["nodes"]
    ]
