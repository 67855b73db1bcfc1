"""Credit notes, voided invoices, refunds, write-offs, reversals: each by its own entry, and right on any day."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.billing.commands import (
    CreditValues,
    PaymentValues,
    RefundValues,
    Settlement,
    WriteOffValues,
    allocate_credit,
    allocate_payment,
    credit_invoice,
    draft_again,
    issue_invoice,
    record_payment,
    refund_credit,
    refund_payment,
    release_allocation,
    reverse_payment,
    void_invoice,
    write_off,
)
from app.billing.commands.runs import IssueValues
from app.billing.models import Allocation, Invoice, InvoiceRecord, Payment, Posting
from app.billing.queries.balances import ageing, balance_of
from app.billing.queries.credits import creditable_of
from app.billing.queries.invoices import InvoiceFilters, search_invoices
from app.billing.queries.ledger import trial_balance
from app.billing.rules import InvoiceState, Standing, TaxCategory, WriteOffKind
from app.core.actor import program
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.web.requests import House
from tests.billing.world import MAY, World, pounds

APRIL, ISSUED = date(2016, 4, 20), date(2016, 4, 1)


@pytest.fixture
def owing(world: World) -> World:
    """The world with the invoices of 2016 issued on 1 April, due on 1 May."""
    world.issue(day=ISSUED, due=date(2016, 5, 1))
    return world


def problems() -> list[str]:
    return [line for finding in run_checks() for line in finding.problems]


def agree_on(day: date, world: World) -> None:
    """Ageing, the list of invoices and the ledger say the same."""
    aged = ageing(day, actor=world.office)
    listed = search_invoices(InvoiceFilters(), PageRequest(size=200), on=day, actor=world.office)
    trial: dict[str, int] = {}
    for row in trial_balance(day, actor=world.office):
        trial[row.code] = trial.get(row.code, 0) + row.balance.minor
    owed, left = sum(row.owed.minor for row in aged), sum(row.unallocated for row in aged)
    assert trial.get("1100", 0) == sum(row.outstanding.minor for row in listed.rows)
    assert trial.get("1100", 0) + trial.get("2100", 0) == owed - left


def live_allocation(payment: Payment) -> int:
    return db.session.scalars(select(Allocation.id).where(Allocation.payment_id == payment.id)).first() or 0


def test_a_credit_note_names_the_invoice_takes_its_own_number_and_lowers_what_is_open(owing: World):
    invoice = owing.invoice_of("MRC")
    credit = owing.credit(invoice, "10000.00")
    record = db.session.get_one(InvoiceRecord, credit.id).content
    assert (credit.number, credit.open_minor, invoice.open_minor) == ("CN-2016-0001", 0, 4_000_000)
    named = {"number": invoice.number, "issued_on": "2016-04-01", "gross": 5_000_000, "open_before": 5_000_000}
    assert record["credits"] == named
    assert record["buyer"]["name"] == "Medical Research Council"
    assert problems() == []


def test_a_credit_note_above_what_is_still_creditable_is_refused(owing: World):
    invoice = owing.invoice_of("MRC")
    owing.credit(invoice, "30000.00")
    with pytest.raises(DomainError, match="Only 20,000"):
        owing.credit(invoice, "20000.01")
    owing.credit(invoice, "20000.00")
    assert owing.invoice_of("MRC").kind == "credit_note"
    assert db.session.get_one(Invoice, invoice.id).open_minor == 0


def test_the_tax_of_all_part_credits_is_the_tax_of_the_invoice_at_its_rate(world: World):
    world.adopt("partner", "0.99", date(2012, 1, 1), tax_category=TaxCategory.STANDARD, tax_basis_points=1900)
    world.issue(day=ISSUED)
    invoice = world.invoice_of("ICS")
    credits_ = [world.credit(invoice, each) for each in ("0.33", "0.33", "0.33")]
    assert sum(each.tax_minor for each in credits_) == -invoice.tax_minor == -19
    assert db.session.get_one(Invoice, invoice.id).open_minor == 0
    assert problems() == []


def test_of_two_categories_each_is_credited_up_to_what_is_left_of_it_at_the_rate_of_the_invoice(world: World):
    standard = {"tax_category": TaxCategory.STANDARD, "tax_reason": None}
    world.adopt("partner", "33.33", date(2012, 1, 1), tax_basis_points=2000, **standard)
    world.issue(day=ISSUED)
    invoice = world.invoice_of("NIH")
    world.adopt("partner", "33.33", date(2016, 4, 2), tax_basis_points=500, **standard)
    taxed = next(each for each in creditable_of(invoice.id).lines if each.tax_category is TaxCategory.STANDARD)

    def credit(minor: int) -> dict[str, int]:
        values = CreditValues({taxed.id: minor}, "Agreed", MAY)
        with transaction():
            made = credit_invoice(invoice.id, values, actor=world.office)
        (tax,) = db.session.get_one(InvoiceRecord, made.id).content["taxes"]
        return {name: tax[name] for name in ("category", "basis_points", "base", "tax")}

    assert credit(2000) == {"category": "S", "basis_points": 2000, "base": 2000, "tax": 400}
    with pytest.raises(DomainError, match=r"Only 13\.33"):
        credit(1334)
    assert credit(1333) == {"category": "S", "basis_points": 2000, "base": 1333, "tax": 267}
    with pytest.raises(DomainError, match=r"Only 0\.00"):
        credit(1)
    assert db.session.get_one(Invoice, invoice.id).open_minor == pounds(50000).minor
    world.credit(invoice)
    assert db.session.get_one(Invoice, invoice.id).open_minor == 0
    assert problems() == []


def test_crediting_a_paid_invoice_leaves_a_balance_to_refund_or_to_use(owing: World):
    owing.pay("MRC", "50000.00", APRIL)
    invoice = owing.invoice_of("MRC")
    credit = owing.credit(invoice, "10000.00")
    (balance,) = balance_of(owing.members["MRC"], actor=owing.office)
    assert (credit.open_minor, balance.owed, balance.unallocated) == (-1_000_000, pounds(0), pounds(10000))
    with transaction():
        refund_credit(credit.id, RefundValues(pounds(4000), MAY, "Asked for it"), actor=owing.office)
    with pytest.raises(DomainError, match=r"Only 6,000\.00 GBP is left"), transaction():
        refund_credit(credit.id, RefundValues(pounds(7000), MAY, "Asked for it"), actor=owing.office)
    assert balance_of(owing.members["MRC"], actor=owing.office)[0].unallocated == pounds(6000)
    assert balance_of(owing.members["MRC"], date(2016, 5, 23), actor=owing.office) == []
    assert problems() == []


def test_a_credit_is_used_for_another_invoice_of_the_payer(owing: World):
    owing.pay("NIH", "50000.00", APRIL)
    credit = owing.credit(owing.invoice_of("NIH"), "10000.00")
    owing.adopt("partner", "30000.00", date(2012, 1, 1))
    owing.issue(day=MAY)
    other = owing.invoice_of("NIH")
    with transaction():
        allocate_credit(credit.id, {other.id: 1_000_000}, actor=owing.office)
    assert (credit.open_minor, db.session.get_one(Invoice, other.id).open_minor) == (0, 2_000_000)
    assert problems() == []


def test_a_credit_is_used_for_invoices_of_its_own_currency_alone(owing: World):
    owing.pay("NIH", "50000.00", APRIL)
    credit = owing.credit(owing.invoice_of("NIH"), "100.00")
    owing.rate("EUR", "0.80", APRIL)
    owing.adopt("partner", Money.of("1000.00", "EUR"), date(2012, 1, 1))
    owing.issue(day=MAY)
    other = owing.invoice_of("NIH").id
    with pytest.raises(DomainError, match="of its own currency only") as refused:
        allocate_credit(credit.id, {other: 10_000}, actor=owing.office)
    assert refused.value.field == f"invoice_{other}"


def test_what_all_credits_of_a_foreign_invoice_are_worth_at_home_is_what_it_was_worth(world: World):
    world.rate("USD", "0.70", ISSUED)
    world.adopt("partner", Money.of("0.05", "USD"), date(2012, 1, 1))
    world.issue(day=ISSUED)
    invoice = world.invoice_of("ICS")
    cents = [world.credit(invoice, "0.01") for _ in range(5)]
    assert sum(each.home_minor for each in cents) == -invoice.home_minor == -4  # 3.5 pence, and 0.7 for each cent.
    assert db.session.get_one(Invoice, invoice.id).open_minor == 0
    of_ics = select(Posting.home_minor).where(Posting.payer_id == invoice.payer_id, Posting.account_code == "1100")
    assert sum(db.session.scalars(of_ics)) == 0
    assert problems() == []


def test_a_void_invoice_keeps_its_number_and_what_it_charged_is_drafted_again_once(owing: World):
    invoice = owing.invoice_of("MRC")
    with transaction():
        void_invoice(invoice.id, day=MAY, reason="Wrong payer", actor=owing.office)
    assert (invoice.state, invoice.number, invoice.open_minor) == (InvoiceState.VOID, "INV-2016-0001", 0)
    with transaction():
        draft = draft_again(invoice.id, actor=owing.office)
    with pytest.raises(DomainError, match="already"), transaction():
        draft_again(invoice.id, actor=owing.office)
    with transaction():
        issued = issue_invoice(draft.id, IssueValues(MAY, MAY), actor=owing.office)
    assert (issued.number, issued.replaces_id) == ("INV-2016-0004", invoice.id)
    assert problems() == []


def test_a_void_invoice_was_owed_until_it_was_voided(owing: World):
    invoice = owing.invoice_of("MRC")
    with transaction():
        void_invoice(invoice.id, day=MAY, reason="Wrong payer", actor=owing.office)
    before = search_invoices(InvoiceFilters(payer_id=invoice.payer_id), PageRequest(), on=APRIL, actor=owing.office)
    after = search_invoices(InvoiceFilters(payer_id=invoice.payer_id), PageRequest(), on=MAY, actor=owing.office)
    assert [(row.standing, row.outstanding) for row in before.rows] == [(Standing.DUE, pounds(50000))]
    assert [(row.standing, row.outstanding) for row in after.rows] == [(Standing.VOID, pounds(0))]
    for day in (ISSUED, APRIL, MAY):
        agree_on(day, owing)


def test_an_invoice_that_something_settles_is_not_voided(owing: World):
    owing.pay("MRC", "1.00", APRIL)
    with pytest.raises(DomainError, match="Something settles it"), transaction():
        void_invoice(owing.invoice_of("MRC").id, day=MAY, reason="Wrong", actor=owing.office)


def test_an_invoice_is_not_voided_once_a_credit_note_names_it_though_the_credit_is_used_for_nothing(owing: World):
    invoice = owing.invoice_of("MRC")
    credit = owing.credit(invoice, "100.00")
    used = db.session.scalars(select(Allocation.id).where(Allocation.credit_id == credit.id)).one()
    with transaction():
        release_allocation(used, day=MAY, reason="For another invoice", actor=owing.office)
    assert invoice.open_minor == invoice.gross_minor
    with pytest.raises(DomainError, match="It is credited in part"), transaction():
        void_invoice(invoice.id, day=MAY, reason="Wrong", actor=owing.office)


def test_a_payment_reversed_by_the_bank_opens_its_invoice_again_and_keeps_the_history(owing: World):
    payment = owing.pay("MRC", "50100.00", APRIL)
    with transaction():
        reverse_payment(payment.id, day=date(2016, 5, 10), reason="Returned by the bank", actor=owing.office)
    invoice = owing.invoice_of("MRC")
    assert (invoice.open_minor, payment.unallocated_minor, invoice.due_day) == (5_000_000, 0, date(2016, 5, 1))
    assert balance_of(invoice.payer_id, APRIL, actor=owing.office)[0].unallocated == pounds(100)
    assert balance_of(invoice.payer_id, actor=owing.office)[0].overdue == pounds(50000)
    with pytest.raises(DomainError, match="reversed already"), transaction():
        reverse_payment(payment.id, day=MAY, reason="Again", actor=owing.office)
    for day in (ISSUED, APRIL, date(2016, 5, 9), date(2016, 5, 10), MAY):
        agree_on(day, owing)
    assert problems() == []


def test_an_allocation_is_undone_and_made_anew_elsewhere(owing: World):
    payment = owing.pay("MRC", "50000.00", APRIL)
    with transaction():
        release_allocation(live_allocation(payment), day=MAY, reason="For another invoice", actor=owing.office)
    assert (payment.unallocated_minor, owing.invoice_of("MRC").open_minor) == (5_000_000, 5_000_000)
    with pytest.raises(DomainError, match="undone already"), transaction():
        release_allocation(live_allocation(payment), day=MAY, reason="Again", actor=owing.office)
    with transaction():
        part = Settlement(owing.invoice_of("MRC").id, pounds("20000.00"))
        allocate_payment(payment.id, [part], actor=owing.office)
    assert problems() == []
    agree_on(APRIL, owing)


def test_what_a_payment_has_left_is_refunded_and_never_more(owing: World):
    payment = owing.pay("MRC", "50100.00", APRIL)
    with pytest.raises(DomainError, match=r"Only 100\.00 GBP is left"), transaction():
        refund_payment(payment.id, RefundValues(pounds("100.01"), MAY, "Paid too much"), actor=owing.office)
    with transaction():
        refund_payment(payment.id, RefundValues(pounds(100), MAY, "Paid too much"), actor=owing.office)
    assert payment.unallocated_minor == 0
    with pytest.raises(DomainError, match="refunded"), transaction():
        reverse_payment(payment.id, day=MAY, reason="Returned", actor=owing.office)
    assert problems() == []


def test_a_bank_charge_deducted_on_the_way_is_written_off_by_an_entry_of_its_own(owing: World):
    owing.pay("MRC", "49985.00", APRIL)
    invoice = owing.invoice_of("MRC")
    values = WriteOffValues(pounds(15), WriteOffKind.BANK_CHARGE, "Deducted on the way", MAY)
    with transaction():
        written = write_off(invoice.id, values, actor=owing.office)
    assert db.session.get_one(Invoice, invoice.id).open_minor == 0
    assert {row.code: row.balance for row in trial_balance(actor=owing.office)}["6100"] == pounds(15)
    allocation = db.session.scalars(select(Allocation).where(Allocation.write_off_id == written.id)).one()
    with transaction():
        release_allocation(allocation.id, day=MAY, reason="It came after all", actor=owing.office)
    assert db.session.get_one(Invoice, invoice.id).open_minor == 1_500
    assert problems() == []


def test_the_exchange_difference_of_a_foreign_invoice_is_booked_at_payment(world: World):
    world.rate("USD", "0.70", date(2016, 3, 1))
    world.rate("USD", "0.65", date(2016, 4, 15))
    world.adopt("partner", Money.of("100.01", "USD"), date(2012, 1, 1))
    world.issue(day=ISSUED)
    invoice = world.invoice_of("ICS")
    assert (invoice.home_minor, invoice.rate_day) == (7_001, date(2016, 3, 1))
    with transaction():
        record_payment(PaymentValues(invoice.payer_id, APRIL, Money.of("100.01", "USD")), actor=world.office)
    home = {row.code: row.home.minor for row in trial_balance(actor=world.office) if row.code in {"6900", "1100"}}
    assert home["6900"] == 7_001 - 6_501
    assert db.session.get_one(Invoice, invoice.id).open_minor == 0
    assert problems() == []


def test_money_in_another_currency_settles_an_invoice_by_what_was_agreed(owing: World):
    owing.rate("EUR", "0.79", APRIL)
    invoice = owing.invoice_of("MRC")
    part = Settlement(invoice.id, pounds("50000.00"), Money.of("63000.00", "EUR"))
    values = PaymentValues(invoice.payer_id, APRIL, Money.of("63500.00", "EUR"), settles=(part,))
    with transaction():
        payment = record_payment(values, actor=owing.office)
    assert (payment.unallocated_minor, db.session.get_one(Invoice, invoice.id).open_minor) == (50_000, 0)
    assert sum(row.home.minor for row in trial_balance(actor=owing.office)) == 0
    assert problems() == []


def test_a_foreign_invoice_waits_for_a_rate(world: World):
    world.adopt("partner", Money.of("100.00", "USD"), date(2012, 1, 1))
    world.prepare()
    draft = world.invoice_of("ICS")
    with pytest.raises(DomainError, match="No rate of exchange of USD"), transaction():
        issue_invoice(draft.id, IssueValues(MAY, MAY), actor=world.office)


def test_the_currency_of_the_books_needs_no_rate_and_no_rate_is_entered_ahead(world: World):
    for currency, day, words in (("GBP", MAY, "needs no rate"), ("EUR", date(2016, 5, 25), "not before")):
        with pytest.raises(DomainError, match=words):
            world.rate(currency, "1", day)


def test_two_who_credit_the_same_invoice_at_once_never_credit_more_than_it_claimed(app: House, made: World):
    with app.app_context():
        invoice = made.invoice_of("NIH")
        invoice_id, line_id = invoice.id, creditable_of(invoice.id).lines[0].id
        db.session.remove()
    answers: list[str] = []

    def credit() -> None:
        with app.app_context():
            try:
                with transaction():
                    values = CreditValues({line_id: 3_000_000}, "Twice", MAY)
                    credit_invoice(invoice_id, values, actor=program("test"))
                answers.append("credited")
            except DomainError as refused:
                answers.append(refused.message)

    threads = [threading.Thread(target=credit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(answers) == "credited"
    assert "can still be credited" in min(answers)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ageing_list_and_ledger_agree_on_every_day_whatever_was_done_to_invoices(owing: World, seed: int):
    dice = random.Random(seed)  # noqa: S311 - a walk that can be walked again
    days = [ISSUED + timedelta(days=number) for number in range((MAY - ISSUED).days + 1)]
    for _ in range(40):
        step(owing, dice, dice.choice(days))
    assert problems() == []
    for day in days[::7]:
        agree_on(day, owing)


def step(world: World, dice: random.Random, day: date) -> None:
    """Do one thing that may be refused; what is refused changes nothing."""
    invoice = db.session.scalars(select(Invoice).where(Invoice.kind == "invoice").order_by(Invoice.id)).all()
    one, amount = dice.choice(invoice), pounds(dice.randint(1, 60_000))
    payment = db.session.scalars(select(Payment).order_by(Payment.id.desc())).first()
    done = db.session.scalars(select(Allocation.id).order_by(Allocation.id.desc())).first()
    office = world.office
    acts = (
        lambda: record_payment(PaymentValues(one.payer_id, day, amount), actor=office),
        lambda: credit_invoice(
            one.id, CreditValues({creditable_of(one.id).lines[0].id: amount.minor}, "x", day), actor=office
        ),
        lambda: write_off(one.id, WriteOffValues(amount, WriteOffKind.UNCOLLECTIBLE, "x", day), actor=office),
        lambda: release_allocation(done or 0, day=day, reason="x", actor=office),
        lambda: reverse_payment(payment.id if payment else 0, day=day, reason="x", actor=office),
        lambda: refund_payment(payment.id if payment else 0, RefundValues(amount, day, "x"), actor=office),
        lambda: void_invoice(one.id, day=day, reason="x", actor=office),
    )
    try:
        with transaction():
            dice.choice(acts)()
    except DomainError:
        db.session.expire_all()
