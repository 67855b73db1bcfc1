"""The first page of money: how the fee year stands, every year before it, and what waits to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue

from app.billing.queries.fee_years import number_year
from app.billing.queries.money_home import (
    MoneyWork,
    YearOfMoney,
    money_work,
    unallocated_sums,
    years_of_money,
)
from app.billing.queries.reminders import sum_words
from app.billing.routes.blueprint import pages
from app.billing.rules import InvoiceState, Standing
from app.core.charts import Chart
from app.core.money import Money
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Table
from app.web.access import may_open, requires, the_actor
from app.web.addresses import url
from app.web.charts import Bar, stacked_bars
from app.web.on_date import current_on
from app.web.table_files import tables_page
from app.web.wording import join_words, long_day, plural
from app.web.wording import money as in_words

SHOWN_YEARS = 10
COLOURS = {"Collected": "$high", "Not due": "$low", "Overdue": "$bad"}
OPEN_IS = "Open is less what credit notes have left to be used."


YEAR_COLUMNS: tuple[Column[YearOfMoney], ...] = (
    Column("year", "Fee year", lambda row: str(row.year), Kind.NAME, narrow=Narrow.NAME),
    Column("invoiced", "Invoiced", lambda row: row.invoiced, Kind.MONEY, narrow=Narrow.META),
    Column("collected", "Collected", lambda row: row.collected, Kind.MONEY, narrow=Narrow.META),
    Column("written_off", "Written off", lambda row: row.written_off or None, Kind.MONEY, narrow=Narrow.META),
    Column("overdue", "Overdue", lambda row: row.overdue, Kind.MONEY, narrow=Narrow.META),
    Column("open", "Open", lambda row: row.balance, Kind.MONEY, narrow=Narrow.AMOUNT),
)


@pages.get("/money")
@requires(Permission.PAYMENT_READ)
def money() -> ResponseReturnValue:
    """Money on the day looked at, and the work of today."""
    actor, on = the_actor(), current_on()
    years = years_of_money(on, actor)
    home = [each for each in years if each.invoiced.currency == this_site().home_currency][:SHOWN_YEARS]
    return tables_page(
        "billing/money.html",
        {"years": Table("Money by fee year", YEAR_COLUMNS, years, notes=_notes(years))},
        sub=f"As of {long_day(on)}",
        figures=_figures(years, number_year(on), unallocated_sums(on, actor)),
        drawing=_drawing(home) if home else None,
        work=_work(money_work(actor)),
    )


def _figures(years: Sequence[YearOfMoney], year: int, unallocated: Sequence[Money]) -> list[tuple[str, str, str]]:
    """The present fee year in figures; what is overdue and unallocated is of all years."""
    present = [each for each in years if each.year == year]
    nothing = in_words(Money.zero(this_site().home_currency))
    return [
        (f"Invoiced for {year}", sum_words(each.invoiced for each in present) or nothing, ""),
        ("Collected of it", sum_words(each.collected for each in present) or nothing, ""),
        ("Overdue", sum_words(each.overdue for each in years if each.overdue) or nothing, "of all years"),
        ("Unallocated", sum_words(unallocated) or nothing, "on payers' accounts"),
    ]


def _notes(years: Sequence[YearOfMoney]) -> list[str]:
    """What has to be known to read the table and its drawing."""
    home = this_site().home_currency
    others = any(each.invoiced.currency != home for each in years)
    said = [(others, f"The drawing is of what was invoiced in {home}."), (any(each.unused for each in years), OPEN_IS)]
    return [words for holds, words in said if holds]


def _drawing(years: Sequence[YearOfMoney]) -> Chart:
    """The years of the home currency, the oldest first, each split into what came in and what is open."""
    bars = [
        Bar(str(each.year), part, int(amount.amount), in_words(amount))
        for each in reversed(years)
        for part, amount in zip(COLOURS, (each.collected, each.outstanding - each.overdue, each.overdue), strict=True)
    ]
    told = join_words(
        f"{each.year} {in_words(each.collected)} of {in_words(each.invoiced)}" for each in reversed(years)
    )
    told = f"Collected of what was invoiced by fee year: {told}"
    return stacked_bars(bars, COLOURS, told, unit=this_site().home_currency)


def _work(work: MoneyWork) -> list[dict[str, Any]]:
    """What waits, each with the page where it is done."""
    due = _link("Look at them", "new_reminders")
    bank = _link("See them", "bank")
    lines = [
        (work.drafts, ("draft waits", "drafts wait"), "to be reviewed and issued", "", _drafts()),
        (work.lines, ("line of the bank waits", "lines of the bank wait"), "to be decided", "", bank),
        (work.to_remind, ("payer is", "payers are"), "due for a reminder", "warn", due),
        (work.overdue, ("invoice is", "invoices are"), "overdue", "bad", _invoices(state=Standing.OVERDUE.value)),
        (work.disputed, ("invoice is", "invoices are"), "in dispute", "warn", _invoices(disputed=1)),
        (work.unallocated, ("payment has", "payments have"), "money that settles nothing yet", "warn", _payments()),
        (work.unused, ("credit note gives", "credit notes give"), "what settles nothing yet", "warn", _unused()),
    ]
    return [
        {"title": f"{plural(number, *noun)} {rest}", "text": "", "who": "", "age": "", "tone": tone, "action": action}
        for number, noun, rest, tone, action in lines
        if number
    ]


def _drafts() -> tuple[str, str]:
    return ("Review them", url("billing.invoices", state=InvoiceState.DRAFT.value))


def _invoices(**filters: str | int) -> tuple[str, str]:
    return ("See them", url("billing.invoices", **filters))


def _unused() -> tuple[str, str]:
    return ("See them", url("billing.invoices", state=Standing.CREDIT.value))


def _payments() -> tuple[str, str]:
    return ("See them", url("billing.payments", sort="unallocated", dir="desc"))


def _link(label: str, endpoint: str) -> tuple[str, str] | None:
    return (label, url(f"billing.{endpoint}")) if may_open(f"billing.{endpoint}") else None
