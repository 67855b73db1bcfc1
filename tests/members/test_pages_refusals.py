"""Several mistakes in one form: each is said at its field at once, and nothing typed is lost."""

from __future__ import annotations

import pytest

from app.core.database import db
from app.core.permissions import Role
from app.members.commands import add_alias
from app.web.requests import House
from tests.client import Browser, Page
from tests.members.applying import application_form, open_the_door
from tests.members.world import do, institution
from tests.signin import sign_in

WRONG = {"ror": "01cwqze89", "website": "fjord.example", "country": "GB", "vat_number": "GB1"}
SAID = {
    "ror": "The check digits of this ROR are wrong: is there a typing mistake?",
    "website": "An address begins with https:// or http://.",
    "vat_number": "This is no VAT number of the United Kingdom: is there a typing mistake?",
}


@pytest.fixture
def office(app: House) -> Browser:
    """The secretariat, with applications open and an institution on record."""
    with app.app_context():
        open_the_door()
        do(add_alias, institution().id, "Mouse Clinic")
        db.session.remove()
    browser = Browser(app)
    sign_in(browser, Role.SECRETARIAT)
    return browser


def errors_at_fields(page: Page) -> dict[str, str]:
    """What stands beside each field, by the name of the field."""
    found = page.tree.xpath("//p[@class='err']")
    return {each.get("id").removesuffix("-error"): each.text_content().replace("Wrong: ", "") for each in found}


@pytest.mark.parametrize("path", ["/apply", "/applications/new"])
def test_an_application_with_three_mistakes_shows_all_three_and_keeps_what_was_typed(
    app: House, office: Browser, path: str
):
    page = office.submit(path, application_form(app, **WRONG), status=200)
    assert errors_at_fields(page) == SAID
    assert "3 things to correct." in page.words
    assert page.form_values().items() >= application_form(app, **WRONG).items() - {("consents", "y")}


def test_mistakes_of_shape_and_against_rules_are_shown_together(app: House, office: Browser):
    half = {"contact_email": "ingrid", "voting_given_name": "Ingrid"}
    page = office.submit("/apply", application_form(app, **WRONG, **half), status=200)
    assert errors_at_fields(page).keys() == SAID.keys() | {"contact_email", "voting_family_name", "voting_email"}


def test_a_person_named_in_part_does_not_hide_other_mistakes(app: House, office: Browser):
    page = office.submit("/apply", application_form(app, **WRONG, voting_email="ingrid@fjord.example"), status=200)
    assert errors_at_fields(page).keys() == SAID.keys() | {"voting_given_name", "voting_family_name"}


def test_a_country_that_is_none_is_said_in_one_sentence(app: House, office: Browser):
    page = office.submit("/apply", application_form(app, **WRONG | {"country": "ZZ"}), status=200)
    assert errors_at_fields(page)["country"] == "This is not one of the choices."


def test_an_institution_with_four_mistakes_shows_all_four(office: Browser):
    typed = {"name": "Mouse clinic", "short_name": "MC", "kind": "research_centre", **WRONG}
    page = office.submit("/members/new", typed, status=200)
    said = errors_at_fields(page)
    assert said.pop("name").startswith("This is an alias of Institut Clinique de la Souris")
    assert said == SAID
    assert page.form_values().items() >= typed.items()


def test_an_institution_without_a_name_shows_its_other_mistakes_too(office: Browser):
    page = office.submit("/members/new", {"kind": "research_centre", **WRONG}, status=200)
    assert errors_at_fields(page).keys() == SAID.keys() | {"name", "short_name"}


def test_an_institution_that_is_edited_shows_all_mistakes(office: Browser):
    (record, *_) = office.get("/members").tree.xpath("//tbody//a/@href")
    page = office.submit(f"{record}/edit", WRONG, status=200)
    assert errors_at_fields(page) == SAID


def test_a_person_with_mistakes_of_each_kind_shows_all(office: Browser):
    typed = {"family_name": "Solberg", "email": "ingrid", "orcid": "0000-0002", "languages": "Klingish"}
    page = office.submit("/people/new", typed, status=200)
    assert {"given_name", "email", "orcid", "languages", "institution_id"} <= errors_at_fields(page).keys()
    assert page.form_values()["orcid"] == "0000-0002"


def test_a_mail_template_shows_every_place_that_nobody_fills_in(office: Browser):
    typed = {"subject": "{foo} and {bar}", "text": "Dear {name}, {baz}"}
    page = office.submit("/mailings/templates/new", typed, status=200)
    said = errors_at_fields(page)
    assert said.pop("name") == "Please fill this in."
    assert said["subject"].startswith("Nobody fills in {foo}, {bar}. These are filled in: {person}, {institution}, ")
    assert said["text"].startswith("Nobody fills in {baz}. These")
