"""What each role sees and may do on the pages of institutions and people."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from app.accounts.commands import RoleFor
from app.committees.rules import Office
from app.core import clock
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.models import Institution, Person
from app.members.rules import Purpose
from app.web.requests import House
from tests.client import Browser
from tests.committees.sitting import committee, seat, sign_in_as, sits
from tests.members.world import institution, member, person, voice
from tests.signin import sign_in


@dataclass(frozen=True)
class World:
    """The ids of two members, and of a person at each."""

    own: int
    other: int
    colleague: int
    stranger: int
    membership: int


@pytest.fixture
def world(app: House) -> World:
    """Two members with a voting representative each; the second one's is billed too."""
    with app.app_context():
        own = institution(postal_address="1 rue Exemple")
        other = institution("MRC Harwell", "Harwell", country="GB")
        joined = member(own)
        member(other, "funder")
        colleague = person(own)
        stranger = person(other, "Isolde", "Marchbanks", email="isolde@harwell.example")
        voice(colleague, own)
        voice(stranger, other)
        voice(stranger, other, Purpose.BILLING)
        found = World(own.id, other.id, colleague.id, stranger.id, joined.id)
        db.session.remove()
    return found


def as_role(browser: Browser, role: Role, world: World) -> Browser:
    """The browser, signed in as someone with the role, at the own institution where it is for one."""
    scoped = {
        Role.REPRESENTATIVE: RoleFor(role, institution_id=world.own),
    }
    sign_in(browser, scoped.get(role, role))
    return browser


SECRETARIAT_ONLY = (
    "/members/{own}/edit",
    "/members/{own}/rename",
    "/members/{own}/parent",
    "/members/{own}/admit",
    "/members/{own}/representatives/new",
    "/members/memberships/{membership}/suspend",
    "/members/memberships/{membership}/withdraw",
    "/members/memberships/{membership}/correct",
    "/members/new",
)
FORMS = (*SECRETARIAT_ONLY, "/members/{own}/contact", "/people/new", "/people/{colleague}/edit",
         "/people/{colleague}/places/new")  # fmt: skip


def test_nobody_sees_members_without_signing_in(browser: Browser, world: World):
    for path in ("/members", f"/members/{world.own}", "/people", f"/people/{world.colleague}", "/members/new"):
        assert "/sign-in" in str(browser.get(path, 302).response.location)


def test_who_holds_no_role_sees_no_members(browser: Browser, world: World):
    sign_in(browser)
    for path in ("/members", f"/members/{world.own}", "/people", f"/people/{world.colleague}"):
        browser.get(path, 403)


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.FINANCE, Role.AUDITOR, Role.AGREEMENTS, Role.REPRESENTATIVE])
def test_everybody_with_a_role_sees_the_list_and_the_public_facts(browser: Browser, world: World, role: Role):
    as_role(browser, role, world)
    first, second = (row[1:] for row in browser.get("/members").rows())
    assert first[0].startswith("Institut Clinique de la Souris")
    assert second[0].startswith("MRC Harwell")
    assert first[2:] == ["Research centre", "Partner", "Active", "24 Sep 2011", "Thibault Ferronays"]
    page = browser.get(f"/members/{world.other}")
    assert page.heading == "MRC Harwell"
    assert "Funder, United Kingdom." in page.words


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [
        (Role.SECRETARIAT, True, True),
        (Role.FINANCE, True, True),
        (Role.AUDITOR, True, True),
        (Role.AGREEMENTS, False, False),
        (Role.REPRESENTATIVE, True, False),
    ],
)
def test_full_facts_are_for_those_who_may_read_the_institution(browser: Browser, world: World, role: Role, own, other):
    as_role(browser, role, world)
    for identity, may in ((world.own, own), (world.other, other)):
        words = browser.get(f"/members/{identity}").words
        assert ("Account M-000" in words, "Purchase order" in words) == (may, may)
        steps = browser.get(f"/members/{identity}/memberships").words
        assert ("Founding member" in steps, "Recorded by" in steps) == (may, may)


@pytest.mark.parametrize(
    ("role", "colleague", "stranger"),
    [
        (Role.SECRETARIAT, True, True),
        (Role.AUDITOR, True, True),
        (Role.FINANCE, False, True),
        (Role.AGREEMENTS, False, False),
        (Role.REPRESENTATIVE, True, False),
    ],
)
def test_how_to_reach_a_person_is_for_those_who_may_know(
    browser: Browser, world: World, role: Role, colleague, stranger
):
    as_role(browser, role, world)
    for identity, address, may in (
        (world.colleague, "thibault.ferronays@ics.example", colleague),
        (world.stranger, "isolde@harwell.example", stranger),
    ):
        page = browser.get(f"/people/{identity}")
        assert (address in page.words, "Telephone" in page.words, "Group leader" in page.words) == (may, may, may)
        assert page.heading in {"Thibault Ferronays", "Isolde Marchbanks"}
        assert (address in browser.get("/people").words) == may
        assert ("1 to 1 of 1" in browser.get(f"/people?q={address}").words) == may
        institution_page = browser.get(f"/members/{world.own if identity == world.colleague else world.other}/people")
        assert (address in institution_page.words) == may


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.AGREEMENTS])
def test_who_only_reads_finds_no_way_to_write(browser: Browser, world: World, role: Role):
    as_role(browser, role, world)
    for path in FORMS:
        browser.get(path.format(**vars(world)), 403)
        browser.post(path.format(**vars(world)), {}, 400)
    words = browser.get(f"/members/{world.own}").words
    assert "More" not in words
    assert "Edit" not in words


def test_a_representative_keeps_contact_details_and_people_of_the_own_institution(browser: Browser, world: World):
    as_role(browser, Role.REPRESENTATIVE, world)
    done = browser.submit(f"/members/{world.own}/contact", {"billing_address": "Accounts\n2 rue Exemple"})
    assert "2 rue Exemple" in browser.follow(done).words
    done = browser.submit(f"/people/{world.colleague}/edit", {"phone": "+33 1 11 11 11 11"})
    assert "+33 1 11 11 11 11" in browser.follow(done).words
    added = {"given_name": "Aube", "family_name": "Lemercier", "institution_id": "ICS"}
    assert browser.follow(browser.submit("/people/new", added)).heading == "Aube Lemercier"


def test_a_representative_does_nothing_to_other_institutions(browser: Browser, world: World):
    as_role(browser, Role.REPRESENTATIVE, world)
    for path in SECRETARIAT_ONLY:
        browser.get(path.format(**vars(world)), 403)
    browser.get(f"/members/{world.other}/contact", 404)
    browser.get(f"/people/{world.stranger}/edit", 404)
    browser.get(f"/people/{world.stranger}/places/new", 404)
    foreign = {"given_name": "A", "family_name": "B", "institution_id": "MRC Harwell"}
    assert "Nothing you can choose here is called so." in browser.submit("/people/new", foreign, status=200).words


def test_what_is_not_there_and_what_may_not_be_seen_look_the_same(browser: Browser, world: World):
    as_role(browser, Role.REPRESENTATIVE, world)
    hidden = browser.get(f"/people/{world.stranger}/edit", 404)
    missing = browser.get("/people/999999/edit", 404)
    assert hidden.words == missing.words
    browser.get("/members/999999", 404)
    browser.get("/people/999999", 404)
    browser.get("/members/memberships/999999/suspend", 403)


def test_the_secretariat_takes_up_and_admits_an_institution(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    typed = {"name": "The Jackson Laboratory", "short_name": "JAX", "kind": "research_centre", "country": "US",
             "ror": "https://ror.org/021sy4w91"}  # fmt: skip
    done = browser.submit("/members/new", typed)
    page = browser.follow(done)
    assert page.heading == "The Jackson Laboratory"
    assert "taken up as M-0003" in page.words
    assert "021sy4w91" in page.words
    path = str(done.response.location)
    partner = browser.get(f"{path}/admit").tree.xpath("//select[@name='class_id']/option[.='Partner']/@value")[0]
    admitted = browser.follow(browser.submit(f"{path}/admit", {"class_id": partner, "first_day": "1 June 2016"}))
    assert "Admitted" in admitted.words
    assert "Jackson Laboratory, The" in browser.get("/members").words


def test_the_secretariat_suspends_reinstates_corrects_and_withdraws(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    base, why = f"/members/memberships/{world.membership}", {"reason": "As decided"}
    assert "Suspended" in browser.follow(browser.submit(f"{base}/suspend", {"first_day": "2016-05-20", **why})).words
    tab = browser.get(f"/members/{world.own}/memberships")
    assert [link.text for link in tab.tree.xpath("//*[contains(@class, 'btn-primary')]")] == ["Reinstate as partner"]
    assert (
        "Active again" in browser.follow(browser.submit(f"{base}/reinstate", {"first_day": "2016-05-22", **why})).words
    )
    corrected = browser.follow(browser.submit(f"{base}/correct", {"first_day": "1 October 2011", **why}))
    assert "Member since 1 October 2011, corrected." in corrected.words.replace("\xa0", " ")
    gone = browser.follow(browser.submit(f"{base}/withdraw", {"last_day": "31 December 2016", **why}))
    assert "Leaving" in gone.words


def test_the_secretariat_renames_and_finds_the_old_name(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    typed = {"name": "Mouse Clinic Institute", "short_name": "MCI", "first_day": "2015-01-01"}
    page = browser.follow(browser.submit(f"/members/{world.own}/rename", typed))
    assert page.heading == "Mouse Clinic Institute"
    assert "formerly Institut Clinique de la Souris" in page.words
    assert browser.get(f"/members/{world.own}?on=2014-12-31").heading == "Institut Clinique de la Souris"
    assert "formerly" not in browser.get(f"/members/{world.own}?on=2014-12-31").words
    assert "Mouse Clinic Institute" in browser.get("/members?q=clinique souris").words


def test_the_secretariat_names_and_ends_a_representative(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    path = f"/members/{world.own}/representatives/new"
    typed = {"person_id": str(world.colleague), "purpose": "signatory", "first_day": "2016-01-01"}
    page = browser.follow(browser.submit(path, typed))
    assert "Signatory" in page.words
    second = browser.submit(path, typed | {"purpose": "voting"}, status=200)
    assert "This person is that already" in second.words
    ending = page.tree.xpath("//a[.='End']/@href")
    assert len(ending) == 2
    ended = browser.follow(browser.submit(ending[1], {"last_day": "2016-06-30", "reason": "Retires"}))
    assert "30 Jun 2016" in ended.words


def test_the_secretariat_invites_a_person(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    done = browser.press(f"/people/{world.colleague}", f"/people/{world.colleague}/invite")
    assert "on its way" in browser.follow(done).words


def test_the_secretariat_moves_a_person(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    path = f"/people/{world.colleague}"
    ending = browser.get(path).tree.xpath("//a[.='End']/@href")[0]
    browser.submit(ending, {"last_day": "2016-04-30", "reason": "Moved"})
    moved = browser.submit(f"{path}/places/new", {"institution_id": "MRC Harwell", "first_day": "2016-05-01"})
    assert "MRC Harwell" in browser.follow(moved).words
    assert "Thibault Ferronays" not in str(browser.get("/people?institution=souris").rows())
    assert "Thibault Ferronays" in str(browser.get("/people?institution=souris&on=2016-04-30").rows())


WRONG = {
    "name": ["", "x" * 201, "a\x00b"],
    "ror": ["01cwqze89", "nothing"],
    "country": ["ZZ", ""],
    "kind": ["club"],
    "vat_number": ["GB1", "!!"],
    "website": ["javascript:alert(1)"],
    "founded": ["31 February 2011", "9999-01-01", "\u0661"],
}


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in WRONG.items() for text in texts])
def test_wrong_input_is_refused_beside_its_field_and_kept(browser: Browser, world: World, field: str, text: str):
    as_role(browser, Role.SECRETARIAT, world)
    typed = {"name": "Right Name", "short_name": "RN", "kind": "funder", "country": "GB", field: text}
    page = browser.submit("/members/new", typed, status=200)
    assert page.tree.xpath(f"//p[@id='{field}-error']"), page.words
    assert "Nothing was changed." in page.words
    if field != "short_name":
        assert page.form_values()["short_name"] == "RN"


def test_a_form_that_came_too_late_shows_both_values(browser: Browser, world: World, app: House):
    as_role(browser, Role.SECRETARIAT, world)
    path = f"/members/{world.own}/contact"
    shown = browser.get(path).form_values()
    browser.submit(path, {"purchase_order": "PO-1"})
    late = browser.post(path, shown | {"purchase_order": "PO-2"}, 200)
    assert "Someone else changed this record meanwhile. Nothing was overwritten." in late.words
    assert [row for row in late.rows() if row[0] == "Purchase order"] == [["Purchase order", "PO-2", "PO-1"]]
    browser.post(path, late.form_values())
    with app.app_context():
        assert db.session.get_one(Institution, world.own).purchase_order == "PO-2"
        db.session.remove()


@pytest.mark.parametrize(
    ("path", "verb", "row"),
    [
        ("suspend", {"first_day": "1 May 2016"}, ["From", "1 May 2016"]),
        ("reinstate", {"first_day": "1 May 2016"}, ["From", "1 May 2016"]),
        ("withdraw", {"last_day": "31 May 2016"}, ["Last day", "31 May 2016"]),
        ("correct", {"first_day": "1 May 2016"}, ["From", "1 May 2016"]),
    ],
)
def test_a_late_form_of_a_membership_shows_the_steps_on_record(
    browser: Browser, world: World, path: str, verb: dict[str, str], row: list[str]
):
    as_role(browser, Role.SECRETARIAT, world)
    forms = f"/members/memberships/{world.membership}"
    late = browser.get(f"{forms}/{path}").form_values()
    browser.submit(f"{forms}/suspend", {"first_day": "1 June 2016", "reason": "Fee unpaid"})
    page = browser.post(f"{forms}/{path}", {**late, **verb, "reason": "Late"}, 200)
    steps = "Active from 24 September 2011 to 31 May 2016; Suspended from 1 June 2016"
    assert page.rows() == [[*row, steps]]
    assert browser.get(f"{forms}/{path}").form_values()["version"] == page.form_values()["version"]


def test_a_late_form_that_ends_a_place_or_a_representation_shows_both_days(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    records = {"/people/places/": f"/people/{world.colleague}", "/representatives/": f"/members/{world.own}"}
    for kind, record in records.items():
        form = browser.get(record).tree.xpath(
            f"//main//a[contains(@href, '{kind}') and contains(@href, '/end')]/@href"
        )[0]
        late = browser.get(form).form_values()
        browser.submit(form, {"last_day": "30 June 2016", "reason": "Retires"})
        page = browser.post(form, {**late, "last_day": "31 May 2016", "reason": "Resigned"}, 200)
        assert page.rows() == [["Last day", "31 May 2016", "30 June 2016"]]
        assert browser.post(form, page.form_values()).status == 302


def test_a_form_sent_twice_takes_up_one_institution(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    typed = browser.get("/members/new").form_values() | {
        "name": "Once", "short_name": "Once", "kind": "funder", "country": "GB",
    }  # fmt: skip
    first, second = browser.post("/members/new", typed), browser.post("/members/new", typed)
    assert first.response.location == second.response.location


def test_the_past_shows_what_was_and_nothing_to_press(browser: Browser, world: World):
    as_role(browser, Role.SECRETARIAT, world)
    assert browser.get("/members?on=2011-09-23").rows() == []
    page = browser.get(f"/members/{world.own}?on=2011-09-24")
    assert "Active" in page.words
    assert not page.tree.xpath("//main//form[@method='post']")
    for verb in ("More", "Edit", "Rename"):
        assert not page.tree.xpath("//main//a[normalize-space()=$v] | //main//summary[contains(.,$v)]", v=verb)
    browser.get(f"/members/{world.own}?on=2011-09-24&known=2011-09-01", 404)


def test_the_list_leaves_as_the_file_it_shows(browser: Browser, world: World):
    as_role(browser, Role.AUDITOR, world)
    text = browser.get("/members?format=csv&country=GB").response.get_data(as_text=True)
    assert text.lstrip("\ufeff").splitlines()[0].startswith("Institution,Country,Kind,Class,State,Member since")
    assert "MRC Harwell" in text
    assert "Souris" not in text
    people = browser.get("/people?format=csv").response.get_data(as_text=True)
    assert "isolde@harwell.example" in people


def test_filters_that_match_nothing_say_so_and_wrong_ones_are_left_out(browser: Browser, world: World):
    as_role(browser, Role.FINANCE, world)
    assert "matches these filters" in browser.get("/members?q=nowhere").words
    assert "This is not one of the choices." in browser.get("/members?state=happy&country=XX&kind=1&member_as=x").words
    assert "This is not one of the choices." in browser.get("/people?institution=x&purpose=x").words


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.AUDITOR])
def test_the_history_of_a_record_is_for_those_who_read_the_trail(browser: Browser, world: World, role: Role):
    as_role(browser, role, world)
    assert "admitted as Partner" in browser.get(f"/members/{world.own}").words
    assert len(browser.get(f"/members/{world.own}/history").rows()) >= 3
    assert "Person taken up" in browser.get(f"/people/{world.colleague}").words


def test_the_history_of_a_record_is_hidden_from_others(browser: Browser, world: World):
    as_role(browser, Role.FINANCE, world)
    assert "History" not in browser.get(f"/members/{world.own}").words
    browser.get(f"/members/{world.own}/history", 403)


@pytest.mark.parametrize(("office", "may"), [(Office.CHAIR, True), (Office.MEMBER, False)])
def test_who_chairs_a_committee_may_reach_those_who_sit_there_and_nobody_else(
    browser: Browser, world: World, app: House, office: Office, may
):
    with app.app_context():
        elsewhere = db.session.get_one(Institution, world.other)
        other = person(elsewhere, "Other", "Member", email="other.member@ics.example")
        with transaction():
            sitting = committee()
            sits(seat(sitting, "Chair"), db.session.get_one(Person, world.colleague), office=office)
            sits(seat(sitting), other)
        user_id, seen = db.session.get_one(Person, world.colleague).user_id, other.id
        db.session.remove()
    sign_in_as(browser, user_id)
    assert ("other.member@ics.example" in browser.get(f"/people/{seen}").words) == may
    hidden = browser.get(f"/people/{world.stranger}").words
    assert "isolde@harwell.example" not in hidden
    assert "MRC Harwell" in hidden


def test_an_empty_list_of_a_day_gone_by_says_of_which_day_and_offers_nothing(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    assert "No institutions yet" in browser.get("/members").words
    gone = browser.get("/members?on=2014-01-01").words
    assert "No institutions on 1 January 2014 The register had none for that day." in gone
    assert "Add institution" not in gone
    assert "This list is as it is today." not in gone
    assert "as it will be on 1 January 2030" in browser.get("/members?on=2030-01-01").words
    assert "none for that day, as it was known then." in browser.get("/people?on=2014-01-01&known=2015-01-01").words


def test_what_is_not_on_record_on_a_day_says_so_and_leads_back(browser: Browser):
    with browser.app.app_context():
        path = f"/members/{institution().id}"
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    gone = browser.get(f"{path}?on=2014-01-01&known=2010-01-01", status=404)
    assert gone.heading == "Nothing is here on that day"
    assert "on 1 January 2014, as it was known on 1 Jan 2010" in gone.words
    ways = dict(zip(gone.tree.xpath("//main//a/text()"), gone.tree.xpath("//main//a/@href"), strict=True))
    assert (ways["See it today"], ways["As known now"]) == ("?", "?on=2014-01-01")
    known_only = browser.get(f"{path}?known=2010-01-01", status=404)
    assert known_only.tree.xpath("//main//a/text()") == ["See it today", "To the start"]
    assert browser.get("/nowhere?on=2014-01-01", status=404).heading == "There is no such page"


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
def test_the_day_something_was_known_on_is_asked_beside_the_day_looked_at(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, zone: str
):
    monkeypatch.setattr(clock, "_zone", ZoneInfo(zone))
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/members?on=2014-01-01&known=2014-02-01")
    assert page.tree.xpath("//input[@name='known']/@value") == ["2014-02-01"]
    assert not browser.get("/invoices?on=2014-01-01").tree.xpath("//input[@name='known']")


def test_people_taken_up_later_were_not_known_before(browser: Browser):
    with browser.app.app_context():
        path = f"/people/{person(institution()).id}"
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    assert "No people on 24 May 2016" in browser.get("/people?known=2011-09-23").words
    assert browser.get(f"{path}?known=2011-09-23", status=404).heading == "Nothing is here on that day"
    assert "1 person" in browser.get("/people?known=2011-09-24").words
    assert browser.get(f"{path}?known=2011-09-24").heading == "Thibault Ferronays"
