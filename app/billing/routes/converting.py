"""Settling an invoice with money of another currency: how much of it, and what that takes of the payment."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import allocate_payment
from app.billing.forms import ConvertForm
from app.billing.queries.exchange import across
from app.billing.queries.payments import OpenInvoice, get_payment, list_open
from app.billing.routes.blueprint import pages
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see


@pages.route("/payments/<int:payment_id>/settles/<int:invoice_id>", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def convert(payment_id: int, invoice_id: int) -> ResponseReturnValue:
    """Settle an open invoice of the payer in another currency with what is left of a payment."""
    record, today = get_payment(payment_id, actor=the_actor()), clock.today()
    left, every = record.row.unallocated, list_open(record.row.payer_id, the_actor())
    invoice = next((each for each in every if each.id == invoice_id), None)
    if invoice is None or not left or invoice.outstanding.currency == left.currency:
        abort(404)
    form = ConvertForm.for_parts(invoice, *across(invoice.outstanding, left, today), today)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            allocate_payment(payment_id, form.settlements(), day=form.day.data, actor=the_actor())
            return see("billing.payment", "The money is allocated.", payment_id=payment_id)
    cancel = url("billing.allocate", payment_id=payment_id)
    return render_template("billing/convert.html", form=form, record=record, invoice=invoice, cancel=cancel)


def in_other_currencies(payment_id: int, invoices: Sequence[OpenInvoice]) -> Table[OpenInvoice]:
    """The open invoices that money of another currency can settle, each with the way to it."""

    def link(row: OpenInvoice) -> str:
        return url("billing.convert", payment_id=payment_id, invoice_id=row.id)

    columns: tuple[Column[OpenInvoice], ...] = (
        Column("number", "Invoice", lambda row: row.number, Kind.NAME, link=link, narrow=Narrow.NAME),
        Column("due", "Due", lambda row: row.due_day, Kind.DATE, narrow=Narrow.META),
        Column("open", "Open", lambda row: row.outstanding, Kind.MONEY, narrow=Narrow.AMOUNT),
        Column("settle", "", lambda _: "Settle with it", link=link, narrow=Narrow.ACT),
    )
    return Table("Open in other currencies", columns, invoices)
