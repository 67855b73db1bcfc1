"""Payments as their list and their pages show them, and what of a payer is open for a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.audit.remembering import remembered
from app.billing.models import Allocation, Invoice, LedgerEntry, Payment, Refund
from app.billing.queries.fee_years import days_numbered, number_year
from app.billing.queries.invoices import PostingRow, postings_about
from app.billing.queries.standing import Added, Totals, fetch_amounts, left_on
from app.billing.rules import REFUND_WORDS, InvoiceState, PaymentMethod
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.money import Money
from app.core.paging import AnySelect, matches
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.members.models import Institution


@dataclass(frozen=True)
class PaymentFilters:
    """Which payments are wanted: words of the payer or the reference, the year received, the payer."""

    words: str = ""
    year: int | None = None
    payer_id: int | None = None


@dataclass(frozen=True)
class PaymentRow:
    """A payment as a line of a list, on a day."""

    id: int
    payer_id: int
    payer: str
    short_name: str
    received_on: date
    method: PaymentMethod
    reference: str | None
    amount: Money
    unallocated: Money

    @property
    def called(self) -> str:
        """How it is spoken of: Payment 12."""
        return f"Payment {self.id}"


@dataclass(frozen=True)
class AllocationRow:
    """What of a payment settles which invoice, or went back, and from when; `is_live`: not undone, and can be.

    `how` of a refund says why; `was_undone`: a later row undoes it.
    """

    id: int
    invoice_id: int | None
    called: str
    day: date
    amount: Money
    is_live: bool
    was_undone: bool


@dataclass(frozen=True)
class PaymentView:
    """A payment with all that its page shows."""

    row: PaymentRow
    note: str | None
    recorded_by: str
    recorded_at: datetime
    allocations: Sequence[AllocationRow]
    postings: Sequence[PostingRow]


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice that a payment can settle."""

    id: int
    number: str
    due_day: date
    outstanding: Money


@dataclass(frozen=True)
class Payer:
    """An institution that owes or has owed."""

    id: int
    name: str


def search_payments(
    filters: PaymentFilters, request: PageRequest, *, on: date | None = None, actor: Actor
) -> Page[PaymentRow]:
    """The payments received up to a day (default: today), with totals per currency."""
    actor.require(Permission.PAYMENT_READ)
    day = on or clock.today()
    left = left_on(day)
    return fetch_amounts(
        _rows(left).where(*_received(day, clock.today()), *_conditions(filters)),
        request,
        sorts={
            "payment": Payment.id,
            "received": Payment.received_on,
            "payer": Institution.sort_name,
            "amount": Payment.amount_minor,
            "unallocated": left,
        },
        build=_row,
        totals=partial(_added, filters, day, clock.today()),
    )


@remembered
def _added(filters: PaymentFilters, on: date, today: date) -> Sequence[Added]:
    rows: AnySelect = select(Payment.id).where(*_received(on, today), *_conditions(filters))
    amounts = {"amount": Payment.amount_minor, "unallocated": left_on(on)}
    return Totals(rows=rows, currency=Payment.currency, amounts=amounts).add_up()


def _received(on: date, today: date) -> list[ColumnElement[bool]]:
    return [] if on >= today else [Payment.received_on <= on]  # Nothing is received ahead of its day.


def get_payment(payment_id: int, *, on: date | None = None, actor: Actor) -> PaymentView:
    """A payment as its page shows it on a day."""
    actor.require(Permission.PAYMENT_READ)
    day = on or clock.today()
    statement = _rows(left_on(day)).add_columns(Payment.note, Payment.recorded_by, Payment.recorded_at)
    row = db.session.execute(statement.where(Payment.id == payment_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such payment.")
    return PaymentView(
        row=_row(row),
        note=row.note,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        allocations=_allocations(payment_id, day),
        postings=postings_about(LedgerEntry.payment_id == payment_id, day),
    )


def list_open(payer_id: int, actor: Actor, currency: str | None = None) -> Sequence[OpenInvoice]:
    """What a payer owes today, the oldest due first."""
    actor.require(Permission.PAYMENT_READ)
    statement = (
        select(Invoice.id, Invoice.number, Invoice.due_day, Invoice.open_minor, Invoice.currency)
        .where(Invoice.payer_id == payer_id, Invoice.state == InvoiceState.ISSUED, Invoice.open_minor > 0)
        .order_by(Invoice.due_day, Invoice.id)
    )
    if currency is not None:
        statement = statement.where(Invoice.currency == currency)
    return [
        OpenInvoice(row.id, row.number, row.due_day, Money(row.open_minor, row.currency))
        for row in db.session.execute(statement)
    ]


def get_payer(payer_id: int, actor: Actor) -> Payer:
    """A payer by its id."""
    actor.require(Permission.PAYMENT_READ)
    row = db.session.execute(select(Institution.id, Institution.name).where(Institution.id == payer_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such institution.")
    return Payer(row.id, row.name)


def list_payers(ids: Sequence[int], actor: Actor) -> Sequence[tuple[int, str]]:
    """Id and name of some institutions, whether they have paid or not."""
    actor.require(Permission.PAYMENT_READ)
    named = select(Institution.id, Institution.name).where(Institution.id.in_(ids))
    rows = db.session.execute(named.order_by(Institution.sort_name, Institution.id))
    return [(row.id, row.name) for row in rows]


def list_payment_years(actor: Actor) -> Sequence[int]:
    """The years in which money came, the newest first."""
    actor.require(Permission.PAYMENT_READ)
    # Each by itself is the end of an index; together they would be a walk through all of it.
    ends = [select(end(Payment.received_on)).scalar_subquery() for end in (func.min, func.max)]
    found = db.session.execute(select(*ends)).one()
    return _years(found[0], found[1])


def _years(first: date | None, last: date | None) -> list[int]:
    return list(range(number_year(last), number_year(first) - 1, -1)) if first and last else []


def _rows(left: SQLColumnExpression[int]) -> AnySelect:
    return select(
        Payment.id, Payment.payer_id, Payment.received_on, Payment.method, Payment.reference, Payment.currency,
        Payment.amount_minor, left.label("left"), Institution.name, Institution.short_name,
    ).join(Institution, Institution.id == Payment.payer_id)  # fmt: skip


def _row(row: Any) -> PaymentRow:
    return PaymentRow(
        id=row.id,
        payer_id=row.payer_id,
        payer=row.name,
        short_name=row.short_name,
        received_on=row.received_on,
        method=row.method,
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        unallocated=Money(row.left, row.currency),
    )


def _conditions(filters: PaymentFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.words:
        by_name = Payment.payer_id.in_(select(Institution.id).where(*matches(Institution.search_text, filters.words)))
        by_reference = func.lower(Payment.reference).contains(filters.words.lower(), autoescape=True)
        conditions.append(or_(by_name, by_reference))
    if filters.year is not None:
        year = days_numbered(filters.year)
        conditions.append(Payment.received_on.between(year.first, year.last))
    if filters.payer_id is not None:
        conditions.append(Payment.payer_id == filters.payer_id)
    return conditions


def _allocations(payment_id: int, on: date) -> list[AllocationRow]:
    undone = aliased(Allocation)
    rows = db.session.execute(
        select(
            Allocation.id, Allocation.invoice_id, Invoice.number, Allocation.day, Allocation.taken_minor,
            Payment.currency, Allocation.undoes_id, undone.id.label("undone_id"), Refund.kind, Refund.reason,
        )
        .join(Payment, Payment.id == Allocation.payment_id)
        .outerjoin(undone, and_(undone.undoes_id == Allocation.id, undone.day <= on))
        .outerjoin(Invoice, Invoice.id == Allocation.invoice_id)
        .outerjoin(Refund, Refund.id == Allocation.refund_id)
        .where(Allocation.payment_id == payment_id, Allocation.day <= on)
        .order_by(Allocation.day, Allocation.id)
    )  # fmt: skip
    return [_allocation(row) for row in rows]


def _allocation(row: Any) -> AllocationRow:
    called = row.number or f"{REFUND_WORDS[row.kind]}: {row.reason}"
    return AllocationRow(
        id=row.id,
        invoice_id=row.invoice_id,
        called=f"{called}, undone" if row.undoes_id else called,
        day=row.day,
        amount=Money(row.taken_minor, row.currency),
        is_live=row.invoice_id is not None and row.undoes_id is None and row.undone_id is None,
        was_undone=row.undone_id is not None,
    )
