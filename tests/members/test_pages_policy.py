"""How the register is open to the public: adopted from a day on, by the secretariat alone."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.actor import Actor
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.permissions import Role
from app.members.commands import adopt_policy
from app.members.queries import policy_on
from app.members.rules import Policy
from tests.client import Browser
from tests.members.world import do
from tests.signin import sign_in


@pytest.mark.usefixtures("context")
def test_without_a_policy_both_doors_are_shut():
    assert policy_on(date(2016, 5, 24)) == Policy(accepts_applications=False, has_public_directory=False)


@pytest.mark.usefixtures("context")
def test_a_policy_holds_from_its_day_on_and_never_from_the_past():
    do(adopt_policy, date(2016, 6, 1), Policy(accepts_applications=True))
    do(adopt_policy, date(2016, 6, 1), Policy(accepts_applications=True, keeps_people_months=6))
    assert not policy_on(date(2016, 5, 31)).accepts_applications
    assert policy_on(date(2016, 7, 1)) == Policy(accepts_applications=True, keeps_people_months=6)
    with pytest.raises(DomainError, match="What was in force stays as it was"):
        do(adopt_policy, date(2016, 5, 23), Policy())
    with pytest.raises(DomainError, match="Between 1 and 1200 months"):
        do(adopt_policy, date(2016, 6, 1), Policy(keeps_people_months=0))


@pytest.mark.usefixtures("context")
def test_of_two_who_adopt_a_policy_the_one_who_looked_at_an_older_one_is_refused():
    do(adopt_policy, date(2016, 6, 1), Policy(has_public_directory=True), version=0)
    with pytest.raises(StaleError):
        do(adopt_policy, date(2016, 7, 1), Policy(), version=0)
    assert policy_on(date(2016, 7, 1)).has_public_directory
    do(adopt_policy, date(2016, 7, 1), Policy(), version=1)
    assert not policy_on(date(2016, 7, 1)).has_public_directory


@pytest.mark.usefixtures("context")
def test_only_who_keeps_the_settings_adopts_a_policy():
    with pytest.raises(AccessDeniedError):
        do(adopt_policy, date(2016, 6, 1), Policy(), actor=Actor("Nobody", user_id=7))


def test_the_secretariat_adopts_a_policy_on_its_page(browser: Browser):
    sign_in(browser, Role.SECRETARIAT)
    assert "None adopted yet: both doors are shut." in browser.get("/settings/register").words
    assert "Register" in browser.get("/settings").words
    typed = {"first_day": "24 May 2016", "accepts_applications": "y", "keeps_applications_months": "12"}
    wrong = browser.submit("/settings/register/new", {**typed, "keeps_people_months": "0"}, status=200)
    assert "Between 1 and 1200." in wrong.words
    after = browser.follow(browser.submit("/settings/register/new", {**typed, "keeps_people_months": "24"}))
    assert "The policy is adopted." in after.words
    assert after.rows()[0][2:4] == ["no public directory", "24"]


def test_the_auditor_reads_the_policy_and_changes_nothing(browser: Browser):
    sign_in(browser, Role.AUDITOR)
    assert "Adopt a new policy" not in browser.get("/settings/register").words
    browser.get("/settings/register/new", 403)
