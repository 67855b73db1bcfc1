"""Own bank accounts: all of them, and the one that takes money of a currency on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.billing.models import BankAccount
from app.billing.queries.parties import find_kept_account
from app.billing.rules.bank.accounts import ending, is_iban, next_code
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.periods import Period
from app.core.permissions import Permission


@dataclass(frozen=True)
class BankAccountRow:
    """An account at a bank as pages and papers show it on a day."""

    id: int
    name: str
    holder: str
    number: str
    bic: str
    bank_name: str
    currency: str
    account_code: str
    period: Period
    on: date
    version: int

    @property
    def iban(self) -> str:
        """Its IBAN; empty where the bank gives it none."""
        return self.number if is_iban(self.number) else ""

    @property
    def called(self) -> str:
        """How it is spoken of: Main account, GBP, ending 5555."""
        return f"{self.name}, {self.currency}, ending {ending(self.number)}"

    @property
    def state(self) -> str:
        """In force, planned or ended on the day."""
        if self.period.first > self.on:
            return "planned"
        return "in_force" if self.period.contains(self.on) else "ended"


def find_account_for(currency: str, on: date) -> BankAccountRow | None:
    """The account that takes money of a currency on a day; None where there is none."""
    found = find_kept_account(currency, on)
    return _row(found, on) if found else None


def list_bank_accounts(actor: Actor, on: date | None = None) -> Sequence[BankAccountRow]:
    """All accounts, by currency, as they stand on a day (default: today)."""
    actor.require(Permission.PAYMENT_READ)
    found = db.session.scalars(
        select(BankAccount).order_by(BankAccount.currency, BankAccount.first_day, BankAccount.id)
    )
    return [_row(account, on or clock.today()) for account in found]


def get_bank_account(account_id: int, actor: Actor, on: date | None = None) -> BankAccountRow:
    """One account as it stands on a day (default: today)."""
    actor.require(Permission.PAYMENT_READ)
    found = db.session.get(BankAccount, account_id)
    if found is None:
        raise NotFoundError("There is no such bank account.")
    return _row(found, on or clock.today())


def propose_code(actor: Actor) -> str:
    """The account of the ledger that the next bank account gets unless another is chosen."""
    actor.require(Permission.PAYMENT_READ)
    return next_code(db.session.scalars(select(BankAccount.account_code)))


def _row(account: BankAccount, on: date) -> BankAccountRow:
    return BankAccountRow(
        id=account.id,
        name=account.name,
        holder=account.holder,
        number=account.number,
        bic=account.bic,
        bank_name=account.bank_name,
        currency=account.currency,
        account_code=account.account_code,
        period=account.period,
        on=on,
        version=account.version,
    )
