"""The page of the first invoice of a new member."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import draft_first_invoice as draft
from app.billing.forms import FirstInvoiceForm
from app.billing.queries.charges import Charge
from app.billing.queries.joiners import FirstBill, first_bill
from app.billing.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.members.queries import get_case
from app.members.routes.letters import case_place
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see

COLUMNS: tuple[Column[Charge], ...] = (
    Column("fee", "Fee", lambda row: row.terms.name, Kind.NAME, narrow=Narrow.NAME),
    Column("first", "From", lambda row: row.part.days.first, Kind.DATE),
    Column("last", "Until", lambda row: row.part.days.last, Kind.DATE, narrow=Narrow.META),
    Column("how", "How it came about", lambda row: row.arithmetic or row.why),
    Column("amount", "Amount", lambda row: row.amount, Kind.MONEY, narrow=Narrow.AMOUNT),
)


@pages.route("/applications/<int:application_id>/invoice", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def draft_first_invoice(application_id: int) -> ResponseReturnValue:
    """Draft the first invoice of a new member, after it was seen what it charges."""
    found, form = get_case(application_id, the_actor()).application, FirstInvoiceForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            task = draft(application_id, actor=the_actor())
            return see("members.application", task.outcome, application_id=application_id)
    bill: FirstBill | None = None
    if found.institution_id and found.member_from:
        bill = first_bill(found.institution_id, found.member_from, the_actor())
    table = Table("Charges", COLUMNS, bill.charges) if bill else None
    return render_template(
        "billing/draft_first_invoice.html", form=form, found=found, bill=bill, charges=table, **case_place(found)
    )
