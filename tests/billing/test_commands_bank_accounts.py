"""Own bank accounts: what may be adopted, when they end, and which one takes money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.billing.commands.bank import AccountFacts, adopt_bank_account, end_bank_account
from app.billing.models import BankAccount
from app.billing.queries.bank import find_account_for, list_bank_accounts, propose_code
from app.core.actor import Actor, Granted
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.billing.bank_world import MAIN
from tests.billing.world import World
from tests.client import Browser


def adopted(world: World, facts: AccountFacts = MAIN, **changes: object) -> BankAccount:
    with transaction():
        return adopt_bank_account(replace(facts, **changes), actor=world.office)  # type: ignore[arg-type]


def test_an_account_is_kept_with_its_number_in_capitals_without_spaces(world: World):
    assert adopted(world).number == "GB33BUKB20201555555555"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "GB34BUKB20201555555555"}, "number"),
        ({"number": "?"}, "number"),
        ({"bic": "BARC"}, "bic"),
        ({"currency": "XXQ"}, "currency"),
        ({"account_code": "1100"}, "account_code"),
    ],
)
def test_what_is_wrong_with_an_account_is_said_beside_its_field(world: World, changes: dict[str, str], field: str):
    with pytest.raises(DomainError) as refused:
        adopted(world, **changes)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_an_account_without_an_iban_has_a_number_of_its_own(world: World):
    adopted(world, number="12-34 5678", bic="")
    (row,) = list_bank_accounts(world.office)
    assert (row.number, row.iban) == ("12345678", "")


def test_two_accounts_share_neither_their_number_nor_their_account_of_the_ledger(world: World):
    adopted(world)
    with pytest.raises(DomainError, match="is this account already"):
        adopted(world, account_code="1201")
    with pytest.raises(DomainError, match="booked to this account already"):
        adopted(world, number="987654321")
    assert propose_code(world.office) == "1201"


def test_money_of_a_currency_goes_to_the_oldest_account_in_force_on_the_day(world: World):
    main = adopted(world)
    adopted(world, number="987654321", account_code="1201", first_day=date(2016, 2, 1))
    with transaction():
        end_bank_account(main.id, date(2016, 6, 30), version=main.version, actor=world.office)
    codes = [
        found.account_code if (found := find_account_for("GBP", day)) else None
        for day in (date(2015, 12, 31), date(2016, 6, 30), date(2016, 7, 1))
    ]
    assert codes == [None, "1200", "1201"]
    assert find_account_for("EUR", date(2016, 6, 30)) is None


def test_an_account_that_somebody_else_changed_is_not_ended_over_it(world: World):
    main = adopted(world)
    with pytest.raises(StaleError), transaction():
        end_bank_account(main.id, date(2016, 6, 30), version=main.version + 1, actor=world.office)


def test_an_account_never_ends_before_it_begins(world: World):
    main = adopted(world)
    with pytest.raises(DomainError, match="first day or later"), transaction():
        end_bank_account(main.id, date(2015, 12, 31), version=main.version, actor=world.office)


def test_only_who_may_book_payments_adopts_an_account(world: World):
    with pytest.raises(AccessDeniedError):
        adopt_bank_account(MAIN, actor=Actor("Ada", 1, (Granted(Role.AUDITOR),)))


def test_finance_adopts_and_ends_an_account_on_its_pages(made: World, finance: Browser):
    assert "No bank account yet" in finance.get("/bank/accounts").words
    typed = {"name": "Main", "number": "GB33BUKB20201555555555", "bank_name": "Specimen Bank", "bic": "BUKBGB22"}
    done = finance.submit("/bank/accounts/new", typed)
    assert "Main is adopted" in finance.follow(done).words
    finance.submit(_end_address(finance), {"last_day": "30 June 2016"})
    assert "30 Jun" in finance.get("/bank/accounts").words


def _end_address(finance: Browser) -> str:
    (link,) = finance.get("/bank/accounts").tree.xpath('//a[contains(@href, "/end")]')
    return str(link.get("href"))
