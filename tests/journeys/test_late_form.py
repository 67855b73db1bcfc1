"""A session ends while someone types, in a real browser: nothing typed is lost, and what they send is done once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import SignIn
    from tests.journeys.site import Site

pytestmark = pytest.mark.browser
NOTES = 'Rings on Mondays,\nasks for "Odile" & says <b>thanks</b> \U0001f9a6'


def open_the_form(page: Page) -> None:
    """Go to the form of MRC Harwell."""
    page.goto("/members")
    page.get_by_role("link", name="MRC Harwell").click()
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Address if any")).to_be_visible()


def end_all_others(page: Page) -> None:
    """End all sessions of the same user but this one, on the server."""
    page.goto("/account")
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_text("Every other session has ended.")).to_be_visible()


def sign_in_there(page: Page, site: Site, password: str | None = None) -> None:
    """Sign in on the page that is shown."""
    email, right = site.sign_ins["Secretariat"]
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password or right)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_form_sent_after_the_session_ended_is_kept_and_done(signed_in: SignIn, site: Site, *, script: bool) -> None:
    page = signed_in("Secretariat", script=script)
    open_the_form(page)
    address = page.url
    end_all_others(signed_in("Secretariat"))
    notes = f"{NOTES} {'with' if script else 'without'} a script"
    page.get_by_label("Address if any").fill(notes)
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_have_text("Your session has ended")
    sign_in_there(page, site, "wrong password")
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    sign_in_there(page, site)
    expect(page.locator("h1")).to_have_text("You are signed in again")
    assert address.endswith(str(page.get_by_role("link", name="without sending").get_attribute("href")))
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator("h1")).to_contain_text("Harwell")
    page.wait_for_load_state()  # Lines are lines once the style sheet is there.
    assert notes in page.locator("main").inner_text()


def test_a_form_sent_without_any_cookie_left_is_kept_too(signed_in: SignIn, site: Site) -> None:
    page = signed_in("Secretariat")
    open_the_form(page)
    page.wait_for_load_state("networkidle")  # an answer under way would bring the cookie back
    page.context.clear_cookies()
    page.get_by_label("Address if any").fill(NOTES)
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_have_text("Your session has ended")
    sign_in_there(page, site)
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator("h1")).to_contain_text("Harwell")
    page.wait_for_load_state()
    assert NOTES in page.locator("main").inner_text()
