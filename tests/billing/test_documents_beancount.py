"""The books as Beancount text: another program adds them up, and comes to the same balances."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction

from app.billing.commands import (
    ChargeLine,
    PaymentValues,
    Settlement,
    WriteOffValues,
    close_year,
    draft_charge,
    issue_invoice,
    record_payment,
    write_off,
)
from app.billing.commands.runs import IssueValues
from app.billing.documents.beancount import BY_WORTH, BookAccount, BookLeg, BookPosting, Books, beancount_lines
from app.billing.queries.books import books_of
from app.billing.queries.ledger import trial_balance
from app.billing.rules import FEE_INCOME, AccountKind, TaxCategory, WriteOffKind
from app.core.clock import clock_at, start_of
from app.core.money import Money
from app.core.periods import Period
from app.core.transaction import transaction
from tests.billing.world import MAY, World, pounds

Balances = dict[tuple[str, str], Decimal]
NIGHT = date(2017, 1, 20)


def added_up(text: str) -> Balances:
    """What another program comes to, by account and currency; it must have nothing to complain of."""
    entries, errors, _ = loader.load_string(text)
    assert [each.message for each in errors] == []
    sums: Balances = defaultdict(Decimal)
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            if not posting.account.endswith(BY_WORTH):
                code = posting.account.split(":")[1].split("-")[0]
                units: Any = posting.units
                sums[code, units.currency] += units.number
    return {key: amount for key, amount in sums.items() if amount}


def ours(world: World, on: date) -> Balances:
    rows = trial_balance(on, actor=world.office)
    return {(row.code, row.balance.currency): row.balance.amount for row in rows if row.balance}


def text_of(world: World, since: date | None = None, until: date | None = None) -> str:
    return "".join(beancount_lines(books_of(since, until, world.office)))


@pytest.fixture
def busy(world: World) -> World:
    """Invoices in pounds, dollars and yen, paid in part and in other currencies, credited and written off."""
    for currency, rate in (("USD", "0.7031"), ("JPY", "0.0061"), ("EUR", "0.7893")):
        world.rate(currency, rate, date(2016, 3, 1))
    world.rate("USD", "0.6512", date(2016, 5, 1))
    world.adopt("partner", Money.of("333.37", "USD"), date(2012, 1, 1))
    world.issue(day=date(2016, 4, 1))
    world.pay("MRC", "49980.00", date(2016, 4, 20))
    values = WriteOffValues(pounds(20), WriteOffKind.BANK_CHARGE, "Deducted on the way", MAY)
    with transaction():
        write_off(world.invoice_of("MRC").id, values, actor=world.office)
    yen = charge(world, "ICS", Money.of("10007", "JPY"))
    pay_in(world, "ICS", "64.17", yen, Money.of("10007", "JPY"))
    world.credit(world.invoice_of("NIH"), "111.11")
    dollars = charge(world, "ICS", Money.of("100.01", "USD"))
    world.credit(dollars, "33.34")
    pay_in(world, "ICS", "50.00", dollars, Money.of("66.67", "USD"))
    return world


def charge(world: World, short: str, amount: Money):
    line = ChargeLine(
        'Workshop "Łódź" \\ 東京', amount, date(2016, 4, 1), None, TaxCategory.OUTSIDE_SCOPE, 0, "None", FEE_INCOME
    )
    with transaction():
        draft = draft_charge(world.members[short], [line], reason="Agreed", actor=world.office)
    with transaction():
        return issue_invoice(draft.id, IssueValues(date(2016, 4, 2), date(2016, 5, 2)), actor=world.office)


def pay_in(world: World, short: str, euros: str, invoice, amount: Money) -> None:
    money = Money.of(euros, "EUR")
    settles = (Settlement(invoice.id, amount, money),)
    with transaction():
        record_payment(PaymentValues(world.members[short], MAY, money, settles=settles), actor=world.office)


def test_another_program_comes_to_the_balances_of_the_ledger_account_by_account(busy: World, tmp_path: Path):
    text = text_of(busy)
    assert added_up(text) == ours(busy, MAY)
    assert " USD @@ " in text
    file = tmp_path / "books.beancount"
    file.write_text(text, encoding="utf-8")
    checked = subprocess.run([Path(sys.executable).parent / "bean-check", str(file)], capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_what_came_before_the_first_day_is_brought_forward(busy: World):
    text = text_of(busy, date(2016, 4, 15), date(2016, 5, 1))
    assert '2016-04-14 * "Balances brought forward"' in text
    assert "2016-05-24" not in text
    assert added_up(text) == ours(busy, date(2016, 5, 1))


def test_a_closed_year_is_handed_out_with_its_closing_entry(busy: World):
    with clock_at(start_of(NIGHT)):
        with transaction():
            close_year(Period(date(2016, 1, 1), date(2016, 12, 31)), actor=busy.office)
        text = text_of(busy, date(2016, 1, 1), date(2016, 12, 31))
        assert 'kind: "closing"' in text
        assert added_up(text) == ours(busy, date(2016, 12, 31))
        assert added_up(text_of(busy, date(2017, 1, 1))) == ours(busy, NIGHT)


def test_a_balance_that_is_not_ours_is_found(busy: World):
    lines = text_of(busy).splitlines()
    at = next(place for place, line in enumerate(lines) if " balance Assets:1200" in line and "GBP" in line)
    lines[at] = lines[at].replace(".00 ", ".01 ")
    _, errors, _ = loader.load_string("\n".join(lines))
    assert [type(each).__name__ for each in errors] == ["BalanceError"]


def lopsided(lot: random.Random) -> list[BookLeg]:
    """Legs that add to nothing: small foreign amounts, whose worths may be of another sign, and what is over."""
    currency, amount, worth = lot.choice(("JPY", "USD", "KWD")), lot.randint(-2, 2), lot.randint(-3, 3)
    return [
        BookLeg("1100", Money(amount, currency), Money(worth, "GBP")),
        BookLeg("1200", Money(-amount, currency), Money(1 - worth, "GBP")),
        BookLeg("6900", Money(-1, "GBP"), Money(-1, "GBP")),
    ]


def test_whatever_rounding_leaves_each_entry_adds_to_nothing():
    lot = random.Random(6900)  # noqa: S311 - the same numbers in every run
    accounts = [BookAccount(code, f"Account {code}", AccountKind.ASSET) for code in ("1100", "1200", "6900")]
    postings = [
        BookPosting(number, MAY, "allocation", "x", None, leg) for number in range(1, 60) for leg in lopsided(lot)
    ]
    sums: dict[tuple[str, str], Money] = {}
    for leg in (each.leg for each in postings):
        key = (leg.account, leg.amount.currency)
        sums[key] = sums.get(key, Money.zero(key[1])) + leg.amount
    after = [BookLeg(code, amount, Money(0, "GBP")) for (code, _), amount in sums.items()]
    text = "".join(beancount_lines(Books("Books", "GBP", MAY, MAY, accounts, (), postings, after)))
    assert BY_WORTH in text
    assert added_up(text) == {key: amount.amount for key, amount in sums.items() if amount}


def test_what_is_booked_while_the_books_are_read_is_left_out_of_them(busy: World):
    books = books_of(None, None, busy.office)
    busy.pay("MRC", "1.00", MAY)
    assert added_up("".join(beancount_lines(books)))
