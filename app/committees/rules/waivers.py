"""Requests to let a limit of terms not hold: their states, and what is carried to the appointment."""

from __future__ import annotations

from enum import StrEnum

WAIVED_MOST = 500


class WaiverState(StrEnum):
    """Where a request to waive a limit stands."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


STANDING_WAIVERS = (WaiverState.ASKED, WaiverState.GRANTED)


def waived_words(decision: str, reason: str) -> str:
    """Why a limit does not hold, as an appointment carries it: the decision, and the reason as far as there is room."""
    return f"{decision}: {reason}"[:WAIVED_MOST]
