"""Fiscal years: which are closed, which comes next, and what its closing entry takes to the surplus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app.billing.models import AccountDay, ClosedYear, LedgerAccount, Posting
from app.billing.queries.closed_years import find_closed_until
from app.billing.queries.fee_years import fee_year_on
from app.billing.rules import RESULT_KINDS, SURPLUS
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.periods import ONE_DAY, Period, add_months
from app.core.permissions import Permission
from app.core.site import this_site


@dataclass(frozen=True)
class ClosedYearRow:
    """A closed year, and what of it went to the surplus: below zero it was a loss."""

    period: Period
    result: Money
    closed_by: str
    closed_at: datetime


@dataclass(frozen=True)
class ResultRow:
    """What an account of income or expense came to in a currency, and its worth; debit above zero, credit below."""

    code: str
    name: str
    amount: Money
    worth: Money


def list_closed_years(actor: Actor) -> Sequence[ClosedYearRow]:
    """The closed years, the newest first."""
    actor.require(Permission.PAYMENT_READ)
    carried = (
        select(func.coalesce(-func.sum(Posting.home_minor), 0))
        .where(Posting.entry_id == ClosedYear.entry_id, Posting.account_code == SURPLUS)
        .scalar_subquery()
    )
    rows = db.session.execute(select(ClosedYear, carried).order_by(ClosedYear.last_day.desc(), ClosedYear.id))
    home = this_site().home_currency
    return [
        ClosedYearRow(Period(year.first_day, year.last_day), Money(int(result), home), year.closed_by, year.closed_at)
        for year, result in rows
    ]


def find_year_to_close(actor: Actor, last: date | None = None) -> Period | None:
    """The year to be closed next: it follows the one closed last, else it is that of the first entry.

    The first may end on a day wished for, `last`; without one it is a fee year. None where nothing was ever booked.
    """
    actor.require(Permission.PAYMENT_READ)
    before = find_closed_until()
    if before is not None:
        return _year_from(before + ONE_DAY)
    earliest = db.session.scalar(select(func.min(AccountDay.day)))
    if earliest is None:
        return None
    year = fee_year_on(earliest)
    return year if last is None or last < earliest else Period(min(year.first, last), last)


def _year_from(first: date) -> Period:
    return Period(first, add_months(first, 12) - ONE_DAY)


def is_over(year: Period) -> bool:
    """Whether all days of a year are past, as they must be to close it."""
    return year.last is not None and year.last < clock.today()


def result_up_to(last: date) -> Sequence[ResultRow]:
    """Each account of income or expense that is not at nothing at the end of a day; the caller checks the right."""
    amount, worth = func.sum(AccountDay.debit_minor - AccountDay.credit_minor), func.sum(AccountDay.home_minor)
    rows = db.session.execute(
        select(AccountDay.account_code, LedgerAccount.name, AccountDay.currency, amount, worth)
        .join(LedgerAccount, LedgerAccount.code == AccountDay.account_code)
        .where(LedgerAccount.kind.in_(RESULT_KINDS), AccountDay.day <= last)
        .group_by(AccountDay.account_code, LedgerAccount.name, AccountDay.currency)
        .order_by(AccountDay.account_code, AccountDay.currency)
    )
    home = this_site().home_currency
    return [
        ResultRow(code, name, Money(int(of), currency), Money(int(valued), home))
        for code, name, currency, of, valued in rows
        if of or valued
    ]
