"""Payments: what they settle, what is left, what is owed on any day, and two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select

from app.billing.commands import PaymentValues, Settlement, allocate_payment, record_payment
from app.billing.models import Allocation, Invoice, Payment, Posting
from app.billing.queries.balances import ageing, balance_of
from app.billing.queries.good_standing import standing_of
from app.billing.queries.invoices import InvoiceFilters, get_invoice, search_invoices
from app.billing.queries.ledger import JournalFilters, list_journal, trial_balance
from app.billing.queries.payments import PaymentFilters, get_payment, list_open, search_payments
from app.billing.rules import Standing
from app.core.actor import Actor, program
from app.core.clock import clock_at, start_of
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


def test_a_payment_settles_the_oldest_open_invoice_first_and_the_rest_stays_unallocated(owing: World):
    payment = owing.pay("MRC", "50100.00", APRIL)
    invoice = owing.invoice_of("MRC")
    assert invoice.open_minor == 0
    assert payment.unallocated_minor == 10_000
    assert problems() == []


def test_a_payment_above_what_is_due_leaves_credit_and_nothing_is_negative(owing: World):
    owing.pay("MRC", "50100.00", APRIL)
    (balance,) = balance_of(owing.members["MRC"], actor=owing.office)
    assert (balance.owed, balance.unallocated, balance.net) == (pounds(0), pounds(100), pounds(-100))


def test_a_chosen_settlement_is_taken_as_chosen(owing: World):
    part = Settlement(owing.invoice_of("MRC").id, pounds("20000.00"))
    payment = owing.pay("MRC", "30000.00", APRIL, (part,))
    assert owing.invoice_of("MRC").open_minor == 3_000_000
    assert payment.unallocated_minor == 1_000_000


def test_no_more_can_be_settled_than_is_open(owing: World):
    part = Settlement(owing.invoice_of("MRC").id, pounds("50000.01"))
    with pytest.raises(DomainError, match="Only 50,000") as refused:
        owing.pay("MRC", "60000.00", APRIL, (part,))
    assert refused.value.field == f"invoice_{part.invoice_id}"
    assert db.session.scalar(select(func.count()).select_from(Payment)) == 0


def test_a_payment_settles_only_invoices_of_its_payer(owing: World):
    part = Settlement(owing.invoice_of("NIH").id, pounds("1.00"))
    with pytest.raises(DomainError, match="not open any more"):
        owing.pay("MRC", "10.00", APRIL, (part,))


def test_the_parts_of_a_payment_never_add_to_more_than_it(owing: World):
    part = Settlement(owing.invoice_of("MRC").id, pounds("20.00"))
    with pytest.raises(DomainError, match="add to more"):
        owing.pay("MRC", "10.00", APRIL, (part,))


def test_a_payment_of_another_currency_settles_nothing_by_itself(owing: World):
    owing.rate("EUR", "0.79", APRIL)
    with transaction():
        payment = record_payment(
            PaymentValues(owing.members["MRC"], APRIL, Money.of("50000.00", "EUR")), actor=owing.office
        )
    assert payment.unallocated_minor == 5_000_000
    assert owing.invoice_of("MRC").open_minor == 5_000_000
    assert [row.unallocated.currency for row in balance_of(owing.members["MRC"], actor=owing.office)] == ["EUR", "GBP"]
    assert problems() == []


@pytest.mark.parametrize(
    ("day", "amount", "field"),
    [(date(2016, 5, 25), "1.00", "received_on"), (MAY, "0.00", "amount"), (MAY, "-5.00", "amount")],
)
def test_money_is_recorded_when_it_has_come_and_is_more_than_nothing(owing: World, day: date, amount: str, field: str):
    with pytest.raises(DomainError) as refused:
        owing.pay("MRC", amount, day)
    assert refused.value.field == field


def test_money_settles_what_is_due_first_whichever_invoice_was_made_first(world: World):
    world.issue(day=ISSUED, due=date(2016, 6, 30))
    fee = world.invoice_of("NIH")
    world.adopt("partner", "1000.00", date(2012, 1, 1))
    world.issue(day=ISSUED, due=date(2016, 5, 1))
    sooner = world.invoice_of("NIH")
    world.pay("NIH", "1500.00", APRIL)
    assert (sooner.open_minor, fee.open_minor) == (0, 4_950_000)


def test_in_one_currency_no_more_and_no_less_is_taken_than_is_settled(owing: World):
    invoice = owing.invoice_of("MRC")
    for taken in ("99.99", "100.01"):
        with pytest.raises(DomainError, match="In one currency") as refused:
            owing.pay("MRC", "200.00", APRIL, settles=(Settlement(invoice.id, pounds(100), pounds(taken)),))
        assert refused.value.field == f"invoice_{invoice.id}"


def test_unallocated_money_is_allocated_later(world: World):
    payment = world.pay("MRC", "20000.00", date(2016, 3, 1))
    world.issue(day=ISSUED, due=date(2016, 5, 1))
    invoice = world.invoice_of("MRC")
    with transaction():
        allocate_payment(payment.id, [Settlement(invoice.id, pounds("20000.00"))], day=APRIL, actor=world.office)
    assert world.invoice_of("MRC").open_minor == 3_000_000
    with pytest.raises(DomainError), transaction():
        allocate_payment(payment.id, [Settlement(invoice.id, pounds("0.01"))], actor=world.office)
    assert problems() == []


def test_what_is_paid_later_is_still_owed_then(owing: World):
    owing.pay("MRC", "20000.00", APRIL)
    owing.pay("MRC", "30000.00", date(2016, 5, 10))
    payer = owing.members["MRC"]
    owed = {
        day: sum(each.owed.minor for each in balance_of(payer, day, actor=owing.office))
        for day in (date(2016, 4, 19), APRIL, date(2016, 5, 9), date(2016, 5, 10))
    }
    assert list(owed.values()) == [5_000_000, 3_000_000, 3_000_000, 0]
    invoice_id = owing.invoice_of("MRC").id
    standings = [
        get_invoice(invoice_id, on=day, actor=owing.office).row.standing
        for day in (date(2016, 4, 19), APRIL, date(2016, 5, 2), MAY)
    ]
    assert standings == [Standing.DUE, Standing.PART_PAID, Standing.OVERDUE, Standing.PAID]


@pytest.mark.parametrize("day", [date(2016, 3, 31), ISSUED, date(2016, 4, 19), APRIL, date(2016, 5, 9), MAY])
def test_ageing_is_ledger_is_list_on_any_day(owing: World, day: date):
    owing.pay("MRC", "20000.00", APRIL)
    owing.pay("NIH", "60000.00", date(2016, 5, 9))
    office = owing.office
    aged = sum(row.owed.minor for row in ageing(day, actor=office))
    left = sum(row.unallocated for row in ageing(day, actor=office))
    trial = {row.code: row.balance.minor for row in trial_balance(day, actor=office)}
    listed = search_invoices(InvoiceFilters(), PageRequest(size=50), on=day, actor=office)
    assert trial.get("1100", 0) == aged == sum(row.outstanding.minor for row in listed.rows)
    assert -trial.get("2100", 0) == left
    assert sum(trial.values()) == 0


@pytest.mark.parametrize("day", [date(2016, 4, 10), date(2016, 4, 25), MAY])
@pytest.mark.parametrize("standing", list(Standing))
def test_the_filter_by_standing_agrees_with_the_rule(owing: World, day: date, standing: Standing):
    owing.pay("MRC", "20000.00", APRIL)
    owing.pay("NIH", "50000.00", APRIL)
    owing.add("Genome Canada", "GC", "CA")
    owing.join("GC", "funder", date(2016, 7, 1))
    owing.prepare()
    everything = search_invoices(InvoiceFilters(), PageRequest(size=50), on=day, actor=owing.office)
    asked = search_invoices(InvoiceFilters(standing=standing), PageRequest(size=50), on=day, actor=owing.office)
    assert [row.id for row in asked.rows] == [row.id for row in everything.rows if row.standing is standing]


def test_a_payment_books_bank_and_receivable_on_the_day_received(owing: World):
    payment = owing.pay("MRC", "50100.00", APRIL)
    view = get_payment(payment.id, actor=owing.office)
    assert [(row.day, row.account_code, str(row.amount)) for row in view.postings] == [
        (APRIL, "1200", "50,100.00"),
        (APRIL, "2100", "\u2212100.00"),
        (APRIL, "1100", "\u221250,000.00"),
    ]


def test_the_journal_lists_both_sides_with_equal_totals(owing: World):
    owing.pay("MRC", "50000.00", APRIL)
    page = list_journal(JournalFilters(), PageRequest(), actor=owing.office)
    assert page.total == 8
    assert page.totals["debit"] == page.totals["credit"] == pounds("200000.00")


def test_good_standing_follows_the_due_day(owing: World):
    payer = owing.members["MRC"]
    assert standing_of(payer, date(2016, 5, 1)).is_good
    assert not standing_of(payer, date(2016, 5, 2)).is_good
    owing.pay("MRC", "50000.00")
    assert standing_of(payer).is_good


def test_the_list_of_payments_shows_what_is_left_on_the_day(owing: World):
    owing.pay("MRC", "50100.00", APRIL)
    page = search_payments(PaymentFilters(words="medical"), PageRequest(), actor=owing.office)
    assert [str(row.unallocated) for row in page.rows] == ["100.00"]
    assert search_payments(PaymentFilters(), PageRequest(), on=ISSUED, actor=owing.office).total == 0
    assert list_open(owing.members["MRC"], owing.office) == []


def test_of_two_payments_of_one_invoice_at_once_one_wins_and_the_other_is_told(app: House):
    with app.app_context():
        world = World.found(program("test"), date(2011, 1, 1))
        world.issue(day=ISSUED, due=date(2016, 5, 1))
        part = Settlement(world.invoice_of("MRC").id, pounds("50000.00"))
        values = PaymentValues(world.members["MRC"], APRIL, pounds("50000.00"), settles=(part,))
        db.session.remove()
    told: list[str] = []
    threads = [threading.Thread(target=_pay, args=(app, values, told)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["This invoice is not open any more; nothing was recorded.", "recorded"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Payment)) == 1
        assert db.session.scalar(select(func.sum(Allocation.amount_minor))) == 5_000_000
        assert db.session.scalar(select(func.sum(Posting.amount_minor))) == 0
        assert problems() == []
        db.session.remove()


def _pay(app: House, values: PaymentValues, told: list[str]) -> None:
    with app.app_context(), clock_at(start_of(MAY)):
        try:
            with transaction():
                record_payment(values, actor=program("test"))
            told.append("recorded")
        except DomainError as error:
            told.append(error.message)
        finally:
            db.session.remove()


def test_a_representative_sees_only_own_issued_invoices(owing: World, representative_of: Callable[[int], Actor]):
    actor = representative_of(owing.members["MRC"])
    seen = search_invoices(InvoiceFilters(), PageRequest(), actor=actor)
    assert [row.payer for row in seen.rows] == ["Medical Research Council"]
    with pytest.raises(DomainError, match="no such invoice"):
        get_invoice(owing.invoice_of("NIH").id, actor=actor)
    owing.add("Genome Canada", "GC", "CA")
    owing.join("GC", "funder", date(2016, 7, 1))
    owing.prepare()
    draft = db.session.scalars(select(Invoice.id).where(Invoice.number.is_(None))).one()
    with pytest.raises(DomainError, match="no such invoice"):
        get_invoice(draft, actor=representative_of(owing.members["GC"]))
