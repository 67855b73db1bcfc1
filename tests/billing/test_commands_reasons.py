"""What puts an invoice or a payment right says why, and is dated between what it is about and today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from app.billing.commands import (
    CreditValues,
    RefundValues,
    WriteOffValues,
    credit_invoice,
    refund_credit,
    refund_payment,
    release_allocation,
    reverse_payment,
    void_invoice,
    write_off,
)
from app.billing.queries.credits import creditable_of
from app.billing.rules import WriteOffKind
from app.core.actor import program
from app.core.errors import DomainError
from app.core.transaction import transaction
from tests.billing.test_commands_crediting import live_allocation
from tests.billing.world import MAY, World, pounds

ACTOR, BLANK = program("test"), " \t"
ISSUED, PAID, CREDITED = date(2016, 4, 1), date(2016, 4, 20), date(2016, 5, 10)
BEFORE, TOMORROW = date(2016, 3, 31), date(2016, 5, 25)


@dataclass(frozen=True)
class Known:
    """An invoice nobody paid with its line, a payment with something left and what it settles, and a credit note."""

    invoice: int
    line: int
    payment: int
    allocation: int
    credit: int


@pytest.fixture
def known(world: World) -> Known:
    """Invoices of 1 April, paid on 20 April, one of them credited on 10 May."""
    world.issue(day=ISSUED, due=date(2016, 5, 1))
    untouched = world.invoice_of("Wellcome").id
    payment = world.pay("MRC", "50100.00", PAID)
    world.pay("NIH", "50000.00", PAID)
    credit = world.credit(world.invoice_of("NIH"), "100.00", CREDITED)
    line = creditable_of(untouched).lines[0].id
    return Known(untouched, line, payment.id, live_allocation(payment), credit.id)


def back(day: date, reason: str) -> RefundValues:
    return RefundValues(pounds(1), day, reason)


def bad(day: date, reason: str) -> WriteOffValues:
    return WriteOffValues(pounds(1), WriteOffKind.UNCOLLECTIBLE, reason, day)


Act = Callable[[Known, date, str], object]
ACTS: dict[str, Act] = {
    "void": lambda of, day, why: void_invoice(of.invoice, day=day, reason=why, actor=ACTOR),
    "credit": lambda of, day, why: credit_invoice(of.invoice, CreditValues({of.line: 1}, why, day), actor=ACTOR),
    "write off": lambda of, day, why: write_off(of.invoice, bad(day, why), actor=ACTOR),
    "refund a payment": lambda of, day, why: refund_payment(of.payment, back(day, why), actor=ACTOR),
    "refund a credit": lambda of, day, why: refund_credit(of.credit, back(day, why), actor=ACTOR),
    "release": lambda of, day, why: release_allocation(of.allocation, day=day, reason=why, actor=ACTOR),
    "reverse": lambda of, day, why: reverse_payment(of.payment, day=day, reason=why, actor=ACTOR),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_put_right_without_a_reason(known: Known, act: str):
    with pytest.raises(DomainError) as refused, transaction():
        ACTS[act](known, MAY, BLANK)
    assert refused.value.field == "reason"
    with transaction():
        assert ACTS[act](known, MAY, "Agreed")


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("day", [BEFORE, TOMORROW])
def test_nothing_is_put_right_before_it_was_or_after_today(known: Known, act: str, day: date):
    with pytest.raises(DomainError) as refused, transaction():
        ACTS[act](known, day, "Agreed")
    assert refused.value.field == "day"
