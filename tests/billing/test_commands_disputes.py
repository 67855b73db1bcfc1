"""A dispute lasts while something is open: it ends by itself with that, and what is undone opens it again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.billing.commands import (
    WriteOffValues,
    allocate_credit,
    block_reminders,
    dispute_invoice,
    lift_block,
    release_allocation,
    reverse_payment,
    settle_dispute,
    void_invoice,
    write_off,
)
from app.billing.commands.receipts import Receipt, record_receipts
from app.billing.models import Allocation, Invoice, InvoiceDispute
from app.billing.queries.invoices import InvoiceFilters, search_invoices
from app.billing.rules import BANK, DisputeEnd, WriteOffKind
from app.core.clock import clock_at, start_of
from app.core.database import db
from app.core.errors import DomainError
from app.core.tables import PageRequest
from app.core.transaction import transaction
from tests.billing.world import MAY, World, pounds

ISSUED, DUE, PAID_ON = date(2016, 4, 1), date(2016, 5, 1), date(2016, 5, 20)


@pytest.fixture
def disputed(world: World) -> World:
    """The invoices of 2016, of which that of the MRC is in dispute since it is due."""
    world.issue(day=ISSUED, due=DUE)
    do(dispute_invoice, world.invoice_of("MRC").id, "Billed twice", world=world, since=DUE)
    return world


def do(verb, *given, world: World, **named):
    with transaction():
        return verb(*given, actor=world.office, **named)


def disputes() -> list[tuple[date, date | None, str | None, str | None]]:
    db.session.expire_all()
    asked = select(InvoiceDispute).order_by(InvoiceDispute.id)
    return [(each.first_day, each.settled_on, each.outcome, each.settled_by) for each in db.session.scalars(asked)]


def listed(world: World) -> list[str]:
    filters = InvoiceFilters(disputed=True)
    page = search_invoices(filters, PageRequest(size=20, sort="number"), on=MAY, actor=world.office)
    return [row.called for row in page.rows]


def trail_of(invoice: Invoice) -> list[str]:
    asked = select(AuditEntry.summary).where(
        AuditEntry.subject_kind == "invoice", AuditEntry.subject_id == invoice.id, AuditEntry.action.contains("dispute")
    )
    return list(db.session.scalars(asked.order_by(AuditEntry.sequence)))


def pay_in_full(world: World, _invoice: Invoice) -> None:
    world.pay("MRC", "50000.00", PAID_ON)


def pay_by_the_bank(world: World, invoice: Invoice) -> None:
    do(record_receipts, [Receipt(invoice.id, pounds("50000.00"), PAID_ON, BANK, "RF")], world=world)


def credit_in_full(world: World, invoice: Invoice) -> None:
    world.credit(invoice, day=PAID_ON)


def write_all_off(world: World, invoice: Invoice) -> None:
    values = WriteOffValues(pounds("50000.00"), WriteOffKind.UNCOLLECTIBLE, "Will not be paid", PAID_ON)
    do(write_off, invoice.id, values, world=world)


def void(world: World, invoice: Invoice) -> None:
    do(void_invoice, invoice.id, world=world, day=PAID_ON, reason="Billed twice")


@pytest.mark.parametrize(
    ("act", "how"),
    [
        (pay_in_full, DisputeEnd.PAID),
        (pay_by_the_bank, DisputeEnd.PAID),
        (credit_in_full, DisputeEnd.CREDITED),
        (write_all_off, DisputeEnd.WRITTEN_OFF),
        (void, DisputeEnd.VOID),
    ],
)
def test_a_dispute_ends_by_itself_when_nothing_is_open_any_more_and_the_trail_says_so(disputed: World, act, how):
    invoice = disputed.invoice_of("MRC")
    assert listed(disputed) == [invoice.number]
    act(disputed, invoice)
    assert disputes() == [(DUE, PAID_ON, how.value, None)]
    assert listed(disputed) == []
    assert trail_of(invoice)[1:] == ["The dispute of invoice INV-2016-0001 ended by itself on 20 May 2016"]


def test_what_another_invoice_gives_ends_a_dispute_too(disputed: World):
    disputed.join("MRC", "partner", date(2011, 1, 1))
    disputed.adopt("partner", "50000.00", date(2012, 1, 1))
    first = disputed.invoice_of("MRC")
    disputed.issue(day=MAY)
    second = disputed.invoice_of("MRC")
    do(record_receipts, [Receipt(second.id, pounds("50000.00"), MAY, BANK, "RF")], world=disputed)
    note = disputed.credit(second)
    do(allocate_credit, note.id, {first.id: 5_000_000}, world=disputed)
    assert disputes() == [(DUE, MAY, DisputeEnd.CREDITED.value, None)]


def test_a_dispute_goes_on_while_something_is_open(disputed: World):
    disputed.pay("MRC", "20000.00", PAID_ON)
    disputed.credit(disputed.invoice_of("MRC"), "10000.00")
    assert disputes() == [(DUE, None, None, None)]
    assert listed(disputed) == ["INV-2016-0001"]


def test_a_dispute_noted_after_the_day_of_the_payment_never_was(disputed: World):
    disputed.pay("MRC", "50000.00", date(2016, 4, 20))
    assert disputes() == [(DUE, DUE, DisputeEnd.PAID.value, None)]


def test_what_is_undone_opens_the_dispute_again_that_it_had_ended(disputed: World):
    invoice = disputed.invoice_of("MRC")
    disputed.pay("MRC", "50000.00", PAID_ON)
    done = db.session.scalars(select(Allocation.id)).one()
    do(release_allocation, done, world=disputed, day=MAY, reason="It was for another")
    assert disputes()[1:] == [(MAY, None, None, None)]
    assert listed(disputed) == [invoice.number]
    assert trail_of(invoice)[-1] == (
        "Invoice INV-2016-0001 is in dispute again since 24 May 2016: what ended that is undone"
    )


def test_what_is_undone_before_the_dispute_opens_it_again_from_its_own_day_only(disputed: World):
    invoice = disputed.invoice_of("MRC")
    disputed.pay("MRC", "50000.00", date(2016, 4, 20))
    done = db.session.scalars(select(Allocation.id)).one()
    do(release_allocation, done, world=disputed, day=date(2016, 4, 25), reason="It was for another")
    assert disputes()[1:] == [(DUE, None, None, None)]
    assert "is in dispute again since 1 May 2016" in trail_of(invoice)[-1]


def test_a_payment_that_the_bank_takes_back_opens_the_dispute_again(disputed: World):
    payment = disputed.pay("MRC", "50000.00", PAID_ON)
    do(reverse_payment, payment.id, world=disputed, day=MAY, reason="Returned")
    assert disputes()[1:] == [(MAY, None, None, None)]


def test_what_somebody_settled_stays_settled_when_a_payment_is_undone(disputed: World):
    do(settle_dispute, disputed.invoice_of("MRC").id, "They agree", world=disputed, on=DUE)
    payment = disputed.pay("MRC", "50000.00", PAID_ON)
    do(reverse_payment, payment.id, world=disputed, day=MAY, reason="Returned")
    assert disputes() == [(DUE, DUE, "They agree", disputed.office.name)]


def test_a_dispute_is_noted_between_the_issue_of_its_invoice_and_today_and_of_what_is_open_alone(world: World):
    world.issue(day=ISSUED, due=DUE)
    open_, paid = world.invoice_of("MRC").id, world.invoice_of("NIH").id
    world.pay("NIH", "50000.00", PAID_ON)
    for since in (date(2016, 3, 31), date(2016, 5, 25)):
        with pytest.raises(DomainError, match="from the invoice's date to today") as refused:
            do(dispute_invoice, open_, "Billed twice", world=world, since=since)
        assert refused.value.field == "since"
    with pytest.raises(DomainError, match="something open"):
        do(dispute_invoice, paid, "Billed twice", world=world, since=MAY)
    do(dispute_invoice, open_, "Billed twice", world=world, since=ISSUED)
    with pytest.raises(DomainError, match="in dispute already"):
        do(dispute_invoice, open_, "Billed twice", world=world, since=MAY)


def test_a_block_lasts_until_today_or_later_and_is_lifted_once_while_it_lasts(world: World):
    payer = world.members["MRC"]
    with pytest.raises(DomainError, match="Today or a later day") as refused:
        do(block_reminders, payer, "Asked us to wait", world=world, until=date(2016, 5, 23))
    assert refused.value.field == "until"
    first, second = (do(block_reminders, payer, "Asked us to wait", world=world, until=MAY).id for _ in range(2))
    do(lift_block, first, world=world)
    with pytest.raises(DomainError, match="over already"):
        do(lift_block, first, world=world)
    with clock_at(start_of(date(2016, 5, 25))), pytest.raises(DomainError, match="over already"):
        do(lift_block, second, world=world)
