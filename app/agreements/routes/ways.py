"""What can be done with an agreement, as buttons and a menu, and the sentence under its heading."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.agreements.models import Agreement
from app.agreements.queries.record import sides_open_to, signing_sides
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.states import EDITABLE, SIGNABLE, AgreementState, Verb
from app.agreements.rules.wording import SHORT_KIND_WORDS
from app.core.actor import Actor
from app.web.addresses import url
from app.web.wording import long_day

Way = tuple[str, str]
STEPS = {
    Verb.ASK_CHANGES: "Ask for changes",
    Verb.SEND: "Send for review",
    Verb.ANSWER: "Send back for review",
    Verb.APPROVE: "Approve",
}
MENU = {Verb.REOPEN: "Open again for changes", Verb.REJECT: "Reject", Verb.WITHDRAW: "Withdraw"}
RENEWABLE = (AgreementState.EXECUTED, AgreementState.EXPIRED, AgreementState.TERMINATED)


@dataclass(frozen=True)
class Ways:
    """Buttons, the last of them the one that moves it on, and what stands in the menu."""

    buttons: list[Way]
    menu: list[Way]


def verbs_of(found: Agreement, steps: Collection[Verb], actor: Actor) -> Ways:
    """What the reader may do with an agreement now."""
    acts = bool(sides_open_to(found, actor))
    buttons = [("Edit", url("agreements.change", agreement_id=found.id))] if acts and found.state in EDITABLE else []
    buttons += [(words, _step(found, verb)) for verb, words in STEPS.items() if verb in steps]
    menu = [(words, _step(found, verb)) for verb, words in MENU.items() if verb in steps]
    if found.state in SIGNABLE:
        buttons += _signing(found, actor, acts=acts)
    if acts:
        following = _following(found)
        buttons += following if found.state is AgreementState.EXPIRED else []
        menu += [*(following if found.state is not AgreementState.EXPIRED else []), *_ending(found, steps)]
    return Ways(buttons, menu)


def _step(found: Agreement, verb: Verb) -> str:
    return url("agreements.step", agreement_id=found.id, verb=verb.value)


def _signing(found: Agreement, actor: Actor, *, acts: bool) -> list[Way]:
    copy = [("Record a signed copy", url("agreements.signed_copy", agreement_id=found.id))] if acts else []
    sign = [("Sign", url("agreements.sign", agreement_id=found.id))] if signing_sides(found, actor) else []
    return [*copy, *sign]


def _following(found: Agreement) -> list[Way]:
    """What can be drafted from an agreement that is or was in force."""
    if found.kind is TemplateKind.CONSENT:
        return []
    draft = [("Amend", url("agreements.draft", parent=found.id, relation="amendment"))]
    renew = [("Renew", url("agreements.draft", parent=found.id, relation="renewal"))]
    amends = draft if found.state is AgreementState.EXECUTED else []
    return [*amends, *(renew if found.state in RENEWABLE else [])]


def _ending(found: Agreement, steps: Collection[Verb]) -> list[Way]:
    key = {"agreement_id": found.id}
    menu: list[Way] = []
    if found.executed_on is not None and found.kind not in {TemplateKind.CONSENT, TemplateKind.MASTER}:
        consent = url("agreements.draft", parent=found.id, relation="consent")
        menu.append(("Consent to onward transfer", consent))
        menu.append(("Note the publication", url("agreements.publish", **key)))
    if Verb.TERMINATE in steps:
        menu.append(("Terminate", url("agreements.terminate", **key)))
    return menu


def sub_of(found: Agreement) -> str:
    """The sentence under the heading: what it is, between whom, until when."""
    third = f", who may pass it on to {found.third.name}" if found.third else ""
    until = f", until {long_day(found.ended_on or found.last_day)}" if found.ended_on or found.last_day else ""
    kind = SHORT_KIND_WORDS[found.kind]
    return f"{kind}: {found.provider.name} to {found.recipient.name}{third}{until}. {found.title}"
