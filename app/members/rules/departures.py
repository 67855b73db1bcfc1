"""Leaving as a tracked case: its states, and the days that follow from the last day of membership."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from app.core.errors import DomainError
from app.members.rules.memberships import day_words

MOST_GRACE = 365


class LeavingState(StrEnum):
    """Where a departure stands."""

    NOTICE_GIVEN = "notice_given"
    CALLED_OFF = "called_off"
    DONE = "done"


# The step that ends the memberships of who leaves.
TERM_STEP = "term"
LEAVING_STEPS: dict[LeavingState, frozenset[LeavingState]] = {
    LeavingState.NOTICE_GIVEN: frozenset({LeavingState.CALLED_OFF, LeavingState.DONE}),
    LeavingState.CALLED_OFF: frozenset(),
    LeavingState.DONE: frozenset(),
}


def check_leaving_step(now: LeavingState, following: LeavingState) -> None:
    """Refuse a step the state machine of departures does not have."""
    if following not in LEAVING_STEPS[now]:
        words = now.value.replace("_", " "), following.value.replace("_", " ")
        raise DomainError(f"This departure is {words[0]}; it cannot be {words[1]}.")


def freed_on(last_day: date, grace_days: int) -> date:
    """The last day of seats and access: the last day of membership, and the days of grace after it."""
    return last_day + timedelta(days=grace_days)


def check_grace(grace_days: int) -> int:
    """Refuse a grace of less than no days or of more than a year."""
    if not 0 <= grace_days <= MOST_GRACE:
        raise DomainError(f"Between 0 and {MOST_GRACE} days.", "grace_days")
    return grace_days


def may_call_off(last_day: date, today: date, *, is_begun: bool) -> bool:
    """Whether a departure can be called off: until its last day is over, and later while no step of it is taken."""
    return today <= last_day or not is_begun


def check_call_off(last_day: date, today: date, *, is_begun: bool) -> None:
    """Refuse to call off what has taken effect."""
    if not may_call_off(last_day, today, is_begun=is_begun):
        raise DomainError(f"The membership ended on {day_words(last_day)}: admit the institution anew.")
