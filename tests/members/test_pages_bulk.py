"""What is done to the chosen rows of a list: first what it would do, for whom and who is left out; then that."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from app.core.database import db
from app.core.permissions import Role
from app.members.commands import TemplateText, add_class, add_mail_template
from app.members.models import Institution
from app.members.rules import ClassFacts, Purpose
from tests.client import Browser
from tests.client import count_rows as rows_of
from tests.members.world import class_id, do, institution, member, person, voice
from tests.signin import sign_in


def settle(browser: Browser) -> list[int]:
    """Two members, one with somebody who votes, and one that is none; their ids."""
    with browser.app.app_context():
        places = [institution(f"{name} Institute", name) for name in ("Alpha", "Beta", "Gamma")]
        for each in places[:2]:
            member(each)
        voice(person(places[0]), places[0], Purpose.VOTING)
        do(add_mail_template, TemplateText("Call", "For {institution}", "Dear {person}"))
        return [each.id for each in places]


def count_rows(browser: Browser, table: str) -> int:
    with browser.app.app_context():
        return rows_of(table)


def chosen(ids: list[int]) -> str:
    return "&".join(f"chosen={each}" for each in ids)


def test_the_list_offers_verbs_for_the_chosen_rows_by_what_one_may(browser: Browser):
    settle(browser)
    for role, verbs in (
        (Role.SECRETARIAT, ["Change class", "Write to", "Add a document", "Export"]),
        (Role.AUDITOR, ["Export"]),
    ):
        sign_in(browser, role)
        page = browser.get("/members")
        assert [each.text for each in page.tree.xpath("//form[@id='bulk']//button[@formaction]")] == verbs
        assert page.tree.xpath("//form[@id='bulk']/@method") == ["get"]
        assert not page.tree.xpath("//form[@id='bulk']//input[@name='csrf_token']")


def test_a_change_of_class_says_first_who_changes_and_who_is_left_out(browser: Browser):
    ids = settle(browser)
    sign_in(browser, Role.SECRETARIAT)
    path = f"/members/change-class?{chosen(ids)}"
    with browser.app.app_context():
        codes = {"from_id": str(class_id("partner")), "class_id": str(class_id("funder"))}
    typed = {**codes, "first_day": "1 July 2016", "reason": "D-1"}
    plan = browser.submit(path, typed, status=200)
    assert "Change 2 institutions" in plan.words
    assert [cells[:2] for cells in plan.rows()[:2]] == [
        [f"{name} Institute", "Partner \u2192 Funder"] for name in ("Alpha", "Beta")
    ]
    assert plan.rows()[2][1].startswith("no class \u00b7 it is no member of that class on the day")
    assert plan.tree.xpath("//aside//table/following::button[normalize-space()='Change 2 institutions']")
    assert count_rows(browser, "membership") == 2
    done = browser.follow(browser.post(path, plan.form_values()))
    assert "The class of 2 institutions is changed to Funder from 1 July 2016." in done.words
    assert count_rows(browser, "membership") == 6


def test_a_change_of_class_names_the_chosen_with_their_classes_before_anything_is_typed(browser: Browser):
    ids = settle(browser)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/members/change-class?{chosen(ids)}")
    assert [row[0] for row in page.rows()] == [f"{name} Institute {name}" for name in ("Alpha", "Beta", "Gamma")]
    assert [row[1:] for row in page.rows()] == [["Partner", "Active"], ["Partner", "Active"], ["\u2013", ""]]


def test_nobody_is_brought_into_a_class_that_is_no_longer_offered(browser: Browser):
    ids = settle(browser)
    with browser.app.app_context():
        do(add_class, ClassFacts("Founder", votes=True, is_billed=False, is_offered=False))
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/members/change-class?{chosen(ids)}")
    offered = {name: page.tree.xpath(f"//select[@name='{name}']/option/text()") for name in ("from_id", "class_id")}
    assert ["Founder" in each for each in offered.values()] == [True, False]


def test_a_plan_that_was_changed_is_shown_again_and_nothing_is_done(browser: Browser):
    ids = settle(browser)
    sign_in(browser, Role.SECRETARIAT)
    path = f"/members/change-class?{chosen(ids)}"
    with browser.app.app_context():
        codes = {"from_id": str(class_id("partner")), "class_id": str(class_id("funder"))}
    plan = browser.submit(path, {**codes, "first_day": "1 July 2016", "reason": "D-1"}, status=200)
    browser.post(path, plan.form_values() | {"first_day": "1 August 2016"}, 200)
    assert count_rows(browser, "membership") == 2
    wrong = browser.post(path, plan.form_values() | {"class_id": codes["from_id"]}, 200)
    assert "The two classes are the same." in wrong.words


def test_a_mail_to_many_is_seen_then_sent_once_and_kept_as_a_record(browser: Browser):
    ids = settle(browser)
    sign_in(browser, Role.SECRETARIAT)
    path = f"/members/write?{chosen(ids)}"
    template_id = browser.get(path).tree.xpath("//select[@name='template_id']/option/@value")[1]
    plan = browser.submit(path, {"template_id": template_id, "purpose_of": "voting"}, status=200)
    assert "Send 1 message" in plan.words
    assert "For Alpha Institute" in plan.words
    assert ["Beta Institute", "it has no voting representative on record"] in plan.rows()
    assert count_rows(browser, "mail") == 0
    values = plan.form_values()
    record = browser.follow(browser.post(path, values))
    assert "1 message on the way" in record.words
    assert "Recipients 1" in record.words
    assert "Left out 2" in record.words
    assert record.rows()[0][0] == "Thibault Ferronays"
    assert ["Gamma Institute", "it has no voting representative on record"] in record.rows()
    browser.post(path, values)
    assert (count_rows(browser, "mail"), count_rows(browser, "mailing")) == (1, 1)
    assert "For {institution}" in record.words
    assert browser.get("/mailings").rows()[0][0] == "Call"


def test_where_there_is_no_template_there_is_nothing_to_send(browser: Browser):
    with browser.app.app_context():
        only = institution().id
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/members/write?{chosen([only])}")
    assert page.has_action("/mailings/templates/new")
    assert not page.tree.xpath("//select[@name='template_id']")


def test_all_rows_of_a_filter_are_chosen_by_the_filter(browser: Browser):
    settle(browser)
    sign_in(browser, Role.SECRETARIAT)
    assert "1 institution chosen" in browser.get("/members/export?every=1&q=beta").words
    assert "3 institutions chosen" in browser.get("/members/write?every=1").words
    assert "1 person chosen" in browser.get("/people/write?every=1&q=ferronays").words
    browser.get("/members/export?every=1&country=XX", 400)


def test_chosen_rows_are_exported_as_csv_xlsx_and_vcards(browser: Browser):
    ids = settle(browser)
    sign_in(browser, Role.AUDITOR)
    path = f"/members/export?{chosen(ids[:2])}"
    assert "2 institutions chosen" in browser.get(path).words
    lines = browser.get(f"{path}&format=csv").response.get_data(as_text=True).splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == ["Alpha Institute", "Beta Institute"]
    book = browser.get(f"{path}&format=xlsx").response
    assert "xl/workbook.xml" in ZipFile(BytesIO(book.get_data())).namelist()
    book.close()
    cards = browser.get(f"{path}&format=vcf").response.get_data(as_text=True)
    assert cards.count("BEGIN:VCARD") == 1
    people = browser.get("/people/export?every=1&format=vcf").response.get_data(as_text=True)
    assert people == cards
    assert "FERRONAYS" in browser.get("/people/export?every=1&format=csv").response.get_data(as_text=True).upper()
    browser.get(f"{path}&format=exe", 404)


def test_nothing_chosen_and_what_is_no_id_do_no_harm(browser: Browser):
    settle(browser)
    sign_in(browser, Role.SECRETARIAT)
    assert (
        "Nothing is chosen" in browser.get("/members/export?chosen=x&chosen=99999999999999999999&chosen=\u0661").words
    )
    path = "/people/write?chosen=77"
    template_id = browser.get(path).tree.xpath("//select[@name='template_id']/option/@value")[1]
    told = browser.submit(path, {"template_id": template_id}, status=200).words
    assert "There is nobody to write to. None of those chosen is on record any more." in told


@pytest.mark.parametrize(
    ("path", "list_of"),
    [
        ("/members/write", "/members"),
        ("/members/change-class", "/members"),
        ("/people/write?every=1&q=nowhere", "/people"),
    ],
)
def test_a_page_for_chosen_rows_without_any_leads_to_the_list(browser: Browser, path: str, list_of: str):
    settle(browser)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(path)
    assert "Nothing is chosen" in page.words
    assert page.tree.xpath("//main//a[contains(@class, 'btn-primary')]/@href") == [list_of]
    assert not page.tree.xpath("//main//form")


def test_who_reaches_nobody_is_told_of_each_why_and_has_no_button_to_send(browser: Browser):
    ids = settle(browser)
    sign_in(browser, Role.SECRETARIAT)
    path = f"/members/write?{chosen(ids)}"
    template_id = browser.get(path).tree.xpath("//select[@name='template_id']/option/@value")[1]
    plan = browser.submit(path, {"template_id": template_id, "purpose_of": "billing"}, status=200)
    assert "There is nobody to write to." in plan.words
    assert [row[1] for row in plan.rows()] == ["it has no billing contact on record"] * 3
    assert "Send" not in plan.words
    assert "There is nobody to write to." in browser.post(path, plan.form_values(), 200).words


def test_a_template_is_written_and_an_unknown_place_is_told_beside_its_field(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    path = "/mailings/templates/new"
    typed = {"name": "Call", "subject": "For {instituton}", "text": "Dear {person}"}
    assert "Nobody fills in {instituton}." in browser.submit(path, typed, status=200).words
    after = browser.follow(browser.submit(path, typed | {"subject": "For {institution}"}))
    assert after.rows()[0][0] == "Call"
    edit = after.tree.xpath("//tbody//a/@href")[0]
    assert "The template is changed." in browser.follow(browser.submit(edit, {"name": "Second call"})).words
    assert (
        "Another template has this name."
        in browser.submit(path, typed | {"name": "Second call", "subject": "x"}, status=200).words
    )


def test_who_may_not_write_or_change_finds_no_way_in(browser: Browser):
    sign_in(browser, Role.AUDITOR)
    for path in ("/members/write", "/people/write", "/members/change-class", "/mailings", "/mailings/templates"):
        browser.get(path, 403)


def test_who_is_left_out_of_a_change_of_class_keeps_what_it_has(browser: Browser):
    ids = settle(browser)
    with browser.app.app_context():
        member(db.session.get_one(Institution, ids[2]), "observer")
        codes = {"from_id": str(class_id("partner")), "class_id": str(class_id("funder"))}
    sign_in(browser, Role.SECRETARIAT)
    typed = {**codes, "first_day": "1 July 2016", "reason": "D-1"}
    plan = browser.submit(f"/members/change-class?{chosen(ids)}", typed, status=200)
    assert plan.rows()[2][1].startswith("keeps Observer")
