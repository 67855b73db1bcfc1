"""Second persons: asking one, approving, declining, and the list of what was asked."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.audit.rules import Subject
from app.billing.commands import approve as say_yes
from app.billing.commands import ask_approval
from app.billing.commands import decline as say_no
from app.billing.forms.billing_policy import DeclineForm
from app.billing.models import Approval
from app.billing.queries.approvals import (
    ApprovalView,
    find_approval,
    find_need,
    get_approval,
    list_approvals,
    list_waiting,
)
from app.billing.routes.blueprint import pages
from app.billing.rules import Act, ApprovalState
from app.core import clock
from app.core.permissions import Permission
from app.core.tables import Column, Kind, Narrow, Table
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.table_files import tables_page
from app.web.wording import long_day

NOBODY_ASKED = ("warn", "This needs a second person.", "Ask for approval; somebody else decides.")
ASKS = {"fee_run": "billing.ask_about_run", "invoice": "billing.ask_about_invoice"}
PLACES = {
    "fee_run": ("billing.run", "run_id"),
    "invoice": ("billing.invoice", "invoice_id"),
    "payment": ("billing.payment", "payment_id"),
}


def _place(row: Approval) -> str | None:
    """Where what was asked about is; it may be gone where the question was replaced."""
    return None if row.state is ApprovalState.REPLACED else place_of(Subject(row.subject_kind, row.subject_id))


def place_of(subject: Subject) -> str:
    """The page of what was asked about."""
    endpoint, name = PLACES[subject.kind]
    return url(endpoint, **{name: subject.id})


APPROVAL_COLUMNS: tuple[Column[Approval], ...] = (
    Column("words", "What", lambda row: row.words, Kind.NAME,
           link=_place, narrow=Narrow.NAME),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
    Column("by", "Asked by", lambda row: row.asked_by, narrow=Narrow.META),
    Column("asked", "Asked", lambda row: row.asked_at, Kind.INSTANT),
    Column("decided_by", "Decided by", lambda row: row.decided_by, narrow=Narrow.META),
    Column("decided", "Decided", lambda row: row.decided_at, Kind.INSTANT),
    Column("reason", "Why not", lambda row: row.reason),
)  # fmt: skip


@pages.get("/fees/approvals")
@requires(Permission.FEE_READ)
def approvals() -> ResponseReturnValue:
    """What second persons were asked, what waits first."""
    table = Table("Approvals", APPROVAL_COLUMNS, list_approvals(the_actor()))
    return tables_page("billing/approvals.html", {"approvals": table})


@pages.post("/fees/runs/<int:run_id>/ask")
@requires(Permission.FEE_EDIT)
def ask_about_run(run_id: int) -> ResponseReturnValue:
    """Ask a second person about a fee run as it stands."""
    with transaction():
        ask_approval(Act.ISSUE, Subject("fee_run", run_id), actor=the_actor())
        return see("billing.run", "A second person is asked.", run_id=run_id)


@pages.post("/invoices/<int:invoice_id>/ask")
@requires(Permission.FEE_EDIT)
def ask_about_invoice(invoice_id: int) -> ResponseReturnValue:
    """Ask a second person about a draft made by hand."""
    with transaction():
        ask_approval(Act.ISSUE, Subject("invoice", invoice_id), actor=the_actor())
        return see("billing.invoice", "A second person is asked.", invoice_id=invoice_id)


@pages.post("/fees/approvals/<int:approval_id>/approve")
@requires(Permission.FEE_EDIT)
def approve(approval_id: int) -> ResponseReturnValue:
    """Approve as a second person."""
    with transaction():
        approval = say_yes(approval_id, actor=the_actor())
        endpoint, name = PLACES[approval.subject_kind]
        return see(endpoint, "Approved.", **{name: approval.subject_id})


@pages.route("/fees/approvals/<int:approval_id>/decline", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def decline(approval_id: int) -> ResponseReturnValue:
    """Decline as a second person, with a reason."""
    found = get_approval(approval_id, the_actor())
    form = DeclineForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            approval = say_no(approval_id, reason=form.reason.data, actor=the_actor())
            endpoint, name = PLACES[approval.subject_kind]
            return see(endpoint, "Declined.", **{name: approval.subject_id})
    return render_template("billing/decline.html", form=form, found=found, cancel=place_of(found.subject))


def second_person(kind: str, identity: int) -> dict[str, Any] | None:
    """How a draft stands with its second person and what this reader can do; None where it needs none."""
    proposal = find_need(Act.ISSUE, kind, identity)
    if proposal is None:
        return None
    found = find_approval(proposal)
    ask = (ASKS[kind], {PLACES[kind][1]: identity})
    if found is None:
        return {"said": NOBODY_ASKED, "ask": ask, "is_given": False, "may_ask": True, "decides": None}
    return {
        "said": _said(found),
        "ask": ask,
        "is_given": found.is_given,
        "may_ask": not (found.is_waiting or found.is_given),
        "decides": found.id if found.may_be_decided_by(the_actor()) else None,
    }


def waiting_for(kind: str, identity: int) -> list[dict[str, Any]]:
    """What of a record waits for a second person, and whether this reader is one."""
    actor = the_actor()
    return [
        {
            "said": ("info", f"{found.words}.", f"{found.reason or ''} ({_asked(found)})"),
            "may_ask": False,
            "decides": found.id if found.may_be_decided_by(actor) else None,
        }
        for found in list_waiting(kind, identity, actor)
    ]


def _asked(found: ApprovalView) -> str:
    return f"{found.asked_by} asked on {long_day(clock.local(found.asked_at).date())}"


def _said(found: ApprovalView) -> tuple[str, str, str]:
    """Tone, lead and text of how the question stands."""
    if not found.is_current:
        return "warn", "It has changed since it was asked about.", "Ask for approval again."
    asked = _asked(found)
    if found.state is ApprovalState.ASKED:
        return "info", "It waits for a second person.", f"{asked}. Nobody approves their own."
    decided = f"{found.decided_by} on {long_day(clock.local(found.decided_at).date())}" if found.decided_at else ""
    if found.state is ApprovalState.APPROVED:
        return "good", f"Approved by {decided}.", f"{asked}."
    return "bad", f"Declined by {decided}.", found.reason or ""
