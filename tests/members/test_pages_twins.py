"""Likely twins: on which grounds, found at once for the whole register, told apart for good, shown before adding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.members.commands import Merging, Naming, find_twins, merge_records, rename_institution, tell_apart
from app.members.models import DistinctPair
from app.members.queries import TwinFilters, search_twins
from app.members.rules import (
    Ground,
    InstitutionTraits,
    PersonTraits,
    TwinKind,
    institution_pairs,
    person_pairs,
)
from app.web.requests import House
from tests.client import Browser
from tests.members.world import LAUNCH, OFFICE, do, institution, person, statements
from tests.signin import in_office, sign_in

LETTERS = st.text("abcdefghij", min_size=9, max_size=20)


def grounds(one: InstitutionTraits, other: InstitutionTraits) -> set[Ground]:
    return set(institution_pairs([one, other]).get((one.id, other.id), ()))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"name": "jackson laboratory"}, {"name": "jackson laboratory"}, {Ground.NAME}),
        ({"name": "the jackson laboratory"}, {"name": "laboratory jackson inc"}, {Ground.WORDS}),
        ({"name": "new"}, {"name": "newer", "former_names": ("new",)}, {Ground.FORMER_NAME}),
        ({"name": "one", "vat_number": "FR1"}, {"name": "two", "vat_number": "FR1"}, {Ground.VAT_NUMBER}),
        (
            {"name": "a", "website": "https://www.x.org"},
            {"name": "b", "website": "http://x.org"},
            {Ground.WEBSITE},
        ),
        ({"name": "institute lyon", "country": "FR"}, {"name": "institut lyon", "country": "FR"}, {Ground.SPELLING}),
        ({"name": "institute lyon", "country": "FR"}, {"name": "institut lyon", "country": "CH"}, set()),
        ({"name": "centre of mice"}, {"name": "centre of rats"}, set()),
    ],
)
def test_institutions_are_likely_the_same_on_stated_grounds(one, other, why):
    assert grounds(InstitutionTraits(1, **one), InstitutionTraits(2, **other)) == why


@given(LETTERS, st.integers(0, 19), st.sampled_from("xyz"))
def test_one_letter_wrong_is_always_noticed_and_the_order_of_looking_tells_nothing(name, place, letter):
    place %= len(name)
    wrong = name[:place] + letter + name[place + 1 :]
    one, other = InstitutionTraits(1, name, country="FR"), InstitutionTraits(2, wrong, country="FR")
    assert Ground.SPELLING in grounds(one, other)
    assert institution_pairs([one, other]) == institution_pairs([other, one])


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("ada", "lovelace", "a@x.org"), ("a", "king", "A@x.org"), {Ground.EMAIL}),
        (("ada", "lovelace", None), ("ada", "lovelace", None), {Ground.NAME_THERE}),
        (("ada", "lovelace", None), ("lovelace", "ada", None), {Ground.SWAPPED}),
        (("ada", "lovelace", None), ("a.", "lovelace", None), {Ground.INITIAL}),
        (("ada", "lovelace", None), ("anne", "lovelace", None), set()),
    ],
)
def test_people_are_likely_the_same_on_stated_grounds(one, other, why):
    pairs = person_pairs([PersonTraits(1, *one, (5,)), PersonTraits(2, *other, (5,))])  # type: ignore[call-arg]
    assert set(pairs.get((1, 2), ())) == why


def test_namesakes_at_two_institutions_are_not_suggested():
    here, there = (PersonTraits(place, "ada", "lovelace", None, (place,)) for place in (5, 6))
    assert not person_pairs([here, there])


def test_namesakes_with_addresses_of_one_domain_are_suggested_wherever_they_work():
    mails = {5: "Ada@Mice.example", 6: "a.lovelace@mice.example", 7: "ada@rats.example"}
    three = [PersonTraits(place, "ada", "lovelace", mail, (place,)) for place, mail in mails.items()]
    assert person_pairs(three) == {(5, 6): frozenset({Ground.NAME_AND_DOMAIN})}


def found(**narrowed) -> list[tuple[str, str]]:
    return [(row.one, row.other) for row in search_twins(TwinFilters(**narrowed), PageRequest(), OFFICE).rows]


@pytest.mark.usefixtures("context")
def test_what_was_told_apart_is_not_suggested_again():
    one, other = institution("Institut Lyon", "IL"), institution("Institute Lyon", "IL2")
    ada, again = person(one, "Ada", "Lovelace"), person(one, "A.", "Lovelace", email=None)
    assert do(find_twins) == 2
    assert found(kind=TwinKind.INSTITUTION) == [("Institut Lyon", "Institute Lyon")]
    assert found(ground=Ground.INITIAL) == [("Ada Lovelace", "A. Lovelace")]
    assert found(text="institute") == [("Institut Lyon", "Institute Lyon")]
    do(tell_apart, TwinKind.INSTITUTION, other.id, one.id, reason="Two houses")
    assert found() == [("Ada Lovelace", "A. Lovelace")]
    assert do(find_twins) == 1
    said = db.session.get_one(DistinctPair, (TwinKind.INSTITUTION, one.id, other.id))
    assert (said.reason, said.said_by) == ("Two houses", "test")
    assert ada.id < again.id


@pytest.mark.usefixtures("context")
def test_a_former_name_is_compared_and_the_search_asks_as_much_for_two_as_for_twenty():
    old = institution("Alpha House", "AH")
    do(rename_institution, old.id, Naming("Beta House", "BH", LAUNCH.replace(year=2014)))
    institution("Alpha House", "AH2")
    with statements() as few:
        do(find_twins)
    assert [row.grounds for row in search_twins(TwinFilters(), PageRequest(), OFFICE).rows] == [(Ground.FORMER_NAME,)]
    for number in range(20):
        institution(f"Number {number} of them all", f"N{number}")
    with statements() as many:
        do(find_twins)
    assert len(many) == len(few)


@pytest.mark.usefixtures("context")
def test_only_the_secretariat_tells_apart():
    with pytest.raises(AccessDeniedError):
        do(tell_apart, TwinKind.INSTITUTION, 1, 2, reason="No", actor=Actor("Nobody", user_id=7))


def test_of_two_namesakes_the_page_says_which_one_a_merger_keeps(app: House, browser: Browser):
    with app.app_context():
        ics, mrc = institution(), institution("Medical Research Council", "MRC")
        ids = [
            person(there, "Ada", "Lovelace", email=f"ada@{there.short_name.lower()}.example").id for there in (ics, mrc)
        ]
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/duplicates/person/{ids[0]}/{ids[1]}")
    assert "Merge, keeping Ada Lovelace (ada@ics.example)" in page.words
    assert "Merge, keeping Ada Lovelace (ada@mrc.example)" in page.words


def test_likely_twins_are_listed_and_told_apart_on_their_page(browser: Browser):
    one, other = in_office_twins(browser)
    sign_in(browser, Role.SECRETARIAT)
    rows = browser.get("/duplicates").rows()
    assert [cell.split(" · ")[0] for cell in rows[0][:2]] == ["Institut Lyon", "Institute Lyon"]
    assert "Names differ in one or two letters, in one country" in rows[0][3]
    path = f"/duplicates/institution/{one}/{other}"
    page = browser.get(path)
    assert ["Short name", "IL · IL2", "IL2", "differs"] in page.rows()
    assert "VAT number" not in [row[0] for row in page.rows()]
    after = browser.follow(browser.submit(path, {"reason": "Two houses"}))
    assert "No likely duplicates on the list" in after.words
    assert "Said not to be the same by" in browser.get(path).words
    after = browser.follow(browser.press("/duplicates", "/duplicates/look"))
    assert "The worker looks for duplicates" in after.words
    for wrong in ("institution/1/1", "invoice/1/2", "person/999999998/999999999"):
        browser.get(f"/duplicates/{wrong}", 404)


def test_who_was_merged_is_likely_the_same_as_nobody_any_more(browser: Browser):
    one, other = in_office_twins(browser)
    sign_in(browser, Role.SECRETARIAT)
    assert len(browser.get("/duplicates").rows()) == 1
    browser.submit(f"/merge/institution/{one}/{other}", {"reason": "One house"})
    assert "No likely duplicates" in browser.get("/duplicates").words


def in_office_twins(browser: Browser) -> tuple[int, int]:
    with browser.app.app_context():
        one, other = institution("Institut Lyon", "IL").id, institution("Institute Lyon", "IL2").id
    in_office(browser, lambda: find_twins(actor=OFFICE))
    return one, other


def test_auditors_find_no_duplicates_page(browser: Browser):
    sign_in(browser, Role.AUDITOR)
    browser.get("/duplicates", 403)


def test_twins_are_shown_before_an_institution_is_added_and_hinder_nobody(browser: Browser):
    in_office_twins(browser)
    sign_in(browser, Role.SECRETARIAT)
    typed = {"name": "Institut Lyons", "short_name": "IL3", "kind": "research_centre", "country": "FR"}
    shown = browser.submit("/members/new", typed, status=200)
    assert "There is already Institut Lyon" in shown.words
    browser.post("/members/new", shown.form_values() | {"anyway": "y"})
    assert "Institut Lyons" in browser.get("/members").words


def test_twins_are_shown_before_a_person_is_added_and_hinder_nobody(browser: Browser):
    with browser.app.app_context():
        place = institution()
        person(place, "Ada", "Lovelace")
    sign_in(browser, Role.SECRETARIAT)
    typed = {"given_name": "Lovelace", "family_name": "Ada", "institution_id": "ICS", "first_day": "2016-05-24"}
    shown = browser.submit("/people/new", typed, status=200)
    assert "There is already Ada Lovelace" in shown.words
    browser.post("/people/new", shown.form_values() | {"anyway": "y"})


def test_a_phone_shows_both_names_of_a_pair(browser: Browser):
    with browser.app.app_context():
        institution("Jackson Laboratory", "JL")
        institution("The Jackson Laboratory", "TJL")
        do(find_twins)
    sign_in(browser, Role.SECRETARIAT)
    row = browser.get("/duplicates").tree.xpath("//tbody/tr")[0]
    on_phone = [cell.text_content() for cell in row.xpath("td[not(contains(@class, 'hide'))]")]
    assert "Jackson Laboratory" in on_phone[0]
    assert "The Jackson Laboratory" in " ".join(on_phone[1:])


def test_who_is_called_like_what_was_merged_is_shown_its_survivor(browser: Browser):
    with browser.app.app_context():
        one, two, third = institution(), institution("Souris Clinic", "SCL"), institution("Third", "T")
        ada, bea = person(one, "Ada", "Lovelace"), person(third, "Bea", "King")
        do(merge_records, Merging(TwinKind.INSTITUTION, one.id, two.id, "One house"))
        do(merge_records, Merging(TwinKind.PERSON, ada.id, bea.id, "One woman"))
        house, someone, other = f"/members/{one.id}", f"/people/{ada.id}", f"/members/{third.id}"
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    added = {"name": "Souris Clinic", "short_name": "TSC", "kind": "funder", "country": "GB"}
    assert browser.submit("/members/new", added, status=200).has_action(house)
    assert browser.submit(f"{other}/rename", {"name": "Souris clinic"}, status=200).has_action(house)
    assert browser.submit(f"{other}/rename", {"short_name": "scl"}, status=200).has_action(house)
    browser.follow(browser.submit(f"{house}/rename", {"name": "Souris Clinic"}))
    named = {"given_name": "Bea", "family_name": "King", "institution_id": "T", "first_day": "2016-05-24"}
    assert browser.submit("/people/new", named, status=200).has_action(someone)
