"""The tab of names: each name is corrected from its line, and one entered by mistake taken back."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.database import db
from app.core.permissions import Role
from app.members.commands import Naming, rename_institution
from app.members.queries import list_names
from tests.client import Browser
from tests.members.world import do, institution, on
from tests.signin import sign_in


@pytest.fixture
def tab(browser: Browser) -> str:
    """The tab of an institution that was renamed on 1 March 2016, for the secretariat."""
    with browser.app.app_context():
        added = institution()
        with on(date(2016, 3, 1)):
            do(rename_institution, added.id, Naming("Phenomin", "PHE", date(2016, 3, 1)))
        path = f"/members/{added.id}/names"
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    return path


def ways(browser: Browser, tab: str) -> list[str]:
    """Where the lines of the names lead, the newest first."""
    found: list[str] = browser.get(tab).tree.xpath("//a[normalize-space()='Correct']/@href")
    return found


def test_a_name_is_corrected_from_its_line(browser: Browser, tab: str):
    present, first = ways(browser, tab)
    page = browser.get(present)
    assert page.heading == "Correct the name Phenomin"
    values = page.form_values()
    assert (values["name"], values["short_name"], values["first_day"]) == ("Phenomin", "PHE", "1 March 2016")
    saved = browser.follow(browser.submit(present, {"first_day": "2016-02-01", "reason": "As its letter says"}))
    assert "The name is corrected." in saved.words
    assert [row[:4] for row in saved.rows()] == [
        ["Phenomin", "PHE", "1 Feb 2016", "Until open"],
        ["Institut Clinique de la Souris", "ICS", "ever", "Until 31 Jan 2016"],
    ]
    assert "first_day" not in browser.get(first).form_values()
    assert not browser.get(first).tree.xpath("//a[normalize-space()='It was entered by mistake']")


def test_what_cannot_be_is_said_where_it_was_typed(browser: Browser, tab: str):
    present = ways(browser, tab)[0]
    for typed, field in (
        ({"first_day": "2016-06-01", "reason": "x"}, "first_day"),
        ({"first_day": "soon", "reason": "x"}, "first_day"),
        ({"name": "", "reason": "x"}, "name"),
        ({"short_name": "x" * 41, "reason": "x"}, "short_name"),
        ({"name": "Other"}, "reason"),
    ):
        page = browser.submit(present, typed, status=200)
        assert page.tree.xpath(f"//p[@id='{field}-error']"), field


def test_of_two_forms_the_later_one_is_told_what_the_other_has_saved(browser: Browser, tab: str):
    present = ways(browser, tab)[0]
    late = browser.get(present).form_values()
    browser.submit(present, {"name": "Phenomin Mouse Clinic", "reason": "In full"})
    page = browser.post(present, late | {"name": "Phenomin Clinic", "reason": "In full"}, status=200)
    assert "Phenomin Mouse Clinic" in page.words
    assert "Phenomin Clinic" in page.form_values()["name"]


def test_a_name_entered_by_mistake_is_taken_back(browser: Browser, tab: str):
    present = ways(browser, tab)[0]
    back = browser.get(present).tree.xpath("//a[normalize-space()='It was entered by mistake']/@href")[0]
    assert browser.submit(back, {}, status=200).tree.xpath("//p[@id='reason-error']")
    page = browser.follow(browser.submit(back, {"reason": "Of another one"}))
    assert "The name is taken back." in page.words
    assert page.heading == "Institut Clinique de la Souris"
    for path in (present, back):
        browser.get(path, 404)


@pytest.mark.parametrize(
    "typed", [{"name": "mrc HARWELL"}, {"short_name": "har"}, {"name": "Other", "short_name": "HAR"}]
)
def test_who_would_be_called_like_another_is_asked_and_may_be_called_so(
    browser: Browser, tab: str, typed: dict[str, str]
):
    with browser.app.app_context():
        other = institution("MRC Harwell", "HAR").id
        db.session.remove()
    record = tab.removesuffix("/names")
    for path in (f"{record}/rename", f"{record}/edit", ways(browser, tab)[0]):
        sent = typed | {"reason": "As its letter says"}
        asked = browser.submit(path, sent, status=200)
        assert "There is already MRC Harwell" in asked.words
        assert asked.has_action(f"/members/{other}")
        assert all(asked.form_values()[key] == value for key, value in typed.items())
    browser.follow(browser.submit(f"{record}/edit", typed | {"anyway": "y"}))
    assert "It is another one: call it so anyway" not in browser.get(f"{record}/edit").words


def test_nobody_else_is_led_to_correcting_names(browser: Browser, tab: str):
    assert ways(browser, f"{tab}?on=2016-01-01") == []
    sign_in(browser, Role.AUDITOR)
    assert ways(browser, tab) == []
    with browser.app.app_context():
        name_id = list_names(int(tab.split("/")[2]))[0].id
        db.session.remove()
    browser.get(f"/members/names/{name_id}/correct", 403)
