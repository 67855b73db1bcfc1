"""What is dated back never takes what was not there on each day since, and undoes nothing before it was done."""

from __future__ import annotations

from datetime import date

import pytest

from app.billing.commands import (
    RefundValues,
    Settlement,
    allocate_credit,
    allocate_payment,
    refund_credit,
    release_allocation,
    reverse_payment,
)
from app.billing.models import Allocation
from app.billing.queries.balances import balance_of
from app.core.database import db
from app.core.errors import DomainError
from app.core.transaction import transaction
from tests.billing.test_commands_crediting import agree_on, live_allocation, problems
from tests.billing.test_queries_accounts import newest_allocation
from tests.billing.world import MAY, World, pounds

EARLY, ISSUED, APRIL = date(2016, 3, 1), date(2016, 4, 1), date(2016, 4, 20)
USED, FREED = date(2016, 5, 10), date(2016, 5, 20)


@pytest.fixture
def owing(world: World) -> World:
    """The world with the invoices of 2016 issued on 1 April, due on 1 May."""
    world.issue(day=ISSUED, due=date(2016, 5, 1))
    return world


def test_no_more_of_a_credit_is_given_back_than_was_left_of_it_on_each_day_since(owing: World):
    owing.pay("NIH", "50000.00", APRIL)
    credit = owing.credit(owing.invoice_of("NIH"), "10000.00", APRIL)
    owing.adopt("partner", "30000.00", date(2012, 1, 1))
    owing.issue(day=APRIL)
    with transaction():
        allocate_credit(credit.id, {owing.invoice_of("NIH").id: 600_000}, day=USED, actor=owing.office)
    with transaction():
        release_allocation(newest_allocation(), day=FREED, reason="For another", actor=owing.office)
    with pytest.raises(DomainError, match=r"Only 4,000\.00 GBP is left from this day on") as refused, transaction():
        refund_credit(credit.id, RefundValues(pounds(5000), USED, "Asked for it"), actor=owing.office)
    assert refused.value.field == "day"
    with transaction():
        refund_credit(credit.id, RefundValues(pounds(5000), FREED, "Asked for it"), actor=owing.office)
    for day in (APRIL, USED, date(2016, 5, 19), FREED, MAY):
        agree_on(day, owing)
    assert problems() == []


def test_a_credit_settles_another_invoice_from_the_day_of_its_note_and_not_after_today(owing: World):
    owing.pay("NIH", "50000.00", APRIL)
    credit = owing.credit(owing.invoice_of("NIH"), "100.00", USED)
    owing.adopt("partner", "30000.00", date(2012, 1, 1))
    owing.issue(day=APRIL)
    other = owing.invoice_of("NIH").id
    for day in (date(2016, 5, 9), date(2016, 5, 25)):
        with pytest.raises(DomainError, match="from the day of its note, and not after today") as refused:
            allocate_credit(credit.id, {other: 10_000}, day=day, actor=owing.office)
        assert refused.value.field == "day"
    with transaction():
        allocate_credit(credit.id, {other: 10_000}, day=USED, actor=owing.office)
    assert problems() == []


def test_a_payment_is_not_taken_back_before_it_settled_something(owing: World):
    payment = owing.pay("MRC", "50000.00", ISSUED, settles=())
    with transaction():
        part = Settlement(owing.invoice_of("MRC").id, pounds("50000.00"))
        allocate_payment(payment.id, [part], day=USED, actor=owing.office)
    with pytest.raises(DomainError, match="Not before the money came and settled something") as refused, transaction():
        reverse_payment(payment.id, day=APRIL, reason="Returned", actor=owing.office)
    assert refused.value.field == "day"
    with transaction():
        reverse_payment(payment.id, day=USED, reason="Returned", actor=owing.office)
    for day in (ISSUED, APRIL, USED, MAY):
        agree_on(day, owing)
    assert problems() == []


def test_money_of_before_an_invoice_waits_for_it_and_settles_it_from_the_day_of_its_issue_on(owing: World):
    payment = owing.pay("MRC", "50000.00", EARLY)
    assert db.session.get_one(Allocation, live_allocation(payment)).day == ISSUED
    for day in (EARLY, date(2016, 3, 31)):
        (balance,) = balance_of(owing.members["MRC"], day, actor=owing.office)
        assert (balance.owed, balance.unallocated) == (pounds(0), pounds(50000))
    assert balance_of(owing.members["MRC"], ISSUED, actor=owing.office) == []
    for day in (EARLY, date(2016, 3, 31), ISSUED, MAY):
        agree_on(day, owing)
    assert problems() == []
