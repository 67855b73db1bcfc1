"""Mails about agreements: whose turn it is, and how one ended."""

from __future__ import annotations

from dataclasses import dataclass

from app.agreements.rules.states import AgreementState


@dataclass(frozen=True)
class AgreementMessage:
    """A mail: its subject and its text."""

    subject: str
    body: str


_SAID = {
    AgreementState.IN_REVIEW: ("To review", "has been sent to you for review. Approve it, or ask for changes"),
    AgreementState.CHANGES_REQUESTED: ("Changes asked", "needs changes. Make them, or say why not"),
    AgreementState.APPROVED: ("To sign", "is approved and waits for your signature"),
    AgreementState.SIGNED: ("To sign", "is signed by the other side and waits for your signature"),
    AgreementState.EXECUTED: ("In force", "is signed by everyone who must sign"),
    AgreementState.REJECTED: ("Rejected", "was rejected"),
    AgreementState.WITHDRAWN: ("Withdrawn", "was withdrawn"),
    AgreementState.TERMINATED: ("Terminated", "was terminated"),
    AgreementState.EXPIRED: ("Expired", "has expired; it can be renewed"),
}
_OTHERWISE = ("Changed", "has changed")


def turn_message(to: str, called: str, other: str, state: AgreementState, link: str) -> AgreementMessage:
    """Telling somebody of one side how an agreement stands and what is theirs to do."""
    head, said = _SAID.get(state, _OTHERWISE)
    text = f"Dear {to},\n\nthis agreement with {other} {said}:\n\n{called}\n{link}\n"
    return AgreementMessage(f"{head}: {called}"[:200], text)
