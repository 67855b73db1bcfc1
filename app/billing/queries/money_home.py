"""The first page of money: what was invoiced and collected by fee year, what is overdue, and the work that waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from app.audit.remembering import remembered
from app.billing.models import Allocation, FeeRun, Invoice, Payment
from app.billing.queries.balances import ageing
from app.billing.queries.bank import count_waiting
from app.billing.queries.disputes import disputed_on
from app.billing.queries.fee_years import number_year
from app.billing.queries.reminders import due_on
from app.billing.queries.standing import issued_on, open_on
from app.billing.rules import InvoiceState
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect, count_rows
from app.core.permissions import Permission


@dataclass(frozen=True)
class YearOfMoney:
    """What was invoiced for a fee year in one currency less what was credited, and what became of it.

    `unused` is what credit notes give that settles nothing yet: it came in, and the payers may have it back.
    """

    year: int
    invoiced: Money
    outstanding: Money
    overdue: Money
    unused: Money
    written_off: Money

    @property
    def collected(self) -> Money:
        """What of it came in and was not paid back."""
        return self.invoiced - self.balance - self.written_off

    @property
    def balance(self) -> Money:
        """What is open less what credit notes have left: what the list of its invoices adds to."""
        return self.outstanding - self.unused


@dataclass(frozen=True)
class MoneyWork:
    """How much of each kind waits: drafts, lines of the bank, reminders due, disputes, money and credits to use."""

    drafts: int
    lines: int
    overdue: int
    to_remind: int
    disputed: int
    unallocated: int
    unused: int


def years_of_money(on: date, actor: Actor) -> Sequence[YearOfMoney]:
    """Each fee year and currency with its invoices as they stood on a day, the newest first."""
    actor.require(Permission.PAYMENT_READ)
    return _years(on, clock.today())


def unallocated_sums(on: date, actor: Actor) -> Sequence[Money]:
    """Money on the payers' accounts that settles nothing on a day, each currency apart."""
    actor.require(Permission.PAYMENT_READ)
    sums: dict[str, int] = {}
    for row in ageing(on, actor=actor):
        sums[row.currency] = sums.get(row.currency, 0) + row.unallocated
    return [Money(sums[currency], currency) for currency in sorted(sums) if sums[currency]]


def money_work(actor: Actor) -> MoneyWork:
    """What waits today."""
    actor.require(Permission.PAYMENT_READ)
    return _work(clock.today(), count_waiting(actor))


@remembered
def _years(on: date, _today: date) -> tuple[YearOfMoney, ...]:
    is_open = open_on(on)
    claimed = aliased(Invoice)
    year = _fee_year(claimed)
    sums = (
        Invoice.gross_minor,
        case((is_open > 0, is_open), else_=0),
        case((is_open > 0, case((Invoice.due_day < on, is_open), else_=0)), else_=0),
        case((is_open < 0, -is_open), else_=0),
    )
    asked = (
        select(*year, Invoice.currency, *(func.sum(each) for each in sums))
        .outerjoin(claimed, claimed.id == Invoice.credits_id)
        .outerjoin(FeeRun, FeeRun.id == func.coalesce(claimed.run_id, Invoice.run_id))
        .where(issued_on(on))
        .group_by(*year, Invoice.currency)
        .order_by(*year, Invoice.currency)
    )
    found, written_off = _by_year(asked), _written_off(on)
    return tuple(
        YearOfMoney(key[0], *(Money(minor, key[1]) for minor in (*found[key], *written_off.get(key, (0,)))))
        for key in sorted(found, key=lambda key: (-key[0], key[1]))
    )


def _written_off(on: date) -> Mapping[tuple[int, str], Sequence[int]]:
    """What was written off up to a day, by the fee year and currency of its invoices."""
    year = _fee_year(Invoice)
    asked = (
        select(*year, Invoice.currency, func.sum(Allocation.amount_minor))
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .outerjoin(FeeRun, FeeRun.id == Invoice.run_id)
        .where(Allocation.write_off_id.is_not(None), Allocation.day <= on, issued_on(on))
        .group_by(*year, Invoice.currency)
        .order_by(*year, Invoice.currency)
    )
    return _by_year(asked)


def _fee_year(claimed: type[Invoice]) -> tuple[ColumnElement[Any], ...]:
    """The year of the run of an invoice, or else its day; a credit note counts for what it credits."""
    day = func.coalesce(claimed.issue_day, Invoice.issue_day)
    return FeeRun.year.label("year"), case((FeeRun.year.is_(None), day)).label("day")


def _by_year(asked: AnySelect) -> Mapping[tuple[int, str], Sequence[int]]:
    """The sums by fee year and currency: the years of runs, and those that the days of other invoices fall in."""
    found: dict[tuple[int, str], list[int]] = {}
    for year, day, currency, *sums in db.session.execute(asked):
        key = (year or number_year(day), currency)
        before = found.get(key, [0] * len(sums))
        found[key] = [one + int(more) for one, more in zip(before, sums, strict=True)]
    return found


@remembered
def _work(today: date, lines: int) -> MoneyWork:
    late = (Invoice.state == InvoiceState.ISSUED, Invoice.open_minor > 0, Invoice.due_day < today)
    return MoneyWork(
        drafts=_count(Invoice.state == InvoiceState.DRAFT),
        lines=lines,
        overdue=_count(*late),
        to_remind=len(due_on(today).payers),
        disputed=_count(Invoice.state == InvoiceState.ISSUED, disputed_on(today)),
        unallocated=count_rows(select(Payment.id).where(Payment.unallocated_minor > 0)),
        unused=_count(Invoice.state == InvoiceState.ISSUED, Invoice.open_minor < 0),
    )


def _count(*wanted: ColumnElement[bool]) -> int:
    return count_rows(select(Invoice.id).where(*wanted))
