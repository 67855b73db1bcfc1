"""The books: rates of exchange, and the form that enters one."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import record_rate
from app.billing.forms import RateForm
from app.billing.queries.exchange import SHOWN, RateRow, count_rates, list_rates
from app.billing.routes.blueprint import pages
from app.core import clock
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see
from app.web.table_files import most_rows, tables_page

RATE_COLUMNS: tuple[Column[RateRow], ...] = (
    Column("currency", "Currency", lambda row: row.rate.currency, Kind.NAME, narrow=Narrow.NAME),
    Column("day", "Day", lambda row: row.rate.day, Kind.DATE, narrow=Narrow.META),
    Column("rate", "Worth of one unit", lambda row: row.rate.decimal, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("source", "Source", lambda row: row.source, narrow=Narrow.META),
    Column("by", "Entered by", lambda row: row.recorded_by),
)


@pages.get("/ledger/rates")
@requires(Permission.PAYMENT_READ)
def rates() -> ResponseReturnValue:
    """The rates of exchange on record, the newest first."""
    rows = list_rates(the_actor(), most_rows(SHOWN))
    home = this_site().home_currency
    table = Table("Rates of exchange", RATE_COLUMNS, rows)
    return tables_page("billing/rates.html", {"rates": table}, home=home, rate_count=count_rates(the_actor()))


@pages.route("/ledger/rates/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def new_rate() -> ResponseReturnValue:
    """Enter what a currency is worth in that of the books on a day."""
    home, form = this_site().home_currency, RateForm(data={"day": clock.today()})
    form.offer_all_but(home)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            record_rate(form.values(), actor=the_actor())
            return see("billing.rates", "The rate is entered.")
    return render_template("billing/new_rate.html", form=form, home=home)
