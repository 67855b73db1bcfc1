"""Receipts: one for each part of a payment, for whoever may see the invoice, as long as it settles it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from lxml import html
from sqlalchemy import select

from app.accounts.commands import adopt_profile
from app.billing.commands import PrintedReceipt, Settlement, give_receipt, release_allocation
from app.billing.documents import read_receipt, receipt_html, receipt_pdf
from app.billing.models import Allocation, GivenPaper
from app.billing.queries.given import GivenReceipt, find_given_receipt
from app.billing.queries.receipts import Receipt, get_receipt
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.files.queries import open_file
from app.web.requests import House
from tests.at_once import at_once
from tests.billing.world import PROFILE, World, inside, pounds
from tests.client import Browser
from tests.papers import needs_pango


@pytest.fixture
def paid(world: World) -> World:
    """A payer with an invoice of 50,000.00, of which 20,000.00 and then the rest was paid, with more."""
    world.issue(day=date(2016, 4, 1))
    invoice = world.invoice_of("MRC")
    world.pay("MRC", "20000.00", date(2016, 5, 2), (Settlement(invoice.id, pounds("20000.00")),))
    world.pay("MRC", "35000.00", date(2016, 5, 9), (Settlement(invoice.id, pounds("30000.00")),))
    return world


def settling(world: World) -> list[int]:
    asked = select(Allocation.id).where(Allocation.invoice_id == world.invoice_of("MRC").id).order_by(Allocation.id)
    return list(db.session.scalars(asked))


def receipt(world: World, place: int, actor: Actor | None = None) -> Receipt:
    return get_receipt(world.invoice_of("MRC").id, settling(world)[place], actor or world.office)


def words(found: Receipt) -> str:
    paper = receipt_html(read_receipt(found.record, found.sha256))
    return " ".join(" ".join(html.fromstring(paper).itertext()).split())


def test_each_part_of_a_payment_has_its_own_receipt_with_what_is_open_after_it(paid: World):
    first, second = words(receipt(paid, 0)), words(receipt(paid, 1))
    assert "We received GBP 20,000.00 from you on 2 May 2016, with thanks. GBP 20,000.00 of it went to" in first
    assert "as issued 50,000.00 This payment −20,000.00 Still due, GBP 30,000.00" in first
    assert "We received GBP 35,000.00" in second
    assert "GBP 30,000.00 of it went to invoice INV-2016-0001" in second
    assert "Paid or credited before −20,000.00 This payment −30,000.00 Still due, GBP 0.00" in second


@needs_pango
def test_a_receipt_is_the_same_bytes_whatever_came_later(paid: World):
    found = receipt(paid, 0)
    before = receipt_pdf(found.record, found.sha256)
    paid.credit(paid.invoice_of("NIH"))
    with transaction():
        adopt_profile(clock.today(), PROFILE, paid.office)
    again = receipt(paid, 0)
    assert receipt_pdf(again.record, again.sha256) == before


def test_a_receipt_ends_with_what_it_is_for(paid: World):
    ids = settling(paid)
    with transaction():
        release_allocation(ids[1], day=clock.today(), reason="Meant for another", actor=paid.office)
    assert receipt(paid, 0).record["amount"] == 2_000_000
    with pytest.raises(NotFoundError):
        get_receipt(paid.invoice_of("MRC").id, ids[1], paid.office)


def test_a_payer_gets_the_receipts_of_its_own_invoices_only(paid: World, representative_of: Callable[[int], Actor]):
    own, other = (representative_of(paid.members[short]) for short in ("MRC", "NIH"))
    assert receipt(paid, 0, own).file_name == f"INV-2016-0001-R{settling(paid)[0]}.pdf"
    with pytest.raises(NotFoundError):
        receipt(paid, 0, other)
    with pytest.raises(NotFoundError):
        get_receipt(paid.invoice_of("NIH").id, settling(paid)[0], paid.office)


def give(world: World, place: int, actor: Actor | None = None, content: bytes = b"%PDF once") -> GivenReceipt:
    invoice_id, allocation_id = world.invoice_of("MRC").id, settling(world)[place]
    says = receipt(world, place, actor).sha256
    with transaction():
        give_receipt(invoice_id, allocation_id, PrintedReceipt(says, content), actor=actor or world.office)
    found = find_given_receipt(invoice_id, allocation_id, actor or world.office)
    assert found is not None
    return found


def test_a_receipt_is_kept_the_first_time_it_is_given_out_and_the_same_ever_after(paid: World):
    first = give(paid, 0)
    assert open_file(first.pdf_id).content == b"%PDF once"
    assert first.pdf_sha256 == hashlib.sha256(b"%PDF once").hexdigest()
    assert (first.sha256, first.record) == (receipt(paid, 0).sha256, receipt(paid, 0).record)
    assert give(paid, 0, content=b"%PDF printed anew") == first
    assert [line for each in run_checks() for line in each.problems] == []


def test_a_receipt_that_was_given_out_stays_once_what_it_is_for_is_undone(paid: World):
    given = give(paid, 1)
    with transaction():
        release_allocation(settling(paid)[1], day=clock.today(), reason="Meant for another", actor=paid.office)
    found = find_given_receipt(paid.invoice_of("MRC").id, settling(paid)[1], paid.office)
    assert found == replace(given, was_undone=True)


def test_a_receipt_that_says_something_else_than_was_printed_is_not_given_out(paid: World):
    invoice_id, allocation_id = paid.invoice_of("MRC").id, settling(paid)[0]
    with pytest.raises(DomainError, match="has changed this moment"), transaction():
        give_receipt(invoice_id, allocation_id, PrintedReceipt("0" * 64, b"%PDF"), actor=paid.office)


def test_a_payer_is_given_the_receipts_of_its_own_invoices_only(paid: World, representative_of: Callable[[int], Actor]):
    own, other = (representative_of(paid.members[short]) for short in ("MRC", "NIH"))
    given = give(paid, 0, own)
    invoice_id, allocation_id = paid.invoice_of("MRC").id, settling(paid)[0]
    assert find_given_receipt(invoice_id, allocation_id, other) is None
    with pytest.raises(NotFoundError), transaction():
        give_receipt(invoice_id, allocation_id, PrintedReceipt(given.sha256, b"%PDF"), actor=other)


def test_a_receipt_that_two_want_at_once_is_kept_once(app: House):
    with inside(app):
        world = World.found(actor := program("test"), date(2011, 1, 1))
        world.issue(day=date(2016, 4, 1))
        world.pay("MRC", "20000.00", date(2016, 5, 2))
        invoice_id, (allocation_id,) = world.invoice_of("MRC").id, settling(world)
        says = get_receipt(invoice_id, allocation_id, actor).sha256
    printed = [PrintedReceipt(says, content) for content in (b"%PDF one", b"%PDF two")]
    outcomes = at_once(app, *(partial(give_receipt, invoice_id, allocation_id, each, actor=actor) for each in printed))
    assert outcomes == ["done", "done"]
    with inside(app):
        assert len(db.session.scalars(select(GivenPaper.id)).all()) == 1


@needs_pango
def test_the_page_of_an_invoice_leads_to_its_receipts_which_are_made_by_a_button_and_kept(
    made: World, finance: Browser
):
    with finance.app.app_context():
        invoice_id = made.invoice_of("MRC").id
        db.session.remove()
    (address,) = finance.get(f"/invoices/{invoice_id}").tree.xpath("//a[text()='Receipt']/@href")
    page = finance.get(str(address))
    assert "Not given out yet" in page.words
    assert finance.client.get(f"{address}/pdf").status_code == 404
    after = finance.follow(finance.press(str(address), f"{address}/give"))
    shown, again = (finance.client.get(f"{address}/pdf") for _ in range(2))
    assert (shown.status_code, shown.mimetype) == (200, "application/pdf")
    assert shown.data == again.data
    assert hashlib.sha256(shown.data).hexdigest() in after.words
    assert "24 May 2016" in after.words
