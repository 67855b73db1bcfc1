"""Naming institutions on pages: the suggestions, and the forms that take a name instead of ten thousand choices."""

from __future__ import annotations

from typing import Any

from app.accounts.commands import RoleFor
from app.core.permissions import Role
from app.members.commands import Naming, rename_institution
from tests.client import Browser
from tests.conftest import TODAY
from tests.members.applying import admitted, officer
from tests.members.world import do, institution, person
from tests.signin import sign_in


def settle(browser: Browser) -> tuple[int, int, int]:
    """Two institutions and someone who works at the first; their ids. The secretariat is signed in."""
    with browser.app.app_context():
        one = institution("Institut Clinique de la Souris", "ICS")
        two = institution("MRC Harwell", "Harwell", country="GB")
        found = one.id, two.id, person(one).id
    sign_in(browser, Role.SECRETARIAT)
    return found


def suggested(browser: Browser, query: str) -> list[str]:
    found: list[dict[str, Any]] = browser.get(f"/members/suggest?{query}").response.get_json()
    return [each["words"] for each in found]


def named(browser: Browser, path: str, name: str) -> str:
    """What stands in the field of a form."""
    return str(browser.get(path).tree.xpath(f"string(//input[@name='{name}']/@value)"))


def test_suggestions_come_as_words_that_mean_one_institution(browser: Browser):
    ics, *_ = settle(browser)
    assert browser.get("/members/suggest?q=souris").response.get_json() == [
        {"id": ics, "words": "Institut Clinique de la Souris (M-0001)", "aside": "ICS"}
    ]
    assert suggested(browser, "q=m-00") == ["Institut Clinique de la Souris (M-0001)", "MRC Harwell (M-0002)"]
    assert suggested(browser, "") == suggested(browser, "q=a%00b") == suggested(browser, f"q={'x' * 201}") == []


def test_suggestions_have_the_names_of_the_day_looked_at(browser: Browser):
    ics, *_ = settle(browser)
    with browser.app.app_context():
        do(rename_institution, ics, Naming("Mouse Clinic", "MC", TODAY), reason=None)
    assert suggested(browser, "q=souris") == ["Mouse Clinic (M-0001)"]
    assert suggested(browser, "q=souris&on=2016-05-23") == ["Institut Clinique de la Souris (M-0001)"]


def test_suggestions_are_for_those_who_see_the_list_and_narrowed_to_whose_people_they_change(browser: Browser):
    ics, *_ = settle(browser)
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=ics))
    assert len(suggested(browser, "q=m-00")) == 2
    assert suggested(browser, "q=m-00&own=1") == ["Institut Clinique de la Souris (M-0001)"]
    assert "own=1" in browser.get("/people/new").tree.xpath("string(//@data-suggest)")
    sign_in(browser)
    browser.get("/members/suggest?q=souris", 403)
    Browser(browser.app).get("/members/suggest?q=souris", 302)


def test_a_link_from_a_record_puts_its_institution_into_the_form(browser: Browser):
    ics, harwell, _ = settle(browser)
    assert named(browser, f"/people/new?institution={ics}", "institution_id") == (
        "Institut Clinique de la Souris (M-0001)"
    )
    for nobody in ("", "0", "x", "99999999999999999999", "\u0661"):
        assert named(browser, f"/people/new?institution={nobody}", "institution_id") == ""
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=ics))
    assert named(browser, f"/people/new?institution={harwell}", "institution_id") == ""


def test_an_unknown_name_and_one_of_several_are_told_beside_the_field_and_stay(browser: Browser):
    *_, who = settle(browser)
    with browser.app.app_context():
        institution("MRC Harwell", "Other")
    path = f"/people/{who}/places/new"
    for typed, told in (
        ("Harwel", "Nothing you can choose here is called so. Like it: MRC Harwell (M-0002), MRC Harwell (M-0003)."),
        ("mrc harwell", "Several are called so: MRC Harwell (M-0002), MRC Harwell (M-0003)."),
    ):
        page = browser.submit(path, {"institution_id": typed}, status=200)
        assert told in page.tree.xpath("string(//*[@id='institution_id-error'])")
        assert page.form_values()["institution_id"] == typed
    browser.follow(browser.submit(path, {"institution_id": "MRC Harwell (M-0003)"}))
    assert "MRC Harwell" in browser.get(f"/people/{who}").words


def test_a_parent_is_named_shown_and_taken_away_again(browser: Browser):
    ics, harwell, _ = settle(browser)
    path = f"/members/{ics}/parent"
    shown = browser.get(path)
    assert "MRC Harwell" in browser.follow(browser.submit(path, {"parent_id": "Harwell"})).words
    assert named(browser, path, "parent_id") == "MRC Harwell (M-0002)"
    late = browser.post(path, shown.form_values() | {"parent_id": "ICS"}, 200)
    assert ["Part of", "ICS", "MRC Harwell (M-0002)"] in late.rows()
    assert "part of itself" in browser.submit(path, {"parent_id": "ICS"}, status=200).words
    browser.submit(path, {"parent_id": ""})
    assert named(browser, path, "parent_id") == ""
    assert harwell


def test_which_institution_an_applicant_is_is_chosen_among_the_likely_or_named(browser: Browser):
    settle(browser)
    with browser.app.app_context():
        likely = institution("Fjord Mouse Clinic", "FMC").id
        case = admitted(officer()).id
    path = f"/applications/{case}/institution/choose"
    page = browser.get(path)
    assert page.tree.xpath("//select[@name='likely_id']/option/text()")[0] == "None of these"
    assert "Say which institution it is." in browser.submit(path, {}, status=200).words
    both = {"likely_id": str(likely), "institution_id": "ICS"}
    assert "Choose one of the likely ones, or name another one." in browser.submit(path, both, status=200).words
    assert named(browser, path, "institution_id") == ""
    done = browser.follow(browser.submit(path, {"institution_id": "ICS"}))
    assert "It is Institut Clinique de la Souris" in done.words
