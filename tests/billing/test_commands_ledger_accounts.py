"""Accounts of the ledger opened by hand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from app.billing.commands import open_account, rename_account
from app.billing.models import LedgerAccount
from app.billing.queries.ledger import trial_balance
from app.billing.queries.ledger_accounts import list_ledger_accounts
from app.billing.rules import AccountKind
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.permissions import Role
from tests.billing.world import MAY, World
from tests.members.world import do, problems
from tests.trailed import beside_the_trail


def opened(world: World, code: str = "4010", name: str = "Associate fees") -> LedgerAccount:
    account: LedgerAccount = do(open_account, code, name, actor=world.office)
    return account


def test_a_fee_is_income_of_the_account_opened_for_it(world: World):
    opened(world)
    world.adopt("partner", "3000.00", date(2016, 1, 1), income_account="4010")
    world.issue(day=MAY)
    income = {row.code: row.balance.minor for row in trial_balance(MAY, actor=world.office) if row.code[0] == "4"}
    assert income == {"4000": -15_000_000, "4010": -600_000}
    assert problems() == []


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("4000", "Gifts", "4000 is Membership fees already"),
        ("1300", "Gifts", "numbered 4000 to 4999"),
        ("401", "Gifts", "numbered 4000 to 4999"),
        ("401a", "Gifts", "numbered 4000 to 4999"),
        ("٤٠١٠", "Gifts", "numbered 4000 to 4999"),
        ("4010", "bank CHARGES", "6100 is called so already"),
    ],
)
def test_an_account_that_is_there_or_of_no_kind_is_refused(world: World, code: str, name: str, words: str):
    with pytest.raises(DomainError, match=words):
        opened(world, code, name)
    assert "Gifts" not in {row.name for row in list_ledger_accounts(world.office)}


def test_an_account_opened_by_hand_is_named_anew_and_no_other(world: World):
    opened(world, "6200", "Auditt")
    do(rename_account, "6200", "Audit", was="Auditt", actor=world.office)
    with pytest.raises(DomainError, match="named it Audit meanwhile"):
        do(rename_account, "6200", "Auditors", was="Auditt", actor=world.office)
    for code in ("4000", "1200", "6300"):
        with pytest.raises(NotFoundError):
            do(rename_account, code, "Else", was="Membership fees", actor=world.office)
    (account,) = [row for row in list_ledger_accounts(world.office) if row.is_by_hand]
    assert (account.name, account.kind.value, account.opened) == ("Audit", "expense", "by hand")
    assert problems() == []


def test_who_only_reads_the_books_opens_no_account(world: World):
    auditor = Actor("Pia", 1, (Granted(Role.AUDITOR),))
    assert len(list_ledger_accounts(auditor)) == 10
    with pytest.raises(AccessDeniedError):
        do(open_account, "4010", "Gifts", actor=auditor)


@pytest.mark.parametrize("values", [{"name": "Fees of associates"}, {"kind": "expense"}])
def test_an_account_changed_behind_the_trail_is_found(world: World, values: dict[str, str]):
    opened(world)
    with beside_the_trail():
        db.session.execute(update(LedgerAccount).where(LedgerAccount.code == "4010").values(**values))
    assert [each for each in problems() if each.startswith("Account 4010 is")]


def test_an_account_opened_behind_the_trail_is_found(world: World):
    assert world.office is not None
    with beside_the_trail():
        db.session.add(LedgerAccount(code="4010", name="Gifts", kind=AccountKind.INCOME))
    assert problems() == ["Account 4010 is Gifts (income), which is not what the program opened."]
