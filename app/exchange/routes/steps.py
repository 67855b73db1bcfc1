"""The steps of an exchange, each a form or a button: approve, decline, take back, send, receive, report as lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.exchange.commands.requesting import approve_exchange, decline_exchange, withdraw_exchange
from app.exchange.commands.shipping import receive as receive_material
from app.exchange.commands.shipping import report_lost
from app.exchange.commands.shipping import ship as ship_material
from app.exchange.forms.steps import ReasonForm, ShipForm, receive_form
from app.exchange.models import Exchange
from app.exchange.queries.exchanges import get_exchange, items_with_answers
from app.exchange.routes.blueprint import form_of, name_of, pages
from app.web.access import requires, the_actor
from app.web.forms import errors_to
from app.web.requests import see

DECLINING = [("Nothing is sent.", "The reason goes to the taker's side by mail.")]
WITHDRAWING = [("Nothing is sent.", "The reason goes to the giver's side by mail.")]
LOSING = [("Nobody has it.", "Both sides are told; what should be sent again is asked for again.")]
SHIPPING = [
    (
        "It leaves only if the papers allow it.",
        "All of them are looked at again at this moment, for the day it is sent.",
    ),
    ("What they said stays with it.", "Also where an agreement ends while it is on the way: then it may arrive."),
]
RECEIVING = [
    ("The taker has it from that day on.", "Under the agreement it was sent under, as its page of holdings shows."),
    ("Count what arrived.", "What did not arrive is 0; the giver's side is told."),
]


@pages.post("/exchanges/<int:exchange_id>/approve")
@requires(Permission.EXCHANGE_EDIT)
def approve(exchange_id: int) -> ResponseReturnValue:
    """Approve a request."""
    found = get_exchange(exchange_id, the_actor())
    with transaction():
        made = approve_exchange(exchange_id, version=found.version, actor=the_actor())
        return see("exchange.exchange", f"Approved as {made.number}.", exchange_id=exchange_id)


@pages.route("/exchanges/<int:exchange_id>/decline", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def decline(exchange_id: int) -> ResponseReturnValue:
    """Send nothing."""
    return _for_a_reason(exchange_id, decline_exchange, "Declined.", ("Decline {}", "Decline", DECLINING))


@pages.route("/exchanges/<int:exchange_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def withdraw(exchange_id: int) -> ResponseReturnValue:
    """Take a request back."""
    return _for_a_reason(exchange_id, withdraw_exchange, "Taken back.", ("Take {} back", "Take back", WITHDRAWING))


@pages.route("/exchanges/<int:exchange_id>/lost", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def lose(exchange_id: int) -> ResponseReturnValue:
    """Report a shipment as lost."""
    return _for_a_reason(exchange_id, report_lost, "Reported as lost.", ("Report {} as lost", "Report", LOSING))


@pages.route("/exchanges/<int:exchange_id>/ship", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def ship(exchange_id: int) -> ResponseReturnValue:
    """Put on record that it was sent."""
    found = get_exchange(exchange_id, the_actor())
    form = ShipForm(data={"version": found.version, "shipped_on": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            ship_material(exchange_id, form.shipment(), version=form.shown_version, actor=the_actor())
            return see("exchange.exchange", "It is on its way.", exchange_id=exchange_id)
    found = get_exchange(exchange_id, the_actor())
    return form_of(found, form, f"Send {name_of(found)}", "Put on record as sent", follows=SHIPPING)


@pages.route("/exchanges/<int:exchange_id>/receive", methods=["GET", "POST"])
@requires(Permission.EXCHANGE_EDIT)
def receive(exchange_id: int) -> ResponseReturnValue:
    """Put on record what arrived."""
    found = get_exchange(exchange_id, the_actor())
    items = items_with_answers(found)
    sent = {f"item_{each.item.id}": each.item.quantity for each in items}
    form = receive_form(items)(data={"version": found.version, "received_on": today(), **sent})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            receive_material(exchange_id, form.receipt(items), version=form.shown_version, actor=the_actor())
            return see("exchange.exchange", "It is received.", exchange_id=exchange_id)
    found = get_exchange(exchange_id, the_actor())
    return form_of(found, form, f"Receive {name_of(found)}", "Put on record as received", follows=RECEIVING)


def _for_a_reason(
    exchange_id: int, act: Callable[..., Exchange], notice: str, words: tuple[str, str, Any]
) -> ResponseReturnValue:
    """A step that is taken for a reason."""
    found = get_exchange(exchange_id, the_actor())
    form = ReasonForm(data={"version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            act(exchange_id, reason=str(form.reason.value), version=form.shown_version, actor=the_actor())
            return see("exchange.exchange", notice, exchange_id=exchange_id)
    found = get_exchange(exchange_id, the_actor())
    title, verb, follows = words
    return form_of(found, form, title.format(name_of(found)), verb, follows=follows)
