"""The account of a payer: all that was charged and settled, and the same balance as ageing and ledger on any day."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.billing.commands import (
    ChargeLine,
    PaymentValues,
    RefundValues,
    Settlement,
    WriteOffValues,
    draft_charge,
    issue_invoice,
    record_payment,
    refund_payment,
    release_allocation,
    reverse_payment,
    void_invoice,
    write_off,
)
from app.billing.commands.runs import IssueValues
from app.billing.documents.accounts import PayerAccount, account_statement_html
from app.billing.models import Allocation, Invoice
from app.billing.queries.accounts import account_statement, accounts_of
from app.billing.queries.balances import balance_of
from app.billing.queries.ledger import trial_balance
from app.billing.rules import FEE_INCOME, EntryKind, TaxCategory, WriteOffKind
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.transaction import transaction
from app.members.commands import Naming, rename_institution
from tests.billing.test_documents import words
from tests.billing.world import MAY, World, pounds

ISSUED = date(2016, 4, 1)
DAYS = [date(2016, 3, 31), ISSUED, *(date(2016, 5, day) for day in (2, 3, 4, 5, 9, 10, 11, 12, 20, 24))]


def accounts(world: World, short: str, on: date = MAY, since: date | None = None) -> dict[str, PayerAccount]:
    found = accounts_of(world.members[short], on, since, actor=world.office)
    return {each.currency: each for each in found}


def newest_allocation() -> int:
    return db.session.scalars(select(Allocation.id).order_by(Allocation.id.desc()).limit(1)).one()


def charge(world: World, short: str, amount: Money, day: date) -> Invoice:
    tax = (TaxCategory.OUTSIDE_SCOPE, 0, "Outside the scope")
    line = ChargeLine("Workshop in Łódź", amount, day, None, *tax, FEE_INCOME)
    with transaction():
        draft = draft_charge(world.members[short], [line], reason="Agreed", actor=world.office)
    with transaction():
        return issue_invoice(draft.id, IssueValues(day, day), actor=world.office)


@pytest.fixture
def busy(world: World) -> World:
    """A payer whose account has one of everything, in pounds and dollars."""
    office = world.office
    world.rate("USD", "0.70", date(2016, 3, 1))
    world.issue(day=ISSUED, due=date(2016, 5, 1))
    first = world.invoice_of("MRC")
    paid = world.pay("MRC", "20000.00", date(2016, 5, 2))
    world.credit(first, "500.00", date(2016, 5, 3))
    with transaction():
        write_off(
            first.id, WriteOffValues(pounds(20), WriteOffKind.BANK_CHARGE, "Kept", date(2016, 5, 4)), actor=office
        )
    with transaction():
        release_allocation(newest_allocation(), day=date(2016, 5, 5), reason="Paid after all", actor=office)
    with transaction():
        reverse_payment(paid.id, day=date(2016, 5, 9), reason="Returned", actor=office)
    over = world.pay("MRC", "50000.00", date(2016, 5, 10))
    back = RefundValues(pounds(100), date(2016, 5, 11), "Paid too much")
    with transaction():
        refund_payment(over.id, back, actor=office)
    wrong = charge(world, "MRC", pounds(250), date(2016, 5, 12))
    with transaction():
        void_invoice(wrong.id, day=date(2016, 5, 20), reason="Issued twice", actor=office)
    dollars = charge(world, "MRC", Money.of("100.00", "USD"), date(2016, 5, 12))
    settles = (Settlement(dollars.id, Money.of("80.00", "USD"), pounds(56)),)
    with transaction():
        record_payment(PaymentValues(world.members["MRC"], MAY, pounds(60), settles=settles), actor=office)
    return world


def test_everything_stands_on_the_account_in_its_order_with_what_is_owed_after_it(busy: World):
    found = accounts(busy, "MRC")["GBP"]
    told = [(each.kind, str(each.amount), str(each.balance)) for each in found.rows]
    assert told == [
        (EntryKind.INVOICE, "50,000.00", "50,000.00"),
        (EntryKind.PAYMENT, "−20,000.00", "30,000.00"),
        (EntryKind.CREDIT_NOTE, "−500.00", "29,500.00"),
        (EntryKind.WRITE_OFF, "−20.00", "29,480.00"),
        (EntryKind.RELEASE, "20.00", "29,500.00"),
        (EntryKind.RELEASE, "0.00", "29,500.00"),
        (EntryKind.REVERSAL, "20,000.00", "49,500.00"),
        (EntryKind.PAYMENT, "−50,000.00", "−500.00"),
        (EntryKind.REFUND, "100.00", "−400.00"),
        (EntryKind.INVOICE, "250.00", "−150.00"),
        (EntryKind.VOID, "−250.00", "−400.00"),
        (EntryKind.PAYMENT, "−4.00", "−404.00"),
    ]
    assert [each.document for each in found.rows[:3:2]] == ["INV-2016-0001", "CN-2016-0001"]
    assert found.rows[1].document == f"Payment {found.rows[1].payment_id}"
    assert (found.rows[0].text, found.rows[2].text) == ("Funder membership fee", "Credit: Agreed")


@pytest.mark.parametrize("on", DAYS)
def test_account_ageing_and_ledger_say_the_same_on_any_day(busy: World, on: date):
    office = busy.office
    for short in ("MRC", "NIH", "Wellcome"):
        found = accounts(busy, short, on)
        assert {each.currency: each.balance for each in found.values() if each.balance} == {
            each.owed.currency: each.net for each in balance_of(busy.members[short], on, actor=office) if each.net
        }
        for each in found.values():
            assert sum(age.minor for age in each.ages) - each.unused.minor == each.balance.minor
    owed = {row.code: row.balance.minor for row in trial_balance(on, actor=office) if row.balance.currency == "GBP"}
    added = sum(accounts(busy, short, on)["GBP"].balance.minor for short in ("MRC", "NIH", "Wellcome") if on >= ISSUED)
    assert owed.get("1100", 0) + owed.get("2100", 0) == added


def test_what_came_before_a_day_is_brought_forward(busy: World):
    found = accounts(busy, "MRC", since=date(2016, 5, 10))["GBP"]
    assert str(found.brought) == "49,500.00"
    assert (str(found.charged), str(found.settled), str(found.balance)) == ("350.00", "50,254.00", "−404.00")


def test_what_one_currency_settles_of_another_moves_both_balances(busy: World):
    found = accounts(busy, "MRC")
    assert str(found["USD"].balance) == "20.00"
    assert str(found["GBP"].rows[-1].amount) == "−4.00"


def test_whoever_may_not_see_the_invoices_of_a_payer_finds_no_account(busy: World, representative_of):
    own: Actor = representative_of(busy.members["MRC"])
    assert accounts_of(busy.members["MRC"], MAY, actor=own)
    for other in (busy.members["NIH"], 999_999):
        with pytest.raises(NotFoundError):
            accounts_of(other, MAY, actor=own)


def test_the_statement_on_paper_is_the_account(busy: World):
    text = words(account_statement_html(account_statement(busy.members["MRC"], MAY, actor=busy.office)))
    for part in (
        "Medical Research Council Attn. Ms Nadia Okonjo-MRC",
        "24 May 2016",
        "GBP −404.00 and USD 20.00",
        "1 Apr 2016 INV-2016-0001 Funder membership fee 50,000.00",
        "3 May 2016 CN-2016-0001 Credit: Agreed",
    ):
        assert part in text


def test_the_statement_of_a_renamed_payer_is_to_its_name_of_the_day_and_says_what_it_was_called_before(busy: World):
    mrc = busy.members["MRC"]
    for name, day in (("Medical Fund", date(2016, 5, 2)), ("Medicine First", date(2016, 5, 20))):
        with transaction():
            rename_institution(mrc, Naming(name, "MF", day), actor=busy.office)
    said = {
        day: words(account_statement_html(account_statement(mrc, day, actor=busy.office)))
        for day in (date(2016, 5, 1), date(2016, 5, 10), MAY)
    }
    assert "Formerly" not in said[date(2016, 5, 1)]
    assert "Medical Fund" not in said[date(2016, 5, 1)]
    assert "Formerly Medical Research Council Date" in said[date(2016, 5, 10)]
    assert "Medicine First Attn. Ms Nadia" in said[MAY]
    assert "Formerly Medical Fund and Medical Research Council Date" in said[MAY]
