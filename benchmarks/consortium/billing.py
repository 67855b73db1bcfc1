"""Fees, fee runs, invoices for services, and the payments that settle most of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from app.accounts.commands import ProfileValues, adopt_profile
from app.billing.commands import FeeTerms, IssueValues, adopt_fee, prepare_run
from app.billing.models import FeeRun, Invoice, InvoiceLine
from app.billing.rules import InvoiceState, RunState, TaxCategory, tax_sums
from app.core import clock
from app.core.database import db
from app.core.money import Money
from app.core.periods import year_of
from app.members.models import MembershipClass
from benchmarks.consortium import words
from benchmarks.consortium.issuing import Issued, issue_drafts
from benchmarks.consortium.paying import Receipt, receive
from benchmarks.consortium.world import World, written_on

CURRENCY = "GBP"
FEES = {"funder": 50_000, "partner": 5_000}
TERMS = timedelta(days=30)
PROFILE = ProfileValues(
    name="Consortium of the Benchmarks",
    short_name="BENCH",
    unit="Secretariat",
    street="1 Specimen House, Example Lane",
    postcode="ZZ9 9ZZ",
    city="Sampleford",
    country="GB",
    email="finance@muster.example",
    website="https://www.muster.example",
    tax_note="Not registered for VAT",
    vat_number=None,
    bank_name="Specimen Bank plc, Sampleford",
    bank_holder="Consortium of the Benchmarks",
    iban="GB33BUKB20201555555555",
    bic="BUKBGB22XXX",
    terms_days=30,
    invoice_note="Bank charges are borne by the payer.",
)


@dataclass
class Books:
    """What is still to be invoiced and to be paid while the months go by."""

    world: World
    invoices_left: int
    receipts: dict[date, list[Receipt]] = field(default_factory=lambda: defaultdict(list))


def open_books(world: World) -> Books:
    """The profile and the fees, in force since the first day."""
    with written_on(world.first_day):
        adopt_profile(world.first_day, PROFILE, world.office)
        classes = {row.code: row.id for row in db.session.execute(select(MembershipClass.code, MembershipClass.id))}
        for code, amount in FEES.items():
            terms = FeeTerms(
                name=f"{code.capitalize()} membership fee",
                class_id=classes[code],
                amount=Money.of(amount, CURRENCY),
                first_day=world.first_day,
                tax_reason="Membership fee, not a supply",
            )
            adopt_fee(terms, actor=world.office)
    return Books(world, world.size.invoices)


def bill_month(books: Books, month: date, months_left: int) -> None:
    """What is invoiced on the first of a month: in January the fee run, and services all the year."""
    with written_on(month):
        run_id = _prepare(books, month) if month.month == 1 else None
        services = books.invoices_left // months_left if months_left > 1 else books.invoices_left
        books.invoices_left -= _draft_services(books.world, max(services, 0), month)
        issued = issue_drafts(IssueValues(month, month + TERMS), books.world.office)
        if run_id is not None:
            _close_run(run_id, month)
    for invoice in issued:
        _plan_receipt(books, invoice)


def receive_month(books: Books, month: date) -> None:
    """The money that came in during a month, recorded on its last day, or today."""
    due = [day for day in sorted(books.receipts) if (day.year, day.month) <= (month.year, month.month)]
    receipts = [receipt for day in due for receipt in books.receipts.pop(day)]
    if receipts:
        with written_on(max(due)):
            receive(receipts, books.world.office)


def _prepare(books: Books, month: date) -> int:
    run = prepare_run(year_of(month), actor=books.world.office)
    books.invoices_left -= run.planned
    return run.id


def _close_run(run_id: int, day: date) -> None:
    run = db.session.get_one(FeeRun, run_id)
    run.state, run.done = RunState.ISSUED, run.planned
    run.issue_day, run.due_day, run.issued_at = day, day + TERMS, clock.now()


def _draft_services(world: World, count: int, month: date) -> int:
    """Drafts without a run, of one to three lines; how many."""
    if not count:
        return 0
    charges = [_lines(world, month) for _ in range(count)]
    rows = [_draft(world, lines) for lines in charges]
    ids = db.session.scalars(insert(Invoice).returning(Invoice.id, sort_by_parameter_order=True), rows).all()
    lines = [line | {"invoice_id": invoice_id} for invoice_id, each in zip(ids, charges, strict=True) for line in each]
    db.session.execute(insert(InvoiceLine), lines)
    return count


def _lines(world: World, month: date) -> list[dict[str, Any]]:
    taxed = world.random.random() < 0.3
    lines = []
    for position in range(1, world.random.choice((1, 1, 1, 2, 3)) + 1):
        quantity, unit = world.random.randint(1, 4), world.random.randint(2_000, 250_000)
        lines.append(
            {
                "position": position,
                "description": world.random.choice(words.SERVICES),
                "why": "as ordered",
                "first_day": month,
                "last_day": month + timedelta(days=27),
                "quantity": quantity,
                "unit_minor": unit,
                "net_minor": unit * quantity,
                "tax_category": TaxCategory.STANDARD if taxed else TaxCategory.OUTSIDE_SCOPE,
                "tax_basis_points": 2_000 if taxed else 0,
                "tax_reason": None if taxed else "Service among members",
            }
        )
    return lines


def _draft(world: World, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    charged = [(line["tax_category"], line["tax_basis_points"], Money(line["net_minor"], CURRENCY)) for line in lines]
    net, tax = sum(line["net_minor"] for line in lines), sum(each.tax.minor for each in tax_sums(charged))
    return {
        "state": InvoiceState.DRAFT,
        "payer_id": world.random.choice(world.institutions),
        "currency": CURRENCY,
        "net_minor": net,
        "tax_minor": tax,
        "gross_minor": net + tax,
        "open_minor": 0,
        "created_at": clock.now(),
        "search_text": "",
        "version": 1,
    }


def _plan_receipt(books: Books, invoice: Issued) -> None:
    """Most invoices are paid in full some weeks later, some in part or too well, and some not at all."""
    dice = books.world.random.random()
    if dice > 0.9:
        return
    day = invoice.issue_day + timedelta(days=books.world.random.randint(3, 60))
    part = 0.5 if dice < 0.04 else 1.1 if dice < 0.06 else 1.0
    amount = max(1, round(invoice.gross * part))
    if day <= books.world.today:
        books.receipts[day].append(Receipt(invoice, day, amount))
