"""Second persons: asking one, approving, declining, and the list of what was asked."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.routes.settings import shows_waiting
from app.audit.rules import Subject
from app.billing.commands import approve as say_yes
from app.billing.commands import ask_approval
from app.billing.commands import decline as say_no
from app.billing.forms.billing_policy import DeclineForm
from app.billing.models import Approval
from app.billing.queries.approvals import (
    SHOWN,
    ApprovalView,
    count_approvals,
    find_approval,
    find_need,
    get_approval,
    list_approvals,
    list_waiting,
    list_waiting_acts,
    seen_at,
)
from app.billing.routes.asked import asked_table
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
from app.web.table_files import most_rows, tables_page
from app.web.wording import long_day

NOBODY_ASKED = ("warn", "This needs a second person.", "Ask for approval; somebody else decides.")
ASKS = {"fee_run": ("billing.ask_about_run", "run_id"), "invoice": ("billing.ask_about_invoice", "invoice_id")}
ASKED = "A second person is asked. It is done when they approve it."


def _place(row: Approval) -> str | None:
    """Where what was asked about is; it may be gone where the question was replaced."""
    if row.state is ApprovalState.REPLACED:
        return None
    endpoint, values = seen_at(row.id, Subject(row.subject_kind, row.subject_id))
    return url(endpoint, **values)


APPROVAL_COLUMNS: tuple[Column[Approval], ...] = (
    Column("words", "What", lambda row: row.words, Kind.NAME,
           link=_place, narrow=Narrow.NAME),
    Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
    Column("by", "Asked by", lambda row: row.asked_by, narrow=Narrow.META),
    Column("asked", "Asked", lambda row: row.asked_at, Kind.INSTANT),
    Column("decided_by", "Decided by", lambda row: row.decided_by, narrow=Narrow.META),
    Column("decided", "Decided", lambda row: row.decided_at, Kind.INSTANT),
    Column("reason", "Why", lambda row: row.reason),
)  # fmt: skip


@pages.get("/fees/approvals")
@requires(Permission.FEE_READ)
def approvals() -> ResponseReturnValue:
    """What second persons were asked, what waits first."""
    table = Table("Approvals", APPROVAL_COLUMNS, list_approvals(the_actor(), most_rows(SHOWN)))
    asked = count_approvals(the_actor())
    return tables_page("billing/approvals.html", {"approvals": table}, approval_count=asked)


@pages.get("/fees/approvals/<int:approval_id>")
@requires(Permission.FEE_READ)
def approval(approval_id: int) -> ResponseReturnValue:
    """What a second person is asked about a setting, and what was said to it."""
    found = get_approval(approval_id, the_actor())
    return render_template(
        "billing/approval.html", found=found, second=_waiting(found, is_here=True), asked_for=asked_table(found)
    )


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
        endpoint, values = seen_at(approval_id, Subject(approval.subject_kind, approval.subject_id))
        return see(endpoint, "Approved.", **values)


@pages.route("/fees/approvals/<int:approval_id>/decline", methods=["GET", "POST"])
@requires(Permission.FEE_EDIT)
def decline(approval_id: int) -> ResponseReturnValue:
    """Decline as a second person, with a reason."""
    found = get_approval(approval_id, the_actor())
    endpoint, values = seen_at(approval_id, found.subject)
    form = DeclineForm()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            say_no(approval_id, reason=form.reason.data, actor=the_actor())
            return see(endpoint, "Declined.", **values)
    return render_template("billing/decline.html", form=form, found=found, cancel=url(endpoint, **values))


def second_person(kind: str, identity: int) -> dict[str, Any] | None:
    """How a draft stands with its second person and what this reader can do; None where it needs none."""
    proposal = find_need(Act.ISSUE, kind, identity)
    if proposal is None:
        return None
    found = find_approval(proposal)
    endpoint, name = ASKS[kind]
    ask = (endpoint, {name: identity})
    if found is None:
        return {"said": NOBODY_ASKED, "ask": ask, "is_given": False, "may_ask": True, "decides": None, "look": None}
    return {
        "said": _said(found),
        "ask": ask,
        "is_given": found.is_given,
        "may_ask": not (found.is_waiting or found.is_given),
        "decides": found.id if found.may_be_decided_by(the_actor()) else None,
        "look": None,
    }


def waiting_for(kind: str, identity: int) -> list[dict[str, Any]]:
    """What of a record waits for a second person, and whether this reader is one."""
    return [_waiting(found) for found in list_waiting(kind, identity, the_actor())]


def waiting_acts(act: Act) -> list[dict[str, Any]]:
    """What of an act waits for a second person, and whether this reader is one."""
    return [_waiting(found) for found in list_waiting_acts(act, the_actor())]


@shows_waiting
def waiting_profiles() -> list[dict[str, Any]]:
    """Which profiles wait for a second person because of their bank details."""
    found = list_waiting_acts(Act.BANK_DETAILS, the_actor())
    return [_waiting(each) for each in found if each.subject.kind == "consortium_profile"]


def _waiting(found: ApprovalView, *, is_here: bool = False) -> dict[str, Any]:
    """A question and what this reader can do about it; about a setting it is decided on its own page."""
    decides = found.id if found.may_be_decided_by(the_actor()) else None
    endpoint, values = seen_at(found.id, found.subject)
    elsewhere = endpoint == "billing.approval" and not is_here
    text = f"{found.reason} ({_asked(found)})" if found.reason else f"{_asked(found)}."
    return {
        "said": _said(found) if is_here else ("info", f"{found.words}.", text),
        "may_ask": False,
        "decides": None if elsewhere else decides,
        "look": url(endpoint, **values) if elsewhere else None,
        "is_second": decides is not None,
    }


def _asked(found: ApprovalView) -> str:
    return f"{found.asked_by} asked on {long_day(clock.local(found.asked_at).date())}"


def _said(found: ApprovalView) -> tuple[str, str, str]:
    """Tone, lead and text of how the question stands."""
    asked = _asked(found)
    decided = f"{found.decided_by} on {long_day(clock.local(found.decided_at).date())}" if found.decided_at else ""
    if found.state is ApprovalState.DONE:
        return "good", f"Approved by {decided}, and done.", f"{asked}."
    if found.state is ApprovalState.REPLACED:
        return "warn", "This is not asked any more.", "It was asked anew, or done meanwhile."
    if not found.is_current:
        return "warn", "It has changed since it was asked about.", "Ask for approval again."
    if found.state is ApprovalState.ASKED:
        return "info", "It waits for a second person.", f"{asked}. Nobody approves their own."
    if found.state is ApprovalState.APPROVED:
        return "good", f"Approved by {decided}.", f"{asked}."
    return "bad", f"Declined by {decided}.", found.reason or ""
