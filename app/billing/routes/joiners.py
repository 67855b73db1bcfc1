"""The page of the first invoice of a new member."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import draft_first_invoice as draft
from app.billing.commands.joiners import INVOICE
from app.billing.forms import FirstInvoiceForm
from app.billing.queries.charges import Charge
from app.billing.queries.joiners import first_bill
from app.billing.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.queries import get_case
from app.members.routes.letters import step_place
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import day, money


@pages.route("/applications/<int:application_id>/invoice", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def draft_first_invoice(application_id: int) -> ResponseReturnValue:
    """Draft the first invoice of a new member, after it was seen what it charges."""
    form = FirstInvoiceForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            task = draft(application_id, actor=the_actor())
            return see("members.application", task.outcome, application_id=application_id)
    case, bill = get_case(application_id, the_actor()), None
    found, place = case.application, step_place(case, INVOICE)
    if found.institution_id and found.member_from and place["hindrance"] is None:
        bill = first_bill(found.institution_id, found.member_from, the_actor())
    charges = [_told(charge) for charge in bill.charges] if bill else []
    return render_template(
        "billing/draft_first_invoice.html", form=form, found=found, bill=bill, charges=charges, **place
    )


def _told(charge: Charge) -> tuple[str, str]:
    """A charge in two sentences: the fee with its amount, and for which days and how it came about."""
    days = f"{day(charge.part.days.first)} to {day(charge.part.days.last)}"
    lead = f"{charge.terms.name}: {money(charge.amount)} without tax."
    return lead, f"For {days}. {charge.arithmetic or charge.why}"
