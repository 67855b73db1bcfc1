"""The register put right after billing, and back again: what stands billed always ends at what is owed."""

from __future__ import annotations

import random
from datetime import date

import pytest
from sqlalchemy import func, select

from app.billing.commands import (
    CreditValues,
    IssueValues,
    bill_difference,
    credit_invoice,
    discard_draft,
    issue_invoice,
    void_invoice,
)
from app.billing.models import Invoice, InvoiceLine
from app.billing.queries.charges import read_books
from app.billing.queries.differences import excess_of
from app.billing.queries.fee_year import list_members_of_year
from app.billing.queries.mismatches import Mismatch, list_mismatches
from app.billing.rules import InvoiceState, Proration
from app.core.database import db
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import correct_first_day, correct_last_day
from app.reports.queries.concessions import concessions
from app.reports.rules import Asked
from tests.billing.world import JUNE, MAY, YEAR, World, pounds

JANUARY, JULY = date(2016, 1, 1), date(2016, 7, 1)
LATE = "Late partner"


@pytest.fixture
def late(world: World) -> World:
    """One more member, of a class with a fee of its own by the day, billed for the whole year."""
    world.adopt("partner", "5000.00", date(2012, 1, 1), proration=Proration.BY_DAY)
    world.add("Late Fund", "Late")
    world.join("Late", "partner", JANUARY)
    world.issue()
    return world


def begin(world: World, first_day: date) -> None:
    with transaction():
        correct_first_day(world.memberships[LATE], first_day=first_day, reason="Typed", actor=world.office)


def end(world: World, last_day: date | None) -> None:
    with transaction():
        correct_last_day(world.memberships[LATE], last_day=last_day, reason="Typed", actor=world.office)


def mismatches(world: World) -> list[Mismatch]:
    return list_mismatches(YEAR, actor=world.office)


def bill(world: World, row: Mismatch) -> list[Invoice]:
    with transaction():
        drafts = bill_difference(row.lines[0].id, actor=world.office)
    for draft in drafts:
        with transaction():
            issue_invoice(draft.id, IssueValues(MAY, JUNE), actor=world.office)
    return drafts


def credit(world: World, row: Mismatch) -> Invoice:
    excess = excess_of(row)
    assert excess is not None
    with transaction():
        return credit_invoice(excess.invoice_id, CreditValues(excess.parts, row.why, MAY), actor=world.office)


def put_right(world: World) -> int:
    """Do what the desk offers until it offers nothing; in how many steps."""
    steps = 0
    while rows := mismatches(world):
        steps += 1
        assert steps < 10
        if rows[0].difference.minor > 0:
            bill(world, rows[0])
        else:
            credit(world, rows[0])
    return steps


def billed(world: World) -> int:
    """What stands billed for the membership, in minor units: invoices and additions, less credits."""
    lines = select(func.sum(InvoiceLine.net_minor)).join(Invoice, Invoice.id == InvoiceLine.invoice_id)
    of_it = InvoiceLine.membership_id == world.memberships[LATE]
    return int(db.session.scalar(lines.where(of_it, Invoice.state != InvoiceState.VOID)) or 0)


def owed(world: World) -> int:
    """What the register says that the membership owes, in minor units."""
    books = read_books(YEAR, list_members_of_year(YEAR), {})
    return sum(part.amount.minor for part in books.owed.get(world.memberships[LATE], ()))


def test_what_was_credited_is_owed_again_once_the_correction_is_put_back(late: World):
    begin(late, JULY)
    credit(late, *mismatches(late))
    begin(late, JANUARY)
    (row,) = mismatches(late)
    assert row.difference == pounds("2486.34")
    assert row.why == "Billed as Partner 1 Jul 2016 to 31 Dec 2016; on record now: Partner 1 Jan 2016 to 31 Dec 2016"
    (draft,) = bill(late, row)
    (line,) = db.session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == draft.id))
    assert (line.first_day, line.last_day) == (JANUARY, date(2016, 6, 30))
    assert mismatches(late) == []
    assert billed(late) == owed(late) == pounds("5000.00").minor


def test_what_was_added_is_too_much_once_the_correction_is_put_back_and_owed_again_after_that(world: World):
    world.adopt("partner", "5000.00", date(2012, 1, 1), proration=Proration.BY_DAY)
    world.add("Late Fund", "Late")
    world.join("Late", "partner", JULY)
    world.issue()
    for first_day, more in ((date(2016, 6, 1), 1), (JULY, -1), (date(2016, 6, 1), 1), (JULY, -1)):
        begin(world, first_day)
        (row,) = mismatches(world)
        assert row.difference.minor * more == 40984
        assert put_right(world) == 1
        assert billed(world) == owed(world)


def test_corrected_there_and_back_and_there_again_is_credited_billed_and_credited_again(late: World):
    for first_day in (JULY, JANUARY, JULY, JANUARY):
        begin(late, first_day)
        assert put_right(late) == 1
        assert billed(late) == owed(late)


def test_a_credit_for_another_reason_is_not_billed_again(late: World):
    late.credit(late.invoice_of("Late"), "100.00")
    assert mismatches(late) == []


def test_a_new_price_is_no_mismatch_after_a_correction_there_and_back_either(late: World):
    for first_day in (JULY, JANUARY):
        begin(late, first_day)
        put_right(late)
    late.adopt("partner", "9000.00", date(2016, 10, 1), proration=Proration.BY_DAY)
    assert mismatches(late) == []


def test_what_one_of_two_payers_was_credited_is_owed_again_though_the_other_was_not(world: World):
    world.add("Late Fund", "Late")
    world.join("Late", "partner", JANUARY)
    world.adopt("partner", "5000.00", date(2012, 1, 1), proration=Proration.BY_DAY)
    world.let_pay("Late", ("MRC", 2), ("Wellcome", 1))
    world.issue()
    begin(world, JULY)
    credit(world, *mismatches(world))
    begin(world, JANUARY)
    assert put_right(world) == 1
    assert billed(world) == owed(world) == pounds("5000.00").minor


def test_an_addition_taken_away_as_a_draft_or_made_void_is_owed_again(late: World):
    begin(late, JULY)
    put_right(late)
    begin(late, JANUARY)
    with transaction():
        (draft,) = bill_difference(mismatches(late)[0].lines[0].id, actor=late.office)
    with transaction():
        discard_draft(draft.id, actor=late.office)
    (added,) = bill(late, *mismatches(late))
    with transaction():
        void_invoice(added.id, day=MAY, reason="Wrong order", actor=late.office)
    assert put_right(late) == 1
    assert billed(late) == owed(late)


@pytest.mark.parametrize("seed", range(8))
def test_after_any_corrections_there_and_back_what_stands_billed_is_what_is_owed(world: World, seed: int):
    """Two prices in the year, two payers in every other walk, and corrections of either end, each put right or not."""
    chance = random.Random(seed)  # noqa: S311 - the same corrections in every run
    world.adopt("partner", "5000.00", date(2012, 1, 1), proration=Proration.BY_DAY)
    world.adopt("partner", "9000.00", date(2016, 6, 1), proration=Proration.BY_DAY)
    world.add("Late Fund", "Late")
    world.join("Late", "partner", JANUARY)
    if seed % 2:
        world.let_pay("Late", ("MRC", 2), ("Wellcome", 1))
    world.issue()
    for _ in range(10):
        if chance.random() < 0.5:
            begin(world, chance.choice([JANUARY, date(2016, 3, 1), date(2016, 5, 1)]))
        else:
            end(world, chance.choice([None, date(2016, 5, 31), date(2016, 8, 31)]))
        if chance.random() < 0.8:
            put_right(world)
            assert billed(world) == owed(world)
    assert [line for each in run_checks() for line in each.problems] == []


def test_what_a_discount_took_off_and_what_stands_billed_add_to_the_fee_after_each_correction(world: World):
    world.adopt("partner", "5000.00", date(2012, 1, 1), proration=Proration.BY_DAY)
    world.add("Late Fund", "Late")
    world.join("Late", "partner", JANUARY)
    world.concede("Late", "discount", basis_points=2_000)
    world.issue()
    for first_day, days in ((JANUARY, 366), (JULY, 184), (date(2016, 3, 1), 306), (JANUARY, 366)):
        begin(world, first_day)
        put_right(world)
        (row,) = concessions(Asked(on=MAY, known=None, year=2016), world.office).rows
        assert row.taken is not None
        assert row.taken.minor + billed(world) == pounds("5000.00").part(days, 366).minor
