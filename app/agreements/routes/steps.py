"""The steps of a negotiation and how an agreement ends, each a form of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from app.agreements import commands
from app.agreements.forms.steps import CommentForm, PublicationForm, ReasonForm, TerminateForm
from app.agreements.models import Agreement
from app.agreements.queries.agreements import get_agreement
from app.agreements.routes.blueprint import pages
from app.agreements.rules.states import Verb
from app.core.clock import today
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import MusterForm, errors_to
from app.web.requests import see

Said = list[tuple[str, str]]


@dataclass(frozen=True)
class StepPage:
    """A step as a form: its heading, the word on its button, the command, what it brings about, what is said after."""

    title: str
    verb: str
    command: Callable[..., Agreement]
    follows: Said
    notice: str
    named: str = "comment"
    needs_reason: bool = False


TOLD = ("The other side is told.", "By mail, with what you say here.")
STEPS = {
    Verb.SEND: StepPage(
        "Send {} for review",
        "Send for review",
        commands.send_for_review,
        [("The other side reviews it.", "It asks for changes, or approves the text."), TOLD],
        "It is sent for review.",
    ),
    Verb.ANSWER: StepPage(
        "Send {} back for review",
        "Send back",
        commands.answer_changes,
        [("It is your text now.", "Whoever sends it proposes it; the other side reviews it."), TOLD],
        "It is sent back for review.",
    ),
    Verb.ASK_CHANGES: StepPage(
        "Ask for changes of {}",
        "Ask for changes",
        commands.ask_for_changes,
        [("Both sides may edit it then.", "What each changes is shown to the other."), TOLD],
        "Changes are asked for.",
        needs_reason=True,
    ),
    Verb.APPROVE: StepPage(
        "Approve {}",
        "Approve",
        commands.approve_agreement,
        [
            ("The text is frozen.", "It takes its number; its PDF is made from it, and its hash is kept."),
            ("Then it can be signed.", "Both sides sign the same bytes."),
        ],
        "It is approved. The PDF to be signed is being made.",
    ),
    Verb.REOPEN: StepPage(
        "Open {} again",
        "Open again",
        commands.reopen_agreement,
        [("Signatures do not carry over.", "What is approved next is another version, and is signed anew."), TOLD],
        "It is open for changes; nobody has signed what comes next.",
        "reason",
        needs_reason=True,
    ),
    Verb.REJECT: StepPage(
        "Reject {}",
        "Reject",
        commands.reject_agreement,
        [("This is for good.", "A number it has is not given again."), TOLD],
        "It is rejected.",
        "reason",
        needs_reason=True,
    ),
    Verb.WITHDRAW: StepPage(
        "Withdraw {}",
        "Withdraw",
        commands.withdraw_agreement,
        [("This is for good.", "A number it has is not given again."), TOLD],
        "It is withdrawn.",
        "reason",
        needs_reason=True,
    ),
}


@pages.route("/agreements/<int:agreement_id>/steps/<verb>", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
def step(agreement_id: int, verb: str) -> ResponseReturnValue:
    """One step of the negotiation."""
    found = get_agreement(agreement_id, the_actor())
    page = STEPS.get(Verb(verb)) if verb in set(Verb) else None
    if page is None:
        abort(404)
    form = (ReasonForm if page.needs_reason else CommentForm)(data={"version": found.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            said: dict[str, Any] = {page.named: form.comment.value}
            page.command(agreement_id, **said, version=form.shown_version, actor=the_actor())
            return see("agreements.agreement", page.notice, agreement_id=agreement_id)
    return agreement_form(form, found.id, page.title, page.verb, page.follows)


@pages.route("/agreements/<int:agreement_id>/terminate", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
def terminate(agreement_id: int) -> ResponseReturnValue:
    """End an agreement before its time."""
    found = get_agreement(agreement_id, the_actor())
    form = TerminateForm(data={"version": found.version, "last_day": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            said = {"reason": str(form.reason.value), "last_day": form.last_day.data}
            commands.terminate_agreement(agreement_id, **said, version=form.shown_version, actor=the_actor())
            return see("agreements.agreement", "It is terminated; the other side is told.", agreement_id=agreement_id)
    follows = [
        ("No shipment begins after the day.", "What was begun before may be completed, and is flagged."),
        ("What was given stays given.", "The terms still bind who holds it."),
        TOLD,
    ]
    return agreement_form(form, found.id, "Terminate {}", "Terminate", follows)


@pages.route("/agreements/<int:agreement_id>/publish", methods=["GET", "POST"])
@requires(Permission.AGREEMENT_EDIT)
def publish(agreement_id: int) -> ResponseReturnValue:
    """Note on which day the results were published."""
    found = get_agreement(agreement_id, the_actor())
    form = PublicationForm(data={"version": found.version, "published_on": found.published_on or today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, version = form.published_on.data, form.shown_version
            commands.note_publication(agreement_id, published_on=day, version=version, actor=the_actor())
            return see("agreements.agreement", "The publication is noted.", agreement_id=agreement_id)
    follows = [("An embargo ends on this day.", "Where it has a day as well, on whichever comes first.")]
    return agreement_form(form, found.id, "Publication of {}", "Note it", follows)


def agreement_form(form: MusterForm, agreement_id: int, title: str, verb: str, follows: Said) -> str:
    """A form about an agreement, as it is now: a refusal may mean that somebody else took a step."""
    found = get_agreement(agreement_id, the_actor())
    called = found.number or found.title
    here = url("agreements.agreement", agreement_id=agreement_id)
    return render_template(
        "layouts/form.html",
        form=form,
        title=title.format(called),
        sub=f"{found.provider.name} to {found.recipient.name}",
        verb=verb,
        crumbs=[("Agreements", url("agreements.agreements")), (called, here)],
        cancel=here,
        follows=follows,
    )
