"""Two who put the same thing right at the same moment: one does it, the other is told, and the books stay right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from app.billing.commands import (
    RefundValues,
    Settlement,
    WriteOffValues,
    allocate_credit,
    allocate_payment,
    approve,
    close_year,
    draft_again,
    refund_credit,
    refund_payment,
    release_allocation,
    reverse_payment,
    void_invoice,
    write_off,
)
from app.billing.commands.bank import ask_bank_account_end
from app.billing.models import Allocation
from app.billing.rules import Act, WriteOffKind
from app.core.actor import program
from app.core.clock import clock_at, start_of
from app.core.database import db
from app.core.periods import Period
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.web.requests import House
from tests.at_once import at_once
from tests.billing.bank_world import adopt
from tests.billing.test_commands_billing_policy import finance
from tests.billing.world import MAY, World, inside, pounds

ACTOR = program("test")
NEW_YEAR = date(2017, 1, 2)
YEAR = Period(date(2016, 1, 1), date(2016, 12, 31))
ALL = WriteOffValues(pounds(30000), WriteOffKind.UNCOLLECTIBLE, "Gone", MAY)


@dataclass(frozen=True)
class Known:
    """What is put right: an open invoice, one paid in part, what it was paid by, money left over, and a credit."""

    untouched: int
    in_part: int
    payment: int
    allocation: int
    left_over: int
    credit: int
    void: int


@pytest.fixture
def known(app: House, made: World) -> Known:
    """The consortium of `made`, with one payer that paid too much and was credited, and one void invoice."""
    with inside(app):
        in_part, untouched = made.invoice_of("MRC").id, made.invoice_of("NIH").id
        allocation = db.session.scalars(select(Allocation).where(Allocation.invoice_id == in_part)).one()
        left_over = made.pay("Wellcome", "50100.00").id
        credit = made.credit(made.invoice_of("Wellcome"), "500.00").id
        made.add("Genome Canada", "GC", "CA")
        made.join("GC", "funder", date(2016, 5, 1))
        made.issue()
        void = made.invoice_of("GC").id
        with transaction():
            void_invoice(void, day=MAY, reason="Issued twice", actor=ACTOR)
        payment = allocation.payment_id or 0
        return Known(untouched, in_part, payment, allocation.id, left_over, credit, void)


Work = Callable[[Known], object]


@pytest.mark.parametrize(
    ("work", "told"),
    [
        (lambda of: void_invoice(of.untouched, day=MAY, reason="x", actor=ACTOR), "Only an issued invoice"),
        (lambda of: draft_again(of.void, actor=ACTOR), "It is drafted again already"),
        (lambda of: write_off(of.in_part, ALL, actor=ACTOR), "Only 0.00 is open"),
        (lambda of: release_allocation(of.allocation, day=MAY, reason="x", actor=ACTOR), "This was undone already"),
        (lambda of: reverse_payment(of.payment, day=MAY, reason="x", actor=ACTOR), "reversed already"),
        (lambda of: refund_payment(of.left_over, back(60), actor=ACTOR), "Only 40.00 GBP is left"),
        (lambda of: refund_credit(of.credit, back(300), actor=ACTOR), "Only 200.00 GBP is left"),
    ],
)
def test_of_two_who_do_the_same_at_once_one_is_told(app: House, known: Known, work: Work, told: str):
    first, second = at_once(app, lambda: work(known), lambda: work(known))
    assert first == "done"
    assert told in second
    verified(app)


def back(amount: int) -> RefundValues:
    return RefundValues(pounds(amount), MAY, "Paid too much")


def test_of_two_who_do_what_excludes_the_other_one_is_told(app: House, made: World, known: Known):
    outcomes = at_once(
        app,
        lambda: void_invoice(known.untouched, day=MAY, reason="Issued twice", actor=ACTOR),
        lambda: write_off(known.untouched, ALL, actor=ACTOR),
    )
    assert outcomes[0] == "done"
    assert outcomes[1] in {
        "Only an issued invoice can be written off.",
        "Something settles it: undo that first, or credit the invoice.",
    }
    assert made.members
    verified(app)


def test_a_credit_that_two_use_at_once_is_used_once(app: House, made: World, known: Known):
    with inside(app):
        other = another_invoice(made)
    first, second = at_once(
        app,
        *(lambda: allocate_credit(known.credit, {other: 40_000}, day=MAY, actor=ACTOR) for _ in range(2)),
    )
    assert first == "done"
    assert "The parts add to more than 100.00 GBP" in second
    verified(app)


def another_invoice(made: World) -> int:
    """Another invoice of Wellcome, open by more than its credit and its payment have left."""
    made.join("Wellcome", "partner", date(2016, 1, 1))
    made.adopt("partner", "1000.00", date(2016, 1, 1))
    made.issue()
    return made.invoice_of("Wellcome").id


def test_a_payment_that_two_allocate_at_once_is_used_once(app: House, made: World, known: Known):
    with inside(app):
        other = another_invoice(made)
    parts = [Settlement(other, pounds(100))]
    first, second = at_once(
        app,
        *(lambda: allocate_payment(known.left_over, parts, day=MAY, actor=ACTOR) for _ in range(2)),
    )
    assert first == "done"
    assert "The parts add to more than 0.00 GBP" in second
    with inside(app):
        used = select(Allocation.amount_minor).where(
            Allocation.payment_id == known.left_over, Allocation.invoice_id == other
        )
        assert db.session.scalars(used).all() == [10_000]
    verified(app)


def test_a_year_that_two_close_at_once_is_closed_once(app: House, made: World):
    assert made.members
    with clock_at(start_of(NEW_YEAR)):
        first, second = at_once(app, *(lambda: close_year(YEAR, actor=ACTOR) for _ in range(2)))
        assert first == "done"
        assert "The next year to close begins on 1 January 2017" in second
        verified(app)


def test_what_is_booked_while_its_year_is_closed_is_before_the_closing_or_refused(
    app: House, made: World, known: Known
):
    late = WriteOffValues(pounds(30000), WriteOffKind.UNCOLLECTIBLE, "Gone", date(2016, 12, 31))
    with clock_at(start_of(NEW_YEAR)):
        first, second = at_once(
            app,
            lambda: close_year(YEAR, actor=ACTOR),
            lambda: write_off(known.in_part, late, actor=ACTOR),
        )
        assert first == "done"
        assert second == "done" or "The books are closed up to 31 December 2016" in second
        assert made.members
        verified(app)


def test_two_parts_at_once_are_not_both_below_the_limit(app: House, made: World):
    part = WriteOffValues(pounds(600), WriteOffKind.BANK_CHARGE, "Kept by the bank", MAY)
    with inside(app):
        made.bill_by(second_above={Act.WRITE_OFF.value: 100_000})
        invoice = made.invoice_of("NIH").id
    first, second = at_once(app, *(lambda: write_off(invoice, part, actor=ACTOR) for _ in range(2)))
    assert first == "done"
    assert second.endswith("needs a second person for 600.00 GBP, with what one person did before 1,200.00 GBP.")
    verified(app)


def test_of_two_second_persons_who_say_yes_at_once_one_does_it(app: House, made: World):
    with inside(app):
        account = adopt(made).id
        made.bill_by(second_above={Act.BANK_DETAILS.value: 0})
        with transaction():
            asked = ask_bank_account_end(account, MAY, version=1, actor=ACTOR).id
        seconds = [finance(name) for name in ("Ines Quillfeather", "Odile Fennimore")]
    first, second = at_once(app, *(partial(approve, asked, actor=each) for each in seconds))
    assert first == "done"
    assert second.startswith("This is decided already, by ")
    verified(app)


def verified(app: House) -> None:
    with inside(app):
        assert [line for finding in run_checks() for line in finding.problems] == []
