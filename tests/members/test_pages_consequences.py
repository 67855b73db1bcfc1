"""What follows from a step of a membership, or from putting one right, is said before it is done."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.permissions import Role
from app.members.commands import add_class, end_representation, suspend_member
from app.members.models import MembershipStep
from app.members.queries import list_classes
from app.members.rules import ClassFacts, MembershipState, TermRule
from tests.client import Browser
from tests.conftest import TODAY
from tests.members.world import do, institution, member, on, person, voice
from tests.signin import sign_in


@pytest.fixture
def paths(browser: Browser) -> dict[str, str]:
    """The pages of a member of a class that gives ten days of grace, and the one of an observer."""
    with browser.app.app_context():
        do(add_class, ClassFacts("Patron", votes=True, is_billed=True, seats=2, term=TermRule(), grace_days=10))
        code = next(row.code for row in list_classes() if row.name == "Patron")
        patron, observer = member(institution(), code).id, member(institution("B", "B"), "observer").id
    sign_in(browser, Role.SECRETARIAT)
    return {"patron": f"/members/memberships/{patron}", "observer": f"/members/memberships/{observer}"}


def test_a_suspension_says_that_member_seats_and_fee_stay(browser: Browser, paths: dict[str, str]):
    words = browser.get(f"{paths['patron']}/suspend").words
    for said in ("It stays a member.", "Seats and representatives stay.", "Fee runs count suspended days"):
        assert said in words
    assert "No fee hangs on it." in browser.get(f"{paths['observer']}/suspend").words


def test_a_withdrawal_says_with_which_days_votes_seats_and_fee_end(browser: Browser, paths: dict[str, str]):
    assert "With their votes and rights, 10 days of grace after it;" in browser.get(f"{paths['patron']}/withdraw").words
    words = browser.get(f"{paths['observer']}/withdraw").words
    assert "without days of grace" in words
    assert "No fee hangs on it." in words


def test_a_change_of_class_says_what_the_present_and_each_other_class_brings(browser: Browser, paths: dict[str, str]):
    words = browser.get(f"{paths['patron']}/class").words
    assert "Patron, until the day before: votes, pays a fee, 2 seats, without an end." in words
    assert "Observer, from the day on: does not vote" in words
    assert "Patron, from the day on" not in words


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("reinstate", ["It was a member while suspended", "The suspension had ended none.", "Its fee stays."]),
        ("renew", ["follows without a gap", "They would end with the days of grace.", "Its fee goes on."]),
        ("keep", ["come back", "stays ended.", "Its fee goes on."]),
        ("correct", ["stays known.", "what is to be billed further or credited."]),
        ("end", ["stays known.", "what is to be billed further or credited.", "end after it."]),
        (
            "right-class",
            ["Patron, as on record: votes", "Observer, from its first day on: does not vote", "stays known."],
        ),
    ],
)
def test_each_further_step_says_what_follows(browser: Browser, paths: dict[str, str], page: str, said: list[str]):
    words = browser.get(f"{paths['patron']}/{page}").words
    assert [each for each in said if each not in words] == []
    observed = browser.get(f"{paths['observer']}/{page}").words
    # Put right into a class that pays, it is billed all along.
    assert ("Its fee follows." if page == "right-class" else "No fee hangs on it.") in observed


def test_a_membership_is_taken_back_from_where_its_first_day_is_corrected(browser: Browser, paths: dict[str, str]):
    page = browser.get(f"{paths['patron']}/correct")
    back = page.tree.xpath("//a[normalize-space()='It was entered by mistake']/@href")[0]
    words = browser.get(back).words
    for said in ("Who leaves is withdrawn", "stays known.", "Take those back too", "Its fee follows."):
        assert said in words
    assert browser.submit(back, {}, status=200).tree.xpath("//p[@id='reason-error']")
    assert "The membership is taken back." in browser.follow(browser.submit(back, {"reason": "Entered twice"})).words
    browser.get(back, 404)


def test_a_step_put_right_says_that_seats_and_fee_stay(browser: Browser, paths: dict[str, str]):
    with browser.app.app_context():
        membership_id = int(paths["patron"].rpartition("/")[2])
        do(suspend_member, membership_id, first_day=TODAY, reason="Fee is due")
        asked = select(MembershipStep.id).where(MembershipStep.state == MembershipState.SUSPENDED)
        step_id = db.session.scalars(asked).one()
        db.session.remove()
    for verb in ("correct", "retract"):
        words = browser.get(f"/members/steps/{step_id}/{verb}").words
        assert "Seats, representatives and fee stay." in words
        assert ("It was active all along. What ended the suspension" in words) == (verb == "retract")


def test_a_representative_named_by_mistake_is_taken_back_from_where_it_is_ended(browser: Browser):
    with browser.app.app_context():
        of = institution("Aviary", "AV")
        end = f"/members/representatives/{voice(person(of), of).id}/end"
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    link = browser.get(end).tree.xpath("//a[normalize-space()='It was entered by mistake']/@href")[0]
    assert browser.submit(link, {}, status=200).tree.xpath("//p[@id='reason-error']")
    page = browser.follow(browser.submit(link, {"reason": "Another one"}))
    assert "This is taken back, and the rights with it." in page.words
    assert "Voting representative none recorded" in page.words
    browser.get(end, 404)


def test_a_representative_whose_days_are_over_is_taken_back_from_their_line(browser: Browser):
    with browser.app.app_context():
        of = institution("Aviary", "AV")
        ended = voice(person(of), of)
        with on(date(2016, 3, 1)):
            do(end_representation, ended.id, last_day=date(2016, 2, 28))
        path = f"/members/{of.id}/people"
        back = f"/members/representatives/{ended.id}/retract"
        db.session.remove()
    sign_in(browser, Role.SECRETARIAT)
    assert browser.get(path).tree.xpath(f"//a[@href='{back}']/text()") == ["Take back"]
    assert back not in browser.get(f"{path}?on=2016-01-01").text
