"""Credit, write-off and refund by two persons: one types it, another says yes, and that does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.audit.rules import Subject
from app.billing.commands import (
    CreditValues,
    RefundValues,
    WriteOffValues,
    approve,
    ask_credit,
    ask_refund,
    ask_void,
    ask_write_off,
    credit_invoice,
    decline,
    refund_payment,
    release_allocation,
    void_invoice,
    write_off,
)
from app.billing.models import Allocation, Approval, Invoice, Refund
from app.billing.queries.credits import creditable_of
from app.billing.rules import SETTABLE, Act, WriteOffKind
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import correct_first_day
from app.web.requests import House
from tests.billing.test_commands_billing_policy import finance
from tests.billing.world import JUNE, MAY, World, inside, pounds
from tests.client import Browser
from tests.members.world import do, on
from tests.signin import sign_in

ALL = {act.value: 0 for act in SETTABLE if act is not Act.ISSUE}


@pytest.fixture
def odile(world: World) -> Actor:
    """Who types; invoices of 2016 are issued, and credit, write-off and refund need a second person."""
    world.issue()
    world.bill_by(second_above=ALL)
    return finance("Odile Fennimore")


@pytest.fixture
def ines(odile: Actor) -> Actor:
    """Who approves."""
    assert odile.name
    return finance("Ines Quillfeather")


def credit_of(invoice: Invoice, amount: str) -> CreditValues:
    (line, *_) = creditable_of(invoice.id).lines
    return CreditValues({line.id: pounds(amount).minor}, "Agreed", MAY)


def test_a_credit_that_needs_two_is_issued_by_the_yes_of_the_second(world: World, odile: Actor, ines: Actor):
    invoice = world.invoice_of("MRC")
    values = credit_of(invoice, "1000")
    with pytest.raises(DomainError, match=r"Credit of an invoice needs a second person for 1,000\.00 GBP"):
        do(credit_invoice, invoice.id, values, actor=odile)
    asked = do(ask_credit, invoice.id, values, actor=odile)
    with pytest.raises(DomainError, match="Nobody approves"):
        do(approve, asked.id, actor=odile)
    with on(MAY + timedelta(days=2)):
        do(approve, asked.id, actor=ines)
    note = db.session.scalars(select(Invoice).where(Invoice.credits_id == invoice.id)).one()
    assert (note.gross_minor, note.issue_day) == (-100_000, MAY + timedelta(days=2))
    done = db.session.get_one(Approval, asked.id)
    assert (done.state.value, done.values, done.reason) == ("done", None, "Agreed")
    with pytest.raises(DomainError, match="needs a second person"):
        do(credit_invoice, invoice.id, values, actor=odile)


def test_a_write_off_and_a_refund_are_done_by_the_second_as_they_were_typed(world: World, odile: Actor, ines: Actor):
    invoice = world.invoice_of("NIH")
    off = WriteOffValues(pounds("50.00"), WriteOffKind.BANK_CHARGE, "Kept by the bank", MAY)
    with pytest.raises(DomainError, match="Writing off needs a second person"):
        do(write_off, invoice.id, off, actor=odile)
    do(approve, do(ask_write_off, invoice.id, off, actor=odile).id, actor=ines)
    assert world.invoice_of("NIH").open_minor == 4_995_000
    payment = world.pay("MRC", "50100.00")
    back = RefundValues(pounds("100.00"), MAY, "Paid too much", "REF 1")
    with pytest.raises(DomainError, match="Refund needs a second person"):
        do(refund_payment, payment.id, back, actor=odile)
    do(approve, do(ask_refund, Subject("payment", payment.id), back, actor=odile).id, actor=ines)
    assert db.session.scalars(select(Refund.amount_minor)).one() == 10_000


def test_voiding_is_no_way_round_the_second_person_of_a_credit(world: World, odile: Actor, ines: Actor):
    invoice = world.invoice_of("MRC")
    with pytest.raises(DomainError, match=r"Voiding an invoice needs a second person for 50,000\.00 GBP"):
        do(void_invoice, invoice.id, day=MAY, reason="Sent to the wrong payer", actor=odile)
    asked = do(ask_void, invoice.id, day=MAY, reason="Sent to the wrong payer", actor=odile)
    with pytest.raises(DomainError, match="Nobody approves"):
        do(approve, asked.id, actor=odile)
    do(approve, asked.id, actor=ines)
    void = world.invoice_of("MRC")
    assert (void.state.value, void.voided_on, void.reason) == ("void", MAY, "Sent to the wrong payer")


def test_what_could_not_be_voided_is_not_asked(world: World, odile: Actor):
    world.bill_by()
    credited, paid, open_still = (world.invoice_of(short) for short in ("MRC", "NIH", "Wellcome"))
    do(credit_invoice, credited.id, credit_of(credited, "1000"), actor=odile)
    world.pay("NIH", "100.00")
    world.bill_by(second_above=ALL)
    for invoice, day, why in (
        (credited, MAY, "credited in part"),
        (paid, MAY, "Something settles it"),
        (open_still, MAY + timedelta(days=1), "not after today"),
    ):
        with pytest.raises(DomainError, match=why):
            do(ask_void, invoice.id, day=day, reason="Sent to the wrong payer", actor=odile)
    assert not db.session.scalars(select(Approval.id).where(Approval.act == Act.VOID)).all()


def test_more_than_can_be_credited_written_off_or_given_back_is_not_asked(world: World, odile: Actor):
    invoice, payment = world.invoice_of("MRC"), world.pay("NIH", "50100.00")
    with pytest.raises(DomainError, match=r"Only 50,000\.00 of line 1 can still be credited") as refused:
        do(ask_credit, invoice.id, credit_of(invoice, "50000.01"), actor=odile)
    assert str(refused.value.field).startswith("line_")
    off = WriteOffValues(pounds("50000.01"), WriteOffKind.UNCOLLECTIBLE, "Insolvent", MAY)
    with pytest.raises(DomainError, match=r"Only 50,000\.00 is open"):
        do(ask_write_off, invoice.id, off, actor=odile)
    back = RefundValues(pounds("100.01"), MAY, "Paid too much", "REF 1")
    with pytest.raises(DomainError, match=r"Only 100\.00 GBP is left to give back"):
        do(ask_refund, Subject("payment", payment.id), back, actor=odile)
    with pytest.raises(DomainError, match="can be refunded"):
        do(ask_refund, Subject("invoice", invoice.id), back, actor=odile)
    assert not db.session.scalars(select(Approval.id)).all()


def test_what_was_used_until_today_is_not_asked_to_be_given_back_or_written_off_from_an_earlier_day(world: World):
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    day, invoice = date(2016, 5, 20), world.invoice_of("MRC")
    payment = world.pay("MRC", "50000.00", day)
    (used,) = db.session.scalars(select(Allocation.id).where(Allocation.payment_id == payment.id))
    do(release_allocation, used, day=MAY, reason="Meant for another", actor=world.office)
    world.bill_by(second_above=ALL)
    back, off = RefundValues(pounds("100"), day, "Paid too much"), WriteOffKind.UNCOLLECTIBLE
    with pytest.raises(DomainError, match=r"Only 0\.00 GBP is left from this day on") as refused:
        do(ask_refund, Subject("payment", payment.id), back, actor=world.office)
    assert refused.value.field == "day"
    with pytest.raises(DomainError, match=r"Only 0\.00 GBP is left from this day on"):
        do(ask_write_off, invoice.id, WriteOffValues(pounds("100"), off, "Insolvent", day), actor=world.office)
    do(ask_refund, Subject("payment", payment.id), replace(back, day=MAY), actor=world.office)


def test_a_no_does_nothing_and_the_same_is_asked_once(world: World, odile: Actor, ines: Actor):
    invoice = world.invoice_of("MRC")
    asked = do(ask_credit, invoice.id, credit_of(invoice, "1000"), actor=odile)
    with pytest.raises(DomainError, match="asked already"):
        do(ask_credit, invoice.id, credit_of(invoice, "1000"), actor=odile)
    do(decline, asked.id, reason="Too much", actor=ines)
    assert db.session.get_one(Approval, asked.id).values is None
    assert not db.session.scalars(select(Invoice).where(Invoice.credits_id == invoice.id)).all()
    do(ask_credit, invoice.id, credit_of(invoice, "1000"), actor=odile)


def test_what_cannot_be_credited_is_not_asked(world: World, odile: Actor):
    invoice = world.invoice_of("MRC")
    (line_id,) = credit_of(invoice, "1000").parts
    for minor, told in (
        (5_000_001, "Only 50,000.00 of line 1 can still be credited"),
        (-100, "What is credited is more than nothing"),
        (0, "Enter an amount"),
    ):
        with pytest.raises(DomainError, match=told):
            do(ask_credit, invoice.id, CreditValues({line_id: minor}, "Agreed", MAY), actor=odile)
    assert not db.session.scalars(select(Approval.id).where(Approval.act == Act.CREDIT)).all()


def test_a_credit_of_what_was_credited_meanwhile_is_not_approved_and_says_what_is_left(
    world: World, odile: Actor, ines: Actor
):
    invoice = world.invoice_of("MRC")
    all_of_it, a_part = (
        do(ask_credit, invoice.id, credit_of(invoice, each), actor=odile) for each in ("50000", "1000")
    )
    do(approve, a_part.id, actor=ines)
    with pytest.raises(DomainError, match=r"Only 49,000\.00 of line 1 can still be credited; nothing was recorded"):
        do(approve, all_of_it.id, actor=ines)
    db.session.expire_all()
    assert db.session.get_one(Approval, all_of_it.id).state.value == "asked"


def test_a_credit_that_follows_the_register_is_asked_and_approved_only_while_it_is_too_much(
    world: World, odile: Actor, ines: Actor
):
    def begin(day: date) -> None:
        membership = world.memberships["MRC funder"]
        do(correct_first_day, membership, first_day=day, reason="Typed", actor=world.office)

    invoice = world.invoice_of("MRC")
    values = replace(credit_of(invoice, "1000"), line_id=min(credit_of(invoice, "1000").parts))
    with pytest.raises(DomainError, match="Nothing of this invoice is billed too much"):
        do(ask_credit, invoice.id, values, actor=odile)
    begin(date(2016, 7, 1))
    asked = do(ask_credit, invoice.id, values, actor=odile)
    begin(date(2016, 1, 1))
    with pytest.raises(DomainError, match="Nothing of this invoice is billed too much"):
        do(approve, asked.id, actor=ines)
    begin(date(2016, 7, 1))
    do(approve, asked.id, actor=ines)


def test_what_cannot_be_done_any_more_is_not_approved(world: World, odile: Actor, ines: Actor):
    invoice = world.invoice_of("MRC")
    off = WriteOffValues(pounds("50000.00"), WriteOffKind.UNCOLLECTIBLE, "Insolvent", MAY)
    asked = do(ask_write_off, invoice.id, off, actor=odile)
    world.pay("MRC", "20000.00")
    with pytest.raises(DomainError):
        do(approve, asked.id, actor=ines)
    db.session.expire_all()
    assert db.session.get_one(Approval, asked.id).state.value == "asked"


def test_below_the_amount_one_person_does_it(world: World, odile: Actor):
    world.bill_by(second_above={Act.WRITE_OFF.value: 10_000})
    off = WriteOffValues(pounds("100.00"), WriteOffKind.BANK_CHARGE, "Kept by the bank", MAY)
    do(write_off, world.invoice_of("NIH").id, off, actor=odile)
    with pytest.raises(DomainError, match="no second person"):
        do(ask_write_off, world.invoice_of("MRC").id, off, actor=odile)


def test_on_the_page_one_types_a_credit_and_another_approves_it(app: House, browser: Browser):
    with inside(app):
        world = World.found(Actor("test"), MAY.replace(year=2011))
        world.issue(due=JUNE)
        world.bill_by(second_above=ALL)
        invoice = world.invoice_of("MRC").id
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    page = browser.follow(browser.submit(f"/invoices/{invoice}/credit", {"reason": "Agreed"}))
    assert "Credit of an invoice: 50,000.00 GBP of INV-2016-0001." in page.words
    assert not page.tree.xpath("//a[contains(@href,'/decline')]")
    sign_in(browser, Role.FINANCE, name="Ines Quillfeather")
    assert "Credit of an invoice: 50,000.00 GBP of INV-2016-0001" in browser.get("/").words
    page = browser.get(f"/invoices/{invoice}")
    yes = str(page.tree.xpath("//a[contains(@href,'/decline')]/@href")[0]).replace("/decline", "/approve")
    done = browser.follow(browser.press(f"/invoices/{invoice}", yes))
    assert "Waits for a second person" not in done.words
    assert "CN-2016-0001" in done.words
    with inside(app), transaction():
        assert db.session.scalars(select(Approval.state)).one().value == "done"


def test_on_the_page_a_void_waits_for_a_second_person_too(app: House, browser: Browser):
    with inside(app):
        world = World.found(Actor("test"), MAY.replace(year=2011))
        world.issue(due=JUNE)
        world.bill_by(second_above=ALL)
        invoice = world.invoice_of("MRC").id
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    page = browser.follow(browser.submit(f"/invoices/{invoice}/void", {"reason": "Wrong payer"}))
    assert "Voiding an invoice: 50,000.00 GBP of INV-2016-0001." in page.words
