"""The pages of classes, of memberships that end, and of every verb and correction of a membership."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.database import db
from app.core.permissions import Role
from app.members.commands import Admission, add_class, admit_member, withdraw_member
from app.members.queries import list_memberships_of
from app.members.rules import ClassFacts, TermKind, TermRule
from app.web.requests import House
from tests.client import Browser, Page
from tests.members.world import OFFICE, do, institution, member, on
from tests.signin import sign_in

TYPED = {"name": "Corporate", "votes": "y", "seats": "2", "grace_days": "30", "is_offered": "y"}


@pytest.fixture
def ics(app: House) -> int:
    """A member whose period ends on 30 June 2016."""
    with app.app_context(), on(date(2015, 7, 1)):
        term = TermRule(TermKind.FIXED, 12, 7, 1)
        kind = do(add_class, ClassFacts("Institutional", votes=True, is_billed=True, term=term, grace_days=30))
        found = institution()
        do(admit_member, found.id, Admission(kind.id, date(2015, 7, 1)))
        identity = found.id
        db.session.remove()
    return identity


def link_to(page: Page, verb: str) -> str:
    """The first address on the page that ends with the verb."""
    return next(str(href) for href in page.tree.xpath("//a/@href") if str(href).endswith(verb))


def test_a_class_is_added_with_its_periods_and_changed(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    wrong = {**TYPED, "term_kind": "fixed", "term_months": "18", "rollover_month": "7", "rollover_day": "1"}
    assert "last whole years" in browser.submit("/settings/classes/new", wrong, status=200).words
    page = browser.follow(browser.submit("/settings/classes/new", {**wrong, "term_months": "12"}))
    assert "Class Corporate is offered." in page.words
    assert "12 months, rolling over on 1 July" in page.words
    edit = link_to(page, page.tree.xpath("//tr[last()]/td/a/@href")[-1])
    changed = browser.follow(browser.submit(edit, {"term_kind": "open"}))
    assert "12 months" not in changed.words
    assert (
        "There is a class of this name already."
        in browser.submit("/settings/classes/new", {**TYPED, "term_kind": "open"}, status=200).words
    )


def test_the_auditor_reads_the_classes_and_changes_none(browser: Browser):
    sign_in(browser, Role.AUDITOR)
    assert "Funder" in browser.get("/settings/classes").words
    browser.get("/settings/classes/new", 403)


def test_memberships_that_end_are_listed_and_renewed_together(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/members/renewals")
    assert page.rows()[0][-3:] == ["Ends 30 Jun 2016", "30 Jul 2016", "30 Jun 2017"]
    assert page.tree.xpath("//nav[@id='rail']//a[@aria-current]/text()") == ["Renewals"]
    (chosen,) = page.tree.xpath("//tbody//input[@name='chosen']/@value")
    after = browser.follow(
        browser.post("/members/renewals", {"csrf_token": page.form_values()["csrf_token"], "chosen": chosen})
    )
    assert "1 membership is renewed." in after.words
    assert "No membership ends" in after.words
    assert "30 Jun 2017" in browser.get(f"/members/{ics}/memberships").words
    assert len(browser.get("/members/renewals?until=2017-07-01").rows()) == 1


def test_the_form_of_admission_says_how_the_periods_of_each_class_run(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    words = browser.get(f"/members/{ics}/admit").words
    assert "Without an end: Funder, Partner" in words
    assert "12 months, rolling over on 1 July: Institutional." in words


def test_the_notice_of_leaving_proposes_the_most_grace_of_its_classes(browser: Browser, app: House, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    assert browser.get(f"/members/{ics}/leave").form_values()["grace_days"] == "30"
    with app.app_context():
        other = institution("Elsewhere", "ELS")
        member(other)
        identity = other.id
        db.session.remove()
    assert browser.get(f"/members/{identity}/leave").form_values()["grace_days"] == "0"


def test_the_form_of_renewal_offers_the_end_of_the_next_period(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    renew = link_to(browser.get(f"/members/{ics}"), "/renew")
    assert browser.get(renew).form_values()["last_day"] == "30 June 2017"
    late = browser.submit(renew, {"last_day": "1 June 2016", "reason": "Letter"}, status=200)
    assert "a renewal ends later" in late.words
    assert "Renewed until 30 June 2017." in browser.follow(browser.submit(renew, {"reason": "Letter"})).words.replace(
        "\xa0", " "
    )


def test_a_membership_is_changed_and_put_right_on_its_pages(browser: Browser, app: House):
    with app.app_context():
        found = institution()
        member(found)
        identity = found.id
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    record, tab = f"/members/{identity}", f"/members/{identity}/memberships"
    suspend = link_to(browser.get(record), "/suspend")
    browser.submit(suspend, {"first_day": "1 June 2015", "last_day": "30 June 2015", "reason": "Arrears"})
    correct = link_to(browser.get(tab), "/retract").replace("/retract", "/correct")
    browser.submit(correct, {"first_day": "1 August 2015", "reason": "Minutes"})
    assert "1 Aug 2015" in browser.get(tab).words
    for turn, state in (("reinstatement", "Suspended"), ("suspension", "Active")):
        retract = link_to(browser.get(tab), "/retract")
        page = browser.get(retract)
        assert page.heading.startswith(f"Take back the {turn} of")
        assert page.tree.xpath("//main//button/text()") == ["Take back"]
        assert f"The {turn} is taken back." in browser.follow(browser.submit(retract, {"reason": "Mistake"})).words
        assert browser.get(tab).rows()[0][1].startswith(state)
    withdraw = link_to(browser.get(record), "/withdraw")
    browser.submit(withdraw, {"last_day": "31 December 2016", "reason": "Letter"})
    assert "Leaving" in browser.get(record).words
    keep = link_to(browser.get(record), "/keep")
    assert "called off" in browser.follow(browser.submit(keep, {"reason": "Letter"})).words
    browser.submit(
        link_to(browser.get(record), "/class"), {"class_id": "1", "first_day": "1 May 2016", "reason": "Board"}
    )
    assert "Funder, France." in browser.get(record).words
    browser.submit(link_to(browser.get(tab), "/right-class"), {"class_id": "3", "reason": "Mistake"})
    end = link_to(browser.get(tab), "/end")
    assert "begins on" in browser.submit(end, {"last_day": "1 May 2011", "reason": "Mistake"}, status=200).words
    browser.submit(end, {"last_day": "29 April 2016", "reason": "Mistake"})
    assert "Observer" in browser.get(record).words


def test_a_membership_of_old_is_put_right_into_a_class_no_longer_offered(browser: Browser, ics: int):
    with browser.app.app_context():
        do(add_class, ClassFacts("Founder", votes=True, is_billed=False, is_offered=False))
    sign_in(browser, Role.SECRETARIAT)
    tab = f"/members/{ics}/memberships"
    offered = [
        browser.get(link_to(browser.get(tab), way)).tree.xpath("//option/text()") for way in ("/class", "/right-class")
    ]
    assert ["Founder" in each for each in offered] == [False, True]


def test_a_class_of_which_nobody_may_know_more_is_not_found(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    browser.get("/settings/classes/999999999", 404)
    browser.get("/members/steps/999999999/correct", 404)
    browser.get("/members/memberships/999999999/renew", 404)


def test_the_tab_of_memberships_offers_each_verb_that_its_state_allows(browser: Browser, ics: int):
    sign_in(browser, Role.SECRETARIAT)
    tab = f"/members/{ics}/memberships"
    browser.submit(link_to(browser.get(tab), "/suspend"), {"first_day": "2016-05-01", "reason": "Unpaid"})
    page = browser.get(tab)
    assert link_to(page, "/reinstate")
    with pytest.raises(StopIteration):
        link_to(page, "/suspend")
    sign_in(browser, Role.AUDITOR)
    with pytest.raises(StopIteration):
        link_to(browser.get(tab), "/reinstate")


def test_a_lapse_of_a_day_to_come_is_marked_so(browser: Browser, ics: int):
    with browser.app.app_context():
        (held,) = list_memberships_of(ics, on=date(2016, 6, 15), actor=OFFICE)
        do(withdraw_member, held.membership_id, last_day=date(2016, 6, 30), reason="Letter")
    sign_in(browser, Role.SECRETARIAT)
    rows = browser.get(f"/members/{ics}/memberships").rows()
    assert [("still to come" in " ".join(row)) for row in rows[:2]] == [True, False]
    later = browser.get(f"/members/{ics}/memberships?on=2016-07-01").words
    assert "still to come" not in later
