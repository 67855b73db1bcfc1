"""A line of the bank settles from its own day, or from the first day on which nothing else settles the invoice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.billing.commands import Settlement, close_year, release_allocation
from app.billing.commands.bank import Portion, accept_proposal, book_certain, split_line
from app.billing.models import Allocation, BankAccount, BankEntry, Invoice, WriteOff
from app.billing.queries.bank import get_desk
from app.billing.queries.bank.desk import MOST_SHOWN
from app.billing.rules import OpenDays
from app.core.clock import clock_at, start_of
from app.core.database import db
from app.core.errors import DomainError
from app.core.transaction import transaction
from tests.billing.bank_world import FEE, adopt, bring_lines, judged, payments, problems, still_open
from tests.billing.statement_files import Line
from tests.billing.world import MAY, YEAR, World, pounds

CAME, RELEASED = date(2016, 5, 10), date(2016, 5, 20)


@pytest.fixture
def released(world: World) -> World:
    """The invoice of the MRC, which another payment settled from 20 April until 20 May; and the main account."""
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    adopt(world)
    world.pay("MRC", "50000.00", date(2016, 4, 20))
    done = db.session.scalars(select(Allocation.id)).one()
    with transaction():
        release_allocation(done, day=RELEASED, reason="It was for another", actor=world.office)
    return world


def bring(world: World, amount: int = FEE) -> tuple[BankEntry, Invoice]:
    """A line of 10 May that names the invoice of the MRC."""
    invoice = world.invoice_of("MRC")
    (entry,) = bring_lines(world, Line(amount, str(invoice.number), day=CAME, name="MRC"))
    return entry, invoice


def accept(world: World, entry: BankEntry, day: date | None, place: int = 0) -> None:
    with transaction():
        key = judged(entry).proposals[place].key
        accept_proposal(entry.id, key, settles_from=day, actor=world.office)


def settled_on(invoice: Invoice) -> date:
    asked = select(Allocation.day).where(Allocation.invoice_id == invoice.id).order_by(Allocation.id.desc())
    return db.session.scalars(asked).first() or date.min


def test_the_desk_proposes_the_first_day_on_which_a_line_can_settle(released: World):
    entry, _ = bring(released)
    account = db.session.scalars(select(BankAccount.id)).one()
    (proposed,) = get_desk(account, entry.id, released.office).proposed
    assert proposed.later == RELEASED


def test_no_other_day_is_asked_for_where_the_line_can_settle_on_its_own(world: World):
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    adopt(world)
    entry, invoice = bring(world, FEE - 100)
    account = db.session.scalars(select(BankAccount.id)).one()
    assert {each.later for each in get_desk(account, entry.id, world.office).proposed} == {None}
    accept(world, entry, None)
    assert settled_on(invoice) == CAME


def test_a_line_of_before_a_release_settles_from_that_day_and_is_received_on_its_own(released: World):
    entry, invoice = bring(released)
    accept(released, entry, RELEASED)
    assert (still_open(released, "MRC"), settled_on(invoice)) == (0, RELEASED)
    assert payments()[-1].received_on == CAME
    assert problems() == []


@pytest.mark.parametrize("day", [None, CAME, date(2016, 5, 19)])
def test_a_day_on_which_something_else_settles_the_invoice_is_refused_with_the_first_possible_one(
    released: World, day: date | None
):
    entry, _ = bring(released)
    with pytest.raises(DomainError, match="choose that day or a later one") as refused:
        accept(released, entry, day)
    assert refused.value.field == "settles_from"
    db.session.rollback()
    assert len(payments()) == 1


@pytest.mark.parametrize("day", [date(2016, 5, 9), date(2016, 5, 25)])
def test_a_line_settles_neither_before_it_came_nor_after_today(world: World, day: date):
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    adopt(world)
    entry, _ = bring(world, FEE - 100)
    with pytest.raises(DomainError) as refused:
        accept(world, entry, day)
    assert refused.value.field == "settles_from"


def test_a_charge_kept_on_the_way_is_written_off_on_the_day_the_line_settles(released: World):
    entry, _ = bring(released, FEE - 1_500)
    accept(released, entry, RELEASED, place=1)
    assert still_open(released, "MRC") == 0
    assert db.session.scalars(select(WriteOff.day)).all() == [RELEASED]
    assert problems() == []


def test_the_parts_of_a_split_line_settle_from_the_day_that_is_chosen(released: World):
    entry, invoice = bring(released)
    portions = [Portion(released.members["MRC"], pounds(50_000), (Settlement(invoice.id, pounds(50_000)),))]
    with pytest.raises(DomainError, match="something else settled it"), transaction():
        split_line(entry.id, portions, actor=released.office)
    with transaction():
        split_line(entry.id, portions, settles_from=MAY, actor=released.office)
    assert settled_on(invoice) == MAY
    assert problems() == []


def test_the_first_day_is_the_one_from_which_enough_is_open_on_every_day_since():
    """100 is open now; 60 settled it from the 5th, and was undone on the 9th; 30 settled and left it on the 12th."""
    day = date(2016, 5, 1)
    changes = [(day.replace(day=12), -30), (day.replace(day=10), 30), (day.replace(day=9), -60)]
    opens = OpenDays(day, {7: 100}, {7: [*changes, (day.replace(day=5), 60)]})
    found = {amount: opens.first_day({7: amount}).day for amount in (40, 41, 70, 71, 100, 101)}
    assert found == {40: 1, 41: 9, 70: 9, 71: 12, 100: 12, 101: 1}
    assert opens.first_day({}) == day


def test_what_is_certain_and_cannot_settle_on_its_own_day_is_not_counted_and_says_why(released: World):
    entry, invoice = bring(released)
    account_id = db.session.scalars(select(BankAccount.id)).one()
    desk = get_desk(account_id, entry.id, released.office)
    assert (desk.certain, desk.certain_left) == (0, 1)
    why = f"something else settled {invoice.number} until 20\u00a0May 2016: it can settle from that day on."
    assert desk.why_not == why


def test_of_two_lines_that_bring_what_one_invoice_has_open_one_is_booked_and_the_other_says_why(world: World):
    adopt(world)
    first, second = bring_lines(world, *(Line(FEE, "INV-2016-0001", day=CAME, bank_reference=each) for each in "ab"))
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    desk = get_desk(first.account_id, second.id, world.office)
    assert (desk.certain, desk.certain_left) == (1, 1)
    assert desk.why_not == "the line of 10\u00a0May 2016 pays INV-2016-0001 already."
    with transaction():
        assert book_certain(first.account_id, actor=world.office) == desk.certain


def test_a_certain_line_of_a_closed_year_is_not_counted_and_says_why(world: World):
    adopt(world)
    (entry,) = bring_lines(world, Line(FEE, "INV-2016-0001", day=CAME))
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    with clock_at(start_of(date(2017, 1, 2))):
        with transaction():
            close_year(YEAR, actor=world.office)
        desk = get_desk(entry.account_id, entry.id, world.office)
        assert (desk.certain, desk.why_not) == (0, "the books are closed up to 31\u00a0December 2016.")
        with transaction():
            assert book_certain(entry.account_id, actor=world.office) == 0


def test_lines_beyond_those_the_desk_shows_are_counted_as_they_are_booked(world: World):
    adopt(world)
    (*_, last) = bring_lines(
        world,
        *(Line(100, "A gift", day=CAME, bank_reference=f"r{each}") for each in range(MOST_SHOWN)),
        Line(FEE, "INV-2016-0001", day=MAY, bank_reference="last"),
    )
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    assert get_desk(last.account_id, None, world.office).certain == 1
    with transaction():
        assert book_certain(last.account_id, actor=world.office) == 1
