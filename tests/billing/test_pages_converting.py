"""The page that settles an invoice with money of another currency."""

from __future__ import annotations

from datetime import date

import pytest

from app.billing.commands import PaymentValues, record_payment
from app.billing.rules import parts_across
from app.core.money import Money
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.web.requests import House
from tests.billing.world import MAY, World, inside
from tests.client import Browser
from tests.signin import sign_in


@pytest.fixture
def euros(app: House, made: World) -> tuple[int, int]:
    """A payment of 64,500.00 euros, worth 50,310.00 pounds, by a payer that owes 50,000.00; and that invoice."""
    with inside(app):
        made.rate("EUR", "0.78", date(2016, 3, 1))
        with transaction():
            values = PaymentValues(made.members["NIH"], MAY, Money.of("64500", "EUR"))
            payment_id = record_payment(values, actor=made.office).id
        return payment_id, made.invoice_of("NIH").id


@pytest.mark.parametrize(
    ("is_open", "left", "worths", "parts"),
    [
        (100, 200, (100, 104), (100, 200)),
        (100, 200, (100, 200), (100, 100)),
        (100, 50, (100, 25), (25, 50)),
        (100, 50, (100, 0), (100, 50)),
    ],
)
def test_money_of_another_currency_goes_as_far_as_it_is_worth_or_all_for_all_where_nearly_the_same(
    is_open: int, left: int, worths: tuple[int, int], parts: tuple[int, int]
):
    assert parts_across(is_open, left, worths) == parts


def test_an_invoice_is_settled_with_money_of_another_currency(app: House, finance: Browser, euros: tuple[int, int]):
    payment_id, invoice_id = euros
    path = f"/payments/{payment_id}/settles/{invoice_id}"
    assert finance.get(f"/payments/{payment_id}/allocate").has_action(path)
    filled = finance.get(path).form_values()
    assert (filled[f"invoice_{invoice_id}"], filled["amount"]) == ("50,000.00", "64,500.00")
    page = finance.follow(finance.submit(path, {}))
    assert "€0.00" in page.words
    assert "All of it is paid" in finance.get(f"/invoices/{invoice_id}").words
    assert "6900 Exchange differences" in page.words
    finance.get(path, status=404)
    with inside(app):
        assert [line for finding in run_checks() for line in finding.problems] == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": "64500.01"}, "The parts add to more than 64,500.00 EUR"),
        ({"amount": "0"}, "at least 0.01"),
        ({"amount": ""}, "Please fill this in"),
        ({"invoice": "50000.01"}, "Only 50,000.00 is open"),
        ({"invoice": ""}, "Please fill this in"),
        ({"day": "23 May 2016"}, "Money settles from the day it came"),
    ],
)
def test_more_than_there_is_settles_nothing(
    finance: Browser, euros: tuple[int, int], wrong: dict[str, str], words: str
):
    payment_id, invoice_id = euros
    values = {f"invoice_{invoice_id}" if name == "invoice" else name: value for name, value in wrong.items()}
    path = f"/payments/{payment_id}/settles/{invoice_id}"
    assert words in finance.submit(path, values, status=200).words


def test_only_open_invoices_of_the_payer_in_other_currencies_are_settled_so(
    app: House, made: World, finance: Browser, euros: tuple[int, int]
):
    payment_id, _ = euros
    with inside(app):
        other = made.invoice_of("Wellcome").id
    for invoice_id in (other, 999_999):
        finance.get(f"/payments/{payment_id}/settles/{invoice_id}", status=404)
    sign_in(finance, Role.AUDITOR)
    finance.get(f"/payments/{payment_id}/settles/{other}", status=403)
