"""What `flask verify` finds wrong with statements and their lines, when somebody changes them behind its back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from app.billing.commands.bank import book_to_ledger
from app.billing.models import BankEntry, BankMatch, BankStatement, Payment
from app.core.database import db
from app.core.transaction import transaction
from tests.billing.bank_world import FEE, adopt, bring_lines, live_matches, problems
from tests.billing.statement_files import Line
from tests.billing.world import World


@pytest.fixture
def booked(world: World) -> list[BankEntry]:
    """A line booked as a payment, one booked to the ledger, one that waits."""
    world.issue(day=date(2016, 4, 1), due=date(2016, 5, 1))
    adopt(world)
    number = str(world.invoice_of("MRC").number)
    lines = bring_lines(world, Line(FEE, number), Line(-1_500, "Charges"), Line(100, "A gift"))
    with transaction():
        book_to_ledger(lines[1].id, "6100", actor=world.office)
    assert problems() == []
    return lines


@pytest.mark.parametrize(
    ("model", "changed", "words"),
    [
        (BankStatement, {"closing_minor": 1}, "does not close"),
        (BankStatement, {"added": 2}, "brought 2 lines, 3 are on record"),
        (BankEntry, {"state": "booked"}, "is booked and became 0"),
        (BankEntry, {"state": "open"}, "is open and became"),
        (BankMatch, {"amount_minor": 7}, "another amount or account"),
        (Payment, {"account_code": "1100"}, "another amount or account"),
    ],
)
def test_what_was_changed_by_hand_is_found(
    booked: list[BankEntry], model: type[Any], changed: dict[str, object], words: str
):
    assert len(booked) == 3
    db.session.execute(update(model).values(changed).execution_options(synchronize_session=False))
    assert any(words in problem for problem in problems())
    db.session.rollback()


def test_a_payment_that_two_lines_show_is_found(booked: list[BankEntry]):
    payment_id = live_matches()[0].payment_id
    change = update(BankMatch).where(BankMatch.entry_id == booked[1].id)
    db.session.execute(change.values(payment_id=payment_id, ledger_entry_id=None))
    assert f"Payment {payment_id} is shown by several lines." in problems()
    db.session.rollback()
