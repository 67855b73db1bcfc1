"""Fees by tiers: the income group of the country, or the size, as it is on record with its days."""

from __future__ import annotations

from datetime import date

import pytest

from app.billing.commands import TierTerms, group_country
from app.billing.models import FeeSchedule
from app.billing.queries.charges import Charge, preview_run
from app.billing.queries.tiers import countries_without_group, list_country_groups, list_member_tiers
from app.billing.rules import Placing, Proration, Scale, Tier, placings_in
from app.core import clock
from app.core.errors import DomainError
from app.core.periods import Period
from tests.billing.world import MAY, YEAR, World, pounds
from tests.members.world import do, on

JULY = date(2016, 7, 1)
INCOME = {"high": 1_000_000, "upper_middle": 500_000, "lower_middle": 200_000, "low": 0}
SIZE = {"large": 300_000, "medium": 200_000, "small": 100_000}


def by_income(world: World, **more: object) -> FeeSchedule:
    """The fee of partners by the income group of their country."""
    return world.adopt("partner", "10000.00", date(2012, 1, 1), scale=Scale.INCOME, tiers=INCOME, **more)


def of_ics(world: World) -> list[Charge]:
    return [each for each in preview_run(YEAR, actor=world.office).charges if each.member.short_name == "ICS"]


def why_not(world: World) -> str:
    rows = preview_run(YEAR, actor=world.office).not_billed
    return next((row.why for row in rows if row.short_name == "ICS"), "")


def test_a_fee_goes_by_the_income_group_of_the_country_and_the_preview_says_which(world: World):
    by_income(world)
    world.group("FR", "high")
    (charge,) = of_ics(world)
    assert (charge.amount, charge.why) == (pounds(10_000), "full year; high income: France")


def test_a_member_whose_tier_nobody_entered_is_not_billed_and_the_preview_says_what_is_missing(world: World):
    by_income(world)
    assert why_not(world) == "No tier on record: the fee goes by income group of its country"
    row = next(each for each in preview_run(YEAR, actor=world.office).not_billed if each.short_name == "ICS")
    assert row.lacks_tier
    assert "France" in countries_without_group(MAY, world.office)


def test_the_tier_of_a_member_comes_before_the_group_of_its_country(world: World):
    by_income(world)
    world.group("FR", "high")
    world.tier("ICS", "upper_middle")
    (charge,) = of_ics(world)
    assert (charge.amount, charge.why) == (pounds(5_000), "full year; upper middle income")


def test_a_fee_goes_by_the_size_of_the_institution_and_not_by_its_country(world: World):
    world.adopt("partner", "3000.00", date(2012, 1, 1), scale=Scale.SIZE, tiers=SIZE)
    world.group("FR", "high")
    assert "No tier on record" in why_not(world)
    world.tier("ICS", "small")
    assert of_ics(world)[0].amount == pounds(1_000)


def test_a_tier_that_changes_in_mid_year_makes_two_dated_lines(world: World):
    by_income(world)
    world.group("FR", "high")
    world.group("FR", "upper_middle", JULY)
    first, second = of_ics(world)
    assert (first.part.days, first.amount) == (Period(YEAR.first, date(2016, 6, 30)), pounds("4972.68"))
    assert (second.part.days, second.amount) == (Period(JULY, YEAR.last), pounds("2513.66"))


def test_where_a_fee_is_not_cut_down_by_days_the_tier_of_the_first_day_counts(world: World):
    by_income(world, proration=Proration.NONE)
    world.group("FR", "high")
    world.group("FR", "low", JULY)
    assert [charge.amount for charge in of_ics(world)] == [pounds(10_000)]


def test_a_tier_of_nothing_makes_no_invoice_and_is_visible(world: World):
    by_income(world)
    world.group("FR", "low")
    assert why_not(world) == "The fee is zero"


def test_a_group_entered_again_from_the_same_day_takes_the_place_of_a_mistake(world: World):
    world.group("FR", "low")
    before = clock.now()
    with on(date(2016, 5, 25)):
        world.group("FR", "high")
        (now,) = list_country_groups(actor=world.office)
        (then,) = list_country_groups(known=before, actor=world.office)
    assert (now.tier, then.tier) == (Tier.HIGH, Tier.LOW)
    with pytest.raises(DomainError, match="Another follows on 1 January 2016"):
        world.group("FR", "low", date(2015, 1, 1))


def test_a_tier_of_another_scale_stays_beside_it(world: World):
    world.tier("ICS", "small")
    world.tier("ICS", "high", JULY)
    world.tier("ICS", "large", JULY)
    rows = list_member_tiers(actor=world.office)
    assert {(row.tier.value, row.period.last) for row in rows} == {
        ("small", date(2016, 6, 30)), ("high", None), ("large", None),
    }  # fmt: skip


def test_a_country_has_no_size(world: World):
    with pytest.raises(DomainError, match="sizes are those of institutions"):
        do(group_country, "FR", TierTerms(Tier.SMALL, MAY, "Area"), actor=world.office)


def test_each_tier_of_the_scale_has_an_amount_and_none_of_another(world: World):
    with pytest.raises(DomainError, match="Give each tier its amount") as refused:
        world.adopt("partner", "1.00", date(2012, 1, 1), scale=Scale.SIZE, tiers={"large": 1, "medium": 1})
    assert refused.value.field == "small"
    with pytest.raises(DomainError, match="those of the scale"):
        world.adopt("partner", "1.00", date(2012, 1, 1), tiers=SIZE)


def test_own_tiers_leave_the_days_between_them_to_the_country():
    own = [Placing(Period(date(2016, 3, 1), date(2016, 4, 30)), Tier.LOW, "own")]
    country = [Placing(Period(date(2010, 1, 1)), Tier.HIGH, "country")]
    found = placings_in(YEAR, own, country)
    assert [(each.period.first, each.period.last, each.why) for each in found] == [
        (YEAR.first, date(2016, 2, 29), "country"),
        (date(2016, 3, 1), date(2016, 4, 30), "own"),
        (date(2016, 5, 1), YEAR.last, "country"),
    ]
