"""Money that goes back, and what is undone: refunds, payments that the bank took back, allocations released."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.rules import Subject
from app.billing.commands import ask_refund, refund_payment, release_allocation, reverse_payment
from app.billing.forms import ReverseForm, UndoForm
from app.billing.queries.approvals import wants_second
from app.billing.queries.payments import PaymentView, get_payment
from app.billing.queries.settled import Undoable, get_settling
from app.billing.routes.approvals import ASKED
from app.billing.routes.blueprint import pages
from app.billing.routes.corrections import refund_form
from app.billing.rules import Act
from app.core import clock
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import money


@pages.route("/payments/<int:payment_id>/refund", methods=["GET", "POST"])
@requires(Permission.INVOICE_CREDIT)
def refund(payment_id: int) -> ResponseReturnValue:
    """Pay back what is left of a payment."""
    record = get_payment(payment_id, actor=the_actor())
    if not record.row.unallocated:
        return _too_late("billing/refund.html", record)
    form = refund_form(record.row.unallocated)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            if wants_second(Act.REFUND, Subject("payment", payment_id), form.amount.data):
                ask_refund(Subject("payment", payment_id), form.values(), actor=the_actor())
                return see("billing.payment", ASKED, payment_id=payment_id)
            refund_payment(payment_id, form.values(), actor=the_actor())
            return see("billing.payment", f"{money(form.amount.data)} is refunded.", payment_id=payment_id)
    return _page("billing/refund.html", record, form)


@pages.route("/payments/<int:payment_id>/reverse", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def reverse(payment_id: int) -> ResponseReturnValue:
    """Record that the bank took a payment back."""
    record = get_payment(payment_id, actor=the_actor())
    if not may_be_reversed(record):
        return _too_late("billing/reverse.html", record)
    form = ReverseForm(data={"day": clock.today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            reverse_payment(payment_id, day=form.day.data, reason=form.reason.data, actor=the_actor())
            return see("billing.payment", "The payment is reversed.", payment_id=payment_id)
    return _page("billing/reverse.html", record, form)


def may_be_reversed(record: PaymentView) -> bool:
    """Whether all of it is still there to be taken back: nothing of it went back before."""
    return not any(each.invoice_id is None for each in record.allocations)


@pages.route("/allocations/<int:allocation_id>/undo", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def release(allocation_id: int) -> ResponseReturnValue:
    """Undo what settles an invoice: a payment, a credit, or writing it off."""
    found = get_settling(allocation_id, the_actor())
    back = _place_of(found)
    form = UndoForm(data={"day": clock.today()})
    if found.settled.is_live and form.validate_on_submit():
        with errors_to(form), transaction():
            release_allocation(allocation_id, day=form.day.data, reason=form.reason.data, actor=the_actor())
            return see(back[0], "It is undone.", **back[1])
    cancel = url(back[0], **back[1])
    hindrance = None if found.settled.is_live else _hindrance("This was undone already.")
    return render_template("billing/release.html", form=form, found=found, cancel=cancel, hindrance=hindrance)


def _place_of(found: Undoable) -> tuple[str, dict[str, int]]:
    """Where to go on: money is allocated anew from its payment, all else from the invoice."""
    if found.settled.payment_id is not None:
        return "billing.payment", {"payment_id": found.settled.payment_id}
    return "billing.invoice", {"invoice_id": found.invoice_id}


def _page(template: str, record: PaymentView, form: object) -> str:
    back = url("billing.payment", payment_id=record.row.id)
    return render_template(template, form=form, record=record, cancel=back, hindrance=None)


def _too_late(template: str, record: PaymentView) -> str:
    """What is said where nothing is left of a payment, or a part of it went back."""
    back = url("billing.payment", payment_id=record.row.id)
    hindrance = _hindrance(f"This cannot be done with {record.row.called} now.")
    return render_template(template, form=None, record=record, cancel=back, hindrance=hindrance)


def _hindrance(lead: str) -> dict[str, object]:
    return {"lead": lead, "text": "Its page says how it stands. Nothing was changed.", "after": True}
