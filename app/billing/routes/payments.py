"""Payments: their list, the form that records one, the record, and allocating what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.billing.commands import allocate_payment, record_payment
from app.billing.forms import AllocateForm, PayerForm, PaymentFilterForm, PaymentForm, proposed_parts, whole_left
from app.billing.queries.bank import find_line_of
from app.billing.queries.payments import (
    AllocationRow,
    PaymentFilters,
    PaymentRow,
    PaymentView,
    get_payer,
    get_payment,
    list_open,
    list_payers,
    list_payment_years,
    search_payments,
)
from app.billing.routes.approvals import waiting_for
from app.billing.routes.blueprint import POSTING_COLUMNS, latest_of, offering, pages
from app.billing.routes.converting import in_other_currencies
from app.billing.routes.corrected import undo_column
from app.billing.routes.money_back import may_be_reversed
from app.billing.rules import METHOD_WORDS
from app.core import clock
from app.core.money import Money
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Page, PageRequest, Table
from app.core.transaction import transaction
from app.members.queries import InstitutionNames
from app.members.routes import Verb, ask_institution
from app.web.access import may_open, requires, the_actor
from app.web.addresses import ids_in_address, record_link, url
from app.web.forms import errors_to
from app.web.listing import Action, Empty, Listing, list_page
from app.web.on_date import current_on, is_past
from app.web.requests import see
from app.web.wording import long_day, money

PAYMENT_COLUMNS: tuple[Column[PaymentRow], ...] = (
    Column(
        "payment",
        "Payment",
        lambda row: row.called,
        Kind.NAME,
        sortable=True,
        link=record_link("billing.payment", "payment_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column(
        "payer",
        "Payer",
        lambda row: row.payer,
        sortable=True,
        link=record_link("members.institution", "institution_id", lambda row: row.payer_id),
        narrow=Narrow.META,
    ),
    Column("received", "Received", lambda row: row.received_on, Kind.DATE, sortable=True, narrow=Narrow.META),
    Column("method", "How", lambda row: METHOD_WORDS[row.method]),
    Column("reference", "Reference", lambda row: row.reference),
    Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, sortable=True, narrow=Narrow.AMOUNT),
    Column("unallocated", "Unallocated", lambda row: row.unallocated, Kind.MONEY, sortable=True),
)
PAYMENTS = Listing(
    title="Payments",
    noun=("payment", "payments"),
    columns=PAYMENT_COLUMNS,
    default_sort="received",
    of_a_day=True,
    descending=True,
    empty=Empty(
        "No payments yet",
        "A payment is money received from a payer; it settles open invoices.",
        "Record payment",
        "billing.new_payment",
    ),
    action=Action("Record payment", "billing.new_payment"),
)
ALLOCATION_COLUMNS: tuple[Column[AllocationRow], ...] = (
    Column(
        "invoice",
        "For",
        lambda row: row.called,
        Kind.NAME,
        link=record_link("billing.invoice", "invoice_id", lambda row: row.invoice_id),
        narrow=Narrow.NAME,
    ),
    Column("day", "Settles from", lambda row: row.day, Kind.DATE, narrow=Narrow.META),
    Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT),
)


@pages.get("/payments")
@requires(Permission.PAYMENT_READ)
def payments() -> ResponseReturnValue:
    """All money received up to the day looked at."""
    actor = the_actor()
    years = [(year, str(year)) for year in list_payment_years(actor)]
    payers = list_payers(ids_in_address("payer"), actor) if "payer" in request.args else None
    return list_page(replace(PAYMENTS, filters_form=offering(PaymentFilterForm, year=years, payer=payers)), _search)


def _search(form: Any, wanted: PageRequest) -> Page[PaymentRow]:
    payer_id = form.payer.chosen_id if "payer" in form else None
    filters = PaymentFilters(form.q.data or "", form.year.chosen_id, payer_id)
    return search_payments(filters, wanted, on=current_on(), actor=the_actor())


@pages.route("/payments/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def new_payment() -> ResponseReturnValue:
    """Record money received: the payer first, then its open invoices with what is open on each."""
    actor, chosen = the_actor(), _payer_form()
    if chosen.called.raw_data is None or not chosen.validate():
        return render_template("billing/new_payment.html", chosen=chosen, form=None, payer=None)
    payer = get_payer(chosen.called.chosen_id or 0, actor)
    if "payer" not in request.args:
        return redirect(url("billing.new_payment", payer=payer.id, currency=chosen.currency.value))
    form = _payment_form(payer.id, chosen.currency.value)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            payment = record_payment(form.values(payer.id), actor=actor)
            return see("billing.payment", f"{money(payment.amount)} recorded.", payment_id=payment.id)
    return render_template("billing/new_payment.html", chosen=chosen, form=form, payer=payer)


@pages.get("/payments/<int:payment_id>")
@requires(Permission.PAYMENT_READ)
def payment(payment_id: int) -> ResponseReturnValue:
    """One payment: what it settled, what is left, how it was booked."""
    record = get_payment(payment_id, on=current_on(), actor=the_actor())
    row = record.row
    return render_template(
        "billing/payment.html",
        record=record,
        title=row.called,
        sub=_sentence(record),
        facts=_facts(record),
        figures=_figures(record),
        verbs=_verbs(record),
        tables=_tables(record),
        waiting=waiting_for("payment", payment_id),
        history=latest_of("payment", payment_id),
    )


def _sentence(record: PaymentView) -> str:
    row, gone = record.row, _gone(record)
    back = f" {'All' if gone == row.amount else money(gone)} of it went back." if gone else ""
    return f"{money(row.amount)} from {row.payer}, received {long_day(row.received_on)}.{back}"


def _gone(record: PaymentView) -> Money:
    """What of a payment was given back or taken back by the bank."""
    back = [each.amount.minor for each in record.allocations if each.invoice_id is None]
    return Money(sum(back), record.row.amount.currency)


def _tables(record: PaymentView) -> dict[str, Table[Any]]:
    columns = (*ALLOCATION_COLUMNS, *undo_column(record.allocations))
    return {
        "allocations": Table("Settles", columns, record.allocations),
        "postings": Table("Ledger", POSTING_COLUMNS, record.postings),
    }


def _facts(record: PaymentView) -> list[tuple[Any, ...]]:
    row = record.row
    return [
        ("Payer", row.payer, url("members.institution", institution_id=row.payer_id)),
        ("Account", "All that was charged and paid", url("billing.account", institution_id=row.payer_id)),
        ("Received on", long_day(row.received_on)),
        ("How", METHOD_WORDS[row.method]),
        ("Reference", row.reference),
        ("Line of the bank", *_bank_line(row.id)),
        ("Note", record.note),
        ("Recorded", long_day(clock.local(record.recorded_at).date()), None, f"by {record.recorded_by}"),
    ]


def _bank_line(payment_id: int) -> tuple[str | None, str | None]:
    """The day of the line that shows a payment, and its address."""
    found = find_line_of(payment_id, the_actor())
    return (long_day(found[1]), url("billing.bank_line", line_id=found[0])) if found else (None, None)


def _settles(rows: Sequence[AllocationRow]) -> Table[AllocationRow]:
    return Table("Settles", (*ALLOCATION_COLUMNS, *undo_column(rows)), rows)


def _verbs(record: PaymentView) -> list[Verb]:
    """What can be done about money that came, besides allocating it; nothing in the past."""
    possible = {
        "Refund the rest": ("refund", record.row.unallocated),
        "Reverse it": ("reverse", may_be_reversed(record)),
    }
    return [
        Verb(words, url(f"billing.{name}", payment_id=record.row.id))
        for words, (name, holds) in possible.items()
        if holds and may_open(f"billing.{name}") and not is_past()
    ]


def _figures(record: PaymentView) -> list[tuple[str, str, str]]:
    row, gone = record.row, _gone(record)
    went = any(each.invoice_id is None for each in record.allocations)
    return [
        ("Received", money(row.amount), ""),
        ("Settles invoices", money(row.amount - row.unallocated - gone), ""),
        *([("Went back", money(gone), "")] if went else []),
        ("Unallocated", money(row.unallocated), "on the payer's account" if row.unallocated else ""),
    ]


@pages.route("/payments/<int:payment_id>/allocate", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def allocate(payment_id: int) -> ResponseReturnValue:
    """Settle invoices with what is left of a payment."""
    record = get_payment(payment_id, actor=the_actor())
    left = record.row.unallocated
    every = list_open(record.row.payer_id, the_actor())
    invoices = [each for each in every if each.outstanding.currency == left.currency]
    form = AllocateForm.for_invoices(invoices, data={"day": clock.today(), **proposed_parts(invoices, left)})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            allocate_payment(payment_id, form.settlements(), day=form.day.data, actor=the_actor())
            return see("billing.payment", "The money is allocated.", payment_id=payment_id)
    others = in_other_currencies(payment_id, [each for each in every if each not in invoices])
    return render_template("billing/allocate.html", form=form, record=record, invoices=invoices, others=others)


def _payer_form() -> PayerForm:
    """The payer that the address names by its id, or by what was typed."""
    asked = MultiDict(request.args)
    if "payer" in asked:
        names = InstitutionNames(the_actor(), clock.today())
        found = [names.named(each) for each in ids_in_address("payer")]
        asked["called"] = next((each.words for each in found if each), "")
    form = PayerForm(formdata=asked if "called" in asked else None)
    ask_institution(form.called)
    return form


def _payment_form(payer_id: int, wanted: str | None) -> Any:
    """The form filled with what is known: the oldest open invoices, all they come to, today."""
    every = list_open(payer_id, the_actor())
    currency = wanted or (every[0].outstanding.currency if every else this_site().home_currency)
    invoices = [each for each in every if each.outstanding.currency == currency]
    known = {"received_on": clock.today(), "currency": currency}
    if invoices:
        known["amount"] = whole_left(invoices, currency)
    form = PaymentForm.for_invoices(invoices, data=known)
    form.currency.data = currency
    form.name_currency()
    return form
