"""Negotiating: sending a draft for review, asking for changes, answering, rejecting, withdrawing."""

from __future__ import annotations

from app.agreements.commands.steps import acting_side, locked_agreement, note, take
from app.agreements.commands.telling import tell_sides
from app.agreements.models import Agreement
from app.agreements.queries.contents import values_of
from app.agreements.rules.drafting import check_whole
from app.agreements.rules.states import Verb
from app.core import clock
from app.core.actor import Actor
from app.core.errors import DomainError


def send_for_review(agreement_id: int, *, comment: str | None, version: int, actor: Actor) -> Agreement:
    """Send a draft to the other side, which reads it, asks for changes or approves it."""
    return _propose(agreement_id, Verb.SEND, comment, version, actor)


def answer_changes(agreement_id: int, *, comment: str | None, version: int, actor: Actor) -> Agreement:
    """Send the draft back for review once what was asked for is changed, or why it is not."""
    return _propose(agreement_id, Verb.ANSWER, comment, version, actor)


def ask_for_changes(agreement_id: int, *, comment: str, version: int, actor: Actor) -> Agreement:
    """Ask for changes of a text in review; both sides may make them then."""
    return _take(agreement_id, Verb.ASK_CHANGES, comment, version, actor)


def reject_agreement(agreement_id: int, *, reason: str, version: int, actor: Actor) -> Agreement:
    """Say that there will be no agreement, and why: for good."""
    return _take(agreement_id, Verb.REJECT, reason, version, actor)


def withdraw_agreement(agreement_id: int, *, reason: str, version: int, actor: Actor) -> Agreement:
    """Take back what was proposed before both have signed, for a reason; a number it has is not given again."""
    return _take(agreement_id, Verb.WITHDRAW, reason, version, actor)


def _propose(agreement_id: int, verb: Verb, comment: str | None, version: int, actor: Actor) -> Agreement:
    """Whoever sends a text for review proposes it: the other side reviews."""
    agreement = locked_agreement(agreement_id, version, actor)
    check_whole(agreement.kind, values_of(agreement), clock.today())
    take(agreement, verb, comment, actor=actor)
    agreement.proposed_by = acting_side(agreement, actor)
    note(verb.value, agreement, SAID[verb], actor)
    tell_sides(agreement, comment, actor)
    return agreement


def _take(agreement_id: int, verb: Verb, comment: str, version: int, actor: Actor) -> Agreement:
    agreement = locked_agreement(agreement_id, version, actor)
    if not comment.strip():
        raise DomainError("Please fill this in.", "comment")
    take(agreement, verb, comment, actor=actor)
    note(verb.value, agreement, SAID[verb], actor, after={"told": "the reason is kept with the step"})
    tell_sides(agreement, comment, actor)
    return agreement


SAID = {
    Verb.SEND: "Sent a draft for review",
    Verb.ANSWER: "Answered what was asked to be changed",
    Verb.ASK_CHANGES: "Asked for changes",
    Verb.REJECT: "Rejected an agreement",
    Verb.WITHDRAW: "Withdrew an agreement",
}
