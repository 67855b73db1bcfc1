"""Billing the difference, where the register was changed after billing."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.billing.commands import bill_difference as bill_further
from app.billing.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.requests import see
from app.web.wording import plural


@pages.post("/fees/lines/<int:line_id>/difference")
@requires(Permission.INVOICE_EDIT)
def bill_difference(line_id: int) -> ResponseReturnValue:
    """Draft what the membership of a line owes further."""
    with transaction():
        made = bill_further(line_id, actor=the_actor())
        drafts = plural(len(made), "draft is", "drafts are")
        return see("billing.invoice", f"{drafts} made. Nothing is sent yet.", invoice_id=made[0].id)
