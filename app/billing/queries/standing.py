"""How invoices stand on a day, said to the database: what is open then, and which are draft, due, overdue, paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, or_, select

from app.billing.models import Allocation, Invoice, Payment
from app.billing.rules import InvoiceKind, InvoiceState, Standing
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Cell, Page, PageRequest
from app.web.wording import sum_of

Row = TypeVar("Row")


def open_on(on: date) -> SQLColumnExpression[int]:
    """What is open on an invoice at the end of a day: what was settled later is open still, what was voided later too.

    Of a credit note it is what is left of it, below zero.
    """
    if on >= clock.today():
        return Invoice.open_minor
    settles = Allocation.invoice_id == Invoice.id
    settled = allocated(settles, Allocation.day > on)
    used = allocated(Allocation.credit_id == Invoice.id, Allocation.day > on)
    return case(
        (Invoice.kind == InvoiceKind.CREDIT_NOTE, Invoice.open_minor - used),
        (Invoice.voided_on > on, Invoice.gross_minor - allocated(settles, Allocation.day <= on)),
        else_=Invoice.open_minor + settled,
    )


def left_on(on: date) -> SQLColumnExpression[int]:
    """What a payment has left at the end of a day: what was allocated later was unallocated still."""
    if on >= clock.today():
        return Payment.unallocated_minor
    later = (
        select(func.coalesce(func.sum(Allocation.taken_minor), 0))
        .where(Allocation.payment_id == Payment.id, Allocation.day > on)
        .correlate(Payment)
        .scalar_subquery()
    )
    return Payment.unallocated_minor + later


def allocated(*conditions: ColumnElement[bool]) -> SQLColumnExpression[int]:
    """What the allocations of an invoice add to, of those that the conditions name; for a statement about invoices."""
    added = select(func.coalesce(func.sum(Allocation.amount_minor), 0)).where(*conditions)
    return added.correlate(Invoice).scalar_subquery()


def issued_on(on: date) -> ColumnElement[bool]:
    """The condition that an invoice, or a credit note, is issued on a day and not void."""
    if on >= clock.today():
        return Invoice.state == InvoiceState.ISSUED
    not_yet_void = and_(Invoice.state == InvoiceState.VOID, Invoice.voided_on > on)
    return and_(or_(Invoice.state == InvoiceState.ISSUED, not_yet_void), Invoice.issue_day <= on)


def existing_on(on: date) -> ColumnElement[bool] | None:
    """The condition that there was an invoice or its draft on a day; none for today, when all there are exist."""
    if on >= clock.today():
        return None
    return or_(Invoice.issue_day <= on, Invoice.created_at <= clock.end_of(on))


def in_standing(standing: Standing, on: date) -> ColumnElement[bool]:
    """The condition that an invoice stands so on a day; the same answer as `standing_on` gives."""
    is_open = open_on(on)
    late = Invoice.due_day < on
    claims, credits_ = Invoice.gross_minor >= 0, Invoice.gross_minor < 0
    conditions = {
        Standing.VOID: and_(Invoice.state == InvoiceState.VOID, Invoice.voided_on <= on),
        Standing.DRAFT: and_(
            Invoice.state != InvoiceState.VOID, or_(Invoice.issue_day.is_(None), Invoice.issue_day > on)
        ),
        Standing.PAID: and_(issued_on(on), claims, is_open == 0),
        Standing.CREDIT: and_(issued_on(on), is_open < 0),
        Standing.USED: and_(issued_on(on), credits_, is_open == 0),
        Standing.OVERDUE: and_(issued_on(on), is_open > 0, late),
        Standing.PART_PAID: and_(issued_on(on), is_open > 0, is_open < Invoice.gross_minor, ~late),
        Standing.DUE: and_(issued_on(on), is_open == Invoice.gross_minor, is_open > 0, ~late),
    }
    return conditions[standing]


def visible_to(actor: Actor, on: date | None = None) -> ColumnElement[bool] | None:
    """Which invoices the actor may see at all: representatives their own, issued by the day; None where all."""
    if actor.has_all(Permission.INVOICE_READ):
        return None
    own = actor.own_institutions(Permission.INVOICE_READ)
    seen = and_(Invoice.payer_id.in_(own), Invoice.state != InvoiceState.DRAFT)
    return seen if on is None else and_(seen, Invoice.issue_day <= on)


@dataclass(frozen=True)
class Added:
    """The count and the sums, by name, of the rows in one currency."""

    currency: str
    count: int
    sums: Mapping[str, int]


@dataclass(frozen=True)
class Totals:
    """What is added up over all rows of a list, currency by currency: `amounts` by name.

    `rows` selects the same rows as the list, but without the tables joined only for their names: every row is read.
    """

    rows: AnySelect
    currency: SQLColumnExpression[str]
    amounts: Mapping[str, SQLColumnExpression[Any]]

    def add_up(self) -> tuple[Added, ...]:
        """Read the rows once."""
        named: list[SQLColumnExpression[Any]] = [each.label(name) for name, each in self.amounts.items()]
        rows: AnySelect = self.rows.with_only_columns(
            self.currency.label("currency"), *named, maintain_column_froms=True
        )
        if rows.whereclause is None:
            picked: Any = rows.subquery()
        else:
            # Found first and added then: an index in the order of the currencies would look up every row to filter it.
            picked = rows.cte("picked").prefix_with("MATERIALIZED")
        sums = [func.sum(picked.c[name]) for name in self.amounts]
        found = db.session.execute(
            select(picked.c.currency, func.count(), *sums).group_by(picked.c.currency).order_by(picked.c.currency)
        )
        return tuple(
            Added(row[0], row[1], {name: int(row[2 + at] or 0) for at, name in enumerate(self.amounts)})
            for row in found
        )


def fetch_amounts(
    statement: AnySelect,
    request: PageRequest,
    *,
    sorts: Mapping[str, SQLColumnExpression[Any]],
    build: Callable[[Any], Row],
    totals: Callable[[], Sequence[Added]],
    ties: Sequence[SQLColumnExpression[Any]] = (),
) -> Page[Row]:
    """A page of a list of amounts in any currencies, with the totals of all its rows, currency by currency."""
    key = next(iter(sorts.values()))
    if request.size == 0:
        return fetch_page(statement, request, sorts=sorts, key=key, build=build)
    order = [sorts.get(request.sort, key), *(ties or [key])]
    ordered = statement.order_by(*(each.desc() if request.descending else each.asc() for each in order))
    rows = [build(row) for row in db.session.execute(ordered.offset(request.offset).limit(request.size))]
    found = totals()
    return Page(rows, sum(each.count for each in found), request, _amounts(found))


def _amounts(found: Sequence[Added]) -> dict[str, Cell]:
    """The sums by their names."""
    names = found[0].sums if found else ()
    return {name: sum_of(Money(each.sums[name], each.currency) for each in found) for name in names}
