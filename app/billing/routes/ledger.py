"""The ledger: its journal as a list, and the trial balance on the day looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask.typing import ResponseReturnValue

from app.billing.forms import DaysForm, JournalFilterForm
from app.billing.queries.ledger import JournalFilters, JournalRow, TrialRow, list_accounts, list_journal, trial_balance
from app.billing.routes.blueprint import offering, pages
from app.core.money import total
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Cell, Column, Kind, Narrow, Page, PageRequest, Table
from app.web.access import requires, the_actor
from app.web.addresses import record_link
from app.web.listing import Empty, Listing, filters_read, list_page
from app.web.on_date import current_on, is_past
from app.web.wording import long_day

_invoice = record_link("billing.invoice", "invoice_id", lambda row: row.invoice_id)
_payment = record_link("billing.payment", "payment_id", lambda row: row.payment_id)


def _source(row: JournalRow) -> str | None:
    return _invoice(row) or _payment(row)


JOURNAL_COLUMNS: tuple[Column[JournalRow], ...] = (
    Column("text", "Entry", lambda row: row.text, Kind.NAME, link=_source, narrow=Narrow.NAME),
    Column("entry", "No.", lambda row: row.entry_id, Kind.NUMBER, sortable=True),
    Column("account", "Account", lambda row: f"{row.account_code} {row.account}", narrow=Narrow.META),
    Column("day", "Day", lambda row: row.day, Kind.DATE, sortable=True, narrow=Narrow.META),
    Column("payer", "Payer", lambda row: row.payer),
    Column("debit", "Debit", lambda row: row.debit, Kind.MONEY, narrow=Narrow.AMOUNT),
    Column("credit", "Credit", lambda row: row.credit, Kind.MONEY, narrow=Narrow.AMOUNT),
)
JOURNAL = Listing(
    title="Ledger",
    noun=("posting", "postings"),
    columns=JOURNAL_COLUMNS,
    default_sort="day",
    of_a_day=True,
    descending=True,
    empty=Empty(
        "Nothing booked yet",
        "Each invoice is booked on its date, each payment on the day it was received. Every entry adds to zero.",
    ),
    template="billing/ledger.html",
    only_exported=(
        Column("kind", "Kind", lambda row: row.kind, Kind.STATE),
        Column("worth", "Worth", lambda row: row.worth, Kind.MONEY),
    ),
)
TRIAL_COLUMNS: tuple[Column[TrialRow], ...] = (
    Column("account", "Account", lambda row: f"{row.code} {row.name}", Kind.NAME, narrow=Narrow.NAME),
    Column("kind", "Kind", lambda row: row.kind.value.capitalize(), narrow=Narrow.META),
    Column("debit", "Debit", lambda row: row.debit, Kind.MONEY),
    Column("credit", "Credit", lambda row: row.credit, Kind.MONEY),
    Column("balance", "Balance", lambda row: row.balance, Kind.MONEY, narrow=Narrow.AMOUNT),
)


@pages.get("/ledger")
@requires(Permission.PAYMENT_READ)
def ledger() -> ResponseReturnValue:
    """The postings up to the day looked at, and what the accounts come to on it."""
    actor = the_actor()
    accounts = [(code, f"{code} {name}") for code, name in list_accounts(actor)]
    form = offering(JournalFilterForm, account=accounts)
    trial = trial_balance(current_on(), actor=actor)
    return list_page(
        replace(JOURNAL, filters_form=form),
        _search,
        {"trial": _trial_table(list(trial)), "on": long_day(current_on()), "days": _days()},
    )


def _search(form: Any, request: PageRequest) -> Page[JournalRow]:
    filters = JournalFilters(form.since.data, form.until.data, form.account.value, form.q.data or "")
    return list_journal(filters, request, on=current_on(), actor=the_actor())


def _days() -> tuple[date | None, date | None]:
    """The days the journal is narrowed to, up to the day looked at: what is handed out of the books is of the same."""
    asked = filters_read(DaysForm)
    until = asked["until"].data
    return asked["since"].data, min(until, current_on()) if until else current_on() if is_past() else None


def _trial_table(rows: list[TrialRow]) -> Table[TrialRow]:
    """Amounts are added where they are of one currency; what they are worth in the books always is, and is nothing."""
    currencies = {row.balance.currency for row in rows}
    home = this_site().home_currency
    totals: dict[str, Cell] = {}
    if len(currencies) == 1:
        (currency,) = currencies
        totals = {
            name: total([getattr(row, name) for row in rows], currency) for name in ("debit", "credit", "balance")
        }
    if currencies <= {home}:
        return Table("Trial balance", TRIAL_COLUMNS, rows, totals=totals)
    worth = Column[TrialRow]("home", "Worth", lambda row: row.home, Kind.MONEY, currency=home, narrow=Narrow.SAID)
    totals["home"] = total([row.home for row in rows], home)
    return Table("Trial balance", (*TRIAL_COLUMNS, worth), rows, totals=totals)
