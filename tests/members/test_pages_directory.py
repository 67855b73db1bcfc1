"""The pages of the directory: for members, and for the public where it is open to it; people as vCards."""

from __future__ import annotations

import json
from io import BytesIO

import pikepdf
import pytest

from app.core.permissions import Role
from app.members.commands import adopt_policy
from app.members.rules import Policy
from tests.client import Browser
from tests.conftest import TODAY
from tests.members.world import OFFICE, institution, member, person, voice
from tests.papers import needs_pango, page_texts
from tests.signin import in_office, sign_in


def settle(browser: Browser) -> tuple[int, int]:
    """A member with a person who votes for it; the ids of both."""
    with browser.app.app_context():
        ics = institution(website="https://ics.example", country="TW", postal_address="1 Secret Street")
        member(ics)
        who = person(ics)
        voice(who, ics)
        return ics.id, who.id


def open_to_all(browser: Browser) -> None:
    in_office(browser, lambda: adopt_policy(TODAY, Policy(has_public_directory=True), actor=OFFICE))


def test_members_see_the_directory_with_who_votes(browser: Browser):
    settle(browser)
    sign_in(browser, Role.FINANCE)
    page = browser.get("/directory")
    told = ["Taiwan \u00b7 Partner", "Research centre", "Partner", "https://ics.example", "Thibault Ferronays"]
    assert page.rows()[0][1:] == told
    assert "1 member" in page.words


def test_the_public_finds_nothing_while_the_directory_is_closed(browser: Browser):
    settle(browser)
    for path in ("/directory", "/directory/map", "/directory?format=csv"):
        browser.get(path, 404)


def test_the_open_directory_tells_the_public_no_person_and_no_address(browser: Browser):
    settle(browser)
    open_to_all(browser)
    page = browser.get("/directory")
    assert "Institut Clinique de la Souris" in page.words
    told = page.text + browser.get("/directory?format=csv").response.get_data(as_text=True)
    assert not [word for word in ("Ferronays", "Secret Street", 'ics.example"@', "M-0001") if word in told]
    assert not page.tree.xpath("//tbody//a[starts-with(@href, '/members/')]")


def test_the_public_travels_nowhere_in_time(browser: Browser):
    settle(browser)
    open_to_all(browser)
    page = browser.get("/directory?on=2001-01-01&known=2001-01-01")
    assert "Institut Clinique de la Souris" in page.words
    assert not page.tree.xpath("//*[@id='on-date']")
    assert "as it was on" not in page.words


def test_papers_and_cards_are_for_those_who_are_signed_in(browser: Browser):
    institution_id, person_id = settle(browser)
    open_to_all(browser)
    for path in (
        "/directory.pdf",
        "/directory/representatives.vcf",
        f"/people/{person_id}/card.vcf",
        f"/members/{institution_id}/people.vcf",
    ):
        assert "/sign-in" in str(browser.get(path, 302).response.location)


def test_the_map_has_its_figures_as_a_table_and_a_specification_without_colours_of_its_own(browser: Browser):
    settle(browser)
    sign_in(browser, Role.AUDITOR)
    page = browser.get("/directory/map")
    assert page.rows() == [["Taiwan", "Members 1"]]
    (figure,) = page.tree.xpath("//figure[@data-chart]")
    assert figure.get("aria-label") == "Members by country: Taiwan 1"
    spec = json.loads(figure.xpath("./script/text()")[0])
    assert spec["data"]["url"].startswith("/static/vendor/countries-50m.json?v=")
    assert spec["layer"][1]["transform"][0]["from"]["data"]["values"][0]["id"] == "158"
    assert "$land" in json.dumps(spec)
    assert "#" not in json.dumps({**spec, "$schema": ""})


@needs_pango
def test_the_directory_on_paper_has_its_classes_countries_and_the_map_in_words(browser: Browser):
    settle(browser)
    sign_in(browser, Role.FINANCE)
    response = browser.get("/directory.pdf?on=2016-01-31").response
    text = " ".join(page_texts(response.get_data()))
    assert response.mimetype == "application/pdf"
    assert "1 member in 1 country." in text
    with pikepdf.open(BytesIO(response.get_data())) as paper:
        alts = [str(item.Alt) for item in paper.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item]
    assert alts == ["Members by country: Taiwan 1"]
    assert "as valid on 31 January 2016" in text
    assert "Votes through" in text
    assert "Thibault Ferronays ics.example" in text


@needs_pango
@pytest.mark.parametrize("unread", ["member_as=partner", "member_as=99999999999999999999", "country=ZZ"])
def test_a_filter_that_cannot_be_read_leaves_nobody_out_of_the_paper_as_of_the_list(browser: Browser, unread: str):
    settle(browser)
    sign_in(browser, Role.FINANCE)
    shown = [row[0] for row in browser.get(f"/directory?{unread}").rows()]
    assert shown
    text = " ".join(page_texts(browser.get(f"/directory.pdf?{unread}").response.get_data()))
    assert all(name.partition(" ")[0] in text for name in shown)


@pytest.mark.parametrize(("role", "mails"), [(Role.SECRETARIAT, 1), (Role.FINANCE, 0)])
def test_cards_hold_the_address_only_for_those_who_may_see_it(browser: Browser, role: Role, mails: int):
    institution_id, person_id = settle(browser)
    sign_in(browser, role)
    for path in (f"/people/{person_id}/card.vcf", f"/members/{institution_id}/people.vcf"):
        response = browser.get(path).response
        assert response.content_type == "text/vcard; charset=utf-8"
        assert response.headers["Content-Disposition"].endswith('.vcf"')
        text = response.get_data(as_text=True)
        assert "FN:Thibault Ferronays\r\n" in text
        assert text.count("EMAIL:thibault.ferronays@ics.example") == mails
    assert "FN:Thibault" in browser.get("/directory/representatives.vcf").response.get_data(as_text=True)


def test_a_card_of_nobody_is_not_found(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    browser.get("/people/777777777/card.vcf", 404)
    browser.get("/members/777777777/people.vcf", 404)


def test_who_has_no_right_to_the_register_is_not_led_to_a_directory_that_is_closed(browser: Browser):
    settle(browser)
    led = "//nav[@id='rail']//a[.='Directory']"
    sign_in(browser)
    assert browser.get("/account").tree.xpath(led) == []
    sign_in(browser, Role.AUDITOR)
    assert len(browser.get("/account").tree.xpath(led)) == 1


@needs_pango
def test_no_country_stands_alone_on_the_next_page_of_the_printed_directory(browser: Browser):
    countries = ["AU", "BE", "CA", "CN", "CZ", "DE", "ES", "FI", "FR", "GB", "IT", "JP", "KR", "SE", "US"]
    with browser.app.app_context():
        for country in countries:
            member(institution(f"House {country}", country, country=country))
    sign_in(browser, Role.FINANCE)
    following = page_texts(browser.get("/directory.pdf").response.get_data())[1]
    assert all(name in following.partition("Partner")[0] for name in ("Sweden", "United Kingdom", "United States"))


@pytest.mark.parametrize("path", ["/directory", "/directory/map"])
def test_the_public_finds_from_the_directory_the_way_in_and_to_apply_while_that_is_open(browser: Browser, path: str):
    settle(browser)
    open_to_all(browser)
    page = browser.get(path)
    assert page.has_action(f"/sign-in?next={path}")
    assert not page.has_action("/apply")
    assert not page.tree.xpath("//*[@id='rail'] | //button[@popovertarget]")
    policy = Policy(has_public_directory=True, accepts_applications=True)
    in_office(browser, lambda: adopt_policy(TODAY, policy, actor=OFFICE))
    assert browser.get(path).has_action("/apply")
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(path)
    assert page.tree.xpath("//*[@id='rail']")
    assert not page.has_action("/apply")
