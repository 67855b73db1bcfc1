"""The pages of tiers, and the fee that goes by them, as each person sees them."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.actor import program
from app.core.permissions import Role
from app.web.requests import House
from tests.billing.world import World, inside
from tests.client import Browser
from tests.signin import sign_in


@pytest.fixture
def world(app: House) -> World:
    """Three funders and a partner."""
    with inside(app):
        return World.found(program("test"), date(2011, 1, 1))


def test_a_fee_by_tiers_is_adopted_and_what_is_missing_leads_to_where_it_is_entered(finance: Browser, world: World):
    typed = {
        "name": "Partner fee", "class_id": str(partner(finance, world)), "first_day": "1 January 2016",
        "scale": "income", "high": "10,000.00", "upper_middle": "5000", "lower_middle": "2000", "low": "0",
        "tax_reason": "no supply",
    }  # fmt: skip
    page = finance.follow(finance.submit("/fees/new", typed))
    assert "by income group, at most" in page.words
    preview = finance.get("/fees/runs/new?year=2016")
    missing = "No tier on record: the fee goes by income group of its country"
    assert preview.tree.xpath(f"//a[text()='{missing}']/@href") == ["/fees/tiers"]
    assert "Without a group on this day" in finance.get("/fees/tiers").words
    group = {"country": "FR", "tier": "high", "reason": "World Bank, fiscal year 2016"}
    page = finance.follow(finance.submit("/fees/tiers/countries/new", group))
    assert "high income" in page.rows()[0][1]
    assert "full year; high income: France" in finance.get("/fees/runs/new?year=2016").words


def partner(browser: Browser, world: World) -> int:
    with inside(browser.app):
        return world.class_id("partner")


def test_a_fee_for_all_needs_its_amount_and_one_by_tiers_each_of_them(finance: Browser, world: World):
    typed = {"name": "Partner fee", "class_id": str(partner(finance, world)), "tax_reason": "no supply"}
    assert "Please fill this in." in finance.submit("/fees/new", typed, status=200).words
    page = finance.submit("/fees/new", {**typed, "scale": "size", "large": "5", "small": "3"}, status=200)
    assert "Give each tier its amount" in page.words


def test_a_member_is_put_into_a_tier_of_its_own(finance: Browser, world: World):
    path = f"/fees/tiers/members/new?member={world.members['ICS']}"
    page = finance.follow(finance.submit(path, {"tier": "small", "reason": "Figures of 2015"}))
    assert "Institut Clinique de la Souris" in page.words
    assert "small" in page.words


def test_an_auditor_reads_tiers_and_enters_none(app: House, browser: Browser, world: World):
    with inside(app):
        world.tier("ICS", "small")
        world.group("FR", "high")
    sign_in(browser, Role.AUDITOR)
    page = browser.get("/fees/tiers")
    assert not page.has_action("/fees/tiers/members/new")
    for path in ("/fees/tiers/members/new", "/fees/tiers/countries/new"):
        browser.get(path, status=403)


def test_a_new_fee_is_offered_for_classes_that_pay_one_and_takes_over_why_the_last_bears_no_tax(
    finance: Browser, world: World
):
    with inside(finance.app):
        world.free("partner")
    page = finance.get("/fees/new")
    classes = page.tree.xpath("//select[@name='class_id']/option/text()")
    assert "Funder" in classes
    assert "Partner" not in classes
    known = {name: page.form_values()[name] for name in ("tax_category", "tax_reason", "income_account")}
    assert known == {
        "tax_category": "O",
        "tax_reason": "a membership contribution without a supply in return",
        "income_account": "4000",
    }
