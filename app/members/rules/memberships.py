"""States of a membership, which step may follow which, and how an institution stands on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.errors import DomainError
from app.core.periods import Period, joined


class MembershipState(StrEnum):
    """Where a membership stands on a day."""

    APPLIED = "applied"
    ADMITTED = "admitted"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


STEPS: dict[MembershipState, frozenset[MembershipState]] = {
    MembershipState.APPLIED: frozenset({MembershipState.ADMITTED, MembershipState.WITHDRAWN}),
    MembershipState.ADMITTED: frozenset({MembershipState.ACTIVE, MembershipState.WITHDRAWN}),
    MembershipState.ACTIVE: frozenset({MembershipState.SUSPENDED, MembershipState.WITHDRAWN, MembershipState.LAPSED}),
    MembershipState.SUSPENDED: frozenset({MembershipState.ACTIVE, MembershipState.WITHDRAWN, MembershipState.LAPSED}),
    MembershipState.WITHDRAWN: frozenset(),
    MembershipState.LAPSED: frozenset(),
}
MEMBER_STATES = frozenset({MembershipState.ACTIVE, MembershipState.SUSPENDED})
ENDED_STATES = frozenset({MembershipState.WITHDRAWN, MembershipState.LAPSED})
# Of several memberships the one that comes first here says how the institution stands.
STATE_ORDER = (
    MembershipState.ACTIVE,
    MembershipState.SUSPENDED,
    MembershipState.ADMITTED,
    MembershipState.APPLIED,
    MembershipState.WITHDRAWN,
    MembershipState.LAPSED,
)


LEAVING = "leaving"


@dataclass(frozen=True)
class StepFact:
    """A step of one of an institution's memberships: the class, the state, its days and when it was put on record."""

    membership_id: int
    class_name: str
    class_position: int
    state: MembershipState
    period: Period
    recorded_on: date


@dataclass(frozen=True)
class Standing:
    """How an institution stands on a day: the word for it, its classes, since when it is a member.

    `since` is the day it first became a member, `unbroken_since` that of the period without a gap that the day is in.
    """

    state: str | None = None
    classes: tuple[str, ...] = ()
    since: date | None = None
    unbroken_since: date | None = None


def standing_on(steps: Sequence[StepFact], day: date) -> Standing:
    """What the steps of all memberships of an institution say of a day; leaving is who has said so by that day."""
    telling = _telling(steps, day)
    if not telling:
        return Standing()
    since = min((step.period.first for step in steps if step.state in MEMBER_STATES), default=None)
    state = min((step.state for step in telling), key=STATE_ORDER.index)
    classes = dict.fromkeys(step.class_name for step in sorted(telling, key=lambda step: step.class_position))
    leaves = state is MembershipState.ACTIVE and _leaving(steps, day).issuperset(step.membership_id for step in telling)
    return Standing(LEAVING if leaves else state.value, tuple(classes), since, unbroken_since(steps, day))


def unbroken_since(steps: Sequence[StepFact], day: date) -> date | None:
    """The first day of the period without a gap in which the institution is a member on a day, in whatever classes.

    A suspension is no gap: a suspended member is a member. None where it is no member on that day.
    """
    member = joined(step.period for step in steps if step.state in MEMBER_STATES)
    return next((period.first for period in member if period.contains(day)), None)


def _telling(steps: Sequence[StepFact], day: date) -> list[StepFact]:
    """The steps of a day that say how the institution stands: ended ones only where it holds nothing else."""
    present = [step for step in steps if step.period.contains(day)]
    held = [step for step in present if step.state not in ENDED_STATES]
    best = min((step.state for step in present), key=STATE_ORDER.index, default=None)
    return held or [step for step in present if step.state is best]


def _leaving(steps: Sequence[StepFact], day: date) -> set[int]:
    """Memberships whose withdrawal, still to come, was on record by the day."""
    return {
        step.membership_id
        for step in steps
        if step.state is MembershipState.WITHDRAWN and step.recorded_on <= day < step.period.first
    }


def check_step(now: MembershipState, following: MembershipState) -> None:
    """Refuse a step the state machine of memberships does not have (DESIGN, section 4)."""
    if following not in STEPS[now]:
        message = f"A membership that is {now.value} cannot become {following.value}."
        raise DomainError(message)


def day_words(day: date) -> str:
    """A day in a sentence: 1 July 2016."""
    return f"{day.day} {day:%B %Y}"
