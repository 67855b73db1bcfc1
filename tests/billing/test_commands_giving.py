"""Receipts are given out by whom they may be, and while something else happens to what they are for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import copy_context
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from app.billing.commands import PrintedReceipt, give_receipt, release_allocation, reverse_payment
from app.billing.models import Allocation, GivenPaper, Invoice
from app.billing.queries.receipts import get_receipt
from app.billing.routes import receipts
from app.core.actor import Actor, Granted, program
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.commands import Merging, merge_records, undo_merger
from app.members.rules import TwinKind
from app.web.requests import House
from tests.at_once import PATIENCE, at_once
from tests.billing.world import MAY, World, inside
from tests.client import Browser
from tests.papers import needs_pango
from tests.signin import sign_in

ACTOR = program("test")
A_MOMENT = 0.5
"""Seconds: far longer than a receipt takes that waits for nobody."""


@dataclass(frozen=True)
class Paid:
    """An invoice with what settles it, its payer, a second account of that payer, and what the receipt says."""

    payer: int
    twin: int
    invoice: int
    allocation: int
    payment: int
    says: str


@pytest.fixture
def paid(app: House, made: World) -> Paid:
    """What was paid in part, and a twin of its payer."""
    with inside(app):
        invoice = made.invoice_of("MRC").id
        settling = db.session.scalars(select(Allocation).where(Allocation.invoice_id == invoice)).one()
        says = get_receipt(invoice, settling.id, ACTOR).sha256
        allocation, payment = settling.id, settling.payment_id or 0
        twin = made.add("Medical Research Council UK", "MRC UK")
        return Paid(made.members["MRC"], twin, invoice, allocation, payment, says)


def give(of: Paid, actor: Actor = ACTOR) -> None:
    give_receipt(of.invoice, of.allocation, PrintedReceipt(of.says, b"%PDF"), actor=actor)


@pytest.mark.parametrize(
    ("roles", "refusal"),
    [
        ((Role.SECRETARIAT,), None),
        ((Role.FINANCE,), None),
        ((Role.REPRESENTATIVE,), None),
        ((Role.AUDITOR,), AccessDeniedError),
        ((Role.COMMITTEE_MEMBER,), NotFoundError),
    ],
    ids=["secretariat", "finance", "representative", "auditor", "committee member"],
)
def test_the_office_and_the_payer_have_a_receipt_made_and_who_only_reads_does_not(
    app: House, paid: Paid, roles: tuple[Role, ...], refusal: type[DomainError] | None
):
    somebody = Actor("Somebody", 7, tuple(Granted(role, institution_id=paid.payer) for role in roles))
    with inside(app), pytest.raises(refusal) if refusal else nullcontext(), transaction():
        give(paid, somebody)
    assert given(app) == ([] if refusal else [paid.payer])


def test_who_audits_and_represents_another_has_no_receipt_made_and_finds_no_other_way_in(app: House, paid: Paid):
    other = Granted(Role.REPRESENTATIVE, institution_id=paid.twin)
    with inside(app):
        with pytest.raises(AccessDeniedError), transaction():
            give(paid, Actor("Somebody", 7, (Granted(Role.AUDITOR), other)))
        with pytest.raises(NotFoundError), transaction():
            give(paid, Actor("Somebody", 7, (other,)))
        with transaction():
            give(paid)
        with pytest.raises(AccessDeniedError), transaction():
            give(paid, Actor("Somebody", 7, (Granted(Role.AUDITOR),)))


@needs_pango
def test_an_auditor_sees_the_receipts_given_out_and_no_button_that_makes_one(app: House, browser: Browser, paid: Paid):
    sign_in(browser, Role.AUDITOR)
    address = f"/invoices/{paid.invoice}/receipts/{paid.allocation}"
    page = browser.get(address)
    assert "Not given out yet" in page.words
    assert "Make the receipt" not in page.words
    (token, *_) = page.tree.xpath("//input[@name='csrf_token']/@value")
    browser.post(f"{address}/give", {"csrf_token": str(token)}, 403)
    with inside(app), transaction():
        give(paid)
    assert "Kept as given out" in browser.get(address).words
    assert browser.client.get(f"{address}/pdf").data == b"%PDF"


@needs_pango
def test_others_write_while_a_receipt_is_printed(
    app: House, finance: Browser, made: World, paid: Paid, monkeypatch: pytest.MonkeyPatch
):
    order: list[str] = []

    def pay() -> None:
        with inside(app):
            made.pay("NIH", "1000.00")
        order.append("paid")

    def written_meanwhile(*_: object) -> bytes:
        other = threading.Thread(target=copy_context().run, args=(pay,))
        other.start()
        other.join(PATIENCE)
        order.append("printed")
        return b"%PDF"

    monkeypatch.setattr(receipts, "receipt_pdf", written_meanwhile)
    address = f"/invoices/{paid.invoice}/receipts/{paid.allocation}"
    assert "Kept as given out" in finance.follow(finance.press(address, f"{address}/give")).words
    assert order == ["paid", "printed"]
    assert given(app) == [paid.payer]


def given_while(app: House, of: Paid, work: Callable[[], object]) -> list[str]:
    """What becomes of both where the receipt is wanted after `work` is done, and before it is committed."""
    is_done = threading.Event()

    def first() -> None:
        work()
        is_done.set()
        time.sleep(A_MOMENT)

    def second() -> None:
        assert is_done.wait(PATIENCE)
        give(of)

    return at_once(app, first, second)


def given(app: House) -> list[int]:
    """Whose papers are kept; everything that is proved holds."""
    with inside(app):
        assert [line for finding in run_checks() for line in finding.problems] == []
        return list(db.session.scalars(select(GivenPaper.payer_id).order_by(GivenPaper.id)))


@pytest.mark.parametrize(
    "undo",
    [
        lambda of: reverse_payment(of.payment, day=MAY, reason="The bank took it back", actor=ACTOR),
        lambda of: release_allocation(of.allocation, day=MAY, reason="Meant for another", actor=ACTOR),
    ],
    ids=["the payment reversed", "the allocation released"],
)
def test_no_receipt_is_given_out_for_what_is_undone_at_once(app: House, paid: Paid, undo: Callable[[Paid], object]):
    assert given_while(app, paid, lambda: undo(paid)) == ["done", "There is no such receipt."]
    assert given(app) == []


def test_no_receipt_is_kept_with_a_payer_that_is_merged_at_once(app: House, paid: Paid):
    merging = Merging(TwinKind.INSTITUTION, paid.twin, paid.payer, "Entered twice")
    first, second = given_while(app, paid, lambda: merge_records(merging, actor=ACTOR))
    assert first == "done"
    # Who waits before reading anything finds the survivor; who asked for the payer just before is told.
    assert second in {"done", "This institution was merged into another one: do it there."}
    assert given(app) == ([paid.twin] if second == "done" else [])
    with inside(app), transaction():
        give(paid)
    assert given(app) == [paid.twin]


def test_a_receipt_that_was_given_out_follows_its_payer_into_a_merger_and_back(app: House, paid: Paid):
    with inside(app), transaction():
        give(paid)
    with inside(app), transaction():
        merging = Merging(TwinKind.INSTITUTION, paid.twin, paid.payer, "Entered twice")
        merger = merge_records(merging, actor=ACTOR).id
    assert given(app) == [paid.twin]
    with inside(app), transaction():
        undo_merger(merger, actor=ACTOR)
    assert given(app) == [paid.payer]
    with inside(app):
        assert db.session.get_one(Invoice, paid.invoice).payer_id == paid.payer
