"""Mails about limits of terms: what the secretariat has decided on a request to waive one."""

from __future__ import annotations

from app.committees.documents.messages import SeatMessage
from app.committees.rules.waivers import WaiverState


def waiver_message(chair: str, who: str, sender: str, decided: tuple[WaiverState, str], link: str) -> SeatMessage:
    """Telling a chair that a limit does not hold and by which decision, or that it holds, or holds again, and why."""
    state, why = decided
    if state is WaiverState.GRANTED:
        said = f"the limit of terms does not hold for {who}. {sender} has decided so:"
        subject = f"The limit does not hold for {who}"
    elif state is WaiverState.REVOKED:
        said = f"the limit of terms holds again for {who}. {sender} has revoked what was granted:"
        subject = f"The limit holds again for {who}"
    else:
        said = f"the limit of terms holds for {who}. {sender} says why:"
        subject = f"The limit holds for {who}"
    return SeatMessage(subject, f"Dear {chair},\n\n{said}\n\n{why}\n\nThe request stands here:\n\n{link}\n")
