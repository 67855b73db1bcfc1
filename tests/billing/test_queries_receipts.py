"""Receipts: one for each part of a payment, for whoever may see the invoice, as long as it settles it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from lxml import html
from sqlalchemy import select

from app.accounts.commands import adopt_profile
from app.billing.commands import Settlement, release_allocation
from app.billing.documents import read_receipt, receipt_html, receipt_pdf
from app.billing.models import Allocation
from app.billing.queries.receipts import Receipt, get_receipt
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.transaction import transaction
from tests.billing.world import PROFILE, World, pounds
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


@needs_pango
def test_the_page_of_an_invoice_leads_to_its_receipts(made: World, finance: Browser):
    with finance.app.app_context():
        invoice_id = made.invoice_of("MRC").id
        db.session.remove()
    (address,) = finance.get(f"/invoices/{invoice_id}").tree.xpath("//a[text()='Receipt']/@href")
    shown = finance.client.get(str(address))
    assert (shown.status_code, shown.mimetype) == (200, "application/pdf")
