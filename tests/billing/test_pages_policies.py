"""The settings of reminders and of good standing: adopted from a day on, by the secretariat alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.billing.commands import adopt_reminders, adopt_standing, adopt_usual_reminders
from app.billing.queries.policies import reminders_on, standing_terms_on
from app.billing.rules import USUAL_LEVELS, LevelTerms, ReminderTerms, StandingTerms
from app.core.actor import Actor, program
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.billing.world import MAY, World, inside
from tests.client import Browser
from tests.signin import sign_in

JULY = date(2016, 7, 1)
LEVEL = LevelTerms(7, "Please pay {invoices}", "Dear {person}, {total} is open.")


def do(verb, *given, actor, **named):
    with transaction():
        return verb(*given, actor=actor, **named)


@pytest.mark.usefixtures("context")
def test_nobody_is_reminded_before_levels_are_adopted(office: Actor):
    assert reminders_on(MAY) is None
    do(adopt_usual_reminders, actor=office)
    found = reminders_on(MAY)
    assert found is not None
    assert (found.terms.levels, found.days) == (USUAL_LEVELS, [7, 21, 42])
    assert (found.terms.interest_basis_points, found.terms.sends_daily) == (0, False)


@pytest.mark.usefixtures("context")
def test_levels_hold_from_their_day_on_and_never_from_the_past(office: Actor):
    do(adopt_usual_reminders, actor=office)
    do(adopt_reminders, JULY, ReminderTerms((LEVEL,), "GBP", interest_basis_points=800), actor=office)
    before, after = reminders_on(date(2016, 6, 30)), reminders_on(JULY)
    assert before
    assert after
    assert (before.days, after.days, after.terms.interest_basis_points) == ([7, 21, 42], [7], 800)
    with pytest.raises(DomainError, match="What was in force stays as it was"):
        do(adopt_reminders, date(2016, 5, 23), ReminderTerms((LEVEL,), "GBP"), actor=office)
    with pytest.raises(StaleError):
        do(adopt_usual_reminders, actor=office)


@pytest.mark.usefixtures("context")
def test_a_text_names_only_what_is_filled_in_and_levels_follow_one_another(office: Actor):
    wrong = ReminderTerms((LevelTerms(7, "For {iban}", "{total}"), LevelTerms(7, "Again", "{days}")), "GBP")
    with pytest.raises(DomainError) as refused:
        do(adopt_reminders, MAY, wrong, actor=office)
    assert "Nobody fills in {iban}" in str(refused.value.message)
    with pytest.raises(DomainError, match="later than the one before it"):
        do(adopt_reminders, MAY, ReminderTerms((LEVEL, LEVEL), "GBP"), actor=office)


@pytest.mark.usefixtures("context")
def test_only_who_keeps_the_settings_adopts_either():
    nobody = Actor("Nobody", user_id=7)
    with pytest.raises(AccessDeniedError):
        do(adopt_usual_reminders, actor=nobody)
    with pytest.raises(AccessDeniedError):
        do(adopt_standing, MAY, StandingTerms(), actor=nobody)


@pytest.mark.usefixtures("context")
def test_nothing_is_suspended_before_the_member_is_warned(office: Actor):
    with pytest.raises(DomainError, match="before the member is warned"):
        do(adopt_standing, MAY, StandingTerms(warns_after=30, votes_after=10), actor=office)
    do(adopt_standing, JULY, StandingTerms(warns_after=30, votes_after=60), actor=office)
    assert standing_terms_on(MAY) == StandingTerms()
    assert standing_terms_on(JULY).votes_after == 60


def test_the_secretariat_adopts_levels_and_reads_them_as_a_payer_would(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    assert "Nobody is reminded yet" in browser.get("/settings/reminders").words
    page = browser.follow(browser.press("/settings/reminders", "/settings/reminders/usual"))
    assert "Reminder: Invoice INV-2027-0041 of" in page.words
    assert "Dear Dr Ada Example" in page.words
    typed = {"first_day": "1 July 2016", "interest_rate": "8", "fee_2": "25.00", "sends_daily": "y"}
    browser.follow(browser.submit("/settings/reminders/new", typed))
    on_the_day = browser.get("/settings/reminders?on=2016-07-01").words
    assert "8 %" in on_the_day
    assert "21 days after the due day, fee £25.00" in on_the_day


def test_levels_in_another_currency_are_shown_and_kept_in_it(app: House, browser: Browser):
    with inside(app):
        world = World.found(program("test"), date(2011, 1, 1))
        world.rate("EUR", "0.77", date(2016, 1, 1))
        do(adopt_reminders, MAY, ReminderTerms((replace(LEVEL, fee_minor=2500),), "EUR"), actor=world.office)
    sign_in(browser, Role.SECRETARIAT)
    assert "In EUR. Leave empty to charge none." in browser.get("/settings/reminders/new").words
    browser.follow(browser.submit("/settings/reminders/new", {"first_day": "1 July 2016", "fee_1": "30.00"}))
    with inside(app):
        found = reminders_on(JULY)
        assert found is not None
        assert (found.terms.currency, found.terms.levels[0].fee_minor) == ("EUR", 3000)


def test_the_secretariat_adopts_a_policy_of_good_standing(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    assert "nothing is suspended" in browser.get("/settings/standing").words
    typed = {"first_day": "24 May 2016", "warns_after": "30", "votes_after": "60", "forgiven": "20.00"}
    page = browser.follow(browser.submit("/settings/standing/new", typed))
    assert "Overdue by more than 60 days its votes are suspended" in page.words
    assert "up to £20.00" in page.words


@pytest.mark.parametrize("path", ["/settings/reminders", "/settings/standing"])
def test_an_auditor_reads_the_settings_and_changes_none(browser: Browser, path: str):
    sign_in(browser, Role.AUDITOR)
    assert not browser.get(path).has_action(f"{path}/new")
    browser.get(f"{path}/new", status=403)


@pytest.mark.parametrize("path", ["/settings/reminders", "/settings/standing"])
def test_finance_has_no_settings(browser: Browser, path: str):
    sign_in(browser, Role.FINANCE)
    browser.get(path, status=403)
