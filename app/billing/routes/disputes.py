"""Forms of disputes and of blocks: what is not reminded of, since when, and why."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing import commands
from app.billing.forms.disputes import BlockForm, DisputeForm, SettleForm
from app.billing.queries.disputes import get_block
from app.billing.queries.invoices import InvoiceView, get_invoice
from app.billing.queries.payments import get_payer
from app.billing.routes.blueprint import pages
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import MusterForm, errors_to
from app.web.requests import see
from app.web.wording import long_day, money

USUAL_BLOCK = timedelta(days=30)


@pages.route("/invoices/<int:invoice_id>/dispute", methods=["GET", "POST"])
@requires(Permission.INVOICE_EDIT)
def dispute(invoice_id: int) -> ResponseReturnValue:
    """Note that the payer disputes an invoice."""
    record = get_invoice(invoice_id, actor=the_actor())
    form = DisputeForm(data={"since": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.dispute_invoice(invoice_id, form.reason.data, since=form.since.data, actor=the_actor())
            return see("billing.invoice", f"{record.row.called} is in dispute.", invoice_id=invoice_id)
    return _form(form, record, "In dispute", "Note the dispute")


@pages.route("/invoices/<int:invoice_id>/dispute/settle", methods=["GET", "POST"])
@requires(Permission.INVOICE_EDIT)
def settle_dispute(invoice_id: int) -> ResponseReturnValue:
    """Note how a dispute was settled."""
    record = get_invoice(invoice_id, actor=the_actor())
    form = SettleForm(data={"settled_on": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.settle_dispute(invoice_id, form.outcome.data, on=form.settled_on.data, actor=the_actor())
            return see("billing.invoice", f"The dispute of {record.row.called} is settled.", invoice_id=invoice_id)
    return _form(form, record, "Settle the dispute", "Settle it")


def _form(form: MusterForm, record: InvoiceView, title: str, verb: str) -> ResponseReturnValue:
    row = record.row
    back = url("billing.invoice", invoice_id=row.id)
    crumbs = [("Invoices", url("billing.invoices")), (row.called, back)]
    sub = f"{row.payer}, {money(row.outstanding)} is open, due on {long_day(row.due_day)}."
    return render_template(
        "layouts/form.html", form=form, title=f"{title}: {row.called}", sub=sub, verb=verb, crumbs=crumbs, cancel=back
    )


@pages.route("/members/<int:institution_id>/block-reminders", methods=["GET", "POST"])
@requires(Permission.INVOICE_EDIT)
def block_reminders(institution_id: int) -> ResponseReturnValue:
    """Let a payer not be reminded until a day."""
    payer = get_payer(institution_id, the_actor())
    form = BlockForm(data={"until": today() + USUAL_BLOCK})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.block_reminders(payer.id, form.reason.data, until=form.until.data, actor=the_actor())
            return see("billing.new_reminders", f"{payer.name} is not reminded for now.")
    back = url("billing.new_reminders")
    return render_template(
        "layouts/form.html",
        form=form,
        title=f"Do not remind {payer.name}",
        verb="Block reminders",
        crumbs=[("Reminders", url("billing.reminders")), ("Who is due", back)],
        cancel=back,
    )


@pages.post("/reminders/blocks/<int:block_id>/lift")
@requires(Permission.INVOICE_EDIT)
def lift_block(block_id: int) -> ResponseReturnValue:
    """Let a payer be reminded again."""
    get_block(block_id, the_actor())
    with transaction():
        commands.lift_block(block_id, actor=the_actor())
        return see("billing.new_reminders", "It is reminded again.")
