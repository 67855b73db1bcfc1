"""Forms that come too late: a session ends while a form is open, and the form is sent as a browser would send it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.accounts.commands.sessions import end_all_sessions
from tests.client import REDIRECTS, Browser, Page, inspect_page
from tests.signin import in_office

OURS = {"Origin": "http://localhost"}


def let_hours_pass(browser: Browser) -> None:
    """Two idle hours: the cookie is no longer good for anything."""
    browser.client.delete_cookie("muster")


def end_sessions(browser: Browser, user_id: int) -> None:
    """End the sessions of a user on the server; the cookie does not know."""
    in_office(browser, lambda: end_all_sessions(user_id))


def send(
    browser: Browser, path: str, values: Mapping[str, Any], *, status: int = 302, headers: Mapping[str, str] = OURS
) -> Page:
    """Send values with the headers a browser adds, and inspect the page that answers."""
    page = Page(browser.client.post(path, data=dict(values), headers=dict(headers)))
    assert page.status == status, f"POST {path}: {page.status}, not {status}: {page.words[:600]}"
    if page.status not in REDIRECTS:
        inspect_page(page)
    return page


def press(browser: Browser, page: Page, button: str, *, status: int = 302, **typed: Any) -> Page:
    """Press a button of a page that is shown already, after filling the fields of its form."""
    forms = page.tree.xpath("//main//form[.//button[normalize-space()=$button]]", button=button)
    assert len(forms) == 1, f"{len(forms)} buttons {button!r}: {page.words[:400]}"
    return send(browser, forms[0].get("action"), dict(forms[0].form_values()) | typed, status=status)
