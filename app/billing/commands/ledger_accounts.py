"""Accounts of the ledger opened by hand, beside those of every site: each fee may have an income of its own."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.models import LedgerAccount
from app.billing.rules import ACCOUNTS, RESULT_KINDS, kind_of_opened
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.permissions import Permission


def open_account(code: str, name: str, *, actor: Actor) -> LedgerAccount:
    """Open an account of income (4000 to 4999) or expense (6000 to 6999); nothing closes it again."""
    actor.require(Permission.PAYMENT_EDIT)
    kind, others = kind_of_opened(code), _lock_all()
    if code in others:
        raise DomainError(f"{code} is {others[code].name} already.", "code")
    _refuse_same(name, others.values())
    account = LedgerAccount(code=code, name=name, kind=kind)
    db.session.add(account)
    db.session.flush()
    record(
        "billing.open_account",
        Subject("ledger_account", int(code)),
        summary=f"Account {code} {name} opened in the ledger",
        after={"name": name, "kind": kind.value},
        actor=actor,
    )
    return account


def rename_account(code: str, name: str, *, was: str, actor: Actor) -> LedgerAccount:
    """Give an account opened by hand another name; `was` is the one it had when that was thought of."""
    actor.require(Permission.PAYMENT_EDIT)
    others = _lock_all()
    account = others.pop(code, None)
    if account is None or code in ACCOUNTS or account.kind not in RESULT_KINDS:
        raise NotFoundError("No such account was opened by hand.")
    if account.name != was:
        raise DomainError(f"Somebody named it {account.name} meanwhile; nothing was changed.", "name")
    _refuse_same(name, others.values())
    account.name = name
    db.session.flush()
    record(
        "billing.rename_account",
        Subject("ledger_account", int(code)),
        summary=f"Account {code} of the ledger, {was}, is called {name}",
        before={"name": was},
        after={"name": name},
        actor=actor,
    )
    return account


def _lock_all() -> dict[str, LedgerAccount]:
    asked = select(LedgerAccount).order_by(LedgerAccount.code).with_for_update()
    return {each.code: each for each in db.session.scalars(asked.execution_options(populate_existing=True))}


def _refuse_same(name: str, others: Iterable[LedgerAccount]) -> None:
    """Two accounts of one name cannot be told apart where only names are shown."""
    for each in others:
        if each.name.casefold() == name.casefold():
            raise DomainError(f"{each.code} is called so already.", "name")
