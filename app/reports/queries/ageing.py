"""Who owes what on a day, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.billing.queries.balances import AgeingRow, ageing
from app.billing.rules import AGES
from app.core.actor import Actor
from app.core.charts import Chart
from app.core.money import Money, total
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import AnyTable, Column, Kind, Narrow, Table
from app.reports.queries.amounts import amount_columns, sums
from app.reports.queries.catalogue import reach_institutions, report
from app.reports.rules import Asked, Parameter
from app.web import wording
from app.web.charts import Bar, stacked_bars

COLOURS = {"Open": "$high"}
SUMMED = (
    *zip(("not_due", "days_30", "days_60", "days_90", "older"), AGES, [Narrow.HIDE] * len(AGES), strict=True),
    ("owed", "Owed", Narrow.AMOUNT),
    ("unallocated", "Unallocated", Narrow.META),
    ("net", "Net", Narrow.HIDE),
)


def _drawn(table: AnyTable) -> Chart | None:
    """What is open in the currency of the books, by its age."""
    home = this_site().home_currency
    rows = [row for row in table.rows if row.currency == home]
    added = [total([row.ages[at] for row in rows], home) for at in range(len(AGES))]
    told = wording.join_words(f"{age.lower()} {wording.money(each)}" for age, each in zip(AGES, added, strict=True))
    bars = [Bar(age, "Open", int(each.amount), wording.money(each)) for age, each in zip(AGES, added, strict=True)]
    if not any(added):
        return None
    return stacked_bars(bars, COLOURS, f"Open by age: {told}", unit=home, by="Since due")


@dataclass(frozen=True)
class Ages:
    """What a payer owes in one currency by the days since it was due, and its money and credits not yet used."""

    payer: str
    currency: str
    not_due: Money
    days_30: Money
    days_60: Money
    days_90: Money
    older: Money
    unallocated: Money

    @classmethod
    def of(cls, row: AgeingRow) -> Ages:
        """The ages of a payer."""
        not_due, days_30, days_60, days_90, older = row.amounts
        left = Money(row.unallocated, row.currency)
        return cls(row.payer, row.currency, not_due, days_30, days_60, days_90, older, left)

    @property
    def ages(self) -> Sequence[Money]:
        """The open amounts by age, as AGES names them."""
        return (self.not_due, self.days_30, self.days_60, self.days_90, self.older)

    @property
    def owed(self) -> Money:
        """All that is open."""
        return total(self.ages, self.currency)

    @property
    def net(self) -> Money:
        """What is left to be paid when its unallocated money is used."""
        return self.owed - self.unallocated


@report(
    "ageing",
    title="Ageing",
    question="Who owes what on a day, and for how long has it been due?",
    audience=Permission.REPORT_MONEY,
    asks=(Parameter.DAY, Parameter.INSTITUTION),
    draw=_drawn,
    looks_back=False,
)
def ages_on(asked: Asked, actor: Actor) -> Table[Ages]:
    """Every payer that owes or has money left on the day, by name, a line for each currency."""
    reach = reach_institutions(Permission.REPORT_MONEY, asked, actor)
    rows = [Ages.of(row) for row in _rows(asked, reach, actor)]
    columns: list[Column[Ages]] = [Column("payer", "Payer", lambda row: row.payer, Kind.NAME, narrow=Narrow.NAME)]
    note = "What was paid, credited or written off later is still owed; unallocated money settles nothing yet."
    title = f"Ageing on {wording.long_day(asked.on)}"
    return Table(title, [*columns, *amount_columns(SUMMED, rows)], rows, sums(rows, SUMMED), [note] if rows else [])


def _rows(asked: Asked, reach: frozenset[int] | None, actor: Actor) -> Sequence[AgeingRow]:
    if reach is None:
        return ageing(asked.on, actor=actor)
    return [row for payer_id in sorted(reach) for row in ageing(asked.on, payer_id=payer_id, actor=actor)]
