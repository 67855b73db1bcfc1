"""The steps of leaving that billing takes: drafts of later days, and the final statement."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.billing.commands import drop_later_drafts as drop
from app.billing.commands import keep_final_statement
from app.billing.documents import final_statement_html
from app.billing.forms import LeaverForm
from app.billing.queries.leavers import final_statement
from app.billing.routes.blueprint import pages
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.queries import get_departure
from app.members.routes.departures import departure_form
from app.web.access import requires, the_actor
from app.web.pdf import print_pdf


@pages.route("/departures/<int:departure_id>/drafts", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def drop_later_drafts(departure_id: int) -> ResponseReturnValue:
    """Discard the drafts that charge for days after the last one."""

    def act() -> str | None:
        with transaction():
            return drop(departure_id, actor=the_actor()).outcome

    sub = "Drafts all of whose days come after the last one are discarded; they had no number."
    return departure_form(LeaverForm(), departure_id, ("Drafts of", "Discard them"), act, sub)


@pages.route("/departures/<int:departure_id>/statement", methods=["GET", "POST"])
@requires(Permission.INVOICE_READ)
def print_statement(departure_id: int) -> ResponseReturnValue:
    """Print the final statement as of today, and keep it with the case."""
    found = get_departure(departure_id, the_actor()).departure

    def act() -> str | None:
        paper = print_pdf(final_statement_html(final_statement(found, the_actor())))
        with transaction():
            return keep_final_statement(departure_id, paper, actor=the_actor()).outcome

    sub = "It lists every invoice that was issued, and what of it is open today."
    return departure_form(LeaverForm(), departure_id, ("Final statement of", "Print it"), act, sub)
