"""The accounts of the ledger: what each is, and what it was opened for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.billing.models import BankAccount, LedgerAccount
from app.billing.rules import ACCOUNTS, RESULT_KINDS, AccountKind, next_income
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.permissions import Permission


@dataclass(frozen=True)
class AccountRow:
    """An account as a line of the list."""

    code: str
    name: str
    kind: AccountKind
    bank: str | None

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody opened it, and may name it anew."""
        return self.code not in ACCOUNTS and self.kind in RESULT_KINDS

    @property
    def opened(self) -> str:
        """What it was opened for."""
        if self.bank:
            return f"for {self.bank}"
        return "by hand" if self.is_by_hand else "by the program"


def list_ledger_accounts(actor: Actor) -> Sequence[AccountRow]:
    """Every account, by its number."""
    actor.require(Permission.PAYMENT_READ)
    rows = db.session.execute(
        select(LedgerAccount.code, LedgerAccount.name, LedgerAccount.kind, BankAccount.name.label("bank"))
        .outerjoin(BankAccount, BankAccount.account_code == LedgerAccount.code)
        .order_by(LedgerAccount.code)
    )
    return [AccountRow(row.code, row.name, row.kind, row.bank) for row in rows]


def get_opened_account(code: str, actor: Actor) -> AccountRow:
    """An account opened by hand, to be named anew; NotFoundError for any other."""
    for row in list_ledger_accounts(actor):
        if row.code == code and row.is_by_hand:
            return row
    raise NotFoundError("No such account was opened by hand.")


def propose_income(actor: Actor) -> str:
    """The number proposed for a new account of income; empty where none is free."""
    return next_income([row.code for row in list_ledger_accounts(actor)])
