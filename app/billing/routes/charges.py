"""Charging a payer once, outside fee runs."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import add_charge, draft_charge
from app.billing.forms import ChargeForm, LineForm
from app.billing.queries.charging import likely_line, list_income_accounts, usual_charge
from app.billing.queries.invoices import get_invoice
from app.billing.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import money


@pages.route("/invoices/new", methods=["GET", "POST"])
@requires(Permission.INVOICE_EDIT)
def new_charge() -> ResponseReturnValue:
    """Draft an invoice for something besides the fees."""
    form = ChargeForm(data=usual_charge())
    form.income_account.offer(list_income_accounts())
    ask_institution(form.payer, next(iter(ids_in_address("payer")), None))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            made = draft_charge(form.payer.chosen_id or 0, [form.line()], reason=form.reason.data, actor=the_actor())
            return see("billing.invoice", "The draft is made. Nothing is sent yet.", invoice_id=made.id)
    return render_template("billing/new_charge.html", form=form)


@pages.route("/invoices/<int:invoice_id>/lines/new", methods=["GET", "POST"])
@requires(Permission.INVOICE_EDIT)
def add_line(invoice_id: int) -> ResponseReturnValue:
    """Put a further line on a draft made by hand."""
    record = get_invoice(invoice_id, actor=the_actor())
    if not record.is_draft or record.row.run_id is not None:
        abort(404)
    form = LineForm(data=likely_line(invoice_id))
    form.currency.data = record.row.gross.currency
    form.income_account.offer(list_income_accounts())
    if form.validate_on_submit():
        with errors_to(form), transaction():
            add_charge(invoice_id, form.line(), reason=form.reason.data, actor=the_actor())
            return see("billing.invoice", "The line is added.", invoice_id=invoice_id)
    sub = f"Draft of {money(record.row.gross)} to {record.paper.buyer.name}; the line is in the same currency"
    back = url("billing.invoice", invoice_id=invoice_id)
    return render_template("billing/add_line.html", form=form, record=record, sub=sub, cancel=back)
