"""Merging on its pages: previewed, done, found again by the old address, undone."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.commands import grant_by_hand
from app.core.database import db
from app.core.permissions import Role
from app.members.commands import Merging, merge_records, undo_merger
from app.members.models import Institution
from app.members.rules import TwinKind
from app.members.rules.imports import ImportKind
from tests.client import Browser
from tests.committees.sitting import sign_in_as
from tests.members.importing import undo, written
from tests.members.world import do, institution, member, person
from tests.signin import SINCE, sign_in


def two_houses(browser: Browser) -> tuple[int, int]:
    with browser.app.app_context():
        one, two = institution(website="https://ics.example"), institution("Souris Clinic", "SC", purchase_order="PO 7")
        member(two), person(two)
        return one.id, two.id


def test_a_merger_is_previewed_done_and_undone(browser: Browser):
    one, two = two_houses(browser)
    sign_in(browser, Role.SECRETARIAT)
    path = f"/merge/institution/{one}/{two}"
    beside = browser.get(f"/duplicates/institution/{one}/{two}")
    assert beside.has_action(path)
    assert [row[2] for row in beside.rows() if row[0] in {"Website", "Unit"}] == ["none"]
    page = browser.get(path)
    assert ["membership", "How many 1"] in page.rows()
    assert ["purchase order", "PO 7"] in page.rows()
    assert "Issued invoices keep their addressee." in page.words
    after = browser.follow(browser.submit(path, {"reason": "One house"}))
    assert "Souris Clinic is merged into this record." in after.words
    led = browser.follow(browser.get(f"/members/{two}", 302))
    assert "The institution you asked for was merged into this one on 24 May 2016." in led.words
    for tab in ("people", "memberships", "names", "documents"):
        assert browser.follow(browser.get(f"/members/{two}/{tab}", 302)).heading == led.heading
    browser.get(f"/members/{two}/edit", 404)
    assert ["Souris Clinic", "On 24 May 2016"] in browser.get(f"/members/{one}/names").rows()
    assert "Souris Clinic" not in " ".join(row[0] for row in browser.get("/members").rows())
    browser.get(f"/members/{two}?known=2012-01-01", 200)
    undoing = "//a[normalize-space()='Undo']"
    assert not browser.get(f"/members/{one}?on=2016-01-01").tree.xpath(undoing)
    assert "Merged" not in browser.get(f"/members/{one}?known=2016-01-01").words
    undo = str(led.tree.xpath(f"{undoing}/@href")[0])
    asked = browser.get(undo)
    assert "Souris Clinic are two again. What the one took over goes back to the record it came from" in asked.words
    [crumb] = asked.tree.xpath("//nav[@class='crumb']/a")
    assert (crumb.text, crumb.get("href")) == ("Institut Clinique de la Souris", f"/members/{one}")
    back = browser.follow(browser.submit(undo, {}))
    assert back.heading == "Souris Clinic"
    history = browser.get(f"/members/{two}/history").words
    assert "Merged into Institut Clinique de la Souris (M-0001)" in history
    assert "Merger into Institut Clinique de la Souris (M-0001) undone" in history
    token = browser.get(f"/merge/institution/{one}").form_values()
    assert "This merger was undone already, by" in browser.post(undo, token, 200).words
    asked = browser.get(undo)
    assert not asked.tree.xpath("//button[normalize-space()='Undo the merger']")
    assert "are two again" not in asked.words


def test_what_forbids_a_merger_is_said_with_the_way_out(browser: Browser):
    one, two = two_houses(browser)
    with browser.app.app_context():
        member(db.session.get_one(Institution, one))
    sign_in(browser, Role.SECRETARIAT)
    path = f"/merge/institution/{one}/{two}"
    page = browser.get(path)
    assert "Memberships of both in one class share days" in page.words
    assert "End one before the other begins" in page.words
    assert not page.tree.xpath("//button[normalize-space()='Merge']")
    token = browser.get(f"/merge/institution/{one}").form_values() | {"reason": "One"}
    assert "End one before the other begins" in browser.post(path, token, 200).words


def test_a_merged_person_is_found_at_the_survivor_and_nobody_else_may_merge(browser: Browser):
    with browser.app.app_context():
        house = institution()
        one, two = person(house, "Ada", "Lovelace").id, person(institution("B", "B"), "Ada", "King").id
    sign_in(browser, Role.SECRETARIAT)
    assert "The merged person can no longer sign in." in browser.get(f"/merge/person/{one}/{two}").words
    with browser.app.app_context():
        do(merge_records, Merging(TwinKind.PERSON, one, two, "Married"))
    assert browser.follow(browser.get(f"/people/{two}", 302)).heading == "Ada Lovelace"
    browser.get(f"/merge/person/{one}/{one}", 404)
    browser.get(f"/merge/house/{one}/{two}", 404)
    sign_in(browser, Role.AUDITOR)
    browser.get(f"/merge/person/{one}/{two}", 403)


def test_the_other_person_is_found_by_number_and_by_address(browser: Browser):
    with browser.app.app_context():
        house = institution()
        one, two = person(house, "Ada", "Lovelace").id, person(institution("B", "B"), "Ada", "King").id
    sign_in(browser, Role.SECRETARIAT)
    for words in (str(two), f"/people/{two}", f"https://muster.example/people/{two}"):
        shown = browser.submit(f"/merge/person/{one}", {"other": words}).response.location
        assert str(shown).endswith(f"/merge/person/{one}/{two}")
    for words in (str(one), "99", "9" * 17):
        assert (
            "Nothing else on record is found"
            in browser.submit(f"/merge/person/{one}", {"other": words}, status=200).words
        )


def test_the_other_record_is_found_by_its_number_or_by_words_no_other_has(browser: Browser):
    with browser.app.app_context():
        ics = institution().id
        institution("Harwell One", "H1")
        institution("Harwell Two", "H2")
        who, twin = (
            person(institution("Home", "HO")).id,
            person(institution("Away", "AW"), "Una", "Vale", email=None).id,
        )
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    path = f"/merge/institution/{ics}"
    assert path in browser.get(f"/members/{ics}").tree.xpath("//a/@href")
    several = browser.submit(path, {"other": "harwell"}, status=200).words
    assert "Several are found by this: Harwell One, Harwell Two." in several
    assert "Nothing else on record is found by this." in browser.submit(path, {"other": "Souris"}, status=200).words
    for words in ("harwell one", "M-0002"):
        preview = browser.follow(browser.submit(path, {"other": words}))
        assert preview.heading == "Merge Harwell One into Institut Clinique de la Souris"
    preview = browser.follow(browser.submit(f"/merge/person/{who}", {"other": "una vale"}))
    assert preview.heading == "Merge Una Vale into Thibault Ferronays"
    browser.get("/merge/institution/999999999", 404)
    browser.get(f"/merge/club/{twin}", 404)


def test_namesakes_are_told_apart_by_number_address_or_place(browser: Browser):
    with browser.app.app_context():
        one, two = institution(), institution("Institut Clinique de la Souris", "IC2")
        numbers = {one.account_number, two.account_number}
        places = institution("Alpha Institute", "A"), institution("Beta Institute", "B")
        mailed = [person(place, "Ada", "Moreau", email=f"{n}@ada.example").id for n, place in enumerate(places)]
        placed = [person(place, "Ben", "Okoro", email=None).id for place in places]
        unknown = [person(places[0], "Cy", "Wu", email=None).id for _ in places]
        pairs = {"institution": [[one.id, two.id]], "person": [mailed, placed, unknown]}
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    heads = [browser.get(f"/merge/{kind}/{kept}/{gone}").heading for kind in pairs for kept, gone in pairs[kind]]
    assert all(number in heads[0] for number in numbers)
    assert heads[1:] == [
        "Merge Ada Moreau (1@ada.example) into Ada Moreau (0@ada.example)",
        "Merge Ben Okoro (Beta Institute) into Ben Okoro (Alpha Institute)",
        f"Merge Cy Wu (No. {unknown[1]}) into Cy Wu (No. {unknown[0]})",
    ]


def test_nobody_is_offered_to_merge_away_oneself(browser: Browser):
    with browser.app.app_context():
        house = institution()
        own, other = person(house, "Ada", "Lovelace"), person(institution("B", "B"), "Ada", "King").id
        one, user_id = own.id, own.user_id
        do(grant_by_hand, user_id, Role.SECRETARIAT, SINCE, reason="For the test")
    sign_in_as(browser, user_id)
    page = browser.get(f"/merge/person/{other}/{one}")
    assert "You cannot merge away the person you are signed in as." in page.words
    assert not page.tree.xpath("//button[normalize-space()='Merge']")
    assert browser.get(f"/merge/person/{one}/{other}").tree.xpath("//button[normalize-space()='Merge']")


def test_a_merger_of_what_went_with_its_import_is_no_page_any_more(browser: Browser):
    row = {"Name": "Souris Clinic", "Short name": "SC", "Kind": "research centre", "Country": "France"}
    with browser.app.app_context():
        one, brought = institution().id, written(ImportKind.INSTITUTIONS, [row])
        two = db.session.scalars(select(Institution.id).where(Institution.short_name == "SC")).one()
        db.session.rollback()
        merger = do(merge_records, Merging(TwinKind.INSTITUTION, one, two, "One house")).id
        do(undo_merger, merger)
        assert undo(brought) == "undone: "
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    browser.get(f"/mergers/{merger}/undo", 404)
