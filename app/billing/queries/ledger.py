"""The ledger: its journal with totals, and the trial balance on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from app.audit.remembering import remembered
from app.billing.models import AccountDay, LedgerAccount, LedgerEntry, Posting
from app.billing.queries.standing import Added, Totals, fetch_amounts
from app.billing.rules import AccountKind, EntryKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect, matches
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Page, PageRequest
from app.members.models import Institution


@dataclass(frozen=True)
class JournalFilters:
    """Which postings are wanted: from and up to a day, of an account, of payers whose names hold some words."""

    since: date | None = None
    until: date | None = None
    account: str | None = None
    words: str = ""


@dataclass(frozen=True)
class JournalRow:
    """One posting with its entry: an amount stands on one of the two sides; its worth is above zero for a debit."""

    entry_id: int
    day: date
    kind: EntryKind
    text: str
    account_code: str
    account: str
    payer: str | None
    debit: Money | None
    credit: Money | None
    worth: Money
    invoice_id: int | None
    payment_id: int | None


@dataclass(frozen=True)
class TrialRow:
    """The balance of an account in a currency on a day, what that is worth in the books, and its postings."""

    code: str
    name: str
    kind: AccountKind
    debit: Money
    credit: Money
    balance: Money
    home: Money
    postings: int


def list_journal(
    filters: JournalFilters, request: PageRequest, *, on: date | None = None, actor: Actor
) -> Page[JournalRow]:
    """The postings of a filter up to a day (default: today), with the totals of both sides per currency."""
    actor.require(Permission.PAYMENT_READ)
    day = on or clock.today()
    statement: AnySelect = (
        select(
            LedgerEntry.id.label("entry_id"), LedgerEntry.day, LedgerEntry.kind, LedgerEntry.text,
            LedgerEntry.invoice_id, LedgerEntry.payment_id, Posting.account_code, LedgerAccount.name.label("account"),
            Institution.short_name.label("payer"), Posting.currency, Posting.amount_minor,
            Posting.home_minor,
        )
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.code == Posting.account_code)
        .outerjoin(Institution, Institution.id == Posting.payer_id)
        .where(*_conditions(filters, day))
    )  # fmt: skip
    return fetch_amounts(
        statement,
        request,
        sorts={"entry": LedgerEntry.id, "day": LedgerEntry.day},
        build=partial(_row, this_site().home_currency),
        totals=partial(_added, filters, day, clock.today()),
        ties=(LedgerEntry.id, Posting.id),
    )


def trial_balance(on: date | None = None, *, actor: Actor) -> Sequence[TrialRow]:
    """Every account's sums on a day (default: today), currency by currency; the balances add to zero."""
    actor.require(Permission.PAYMENT_READ)
    return _trial(on or clock.today())


@remembered
def _trial(on: date) -> Sequence[TrialRow]:
    home = this_site().home_currency
    added = (
        select(
            AccountDay.currency,
            AccountDay.account_code,
            func.sum(AccountDay.debit_minor).label("debit"),
            func.sum(AccountDay.credit_minor).label("credit"),
            func.sum(AccountDay.home_minor).label("home"),
            func.sum(AccountDay.postings).label("postings"),
        )
        .where(AccountDay.day <= on)
        .group_by(AccountDay.currency, AccountDay.account_code)
        .subquery()
    )
    rows = db.session.execute(
        select(
            LedgerAccount.code,
            LedgerAccount.name,
            LedgerAccount.kind,
            added.c.currency,
            added.c.debit,
            added.c.credit,
            added.c.home,
            added.c.postings,
        )
        .join(added, added.c.account_code == LedgerAccount.code)
        .order_by(added.c.currency, LedgerAccount.code)
    )
    return tuple(
        TrialRow(
            row.code,
            row.name,
            row.kind,
            Money(int(row.debit), row.currency),
            Money(int(row.credit), row.currency),
            Money(int(row.debit) - int(row.credit), row.currency),
            Money(int(row.home), home),
            int(row.postings),
        )
        for row in rows
    )


def list_accounts(actor: Actor) -> Sequence[tuple[str, str]]:
    """Code and name of every account."""
    actor.require(Permission.PAYMENT_READ)
    rows = db.session.execute(select(LedgerAccount.code, LedgerAccount.name).order_by(LedgerAccount.code))
    return [(row.code, row.name) for row in rows]


@remembered
def _added(filters: JournalFilters, on: date, today: date) -> Sequence[Added]:
    """Where nothing is filtered, the accounts of the trial balance add to the totals of the journal."""
    if filters == JournalFilters():
        return _added_accounts(_trial(on))
    amounts = {"debit": _debit(), "credit": _credit()}
    return Totals(rows=_postings(filters, on, today), currency=Posting.currency, amounts=amounts).add_up()


def _added_accounts(trial: Sequence[TrialRow]) -> tuple[Added, ...]:
    """The accounts of a trial balance added up, currency by currency."""
    found = []
    for currency in sorted({row.debit.currency for row in trial}):
        rows = [row for row in trial if row.debit.currency == currency]
        sums = {"debit": sum(row.debit.minor for row in rows), "credit": sum(row.credit.minor for row in rows)}
        found.append(Added(currency, sum(row.postings for row in rows), sums))
    return tuple(found)


def _postings(filters: JournalFilters, on: date, today: date) -> AnySelect:
    """The postings of a filter up to a day. Nothing is booked ahead: up to today all are, and no day is looked up."""
    conditions = _conditions(filters, on)
    statement: AnySelect = select(Posting.id)
    if on >= today and filters.since is None and filters.until is None:
        return statement.where(*conditions[1:])
    return statement.join(LedgerEntry, LedgerEntry.id == Posting.entry_id).where(*conditions)


def _debit() -> ColumnElement[int]:
    return case((Posting.amount_minor > 0, Posting.amount_minor), else_=0)


def _credit() -> ColumnElement[int]:
    return case((Posting.amount_minor < 0, -Posting.amount_minor), else_=0)


def _conditions(filters: JournalFilters, on: date) -> list[ColumnElement[bool]]:
    until = on if filters.until is None else min(on, filters.until)
    conditions: list[ColumnElement[bool]] = [LedgerEntry.day <= until]
    if filters.since is not None:
        conditions.append(LedgerEntry.day >= filters.since)
    if filters.account is not None:
        conditions.append(Posting.account_code == filters.account)
    if filters.words:
        named = select(Institution.id).where(*matches(Institution.search_text, filters.words))
        conditions.append(Posting.payer_id.in_(named))
    return conditions


def _row(home: str, row: Any) -> JournalRow:
    amount = Money(abs(row.amount_minor), row.currency)
    return JournalRow(
        entry_id=row.entry_id,
        day=row.day,
        kind=row.kind,
        text=row.text,
        account_code=row.account_code,
        account=row.account,
        payer=row.payer,
        debit=amount if row.amount_minor > 0 else None,
        credit=amount if row.amount_minor < 0 else None,
        worth=Money(row.home_minor, home),
        invoice_id=row.invoice_id,
        payment_id=row.payment_id,
    )
