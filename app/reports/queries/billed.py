"""What was invoiced, credited, written off and is open on a day: the sums that all reports of money rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, select
from sqlalchemy.orm import aliased

from app.billing.models import Allocation, FeeRun, Invoice
from app.billing.queries.fee_years import number_year
from app.billing.queries.standing import allocated, issued_on, open_on
from app.billing.rules import InvoiceKind
from app.core.database import db
from app.core.money import Money
from app.members.models import Institution
from app.reports.rules import Asked


@dataclass(frozen=True)
class Billed:
    """Sums of invoices in one currency: what is left open takes off what credit notes have left to be used, `unused`.

    Of what was invoiced, credit notes took back `credited` and `written_off` was given up; the rest is paid or open.
    """

    invoiced: Money
    credited: Money
    written_off: Money
    outstanding: Money
    overdue: Money
    unused: Money

    @property
    def claimed(self) -> Money:
        """What was invoiced, less credits."""
        return self.invoiced - self.credited

    @property
    def paid(self) -> Money:
        """What of the claim came in, and was not given back."""
        return self.claimed - self.written_off - self.outstanding

    @property
    def not_due(self) -> Money:
        """What is open of invoices and not late."""
        return self.outstanding + self.unused - self.overdue

    def __add__(self, other: Billed) -> Billed:
        return Billed(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Billed)))


def billed_by(
    asked: Asked, reach: frozenset[int] | None, *keys: SQLColumnExpression[Any]
) -> dict[tuple[Any, ...], Billed]:
    """The sums of all invoices as they stood on the day, by `keys`, fee year and currency."""
    original = aliased(Invoice)
    statement = (
        select(*keys, FeeRun.year, Invoice.issue_day, Invoice.currency, *_sums(asked))
        .select_from(Invoice)
        .join(Institution, Institution.id == Invoice.payer_id)
        .outerjoin(original, original.id == Invoice.credits_id)
        .outerjoin(FeeRun, FeeRun.id == func.coalesce(Invoice.run_id, original.run_id))
        .where(issued_on(asked.on), *within(asked, reach))
        .group_by(*keys, FeeRun.year, Invoice.issue_day, Invoice.currency)
        .order_by(*keys, FeeRun.year, Invoice.issue_day, Invoice.currency)
    )
    found: dict[tuple[Any, ...], Billed] = {}
    for row in db.session.execute(statement):
        *named, run_year, issued, currency = row[: len(keys) + 3]
        sums = Billed(*(Money(int(minor), currency) for minor in row[len(keys) + 3 :]))
        key = (*named, year_billed(run_year, issued), currency)
        found[key] = found[key] + sums if key in found else sums
    return found


def year_billed(run_year: int | None, issued: date) -> int:
    """The fee year an invoice counts to: that of its run, else that its day falls in."""
    return number_year(issued) if run_year is None else run_year


def open_then(asked: Asked) -> SQLColumnExpression[int]:
    """What is open on an invoice on the day; as known then, only by what had been recorded by then."""
    if asked.known is None:
        return open_on(asked.on)
    known = _recorded(asked)
    settled = allocated(Allocation.invoice_id == Invoice.id, *known)
    return Invoice.gross_minor - settled + allocated(Allocation.credit_id == Invoice.id, *known)


def _sums(asked: Asked) -> list[SQLColumnExpression[Any]]:
    is_open = open_then(asked)
    is_claim = Invoice.kind == InvoiceKind.INVOICE
    given_up = allocated(Allocation.invoice_id == Invoice.id, Allocation.write_off_id.is_not(None), *_recorded(asked))
    late = case((Invoice.due_day < asked.on, is_open), else_=0)
    return [
        func.sum(case((is_claim, Invoice.gross_minor), else_=0)),
        func.sum(case((is_claim, 0), else_=-Invoice.gross_minor)),
        func.sum(given_up),
        func.sum(is_open),
        func.sum(case((is_claim, late), else_=0)),
        func.sum(case((is_claim, 0), else_=-is_open)),
    ]


def _recorded(asked: Asked) -> list[ColumnElement[bool]]:
    """The allocations that count: by their own days, and as known then."""
    known = [] if asked.known is None else [Allocation.recorded_at <= asked.known]
    return [Allocation.day <= asked.on, *known]


def within(asked: Asked, reach: frozenset[int] | None) -> Sequence[ColumnElement[bool]]:
    """The conditions that invoices are those of payers in reach, and were on record when it is asked."""
    conditions: list[ColumnElement[bool]] = [] if reach is None else [Invoice.payer_id.in_(reach)]
    return conditions if asked.known is None else [*conditions, Invoice.issued_at <= asked.known]
