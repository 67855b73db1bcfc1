"""Members whose membership was put right after it was billed are shown with the difference."""

from __future__ import annotations

from datetime import date

from app.billing.queries.mismatches import list_mismatches
from app.core.money import Money
from app.core.periods import Period
from app.core.transaction import transaction
from app.members.commands import change_class, correct_class, correct_first_day, retract_membership
from tests.billing.world import YEAR, World, pounds

NEXT_YEAR = Period(date(2017, 1, 1), date(2017, 12, 31))
MID_YEAR = date(2016, 7, 1)
WHY = "Typed wrongly"


def begin(world: World, membership: str, first_day: date) -> None:
    with transaction():
        correct_first_day(world.memberships[membership], first_day=first_day, reason=WHY, actor=world.office)


def test_nothing_is_shown_before_anything_is_billed(world: World):
    assert list_mismatches(YEAR, actor=world.office) == []


def test_nothing_is_shown_while_the_register_is_as_it_was_billed(world: World):
    world.issue()
    assert list_mismatches(YEAR, actor=world.office) == []


def test_a_join_date_corrected_to_later_shows_what_is_to_be_credited(world: World):
    world.issue()
    begin(world, "MRC funder", MID_YEAR)
    (row,) = list_mismatches(YEAR, actor=world.office)
    assert (row.short_name, row.billed, row.due) == ("MRC", pounds("50000.00"), pounds("25136.61"))
    assert row.difference == pounds("-24863.39")
    assert row.invoices == world.invoice_of("MRC").number
    assert row.why == "Billed as Funder 1 Jan 2016 to 31 Dec 2016; on record now: Funder 1 Jul 2016 to 31 Dec 2016"


def test_a_join_date_corrected_to_earlier_shows_what_is_to_be_billed(world: World):
    world.add("Late Fund", "Late")
    world.join("Late", "funder", MID_YEAR)
    world.issue()
    begin(world, "Late funder", date(2016, 1, 1))
    (row,) = list_mismatches(YEAR, actor=world.office)
    assert (row.short_name, row.difference) == ("Late", pounds("24863.39"))


def test_a_join_date_corrected_to_the_next_year_shows_the_whole_fee(world: World):
    world.issue()
    begin(world, "MRC funder", date(2017, 1, 1))
    (row,) = list_mismatches(YEAR, actor=world.office)
    assert row.difference == pounds("-50000.00")
    assert row.why.endswith("on record now: no day of the year")


def test_a_membership_taken_back_shows_the_whole_fee(world: World):
    world.issue()
    with transaction():
        retract_membership(world.memberships["MRC funder"], reason=WHY, actor=world.office)
    (row,) = list_mismatches(YEAR, actor=world.office)
    assert (row.short_name, row.difference) == ("MRC", pounds("-50000.00"))
    assert row.why.endswith("on record now: no day of the year")


def test_a_corrected_class_shows_its_whole_fee_and_the_class_on_record_now(world: World):
    world.issue()
    with transaction():
        correct_class(world.memberships["MRC funder"], world.class_id("partner"), reason=WHY, actor=world.office)
    (row,) = list_mismatches(YEAR, actor=world.office)
    assert (row.short_name, row.class_name, row.difference) == ("MRC", "Funder", pounds("-50000.00"))
    assert row.why.endswith("on record now: Partner 1 Jan 2016 to 31 Dec 2016")


def test_a_change_of_class_in_mid_year_credits_the_rest_of_the_first_class(world: World):
    world.issue()
    with transaction():
        change_class(
            world.memberships["MRC funder"],
            world.class_id("partner"),
            first_day=MID_YEAR,
            reason="Decided",
            actor=world.office,
        )
    (row,) = list_mismatches(YEAR, actor=world.office)
    assert (row.class_name, row.difference) == ("Funder", pounds("-25136.61"))
    assert row.why.endswith("Funder 1 Jan 2016 to 30 Jun 2016, Partner 1 Jul 2016 to 31 Dec 2016")


def test_a_new_price_is_no_mismatch(world: World):
    world.issue()
    world.adopt("funder", "60000.00", MID_YEAR)
    assert list_mismatches(YEAR, actor=world.office) == []


def test_another_year_is_not_concerned(world: World):
    world.issue()
    begin(world, "MRC funder", MID_YEAR)
    world.issue(NEXT_YEAR)
    assert list_mismatches(NEXT_YEAR, actor=world.office) == []


def test_a_new_price_in_another_currency_is_no_mismatch(world: World):
    world.issue()
    world.adopt("funder", Money.of("60000.00", "EUR"), MID_YEAR)
    assert list_mismatches(YEAR, actor=world.office) == []
    begin(world, "MRC funder", date(2016, 3, 1))
    assert list_mismatches(YEAR, actor=world.office) == []
