"""The first page of money: what was invoiced and collected by fee year, what is overdue, and the work that waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, case, cast, extract, func, select

from app.audit.remembering import remembered
from app.billing.models import FeeRun, Invoice, Payment
from app.billing.queries.balances import unallocated_on
from app.billing.queries.disputes import disputed_on
from app.billing.queries.reminders import due_on
from app.billing.queries.standing import issued_on, open_on
from app.billing.rules import InvoiceState
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.paging import count_rows
from app.core.permissions import Permission


@dataclass(frozen=True)
class YearOfMoney:
    """What was invoiced for a fee year in one currency, what of it came in, what is open and what of that overdue."""

    year: int
    invoiced: Money
    outstanding: Money
    overdue: Money

    @property
    def collected(self) -> Money:
        """What of it is settled."""
        return self.invoiced - self.outstanding


@dataclass(frozen=True)
class MoneyWork:
    """How much of each kind waits: drafts, payers due for a reminder, invoices in dispute, money not allocated."""

    drafts: int
    overdue: int
    to_remind: int
    disputed: int
    unallocated: int


def years_of_money(on: date, actor: Actor) -> Sequence[YearOfMoney]:
    """Each fee year and currency with its invoices as they stood on a day, the newest first."""
    actor.require(Permission.PAYMENT_READ)
    return _years(on, clock.today())


def present_fee_year(on: date) -> int:
    """The fee year a day is in: that of its fee run, else the calendar year."""
    asked = select(FeeRun.year).where(FeeRun.first_day <= on, FeeRun.last_day >= on).order_by(FeeRun.id.desc())
    return db.session.scalar(asked.limit(1)) or on.year


def unallocated_sums(on: date, actor: Actor) -> Sequence[Money]:
    """Money on the payers' accounts that settles nothing on a day, each currency apart."""
    actor.require(Permission.PAYMENT_READ)
    sums: dict[str, int] = {}
    for (_, currency), (_, minor) in unallocated_on(on).items():
        sums[currency] = sums.get(currency, 0) + minor
    return [Money(sums[currency], currency) for currency in sorted(sums)]


def money_work(actor: Actor) -> MoneyWork:
    """What waits today."""
    actor.require(Permission.PAYMENT_READ)
    return _work(clock.today())


@remembered
def _years(on: date, _today: date) -> tuple[YearOfMoney, ...]:
    is_open = open_on(on)
    year = func.coalesce(FeeRun.year, cast(extract("year", Invoice.issue_day), Integer)).label("year")
    late = func.sum(case((Invoice.due_day < on, is_open), else_=0))
    asked = (
        select(year, Invoice.currency, func.sum(Invoice.gross_minor), func.sum(is_open), late)
        .outerjoin(FeeRun, FeeRun.id == Invoice.run_id)
        .where(issued_on(on))
        .group_by(year, Invoice.currency)
        .order_by(year.desc(), Invoice.currency)
    )
    return tuple(
        YearOfMoney(number, *(Money(minor, currency) for minor in sums))
        for number, currency, *sums in db.session.execute(asked)
    )


@remembered
def _work(today: date) -> MoneyWork:
    late = (Invoice.state == InvoiceState.ISSUED, Invoice.open_minor > 0, Invoice.due_day < today)
    return MoneyWork(
        drafts=_count(Invoice.state == InvoiceState.DRAFT),
        overdue=_count(*late),
        to_remind=len(due_on(today).payers),
        disputed=_count(Invoice.state == InvoiceState.ISSUED, disputed_on(today)),
        unallocated=count_rows(select(Payment.id).where(Payment.unallocated_minor > 0)),
    )


def _count(*wanted: ColumnElement[bool]) -> int:
    return count_rows(select(Invoice.id).where(*wanted))
