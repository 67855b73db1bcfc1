"""Own bank accounts: adopted from a day on, ended on a day, never taken away: statements and payments name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.models import BankAccount, LedgerAccount
from app.billing.rules import AccountKind, opened_for
from app.billing.rules.bank.accounts import check_account, ending, read_number
from app.core.actor import Actor
from app.core.database import db, insert_or_ignore
from app.core.errors import DomainError
from app.core.history import check_version, lock
from app.core.permissions import Permission


@dataclass(frozen=True)
class AccountFacts:
    """What is said of an account: what it is called, whose it is, its number, its bank, its account in the ledger."""

    name: str
    holder: str
    number: str
    bic: str
    bank_name: str
    currency: str
    account_code: str
    first_day: date


def adopt_bank_account(facts: AccountFacts, *, actor: Actor) -> BankAccount:
    """Take up an account of the consortium, with an account of the ledger of its own."""
    actor.require(Permission.PAYMENT_EDIT)
    number = read_number(facts.number)
    bic = check_account(facts.bic, facts.currency, facts.account_code)
    _check_free(number, facts)
    _open_in_ledger(facts)
    account = BankAccount(
        name=facts.name,
        holder=facts.holder,
        number=number,
        bic=bic,
        bank_name=facts.bank_name,
        currency=facts.currency,
        account_code=facts.account_code,
        first_day=facts.first_day,
    )
    db.session.add(account)
    db.session.flush()
    record(
        "billing.adopt_bank_account",
        Subject("bank_account", account.id),
        summary=f"Bank account {account.name} in {account.currency} ending {ending(number)} adopted"
        f" from {account.first_day.day} {account.first_day:%B %Y}",
        after=_values(account),
        actor=actor,
    )
    return account


def end_bank_account(account_id: int, last_day: date, *, version: int, actor: Actor) -> BankAccount:
    """Let an account end on a day: no invoice asks to pay into it afterwards, and no statement goes on after it."""
    actor.require(Permission.PAYMENT_EDIT)
    account = lock(BankAccount, account_id)
    check_version(account, version)
    if last_day < account.first_day:
        raise DomainError("An account ends on its first day or later.", "last_day")
    before = _values(account)
    account.last_day = last_day
    db.session.flush()
    record(
        "billing.end_bank_account",
        Subject("bank_account", account.id),
        summary=f"Bank account {account.name} ends on {last_day.day} {last_day:%B %Y}",
        before=before,
        after=_values(account),
        actor=actor,
    )
    return account


def _check_free(number: str, facts: AccountFacts) -> None:
    """Refuse an account that is there already, in force on the same days."""
    others = select(BankAccount).where(BankAccount.number == number, BankAccount.currency == facts.currency)
    for other in db.session.scalars(others):
        if other.last_day is None or other.last_day >= facts.first_day:
            raise DomainError(f"{other.name} is this account already.", "number")


def _open_in_ledger(facts: AccountFacts) -> None:
    row = {"code": facts.account_code, "name": opened_for(facts.name), "kind": AccountKind.ASSET}
    db.session.execute(insert_or_ignore(LedgerAccount.__table__), [row])


def _values(account: BankAccount) -> dict[str, object]:
    return {
        "name": account.name,
        "holder": account.holder,
        "number": account.number,
        "bic": account.bic,
        "bank": account.bank_name,
        "currency": account.currency,
        "account": account.account_code,
        "first_day": account.first_day.isoformat(),
        "last_day": account.last_day.isoformat() if account.last_day else None,
    }
