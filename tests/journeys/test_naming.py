"""An institution is named by hand, by the keys and by a click, and without a script too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.looking import AXE, NARROW, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import SignIn

pytestmark = pytest.mark.browser
SOURIS = "Institut Clinique de la Souris (M-0010)"


def typed(page: Page, words: str) -> None:
    """Type into the field and wait for suggestions."""
    page.get_by_label("Works at").fill("")
    page.get_by_label("Works at").press_sequentially(words)
    page.get_by_role("option").first.wait_for()


def test_suggestions_are_taken_by_keys_and_by_a_click(signed_in: SignIn) -> None:
    page = signed_in("Secretariat")
    page.goto("/people/new")
    field = page.get_by_role("combobox", name="Works at")
    typed(page, "ics")
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    option = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    assert option.get_attribute("aria-selected") == "true"
    field.press("Enter")
    assert (field.input_value(), page.get_by_role("option").count()) == (SOURIS, 0)
    typed(page, "souris")
    field.press("Escape")
    assert (field.input_value(), field.get_attribute("aria-expanded")) == ("souris", "false")
    typed(page, "souris")
    page.get_by_role("option").first.click()
    assert field.input_value() == SOURIS
    assert page.url.endswith("/people/new")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_open_suggestions_and_they_fit_a_phone(signed_in: SignIn, theme: str) -> None:
    page = signed_in("Secretariat", theme=theme, width=NARROW)
    page.goto("/people/new")
    typed(page, "of")
    page.get_by_label("Works at").press("ArrowDown")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_without_a_script_the_short_name_is_enough_and_what_is_unknown_is_told(signed_in: SignIn) -> None:
    page = signed_in("Secretariat", script=False)
    page.goto("/people/new")
    page.get_by_label("Given name").fill("Aube")
    page.get_by_label("Family name").fill("Lemercier")
    page.get_by_label("Works at").fill("Souris")
    page.get_by_role("button", name="Add person").click()
    told = page.locator("#institution_id-error").text_content() or ""
    assert f"Like it: {SOURIS}" in told
    assert page.get_by_label("Works at").input_value() == "Souris"
    page.get_by_label("Works at").fill("ics")
    page.get_by_role("button", name="Add person").click()
    assert page.get_by_role("heading", level=1).text_content() == "Aube Lemercier"
