"""Own bank accounts: adopted from a day on, ended on a day, never taken away: statements and payments name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.approvals import NEEDS_NONE, ask_about_setting, drop_questions, refuse_alone
from app.billing.models import Approval, BankAccount, LedgerAccount
from app.billing.queries.approvals import is_by_two
from app.billing.rules import AccountKind, Act, opened_for
from app.billing.rules.bank.accounts import check_account, ending, read_number
from app.core.actor import Actor
from app.core.database import db, insert_or_ignore
from app.core.errors import DomainError
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.members.rules import day_words


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
    refuse_alone(Act.BANK_DETAILS)
    return _adopt(facts, {}, actor)


def ask_bank_account(facts: AccountFacts, *, actor: Actor) -> Approval:
    """Ask a second person to take up an account of the consortium."""
    actor.require(Permission.PAYMENT_EDIT)
    number, bic = _checked(facts)
    _refuse_needless()
    words = f"Bank account in {facts.currency} ending {ending(number)}, to be adopted from {day_words(facts.first_day)}"
    typed = {**asdict(facts), "number": number, "bic": bic, "first_day": facts.first_day.isoformat()}
    return ask_about_setting(Act.BANK_DETAILS, Subject("ledger_account", int(facts.account_code)), words, typed, actor)


def _adopt(facts: AccountFacts, agreed: Mapping[str, object], actor: Actor) -> BankAccount:
    """Take it up; `agreed` names the approval, which is of an account of the ledger, where a second person said yes."""
    number, bic = _checked(facts)
    drop_questions(Subject("ledger_account", int(facts.account_code)))
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
        f" from {day_words(account.first_day)}",
        after={**_values(account), **agreed},
        actor=actor,
    )
    return account


def end_bank_account(account_id: int, last_day: date, *, version: int, actor: Actor) -> BankAccount:
    """Let an account end on a day: no invoice asks to pay into it afterwards, and no statement goes on after it."""
    actor.require(Permission.PAYMENT_EDIT)
    refuse_alone(Act.BANK_DETAILS)
    return _end(account_id, last_day, version, actor)


def ask_bank_account_end(account_id: int, last_day: date, *, version: int, actor: Actor) -> Approval:
    """Ask a second person to let an account end on a day."""
    actor.require(Permission.PAYMENT_EDIT)
    account = _endable(account_id, last_day, version)
    _refuse_needless()
    words = f"Bank account in {account.currency} ending {ending(account.number)}, to end on {day_words(last_day)}"
    typed = {"last_day": last_day.isoformat(), "version": version}
    return ask_about_setting(Act.BANK_DETAILS, Subject("bank_account", account_id), words, typed, actor)


def _refuse_needless() -> None:
    if not is_by_two(Act.BANK_DETAILS):
        raise DomainError(NEEDS_NONE)


def _endable(account_id: int, last_day: date, version: int) -> BankAccount:
    account = lock(BankAccount, account_id)
    check_version(account, version)
    if last_day < account.first_day:
        raise DomainError("An account ends on its first day or later.", "last_day")
    return account


def _end(account_id: int, last_day: date, version: int, actor: Actor) -> BankAccount:
    account = _endable(account_id, last_day, version)
    before = _values(account)
    account.last_day = last_day
    db.session.flush()
    drop_questions(Subject("bank_account", account_id))
    record(
        "billing.end_bank_account",
        Subject("bank_account", account.id),
        summary=f"Bank account {account.name} ends on {day_words(last_day)}",
        before=before,
        after=_values(account),
        actor=actor,
    )
    return account


def _checked(facts: AccountFacts) -> tuple[str, str]:
    """The number and the BIC as they are kept; refused where the account cannot be adopted by anyone."""
    number = read_number(facts.number)
    bic = check_account(facts.bic, facts.currency, facts.account_code)
    _check_free(number, facts)
    return number, bic


def _check_free(number: str, facts: AccountFacts) -> None:
    """Refuse an account that is there already, in force on the same days, and one without an account of the ledger
    of its own.
    """
    others = select(BankAccount).where(BankAccount.number == number, BankAccount.currency == facts.currency)
    for other in db.session.scalars(others):
        if other.last_day is None or other.last_day >= facts.first_day:
            raise DomainError(f"{other.name} is this account already.", "number")
    if db.session.scalar(select(BankAccount.id).where(BankAccount.account_code == facts.account_code)):
        raise DomainError("Another bank account is booked to this account already.", "account_code")


def _open_in_ledger(facts: AccountFacts) -> None:
    row = {"code": facts.account_code, "name": opened_for(facts.name), "kind": AccountKind.ASSET}
    db.session.execute(insert_or_ignore(LedgerAccount.__table__), [row])


def adopt_as_typed(approval: Approval, actor: Actor) -> int:
    """Take up the account that a second person has said yes to."""
    typed = approval.typed
    facts = AccountFacts(**{**typed, "first_day": date.fromisoformat(typed["first_day"])})
    return _adopt(facts, {"approval": approval.id}, actor).id


def end_as_typed(approval: Approval, actor: Actor) -> int:
    """Let the account end on the day that a second person has said yes to."""
    typed = approval.typed
    return _end(approval.subject_id, date.fromisoformat(typed["last_day"]), typed["version"], actor).id


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
