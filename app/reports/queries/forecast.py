"""What the fees of the next three years will bring, by what is known of members and fees now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.billing.queries.charges import Charge, Preview, preview_run
from app.billing.queries.fee_years import fee_year_of, number_year
from app.core.actor import Actor
from app.core.charts import Chart
from app.core.money import Money
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.reports.queries.amounts import amount_columns, sums
from app.reports.queries.catalogue import report
from app.reports.queries.income import ClassIncome, class_income
from app.reports.rules import Asked, Parameter
from app.web import wording
from app.web.charts import Bar, stacked_bars

YEARS_AHEAD = 3
COLOURS = {"Invoiced": "$high", "To be invoiced": "$low"}
AMOUNTS = (
    ("invoiced", "Invoiced", Narrow.META),
    ("expected", "To be invoiced", Narrow.HIDE),
    ("forecast", "In all", Narrow.AMOUNT),
)


@dataclass(frozen=True)
class Forecast:
    """What a class of members brings in a fee year in one currency, without tax."""

    year: int
    name: str
    payers: int
    invoiced: Money
    expected: Money

    @property
    def forecast(self) -> Money:
        """What is invoiced, less credits, and what will be."""
        return self.invoiced + self.expected


def _drawn(table: AnyTable) -> Chart | None:
    """The years ahead in the currency of the books."""
    home = this_site().home_currency
    added: dict[int, list[Money]] = {}
    for row in table.rows:
        if row.invoiced.currency == home:
            before = added.get(row.year, [Money.zero(home)] * 2)
            added[row.year] = [before[0] + row.invoiced, before[1] + row.expected]
    bars = [
        Bar(str(year), part, int(amount.amount), wording.money(amount))
        for year, amounts in added.items()
        for part, amount in zip(COLOURS, amounts, strict=True)
    ]
    told = wording.join_words(f"{year} {wording.money(one + other)}" for year, (one, other) in added.items())
    return stacked_bars(bars, COLOURS, f"Fees of the years ahead: {told}", unit=home) if bars else None


@report(
    "income-forecast",
    title="Income forecast",
    question="What will the fees of the next three years bring, if who is a member now stays one?",
    audience=Permission.PAYMENT_READ,
    asks=(Parameter.DAY,),
    draw=_drawn,
    looks_back=False,
)
def income_forecast(asked: Asked, actor: Actor) -> Table[Forecast]:
    """Each class of the three fee years after that of the day: what is invoiced already, and what members will owe."""
    rows: list[Forecast] = []
    notes = ["Members stay until the last day on record; fees are those adopted for the year; tax is left out."]
    years, billed = _years(asked), class_income(asked, None)
    for year in years:
        ahead = preview_run(fee_year_of(year), actor=actor)
        rows += _forecasts(year, ahead, [row for row in billed if row.year == year])
        notes += _missing(year, ahead)
    columns: list[Column[Any]] = [
        Column("year", "Fee year", lambda row: str(row.year), Kind.NAME, narrow=Narrow.NAME),
        Column("name", "Class", lambda row: row.name, narrow=Narrow.META),
        Column("payers", "Payers", lambda row: row.payers, Kind.NUMBER),
        *amount_columns(AMOUNTS, rows),
    ]
    return Table(f"Income forecast {years[0]} to {years[-1]}", columns, rows, sums(rows, AMOUNTS), notes)


def _years(asked: Asked) -> range:
    """The fee years after that of the day."""
    return range(number_year(asked.on) + 1, number_year(asked.on) + 1 + YEARS_AHEAD)


def _forecasts(year: int, ahead: Preview, billed: Sequence[ClassIncome]) -> Iterator[Forecast]:
    expected: dict[tuple[str, str], list[Charge]] = {}
    for charge in ahead.charges:
        expected.setdefault((charge.member.class_name, charge.amount.currency), []).append(charge)
    invoiced = {(row.name, row.invoiced.currency): row for row in billed}
    for name, currency in sorted({*expected, *invoiced}):
        before, charges = invoiced.get((name, currency)), expected.get((name, currency), [])
        nothing = Money.zero(currency)
        yield Forecast(
            year,
            name,
            len({each.payer.id for each in charges} | (before.payer_ids if before else frozenset())),
            before.income if before else nothing,
            sum((each.amount for each in charges), nothing),
        )


def _missing(year: int, ahead: Preview) -> list[str]:
    """Members whose class pays, but no fee is adopted for their days."""
    lacking = sum(row.lacks_schedule for row in ahead.not_billed)
    members = wording.plural(lacking, "member", "members")
    return [f"{year} lacks the fee of {members}, whose class has no fee schedule for it."] if lacking else []
