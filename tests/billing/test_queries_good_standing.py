"""Good standing by policy: which debts count, from which day on, and what follows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from app.billing.commands import adopt_standing, dispute_invoice, settle_dispute
from app.billing.models import Invoice
from app.billing.queries.good_standing import standing_of, standing_words, standings_on, step_words
from app.billing.rules import GOOD, Consequence, Overdue, StandingTerms, standing_by
from app.core import clock
from app.core.database import db
from app.core.money import Money
from app.core.transaction import transaction
from tests.billing.world import MAY, World

DUE = date(2016, 5, 1)
TERMS = StandingTerms(warns_after=10, votes_after=30, seats_after=60, forgiven_minor=2000, currency="GBP")


def owed(minor: int, due_day: date = DUE, currency: str = "GBP", invoice_id: int = 1) -> Overdue:
    return Overdue(7, invoice_id, f"INV-2016-{invoice_id:04d}", due_day, Money(minor, currency))


@pytest.mark.parametrize(
    ("late", "consequence", "next_step"),
    [
        (10, None, Consequence.WARN),
        (11, Consequence.WARN, Consequence.VOTES),
        (30, Consequence.WARN, Consequence.VOTES),
        (31, Consequence.VOTES, Consequence.SEATS),
        (60, Consequence.VOTES, Consequence.SEATS),
        (61, Consequence.SEATS, None),
    ],
)
def test_each_consequence_begins_on_the_day_after_its_days(
    late: int, consequence: Consequence | None, next_step: Consequence | None
):
    on = DUE + timedelta(late)
    found = standing_by(TERMS, [owed(5000)], on)
    assert (found.consequence, found.next_step, found.days_late) == (consequence, next_step, late)
    assert found.since is None or found.since <= on
    assert found.next_day is None or found.next_day > on
    assert found.may_vote is (consequence in (None, Consequence.WARN))


def test_what_is_forgiven_does_not_count_and_the_debt_that_goes_beyond_it_sets_the_day():
    assert standing_by(TERMS, [owed(2000)], date(2017, 1, 1)) == GOOD
    later = date(2016, 6, 1)
    found = standing_by(TERMS, [owed(2000), owed(1, later, invoice_id=2)], later + timedelta(11))
    assert (found.number, found.since) == ("INV-2016-0002", later + timedelta(11))


def test_amounts_of_several_currencies_are_never_added_and_only_the_home_one_is_forgiven():
    rows = [owed(2000), owed(1, date(2016, 6, 1), "EUR", 2)]
    found = standing_by(TERMS, rows, date(2016, 6, 30))
    assert (found.number, found.overdue) == ("INV-2016-0002", (Money(1, "EUR"), Money(2000, "GBP")))


def test_a_disputed_invoice_does_not_count_while_it_is_in_dispute(world: World):
    world.issue(day=date(2016, 4, 1), due=DUE)
    payer, invoice = world.members["MRC"], world.invoice_of("MRC")
    with transaction():
        dispute_invoice(invoice.id, "Billed twice", since=date(2016, 5, 10), actor=world.office)
    assert not standing_of(payer, date(2016, 5, 9)).is_good
    assert standing_of(payer, date(2016, 5, 10)) == GOOD
    with transaction():
        settle_dispute(invoice.id, "It stands", on=date(2016, 5, 20), actor=world.office)
    assert standing_of(payer, date(2016, 5, 19)) == GOOD
    assert not standing_of(payer, MAY).is_good


def test_a_member_whose_fee_another_does_not_pay_is_not_in_good_standing_and_who_is_no_member_has_none(world: World):
    world.issue(day=date(2016, 4, 1), due=DUE)
    world.add("University Hospital Trust", "UHT")
    member, payer = world.members["MRC"], world.members["UHT"]
    change = update(Invoice).where(Invoice.id == world.invoice_of("MRC").id).values(payer_id=payer)
    db.session.execute(change)
    found = standing_of(member)
    assert not found.is_good
    assert standing_words(found).endswith("the member is warned: what another pays for it is overdue for 23 days")
    assert standing_of(payer) == GOOD
    assert set(standings_on(clock.today())) == {member, world.members["NIH"], world.members["Wellcome"]}


def test_the_policy_of_the_day_says_what_follows_and_money_received_later_is_owed_until_then(world: World):
    world.issue(day=date(2016, 4, 1), due=DUE)
    payer = world.members["MRC"]
    with transaction():
        adopt_standing(MAY, StandingTerms(10, 20, 30, currency="GBP"), actor=world.office)
    world.pay("MRC", "50000.00", date(2016, 5, 23))
    assert standing_of(payer, date(2016, 5, 22)).consequence is Consequence.WARN
    assert standing_of(payer, date(2016, 5, 23)) == GOOD
    found = standings_on(clock.today())
    assert set(found) == {world.members["NIH"], world.members["Wellcome"]}
    nih = found[world.members["NIH"]]
    assert (nih.consequence, nih.since, nih.next_day) == (Consequence.VOTES, date(2016, 5, 22), date(2016, 6, 1))
    assert standing_words(nih).replace("\u00a0", " ") == (
        "Since 22 May 2016 its votes are suspended: \u00a350,000.00 is overdue, INV-2016-0002 for 23 days"
    )
    assert step_words(nih, MAY) == "in 8 days its seats are suspended"


def test_who_is_a_member_no_longer_on_a_day_has_no_standing_on_it(world: World):
    last = date(2016, 6, 30)
    world.add("Genome Canada", "GC", "CA")
    world.join("GC", "funder", date(2016, 1, 1), last)
    world.issue(day=date(2016, 4, 1), due=DUE)
    gone, stays = world.members["GC"], world.members["MRC"]
    assert {gone, stays} <= set(standings_on(last))
    after = standings_on(last + timedelta(days=1))
    assert (gone in after, stays in after) == (False, True)
    assert standing_of(gone, last + timedelta(days=1)) == GOOD
