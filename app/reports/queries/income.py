"""What was invoiced and what came of it: by fee year, by class of members, and by payer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.billing.models import FeeRun, FeeSchedule, Invoice, InvoiceLine
from app.billing.queries.standing import issued_on
from app.billing.rules import InvoiceKind
from app.core.actor import Actor
from app.core.charts import Chart
from app.core.database import db
from app.core.money import Money
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.members.models import Institution, MembershipClass
from app.reports.queries.amounts import amount_columns, sums
from app.reports.queries.billed import Billed, billed_by, within, year_billed
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording
from app.web.charts import Bar, stacked_bars

COLOURS = {"Collected": "$high", "Not due": "$low", "Overdue": "$bad"}
OTHER = "Other charges"
PAID_IS = (
    "Paid is what was invoiced less what was credited, written off and is open. A credit not used lessens the open."
)
SETTLED = (
    ("invoiced", "Invoiced", Narrow.META),
    ("credited", "Credited", Narrow.HIDE),
    ("paid", "Paid", Narrow.META),
    ("written_off", "Written off", Narrow.HIDE),
    ("overdue", "Overdue", Narrow.HIDE),
    ("outstanding", "Open", Narrow.AMOUNT),
)
BY_CLASS = (
    ("invoiced", "Invoiced", Narrow.META),
    ("credited", "Credited", Narrow.HIDE),
    ("income", "Income", Narrow.AMOUNT),
)


@dataclass(frozen=True)
class BilledRow(Billed):
    """The sums of a fee year or a payer in one currency."""

    name: str

    @classmethod
    def of(cls, name: str, found: Billed) -> BilledRow:
        """The sums under a name."""
        return cls(**vars(found), name=name)


@dataclass(frozen=True)
class ClassIncome:
    """What a class of members was charged for a fee year in one currency, without tax."""

    year: int
    name: str
    payer_ids: frozenset[int]
    invoiced: Money
    credited: Money

    @property
    def payers(self) -> int:
        """How many were charged."""
        return len(self.payer_ids)

    @property
    def income(self) -> Money:
        """What is left of it."""
        return self.invoiced - self.credited


def _drawn_years(table: AnyTable) -> Chart | None:
    """The years of the currency of the books, the oldest first, each split into what came in and what is open."""
    home = this_site().home_currency
    rows = [row for row in reversed(list(table.rows)) if row.invoiced.currency == home]
    bars = [
        Bar(row.name, part, int(amount.amount), wording.money(amount))
        for row in rows
        for part, amount in zip(COLOURS, (row.paid, row.not_due, row.overdue), strict=True)
    ]
    told = wording.join_words(f"{row.name} {wording.money(row.paid)} of {wording.money(row.claimed)}" for row in rows)
    told = f"Collected of what was invoiced by fee year: {told}"
    return stacked_bars(bars, COLOURS, told, unit=home) if rows else None


@report(
    "invoiced-and-collected",
    title="Invoiced and collected",
    question="What was invoiced for each fee year, and what of it was credited, paid, written off, or is open?",
    audience=Permission.REPORT_MONEY,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
    draw=_drawn_years,
)
def invoiced_and_collected(asked: Asked, actor: Actor) -> Table[BilledRow]:
    """Every fee year up to the day, the newest first, a line for each currency."""
    found = billed_by(asked, reach_institutions(Permission.REPORT_MONEY, asked, actor))
    rows = [
        BilledRow.of(str(year), each)
        for (year, _), each in sorted(found.items(), key=lambda one: (-one[0][0], one[0][1]))
    ]
    return _settled(f"Invoiced and collected by {wording.long_day(asked.on)}", "Fee year", rows)


@report(
    "fees-by-payer",
    title="Fees by payer",
    question="What was each payer invoiced for a fee year, and what of it was paid?",
    audience=Permission.REPORT_MONEY,
    asks=(Parameter.YEAR, Parameter.DAY, Parameter.INSTITUTION),
)
def fees_by_payer(asked: Asked, actor: Actor) -> Table[BilledRow]:
    """Every payer with an invoice of the fee year, by name, a line for each currency."""
    reach = reach_institutions(Permission.REPORT_MONEY, asked, actor)
    found = billed_by(asked, reach, Institution.sort_name, Institution.name, Institution.id)
    rows = [BilledRow.of(name, each) for (_, name, _, year, _), each in sorted(found.items()) if year == asked.year]
    return _settled(f"Fees by payer {asked.year}", "Payer", rows)


@report(
    "fees-by-class",
    title="Fees by class",
    question="What did each class of members bring in, by fee year, without tax?",
    audience=Permission.REPORT_MONEY,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
)
def fees_by_class(asked: Asked, actor: Actor) -> Table[ClassIncome]:
    """The lines of all invoices and credit notes by fee year and class, the newest year first."""
    rows = class_income(asked, reach_institutions(Permission.REPORT_MONEY, asked, actor))
    columns: list[Column[Any]] = [
        Column("year", "Fee year", lambda row: str(row.year), Kind.NAME, narrow=Narrow.NAME),
        Column("name", "Class", lambda row: row.name, narrow=Narrow.META),
        Column("payers", "Payers", lambda row: row.payers, Kind.NUMBER),
        *amount_columns(BY_CLASS, rows),
    ]
    note = "Income is what was invoiced less what was credited, without tax; what is written off stays income."
    title = f"Fees by class by {wording.long_day(asked.on)}"
    return Table(title, columns, rows, sums(rows, BY_CLASS), [note])


def class_income(asked: Asked, reach: frozenset[int] | None) -> Sequence[ClassIncome]:
    """What each class was charged by the day, the newest fee year first."""
    claimed: dict[tuple[int, str, str], list[int]] = {}
    payers: dict[tuple[int, str, str], set[int]] = {}
    for row in db.session.execute(_lines(asked, reach)):
        key = (year_billed(row.year, row.issue_day), row.name or OTHER, row.currency)
        added = claimed.setdefault(key, [0, 0])
        added[row.kind == InvoiceKind.CREDIT_NOTE] += abs(int(row.net))
        payers.setdefault(key, set()).add(row.payer_id)
    return [
        ClassIncome(year, name, frozenset(payers[year, name, currency]), *(Money(minor, currency) for minor in both))
        for (year, name, currency), both in sorted(claimed.items(), key=lambda one: (-one[0][0], *one[0][1:]))
    ]


def _lines(asked: Asked, reach: frozenset[int] | None) -> Any:
    original = aliased(Invoice)
    keys = (
        FeeRun.year, Invoice.issue_day, MembershipClass.name, Invoice.currency, Invoice.kind, Invoice.payer_id,
    )  # fmt: skip
    return (
        select(*keys, func.sum(InvoiceLine.net_minor).label("net"))
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .outerjoin(original, original.id == Invoice.credits_id)
        .outerjoin(FeeRun, FeeRun.id == func.coalesce(Invoice.run_id, original.run_id))
        .outerjoin(FeeSchedule, FeeSchedule.id == InvoiceLine.schedule_id)
        .outerjoin(MembershipClass, MembershipClass.id == FeeSchedule.class_id)
        .where(issued_on(asked.on), *within(asked, reach))
        .group_by(*keys)
        .order_by(*keys)
    )


def _settled(title: str, named: str, rows: Sequence[BilledRow]) -> Table[BilledRow]:
    columns: list[Column[BilledRow]] = [
        Column("name", named, lambda row: row.name, Kind.NAME, narrow=Narrow.NAME),
        *amount_columns(SETTLED, rows),
    ]
    return Table(title, columns, rows, sums(rows, SETTLED), [PAID_IS] if rows else [])
