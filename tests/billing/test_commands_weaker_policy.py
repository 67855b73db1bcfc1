"""Who alone could let fewer acts need a second person would need none: a weaker policy waits for one itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.accounts.commands import RoleFor
from app.billing.commands import adopt_billing, approve, ask_billing, decline
from app.billing.models import Approval, BillingPolicy
from app.billing.queries.approvals import policy_waits
from app.billing.queries.fee_years import billing_terms_on
from app.billing.rules import Act, ApprovalState, BillingTerms
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.bank_world import problems
from tests.billing.test_commands_billing_policy import finance
from tests.billing.world import MAY, World, inside
from tests.client import Browser, Page
from tests.members.world import do, on
from tests.signin import sign_in

STRONG = {Act.CREDIT.value: 100_000, Act.REFUND.value: 0}
WEAKER = BillingTerms(second_above={Act.CREDIT.value: 500_000})


@pytest.fixture
def ottilie(world: World) -> Actor:
    """Who keeps the settings; credits above 1,000.00 and all refunds need a second person."""
    world.bill_by(second_above=STRONG)
    return finance("Ottilie Marchbank", Role.SECRETARIAT)


@pytest.fixture
def ines(ottilie: Actor) -> Actor:
    """Who is the second person."""
    assert ottilie.name
    return finance("Ines Quillfeather")


def test_nobody_alone_weakens_the_policy(ottilie: Actor):
    with pytest.raises(DomainError, match="A weaker policy of billing needs a second person"):
        do(adopt_billing, MAY, WEAKER, actor=ottilie)
    assert billing_terms_on(MAY).second_above == STRONG


def test_a_stronger_policy_needs_nobody_and_is_asked_of_nobody(ottilie: Actor):
    stronger = BillingTerms(second_above={**STRONG, Act.CREDIT.value: 99_999, Act.ISSUE.value: 0})
    with pytest.raises(DomainError, match="needs no second person"):
        do(ask_billing, MAY, stronger, actor=ottilie)
    do(adopt_billing, MAY, stronger, actor=ottilie)


def test_a_first_policy_needs_nobody(world: World):
    assert world.members
    assert not policy_waits(MAY, WEAKER)
    assert not policy_waits(MAY, BillingTerms())


def test_a_weaker_policy_holds_by_the_yes_of_the_second_as_it_was_typed(ottilie: Actor, ines: Actor):
    asked = do(ask_billing, MAY, WEAKER, version=1, actor=ottilie)
    assert asked.words == (
        "Policy of billing from 24 May 2016: Credit or voiding of an invoice by two, above £5,000.00 instead of"
        " by two, above £1,000.00; Refund by one person instead of always by two"
    )
    with pytest.raises(DomainError, match="Nobody approves"):
        do(approve, asked.id, actor=ottilie)
    assert billing_terms_on(MAY).second_above == STRONG
    do(approve, asked.id, actor=ines)
    assert billing_terms_on(MAY) == WEAKER
    made = db.session.get_one(BillingPolicy, 2)
    assert (made.adopted_by, made.first_day) == ("Ines Quillfeather", MAY)
    done = db.session.get_one(Approval, asked.id)
    assert (done.state, done.done_id, done.values) == (ApprovalState.DONE, 2, None)
    assert problems() == []


def test_a_yes_after_the_first_day_lets_it_hold_from_the_day_of_the_yes(ottilie: Actor, ines: Actor):
    asked = do(ask_billing, MAY, WEAKER, actor=ottilie)
    with on(MAY + timedelta(days=3)):
        do(approve, asked.id, actor=ines)
    assert billing_terms_on(MAY + timedelta(days=2)).second_above == STRONG
    assert billing_terms_on(MAY + timedelta(days=3)) == WEAKER


def test_a_yes_replaces_no_policy_that_came_into_force_meanwhile(world: World, ottilie: Actor, ines: Actor):
    stronger = {**STRONG, Act.ISSUE.value: 0}
    world.bill_by(MAY + timedelta(days=2), second_above=stronger)
    asked = do(ask_billing, MAY, WEAKER, actor=ottilie)
    with on(MAY + timedelta(days=3)), pytest.raises(DomainError, match="let it be asked anew"):
        do(approve, asked.id, actor=ines)
    assert billing_terms_on(MAY + timedelta(days=3)).second_above == stronger


def test_a_no_leaves_the_policy_as_it_is(ottilie: Actor, ines: Actor):
    asked = do(ask_billing, MAY, WEAKER, actor=ottilie)
    do(decline, asked.id, reason="Two are better", actor=ines)
    assert billing_terms_on(MAY).second_above == STRONG
    assert db.session.get_one(Approval, asked.id).values is None


def test_weakening_a_policy_that_is_still_to_come_needs_a_second_person_too(world: World):
    world.bill_by()
    july = date(2016, 7, 1)
    world.bill_by(july, second_above=STRONG)
    assert not policy_waits(date(2016, 6, 30), WEAKER)
    assert policy_waits(july, WEAKER)
    assert policy_waits(date(2030, 1, 1), WEAKER)


def test_another_policy_in_between_ends_the_question(ottilie: Actor, ines: Actor):
    asked = do(ask_billing, MAY, WEAKER, actor=ottilie)
    do(adopt_billing, MAY, BillingTerms(second_above={**STRONG, Act.ISSUE.value: 0}), actor=ottilie)
    assert db.session.get_one(Approval, asked.id).state is ApprovalState.REPLACED
    with pytest.raises(DomainError, match="decided already"):
        do(approve, asked.id, actor=ines)


def test_asking_again_takes_the_place_of_what_was_asked(ottilie: Actor, ines: Actor):
    first = do(ask_billing, MAY, WEAKER, actor=ottilie)
    second = do(ask_billing, MAY, BillingTerms(second_above={Act.REFUND.value: 0}), actor=ottilie)
    old = db.session.get_one(Approval, first.id)
    assert (old.state, old.values) == (ApprovalState.REPLACED, None)
    do(approve, second.id, actor=ines)
    assert billing_terms_on(MAY).second_above == {Act.REFUND.value: 0}


def test_who_may_not_change_settings_asks_for_no_weaker_policy(ines: Actor):
    with pytest.raises(AccessDeniedError):
        do(ask_billing, MAY, WEAKER, actor=ines)


def question_of(page: Page) -> str:
    """The address of the question that a page leads to."""
    (link,) = page.tree.xpath("//main//a[contains(@href,'/fees/approvals/')]/@href")
    return str(link)


def test_on_the_pages_one_asks_and_another_looks_and_approves(app: House, browser: Browser):
    with inside(app):
        World.found(Actor("test"), date(2011, 1, 1)).bill_by(second_above=STRONG)
    sign_in(browser, Role.SECRETARIAT, name="Ottilie Marchbank")
    typed = {"credit_by_two": "y", "credit_above": "5,000.00", "refund_by_two": ""}
    page = browser.follow(browser.submit("/settings/billing/new", typed))
    assert "A second person is asked" in page.words
    assert "always by two" in page.words
    address = question_of(page)
    own = browser.get(address)
    assert "It waits for a second person." in own.words
    assert not own.has_action(f"{address}/approve")
    sign_in(browser, Role.FINANCE, name="Ines Quillfeather")
    assert question_of(browser.get("/")) == address
    page = browser.get(address)
    rows = {row[0]: row[1:] for row in page.rows()}
    assert set(rows) == {"In force from", "Credit or voiding of an invoice", "Refund"}
    assert rows["Refund"][0].startswith("always by two")
    assert rows["Refund"][1].endswith("by one person")
    done = browser.follow(browser.press(address, f"{address}/approve"))
    assert "Approved by Ines Quillfeather on 24 May 2016, and done." in done.words
    assert "Done" in browser.get("/fees/approvals").rows()[0][1]
    sign_in(browser, Role.SECRETARIAT)
    assert "by two, above £5,000.00" in browser.get("/settings/billing").words


def test_an_auditor_sees_what_is_asked_and_a_representative_does_not(app: House, browser: Browser):
    with inside(app):
        world = World.found(Actor("test"), date(2011, 1, 1))
        world.bill_by(second_above=STRONG)
        with transaction():
            asked = ask_billing(MAY, WEAKER, actor=world.office).id
        representative = RoleFor(Role.REPRESENTATIVE, world.members["MRC"])
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/fees/approvals/{asked}")
    assert "by one person" in page.words
    assert not page.has_action(f"/fees/approvals/{asked}/approve")
    browser.get("/fees/approvals/999999999", status=404)
    sign_in(browser, representative)
    browser.get(f"/fees/approvals/{asked}", status=403)
