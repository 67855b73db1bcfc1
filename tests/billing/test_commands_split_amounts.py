"""An amount in parts that are each below the limit of one person: their sum asks for the second."""

from __future__ import annotations

from datetime import date

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
    ask_write_off,
    credit_invoice,
    decline,
    refund_credit,
    refund_payment,
    release_allocation,
    write_off,
)
from app.billing.models import Allocation, Approval, Invoice, WriteOff
from app.billing.rules import Act, TaxCategory, WriteOffKind
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Role
from app.web.requests import House
from tests.billing.bank_world import problems
from tests.billing.test_commands_billing_policy import finance
from tests.billing.test_commands_by_two import credit_of
from tests.billing.world import JUNE, MAY, World, inside, pounds
from tests.client import Browser
from tests.members.world import do
from tests.signin import sign_in

LIMITS = {act.value: 100_000 for act in (Act.CREDIT, Act.WRITE_OFF, Act.REFUND)}


@pytest.fixture
def odile(world: World) -> Actor:
    """Who acts alone as far as the policy lets them: to 1,000.00 of credits, write-offs and refunds each."""
    world.issue()
    world.bill_by(second_above=LIMITS)
    return finance("Odile Fennimore")


@pytest.fixture
def ines(odile: Actor) -> Actor:
    """Who is the second person."""
    assert odile.name
    return finance("Ines Quillfeather")


def off(amount: str) -> WriteOffValues:
    return WriteOffValues(pounds(amount), WriteOffKind.BANK_CHARGE, "Kept by the bank", MAY)


def back(amount: str) -> RefundValues:
    return RefundValues(pounds(amount), MAY, "Paid too much")


def test_credits_of_one_invoice_are_added_up_against_the_limit(world: World, odile: Actor):
    invoice = world.invoice_of("MRC")
    do(credit_invoice, invoice.id, credit_of(invoice, "600"), actor=odile)
    do(credit_invoice, invoice.id, credit_of(invoice, "400"), actor=odile)
    over = r"needs a second person for 0\.01 GBP, with what one person did before 1,000\.01 GBP"
    with pytest.raises(DomainError, match=over):
        do(credit_invoice, invoice.id, credit_of(invoice, "0.01"), actor=odile)
    other = world.invoice_of("NIH")
    do(credit_invoice, other.id, credit_of(other, "1000"), actor=odile)


def tax_the_partner(world: World) -> None:
    """Let one invoice be of 10,000.00 and 20 % of tax."""
    taxed = {"tax_category": TaxCategory.STANDARD, "tax_basis_points": 2000}
    world.adopt("partner", "10000.00", date(2012, 1, 1), **taxed)


def test_a_credit_counts_with_its_tax_as_a_void_does(world: World):
    tax_the_partner(world)
    world.issue()
    world.bill_by(second_above=LIMITS)
    odile, invoice = finance("Odile Fennimore"), world.invoice_of("ICS")
    with pytest.raises(DomainError, match=r"needs a second person for 1,080\.00 GBP\.$"):
        do(credit_invoice, invoice.id, credit_of(invoice, "900"), actor=odile)
    do(credit_invoice, invoice.id, credit_of(invoice, "500"), actor=odile)
    asked = do(ask_credit, invoice.id, credit_of(invoice, "400"), actor=odile)
    assert asked.words.startswith("Credit of an invoice: 480.00 GBP of INV-")
    assert asked.words.endswith(", with what one person did before 1,080.00 GBP")
    do(approve, asked.id, actor=finance("Ines Quillfeather"))
    assert world.invoice_of("ICS").gross_minor == -48_000


def test_on_the_page_a_credit_that_its_tax_brings_above_the_limit_is_asked_about(app: House, browser: Browser):
    with inside(app):
        world = World.found(Actor("test"), MAY.replace(year=2011))
        tax_the_partner(world)
        world.issue(due=JUNE)
        world.bill_by(second_above={Act.CREDIT.value: 1_100_000})
        invoice = world.invoice_of("ICS").id
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    page = browser.follow(browser.submit(f"/invoices/{invoice}/credit", {"reason": "Agreed"}))
    assert "Credit of an invoice: 12,000.00 GBP of INV-2016-0001." in page.words


def test_write_offs_that_a_second_person_agreed_to_do_not_count(world: World, odile: Actor, ines: Actor):
    invoice = world.invoice_of("MRC").id
    do(write_off, invoice, off("900.00"), actor=odile)
    asked = do(ask_write_off, invoice, off("600.00"), actor=odile)
    assert asked.words.endswith(", with what one person did before 1,500.00 GBP")
    do(approve, asked.id, actor=ines)
    agreed = db.session.scalars(select(WriteOff.id).where(WriteOff.amount_minor == 60_000)).one()
    assert db.session.get_one(Approval, asked.id).done_id == agreed
    do(write_off, invoice, off("100.00"), actor=odile)
    with pytest.raises(DomainError, match="needs a second person"):
        do(write_off, invoice, off("0.01"), actor=odile)
    assert problems() == []


def test_a_write_off_that_was_undone_does_not_count_and_frees_no_more_than_itself(
    world: World, odile: Actor, ines: Actor
):
    invoice = world.invoice_of("MRC").id
    do(approve, do(ask_write_off, invoice, off("5000.00"), actor=odile).id, actor=ines)
    do(write_off, invoice, off("1000.00"), actor=odile)
    agreed, alone = db.session.scalars(select(Allocation.id).order_by(Allocation.id))
    do(release_allocation, agreed, day=MAY, reason="It was paid", actor=odile)
    with pytest.raises(DomainError, match="needs a second person"):
        do(write_off, invoice, off("1.00"), actor=odile)
    do(release_allocation, alone, day=MAY, reason="It was paid", actor=odile)
    do(write_off, invoice, off("1000.00"), actor=odile)


def test_the_same_is_asked_once_whatever_one_person_did_in_between(world: World, odile: Actor):
    invoice = world.invoice_of("MRC").id
    do(write_off, invoice, off("950.00"), actor=odile)
    do(ask_write_off, invoice, off("90.00"), actor=odile)
    do(write_off, invoice, off("50.00"), actor=odile)
    with pytest.raises(DomainError, match="asked already"):
        do(ask_write_off, invoice, off("90.00"), actor=odile)
    do(ask_write_off, invoice, off("91.00"), actor=odile)


def test_what_was_declined_is_no_yes(world: World, odile: Actor, ines: Actor):
    invoice = world.invoice_of("MRC").id
    do(write_off, invoice, off("1000.00"), actor=odile)
    do(decline, do(ask_write_off, invoice, off("1.00"), actor=odile).id, reason="Enough", actor=ines)
    with pytest.raises(DomainError, match="needs a second person"):
        do(write_off, invoice, off("1.00"), actor=odile)


def test_refunds_of_one_payment_are_added_up_and_those_of_another_are_not(world: World, odile: Actor, ines: Actor):
    first, second = (world.pay("MRC", "52000.00"), world.pay("NIH", "52000.00"))
    do(refund_payment, first.id, back("700.00"), actor=odile)
    with pytest.raises(DomainError, match="Refund needs a second person"):
        do(refund_payment, first.id, back("300.01"), actor=odile)
    do(refund_payment, second.id, back("1000.00"), actor=odile)
    do(approve, do(ask_refund, Subject("payment", first.id), back("301.00"), actor=odile).id, actor=ines)
    do(refund_payment, first.id, back("300.00"), actor=odile)


def test_refunds_of_one_credit_note_are_added_up(world: World, odile: Actor, ines: Actor):
    world.pay("MRC", "50000.00")
    invoice = world.invoice_of("MRC")
    world.bill_by(second_above={Act.REFUND.value: 100_000})
    note = do(credit_invoice, invoice.id, CreditValues(credit_of(invoice, "5000").parts, "Agreed", MAY), actor=ines)
    do(refund_credit, note.id, back("1000.00"), actor=odile)
    with pytest.raises(DomainError, match="Refund needs a second person"):
        do(refund_credit, note.id, back("1.00"), actor=odile)


def test_a_limit_counts_what_was_done_before_it_was_set(world: World, odile: Actor):
    world.bill_by()
    invoice = world.invoice_of("MRC").id
    do(write_off, invoice, off("900.00"), actor=odile)
    world.bill_by(second_above=LIMITS)
    with pytest.raises(DomainError, match="needs a second person"):
        do(write_off, invoice, off("100.01"), actor=odile)


def test_on_the_page_the_part_above_the_limit_waits_with_its_sum(app: House, browser: Browser):
    with inside(app):
        world = World.found(Actor("test"), MAY.replace(year=2011))
        world.issue(due=JUNE)
        world.bill_by(second_above=LIMITS)
        invoice = world.invoice_of("MRC").id
    sign_in(browser, Role.FINANCE, name="Odile Fennimore")
    address, typed = f"/invoices/{invoice}/write-off", {"amount": "900.00", "reason": "Kept by the bank"}
    assert "is written off" in browser.follow(browser.submit(address, typed)).words
    page = browser.follow(browser.submit(address, typed))
    waits = "Writing off: 900.00 GBP of INV-2016-0001, with what one person did before 1,800.00 GBP."
    assert waits in page.words
    with inside(app):
        assert len(db.session.scalars(select(WriteOff)).all()) == 1
        assert db.session.get_one(Invoice, invoice).open_minor == 4_910_000
