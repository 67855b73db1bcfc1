"""Putting invoices right: credit notes, voiding, drafting again, writing off, and what settles one from the account."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.rules import Subject
from app.billing.commands import (
    Settlement,
    allocate_credit,
    allocate_payment,
    ask_credit,
    ask_refund,
    ask_void,
    ask_write_off,
    credit_invoice,
    void_invoice,
)
from app.billing.commands import (
    draft_again as draft_once_more,
)
from app.billing.commands import (
    refund_credit as give_back,
)
from app.billing.commands import (
    write_off as take_off,
)
from app.billing.forms import AllocateForm, CreditForm, RefundForm, SettleForm, VoidForm, WriteOffForm, proposed_parts
from app.billing.queries.approvals import wants_second
from app.billing.queries.credits import Creditable, creditable_of
from app.billing.queries.differences import find_excess
from app.billing.queries.invoices import InvoiceView, get_invoice
from app.billing.queries.payments import OpenInvoice, list_open
from app.billing.queries.sources import list_bank_accounts, list_sources
from app.billing.routes.approvals import ASKED
from app.billing.routes.blueprint import pages
from app.billing.routes.corrected import acts_of
from app.billing.rules import Act, Correction, WriteOffKind
from app.core import clock
from app.core.actor import Actor
from app.core.money import Money
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import money

WHY_NOT_VOID = "Only what nothing settles or credits is voided: undo that first, or credit it instead."
NOTHING_OPEN = "Its payer has no open invoice in this currency; what is left can be refunded."


@pages.route("/invoices/<int:invoice_id>/credit", methods=["GET", "POST"])
@requires(Permission.INVOICE_CREDIT)
def credit(invoice_id: int) -> ResponseReturnValue:
    """Issue a credit note for what of an invoice can still be credited, or a part of it."""
    record = get_invoice(invoice_id, actor=the_actor())
    if Correction.CREDIT not in acts_of(record):
        return _too_late("billing/credit.html", record)
    left = creditable_of(invoice_id)
    known = _to_credit(invoice_id, left)
    if known is None:
        return _too_late("billing/credit.html", record)
    form = CreditForm.for_lines(left.lines, left.currency, data=known)
    form.line_id = next(iter(ids_in_address("line")), None)
    if form.validate_on_submit():
        amount = left.gross_of(form.values().parts)
        with errors_to(form), transaction():
            if wants_second(Act.CREDIT, Subject("invoice", invoice_id), amount):
                ask_credit(invoice_id, form.values(), actor=the_actor())
                return see("billing.invoice", ASKED, invoice_id=invoice_id)
            made = credit_invoice(invoice_id, form.values(), actor=the_actor())
            return see("billing.invoice", f"{made.number} is issued.", invoice_id=made.id)
    return _page("billing/credit.html", record, form)


def _to_credit(invoice_id: int, left: Creditable) -> dict[str, Any] | None:
    """What is filled in: all that is left, or where a membership was changed after billing just that, and why.

    None where that is put right already, so that of two who do it one is told.
    """
    usual = {"day": clock.today(), "sends_mails": True}
    line_id = next(iter(ids_in_address("line")), None)
    if line_id is None:
        return usual
    found = find_excess(line_id, invoice_id, the_actor())
    if found is None:
        return None
    excess, why = found
    amounts = {each.id: Money(excess.parts.get(each.id, 0), left.currency) for each in left.lines}
    return usual | {"reason": why} | {f"line_{each}": amount or None for each, amount in amounts.items()}


@pages.route("/invoices/<int:invoice_id>/void", methods=["GET", "POST"])
@requires(Permission.INVOICE_CREDIT)
def void(invoice_id: int) -> ResponseReturnValue:
    """Void an invoice that should never have been."""
    record = get_invoice(invoice_id, actor=the_actor())
    if Correction.VOID not in acts_of(record):
        return _too_late("billing/void.html", record, WHY_NOT_VOID)
    form = VoidForm(data={"day": clock.today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            if wants_second(Act.VOID, Subject("invoice", invoice_id), record.row.gross):
                ask_void(invoice_id, day=form.day.data, reason=form.reason.data, actor=the_actor())
                return see("billing.invoice", ASKED, invoice_id=invoice_id)
            made = void_invoice(invoice_id, day=form.day.data, reason=form.reason.data, actor=the_actor())
            return see("billing.invoice", f"{made.number} is void.", invoice_id=invoice_id)
    return _page("billing/void.html", record, form)


@pages.post("/invoices/<int:invoice_id>/draft-again")
@requires(Permission.INVOICE_EDIT)
def draft_again(invoice_id: int) -> ResponseReturnValue:
    """Draft once more what a void invoice charged."""
    record = get_invoice(invoice_id, actor=the_actor())
    again = record.corrections.replaced_by
    if again is not None:
        return see("billing.invoice", "It is drafted again already.", invoice_id=again[0])
    with transaction():
        made = draft_once_more(invoice_id, actor=the_actor())
        return see("billing.invoice", "The draft is made. Nothing is sent yet.", invoice_id=made.id)


@pages.route("/invoices/<int:invoice_id>/write-off", methods=["GET", "POST"])
@requires(Permission.INVOICE_CREDIT)
def write_off(invoice_id: int) -> ResponseReturnValue:
    """Write off what of an invoice will not be paid."""
    record = get_invoice(invoice_id, actor=the_actor())
    if Correction.WRITE_OFF not in acts_of(record):
        return _too_late("billing/write_off.html", record)
    form = WriteOffForm(data=_usual_write_off(record))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            if wants_second(Act.WRITE_OFF, Subject("invoice", invoice_id), form.amount.data):
                ask_write_off(invoice_id, form.values(), actor=the_actor())
                return see("billing.invoice", ASKED, invoice_id=invoice_id)
            take_off(invoice_id, form.values(), actor=the_actor())
            return see("billing.invoice", f"{money(form.amount.data)} is written off.", invoice_id=invoice_id)
    return _page("billing/write_off.html", record, form)


def _usual_write_off(record: InvoiceView) -> dict[str, Any]:
    """All that is open; the rest of one that was paid in part is most often what a bank kept."""
    row = record.row
    was_paid = row.outstanding.minor < row.gross.minor
    kind = WriteOffKind.BANK_CHARGE if was_paid else WriteOffKind.UNCOLLECTIBLE
    known = {"amount": row.outstanding, "currency": row.gross.currency, "day": clock.today()}
    return known | {"kind": kind.value}


@pages.route("/invoices/<int:invoice_id>/settle", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def settle(invoice_id: int) -> ResponseReturnValue:
    """Settle an invoice with what its payer has on its account."""
    record = get_invoice(invoice_id, actor=the_actor())
    form = _settle_form(record)
    if form is None:
        return _too_late("billing/settle.html", record)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            _settle(form, the_actor())
            return see("billing.invoice", "It is settled from the account.", invoice_id=invoice_id)
    return _page("billing/settle.html", record, form)


def _settle_form(record: InvoiceView) -> Any:
    """The form with what the payer has, filled with as much as goes; None where nothing is open or there is nothing."""
    row = record.row
    sources = list_sources(row.payer_id, row.gross.currency, the_actor())
    if Correction.SETTLE not in acts_of(record) or not sources:
        return None
    first = sources[0]
    invoice = OpenInvoice(row.id, row.called, row.due_day or clock.today(), row.outstanding)
    known = {"day": clock.today(), "source": first.key, **proposed_parts([invoice], first.left)}
    form = SettleForm.for_invoices([invoice], data=known)
    form[f"invoice_{invoice.id}"].optional = False
    form.source.choices = [(each.key, f"{each.called}, {money(each.left)} left") for each in sources]
    return form


def _settle(form: Any, actor: Actor) -> None:
    kind, identity = form.chosen
    parts: tuple[Settlement, ...] = form.settlements()
    if kind == "credit":
        amounts = {each.invoice_id: each.amount.minor for each in parts}
        allocate_credit(identity, amounts, day=form.day.data, actor=actor)
    else:
        allocate_payment(identity, parts, day=form.day.data, actor=actor)


@pages.route("/invoices/<int:invoice_id>/use", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def use_credit(invoice_id: int) -> ResponseReturnValue:
    """Settle other invoices of the payer with what a credit note has left."""
    record = get_invoice(invoice_id, actor=the_actor())
    if Correction.USE not in acts_of(record):
        return _too_late("billing/use_credit.html", record)
    left = -record.row.outstanding
    invoices = list_open(record.row.payer_id, the_actor(), left.currency)
    if not invoices:
        return _too_late("billing/use_credit.html", record, NOTHING_OPEN)
    form = AllocateForm.for_invoices(invoices, data={"day": clock.today(), **proposed_parts(invoices, left)})
    if form.validate_on_submit():
        parts = {each.invoice_id: each.amount.minor for each in form.settlements()}
        with errors_to(form), transaction():
            allocate_credit(invoice_id, parts, day=form.day.data, actor=the_actor())
            return see("billing.invoice", "The credit is used.", invoice_id=invoice_id)
    return _page("billing/use_credit.html", record, form, left)


@pages.route("/invoices/<int:invoice_id>/refund", methods=["GET", "POST"])
@requires(Permission.INVOICE_CREDIT)
def refund_credit(invoice_id: int) -> ResponseReturnValue:
    """Pay back what a credit note has left."""
    record = get_invoice(invoice_id, actor=the_actor())
    if Correction.REFUND not in acts_of(record):
        return _too_late("billing/refund_credit.html", record)
    left = -record.row.outstanding
    form = refund_form(left)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            if wants_second(Act.REFUND, Subject("invoice", invoice_id), form.amount.data):
                ask_refund(Subject("invoice", invoice_id), form.values(), actor=the_actor())
                return see("billing.invoice", ASKED, invoice_id=invoice_id)
            give_back(invoice_id, form.values(), actor=the_actor())
            return see("billing.invoice", f"{money(form.amount.data)} is refunded.", invoice_id=invoice_id)
    return _page("billing/refund_credit.html", record, form, left)


def refund_form(left: Money) -> RefundForm:
    """The form filled with what is left, out of the bank."""
    form = RefundForm(data={"amount": left, "currency": left.currency, "day": clock.today()})
    form.account_code.choices = list_bank_accounts()
    return form


def _page(template: str, record: InvoiceView, form: Any, left: Money | None = None) -> str:
    back = url("billing.invoice", invoice_id=record.row.id)
    return render_template(template, form=form, record=record, cancel=back, left=left, hindrance=None)


def _too_late(template: str, record: InvoiceView, why: str = "Its page says how it stands.") -> str:
    """What is said where somebody else was first, or nothing is open any more."""
    lead = f"This cannot be done with {record.row.called} now."
    hindrance = {"lead": lead, "text": f"{why} Nothing was changed.", "after": True}
    back = url("billing.invoice", invoice_id=record.row.id)
    return render_template(template, form=None, record=record, cancel=back, left=None, hindrance=hindrance)
