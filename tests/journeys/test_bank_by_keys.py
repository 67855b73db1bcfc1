"""A statement of the bank is reconciled by the keyboard alone, and without a script too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import SignIn

pytestmark = pytest.mark.browser
DESK = "/bank/accounts/1"


def press(page: Page, key: str) -> str:
    """Press a key that leads on; the line that is looked at then."""
    with page.expect_navigation():
        page.keyboard.press(key)
    return line_of(page)


def line_of(page: Page) -> str:
    line = page.locator("tr[aria-current]")
    return line.locator("a").inner_text() if line.count() else ""


def test_lines_are_decided_and_undone_by_keys_and_without_a_script_by_buttons(signed_in: SignIn) -> None:
    """One after the other: all of it is about the few lines of one statement."""
    page = signed_in("Finance Committee")
    book_assign_and_split_by_keys(page)
    decide_by_keys(page)
    decide_by_buttons(signed_in("Finance Committee", script=False))


def decide_by_keys(page: Page) -> None:
    page.goto(DESK)
    assert line_of(page) == "A FRIEND OF MICE"
    assert press(page, "j") == "WELLCOME TRUST"
    assert press(page, "j") == "GENOME CANADA / GENOME CDA"
    assert press(page, "k") == "WELLCOME TRUST"
    assert press(page, "a") == "GENOME CANADA / GENOME CDA"
    assert press(page, "u") == "WELLCOME TRUST"
    press(page, "j")
    assert press(page, "2") == "No name"
    assert press(page, "a") == "MEDICAL RESEARCH COUNCIL"
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    page.keyboard.type("a Jack of all trades")
    assert press(page, "Enter") == "A FRIEND OF MICE"
    assert page.get_by_text("Left out").first.is_visible()
    page.keyboard.press("?")
    assert page.get_by_text("leave out, with a reason").is_visible()
    page.get_by_role("button", name="Switch the keys off").click()
    page.keyboard.press("j")
    assert line_of(page) == "A FRIEND OF MICE"
    page.get_by_role("button", name="Switch the keys on").click()
    assert press(page, "j") == "WELLCOME TRUST"


def book_assign_and_split_by_keys(page: Page) -> None:
    page.goto(DESK)
    look_at(page, "No name")
    book_to_the_ledger(page)
    assert press(page, "u") == "No name"
    look_at(page, "MEDICAL RESEARCH COUNCIL")
    assign_to_a_payer(page)
    assert press(page, "u") == "MEDICAL RESEARCH COUNCIL"
    page.goto(DESK)
    look_at(page, "GENOME CANADA / GENOME CDA")
    split_over_two_payers(page)
    assert press(page, "u") == "GENOME CANADA / GENOME CDA"


def look_at(page: Page, party: str) -> None:
    """Go on from line to line until it is the one of a party."""
    for _ in range(page.locator("tr[data-chosen-line] ~ tr").count()):
        if line_of(page) == party:
            break
        press(page, "j")
    assert line_of(page) == party


def book_to_the_ledger(page: Page) -> None:
    page.keyboard.press("b")
    assert page.evaluate("document.activeElement.name") == "account_code"
    page.keyboard.type("6100")
    page.keyboard.press("Tab")
    press(page, "Enter")
    assert "Your last: \u2212\u00a317.00 of 23 May 2016, booked" in said(page)
    page.goto(DESK)


def assign_to_a_payer(page: Page) -> None:
    page.keyboard.press("p")
    page.keyboard.type("Medical Research C")  # In place of the payer that stood there.
    expect(page.get_by_role("option", name="Medical Research Council")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    press(page, "Enter")
    assert "Your last: \u00a350,000.00 of 23 May 2016, booked" in said(page)
    page.goto(DESK)


def split_over_two_payers(page: Page) -> None:
    """One pays a part of its invoice and the rest for another, who waits with it on the account."""
    page.keyboard.press("s")
    page.wait_for_url("**/split*")
    assert page.locator("h1").inner_text() == "Split \u00a349,985.00"
    expect(page.get_by_label("Another payer")).to_be_focused()
    page.keyboard.type("Wellcome")
    expect(page.get_by_role("option", name="Wellcome Trust")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/split?payer=*")
    expect(page.get_by_label("Another payer")).to_be_focused()
    type_into(page, "invoice_", "40000")
    type_into(page, "account_", "")
    type_into(page, "account_", "9985")
    press(page, "Enter")
    assert "Your last: \u00a349,985.00 of 20 May 2016, booked" in said(page)
    page.goto(DESK)


def type_into(page: Page, name: str, typed: str) -> None:
    """Go on to the next field of a kind by Tab, and put something in place of what stands there."""
    page.keyboard.press("Tab")
    for _ in range(5):
        if page.evaluate("document.activeElement.name || ''").startswith(name):
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name").startswith(name)
    page.keyboard.press("Control+a")
    page.keyboard.type(typed) if typed else page.keyboard.press("Delete")


def said(page: Page) -> str:
    return " ".join(page.locator("main").inner_text().split())


def decide_by_buttons(page: Page) -> None:
    page.goto(DESK)
    page.get_by_role("link", name="WELLCOME TRUST").click()
    page.get_by_role("button", name="Accept").first.click()
    page.locator("summary", has_text="Leave out of the books").click()
    page.get_by_label("Reason").fill("Not ours")
    page.get_by_role("button", name="Leave out").click()
    assert "Undo" in page.locator("main").inner_text()
