"""Fiscal years: those that are closed, and closing the next; and the books of any days as Beancount text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import render_template, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.billing.commands import close_year
from app.billing.documents.beancount import beancount_lines
from app.billing.forms import CloseForm, DaysForm, LastDayForm
from app.billing.queries.books import books_of
from app.billing.queries.closing import (
    ClosedYearRow,
    ResultRow,
    find_year_to_close,
    is_over,
    list_closed_years,
    result_up_to,
)
from app.billing.routes.blueprint import pages
from app.billing.rules import ACCOUNTS, SURPLUS
from app.core.clock import local
from app.core.errors import DomainError
from app.core.money import Money, total
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Cell, Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.downloads import send_chunks
from app.web.forms import errors_to
from app.web.listing import filters_read
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import day, long_day

TEXT = "text/plain; charset=utf-8"


def days_of(year: Period) -> str:
    """1 Jan 2016 to 31 Dec 2016."""
    return f"{day(year.first)} to {day(year.last)}"


YEAR_COLUMNS: tuple[Column[ClosedYearRow], ...] = (
    Column("year", "Year", lambda row: days_of(row.period), Kind.NAME, narrow=Narrow.NAME),
    Column("closed", "Closed on", lambda row: local(row.closed_at).date(), Kind.DATE, narrow=Narrow.META),
    Column("by", "Closed by", lambda row: row.closed_by, narrow=Narrow.META),
    Column("result", "To the surplus", lambda row: row.result, Kind.MONEY, narrow=Narrow.AMOUNT),
    Column(
        "books",
        "",
        lambda _: "Beancount",
        link=lambda row: url("billing.beancount", since=row.period.first, until=row.period.last),
        narrow=Narrow.ACT,
    ),
)


@pages.get("/ledger/years")
@requires(Permission.PAYMENT_READ)
def years() -> ResponseReturnValue:
    """The closed years, and which comes next."""
    rows = list_closed_years(the_actor())
    following = find_year_to_close(the_actor())
    return tables_page(
        "billing/years.html",
        {"years": Table("Closed years", YEAR_COLUMNS, rows)},
        following=following,
        called=days_of(following) if following else "",
        may_close=following is not None and is_over(following),
    )


@pages.route("/ledger/years/close", methods=["GET", "POST"])
@requires(Permission.BOOKS_CLOSE)
def close_books() -> ResponseReturnValue:
    """Close the year that comes next, seeing first what its closing entry will be."""
    asked = filters_read(LastDayForm)
    year = find_year_to_close(the_actor(), asked["last_day"].data)
    if year is None or not is_over(year):
        return render_template("billing/close_books.html", form=None, year=year, hindrance=_not_yet(year))
    form = CloseForm(data={"last_day": str(year.last)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            _refuse_other(form.last_day.data, year)
            close_year(year, actor=the_actor())
            return see("billing.years", f"The year {days_of(year)} is closed.")
    return _close_page(form, year)


def _refuse_other(shown: str | None, year: Period) -> None:
    """Somebody else closed the year that was shown: what comes next was not looked at."""
    if shown != str(year.last):
        raise DomainError("This year is closed already. The one below comes next; nothing was changed.")


def _close_page(form: CloseForm, year: Period) -> str:
    last = year.last or year.first
    form.last_day.data = str(last)
    return render_template(
        "billing/close_books.html",
        form=form,
        asked=None if list_closed_years(the_actor()) else LastDayForm(data={"last_day": last}),
        year=year,
        called=days_of(year),
        entry=_entry(result_up_to(last), last),
        hindrance=None,
    )


def _not_yet(year: Period | None) -> dict[str, object]:
    if year is None or year.last is None:
        return {"lead": "Nothing is booked yet.", "text": "A year is closed when it is over.", "after": False}
    text = f"It is closed when it is over, from the day after {long_day(year.last)}."
    return {"lead": f"The year {days_of(year)} is not over.", "text": text, "after": False}


def _entry(rows: Sequence[ResultRow], last: date) -> Table[ResultRow]:
    """The closing entry: every account back to nothing, and the rest on the surplus."""
    home = this_site().home_currency
    result = total([row.worth for row in rows], home)
    booked = [ResultRow(row.code, row.name, -row.amount, -row.worth) for row in rows]
    if booked:
        booked.append(ResultRow(SURPLUS, ACCOUNTS[SURPLUS][0], result, result))
    columns: list[Column[ResultRow]] = [
        Column("account", "Account", lambda row: f"{row.code} {row.name}", Kind.NAME, narrow=Narrow.NAME),
        Column("debit", "Debit", lambda row: _side(row.amount, 1), Kind.MONEY, narrow=Narrow.AMOUNT),
        Column("credit", "Credit", lambda row: _side(row.amount, -1), Kind.MONEY, narrow=Narrow.AMOUNT),
    ]
    totals: dict[str, Cell] = {}
    if any(row.amount.currency != home for row in rows):
        columns.append(Column("worth", "Worth", lambda row: row.worth, Kind.MONEY, currency=home, narrow=Narrow.SAID))
        totals = {"worth": total([row.worth for row in booked], home)}
    return Table(f"Closing entry of {long_day(last)}", columns, booked, totals=totals)


def _side(amount: Money, side: int) -> Money | None:
    return Money(amount.minor * side, amount.currency) if amount.minor * side > 0 else None


@pages.get("/ledger/beancount")
@requires(Permission.PAYMENT_READ)
def beancount() -> Response:
    """The books of some days as Beancount text; what cannot be read as a day is left out, as lists do."""
    asked = filters_read(DaysForm)
    books = books_of(asked["since"].data, asked["until"].data, the_actor())
    chunks = (line.encode() for line in beancount_lines(books))
    name = f"Books {books.first} to {books.last}.beancount"
    return send_chunks(stream_with_context(chunks), TEXT, name)
