"""`flask verify` finds what somebody changed behind the program's back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select, update

from app.billing.commands import RefundValues, WriteOffValues, refund_payment, write_off
from app.billing.models import (
    AccountDay,
    Allocation,
    FeeRun,
    Invoice,
    InvoiceLine,
    InvoiceRecord,
    LedgerEntry,
    Payment,
    Posting,
    Refund,
    WriteOff,
)
from app.billing.rules import WriteOffKind
from app.core.database import db
from app.core.series import NumberSeries
from app.core.transaction import transaction
from app.core.verification import run_checks
from tests.billing.world import MAY, World, pounds
from tests.trailed import beside_the_trail

TAMPERED = {
    "a posting": (update(Posting).where(Posting.account_code == "1100").values(amount_minor=1), "is off by"),
    "the worth of all postings": (update(Posting).values(home_minor=-Posting.home_minor), "is worth something else"),
    "an open amount": (
        update(Invoice).where(Invoice.number == "INV-2016-0002").values(open_minor=1),
        "keeps 1 as open",
    ),
    "a payment": (update(Payment).values(unallocated_minor=5), "unallocated amount"),
    "an allocation": (update(Allocation).values(amount_minor=7), "allocations"),
    "the content": (update(InvoiceRecord).values(content={"number": "INV-2016-0001"}), "not what was frozen"),
    "a total": (
        update(Invoice).where(Invoice.number == "INV-2016-0002").values(net_minor=6_000_000, gross_minor=6_000_000),
        "columns differ",
    ),
    "a line": (update(InvoiceLine).values(net_minor=1), "do not add to its total"),
    "a number": (update(Invoice).where(Invoice.number == "INV-2016-0002").values(number="INV-2016-0009"), "is missing"),
    "the counter": (update(NumberSeries).where(NumberSeries.kind == "invoice").values(last_number=9), "is missing"),
    "a date": (
        update(Invoice).where(Invoice.number == "INV-2016-0003").values(issue_day=date(2016, 1, 1)),
        "before the number before it",
    ),
    "a hash": (update(Invoice).values(pdf_sha256="0" * 64), "its PDF is not"),
    "a run": (update(FeeRun).values(done=2), "counts other invoices"),
    "an entry's account": (
        update(Posting).where(Posting.account_code == "2100").values(account_code="2200"),
        "Account 2100",
    ),
    "the day of an allocation": (update(Allocation).values(day=date(2016, 5, 20)), "Account 1100 on 2016-05-20"),
    "the day of a payment": (update(Payment).values(received_on=date(2016, 5, 20)), "Account 2100 on 2016-05-20"),
    "the day an invoice was issued": (
        update(Invoice).where(Invoice.number == "INV-2016-0001").values(issue_day=date(2016, 5, 20)),
        "Account 1100 on 2016-05-20",
    ),
    "the worth of an invoice": (update(Invoice).values(home_minor=7), "INV-2016-0001 keeps another worth"),
    "the worth of a payment": (update(Payment).values(home_minor=7), "keeps another worth"),
    "a kept day": (update(AccountDay).values(debit_minor=AccountDay.debit_minor + 1), "are not those of its postings"),
    "a day nobody booked": (update(AccountDay).values(day=date(2012, 2, 29)), "Account 1100 on 2012-02-29"),
}


def problems() -> list[str]:
    return [line for finding in run_checks() for line in finding.problems]


@pytest.mark.parametrize("what", TAMPERED)
def test_verify_finds_what_was_changed(world: World, what: str):
    world.issue()
    world.pay("MRC", "50100.00")
    assert problems() == []
    statement, told = TAMPERED[what]
    with beside_the_trail():
        db.session.execute(statement)
    db.session.expire_all()
    assert any(told in line for line in problems())


@pytest.mark.parametrize("model", [Refund, WriteOff])
@pytest.mark.parametrize("values", [{"day": date(2016, 5, 20)}, {"amount_minor": 7}])
def test_verify_finds_a_refund_or_write_off_that_says_something_else(
    world: World, model: type[Refund | WriteOff], values: dict[str, object]
):
    world.issue(day=date(2016, 5, 1))
    given = world.pay("MRC", "50100.00")
    invoice_id, kind = world.invoice_of("NIH").id, WriteOffKind.UNCOLLECTIBLE
    with transaction():
        refund_payment(given.id, RefundValues(pounds(100), MAY, "Overpaid"), actor=world.office)
        write_off(invoice_id, WriteOffValues(pounds(5), kind, "Too small to ask for", MAY), actor=world.office)
    assert problems() == []
    with beside_the_trail():
        db.session.execute(update(model).values(**values))
    assert any("is not what was taken for it" in line for line in problems())


def test_an_issued_invoice_cannot_lose_its_number_in_the_database(world: World):
    world.issue()
    for column in ("number", "issue_day", "due_day", "content_sha256", "issued_at"):
        with pytest.raises(Exception, match="issued_is_frozen"), transaction():
            db.session.execute(update(Invoice).values({column: None}))


def test_what_is_open_never_leaves_its_bounds_in_the_database(world: World):
    world.issue()
    for amount in (-1, 5_000_001):
        with pytest.raises(Exception, match="than is open"), transaction():
            db.session.execute(update(Invoice).values(open_minor=amount))


def test_an_entry_is_never_without_postings(world: World):
    world.issue()
    with beside_the_trail():
        first = select(func.min(LedgerEntry.id)).scalar_subquery()
        db.session.execute(update(Posting).values(entry_id=first))
    assert any("is off by" in line for line in problems())
