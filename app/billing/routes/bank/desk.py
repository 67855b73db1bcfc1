"""The desk of an account: lines of the bank decided one after the other, by keys or by hand."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from app.billing.commands import bank as commands
from app.billing.forms.bank import AcceptForm, AddPayerForm, AssignForm, LeaveOutForm, LedgerForm, split_form
from app.billing.queries.bank import (
    LineView,
    count_waiting,
    find_likely_payer,
    get_desk,
    get_line,
    list_open_payers,
    list_result_accounts,
    open_days_of,
)
from app.billing.queries.bank.desk import Desk
from app.billing.routes.approvals import waiting_for
from app.billing.routes.blueprint import pages
from app.billing.rules import BANK_CHARGES
from app.billing.rules.bank.accounts import ending
from app.billing.rules.bank.matching import VERDICT_WORDS
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web.access import requires, the_actor
from app.web.addresses import ids_in_address, url
from app.web.forms import MusterForm, errors_to
from app.web.navigation import register_badge
from app.web.requests import see
from app.web.wording import long_day, money, plural


@pages.get("/bank/accounts/<int:account_id>")
@requires(Permission.PAYMENT_READ)
def bank_desk(account_id: int) -> ResponseReturnValue:
    """The lines of an account that wait, and what is proposed for the one that is looked at."""
    asked = ids_in_address("line")
    desk = get_desk(account_id, asked[0] if asked else None, the_actor())
    forms = _forms(desk) if desk.line else {}
    accepts = [AcceptForm.of(each, place) for place, each in enumerate(desk.proposed, 1)]
    shown = {"forms": forms, "accepts": accepts, "changes": waiting_for("bank_account", account_id)}
    words = {"title": desk.account.name, "sub": _sub(desk), "verdict_words": VERDICT_WORDS}
    return render_template("billing/bank_desk.html", desk=desk, **shown, **words)


@pages.post("/bank/accounts/<int:account_id>/certain")
@requires(Permission.PAYMENT_EDIT)
def book_certain_lines(account_id: int) -> ResponseReturnValue:
    """Book all lines that are certain."""
    with transaction():
        booked = commands.book_certain(account_id, actor=the_actor())
        return see("billing.bank_desk", f"{plural(booked, 'line', 'lines')} booked.", account_id=account_id)


@pages.post("/bank/lines/<int:line_id>/accept")
@requires(Permission.PAYMENT_EDIT)
def accept_proposal(line_id: int) -> ResponseReturnValue:
    """Take a proposal; where it does not hold any more, the desk says why."""
    form = AcceptForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            key, day = str(form.proposal.data), form.settles_from.data
            line = commands.accept_proposal(line_id, key, settles_from=day, actor=the_actor())
            return see("billing.bank_desk", account_id=line.account_id, line=line_id)
    if not form.settles_from.errors:
        return _refused(form, line_id)
    follows = [("The money came on the day of the line.", "It waits on the payer's account until it settles.")]
    return _page(get_line(line_id, the_actor()), form, "Accept the proposal", "Accept", follows)


@pages.route("/bank/lines/<int:line_id>/assign", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def assign_line(line_id: int) -> ResponseReturnValue:
    """Say whose payment a line is; it settles nothing yet."""
    line, form = get_line(line_id, the_actor()), AssignForm()
    ask_institution(form.payer, find_likely_payer(line_id, the_actor()))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.assign_line(line_id, form.payer.chosen_id or 0, actor=the_actor())
            return _back(line)
    follows = [
        ("All of it waits on the payer's account.", "What comes from this account is known as theirs from then on.")
    ]
    return _page(line, form, "Assign to a payer", "Assign", follows)


@pages.route("/bank/lines/<int:line_id>/split", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def split_line(line_id: int) -> ResponseReturnValue:
    """Split a line over invoices and payers."""
    line, chosen = get_line(line_id, the_actor()), ids_in_address("payer")
    adding = AddPayerForm.from_request()
    ask_institution(adding.called)
    payers = list_open_payers(line_id, chosen, the_actor())
    if adding.called.raw_data and adding.validate():
        shown = dict.fromkeys((*(each.id for each in payers), adding.called.chosen_id))
        return see("billing.split_line", line_id=line_id, payer=list(shown))
    form = split_form(line.row.amount, payers, open_days_of(line, payers))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day = form.settles_from.data
            commands.split_line(line_id, form.portions(), settles_from=day, actor=the_actor())
            return _back(line)
    back = _desk_of(line)
    return render_template("billing/split_line.html", form=form, adding=adding, line=line, cancel=back, **_crumbs(line))


@pages.route("/bank/lines/<int:line_id>/book", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def book_line(line_id: int) -> ResponseReturnValue:
    """Book a line without a payer to an account of the ledger."""
    line, form = get_line(line_id, the_actor()), LedgerForm()
    form.account_code.offer(list_result_accounts(the_actor()))
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.book_to_ledger(line_id, str(form.account_code.data), actor=the_actor())
            return _back(line)
    follows = [("No payer's account is touched.", "A line with the same words is proposed to go there too.")]
    return _page(line, form, "Book to the ledger", "Book", follows)


@pages.route("/bank/lines/<int:line_id>/leave-out", methods=["GET", "POST"])
@requires(Permission.PAYMENT_EDIT)
def leave_out_line(line_id: int) -> ResponseReturnValue:
    """Leave a line out of the books, with the reason."""
    line, form = get_line(line_id, the_actor()), LeaveOutForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            commands.ignore_line(line_id, str(form.reason.data), actor=the_actor())
            return _back(line)
    follows = [("Nothing is booked.", "The difference between bank and ledger goes on naming the line.")]
    return _page(line, form, "Leave out of the books", "Leave out", follows)


@pages.post("/bank/lines/<int:line_id>/open-again")
@requires(Permission.PAYMENT_EDIT)
def open_line_again(line_id: int) -> ResponseReturnValue:
    """Take back what was decided on a line; where that cannot be, the desk says why."""
    form = MusterForm()
    with errors_to(form), transaction():
        line = commands.open_again(line_id, actor=the_actor())
        return see("billing.bank_desk", "The line waits again.", account_id=line.account_id, line=line_id)
    return _refused(form, line_id)


def _refused(form: MusterForm, line_id: int) -> ResponseReturnValue:
    """Back to the desk with what was refused."""
    flash(" ".join(form.form_errors), "bad")
    return _back(get_line(line_id, the_actor()))


def _forms(desk: Desk) -> dict[str, MusterForm]:
    """The small forms beside the proposals, each sent to its own page."""
    assign, ledger = AssignForm(formdata=None), LedgerForm(formdata=None)
    ask_institution(assign.payer, desk.payer_id)
    ledger.account_code.offer(list_result_accounts(the_actor()))
    if desk.line and desk.line.amount.minor < 0:
        ledger.account_code.data = BANK_CHARGES
    return {"assign": assign, "ledger": ledger, "leave_out": LeaveOutForm(formdata=None)}


def _sub(desk: Desk) -> str:
    account = desk.account
    told = f"{account.currency} account ending {ending(account.number)}, {account.bank_name}."
    return f"{told} Statements up to {long_day(desk.statement.last_day)}." if desk.statement else told


def _desk_of(line: LineView) -> str:
    return url("billing.bank_desk", account_id=line.row.account_id, line=line.row.id)


def _back(line: LineView) -> ResponseReturnValue:
    """To the line that follows."""
    return see("billing.bank_desk", account_id=line.row.account_id, line=line.row.id)


def _crumbs(line: LineView) -> dict[str, Any]:
    return {"crumbs": [("Bank", url("billing.bank")), (line.account, _desk_of(line))]}


def _page(
    line: LineView, form: MusterForm, title: str, verb: str, follows: list[tuple[str, str]]
) -> ResponseReturnValue:
    said = f"{money(line.row.amount)} of {long_day(line.row.day)}, {line.row.party or 'without a name'}"
    return render_template(
        "layouts/form.html",
        form=form,
        title=title,
        verb=verb,
        follows=follows,
        sub=said,
        cancel=_desk_of(line),
        **_crumbs(line),
    )


def _waiting() -> str:
    waiting = count_waiting(the_actor())
    return f"{waiting:,}" if waiting else ""


pages.record_once(lambda state: register_badge(state.app, "billing.bank", _waiting))  # type: ignore[arg-type]
