"""Plans of succession: their states, which may follow which, and who appoints at the end of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from app.core.errors import DomainError
from app.core.periods import ONE_DAY, Period

ANSWER_LIFE = timedelta(days=30)


class PlanState(StrEnum):
    """Where a plan of succession stands."""

    PLANNED = "planned"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REQUESTED = "requested"
    REFUSED = "refused"
    APPOINTED = "appointed"
    DROPPED = "dropped"


PLAN_STEPS: dict[PlanState, frozenset[PlanState]] = {
    PlanState.PLANNED: frozenset({PlanState.INVITED, PlanState.REQUESTED, PlanState.APPOINTED, PlanState.DROPPED}),
    PlanState.INVITED: frozenset({PlanState.INVITED, PlanState.ACCEPTED, PlanState.DECLINED, PlanState.DROPPED}),
    PlanState.ACCEPTED: frozenset({PlanState.REQUESTED, PlanState.APPOINTED, PlanState.DROPPED}),
    PlanState.DECLINED: frozenset(),
    PlanState.REQUESTED: frozenset({PlanState.APPOINTED, PlanState.REFUSED, PlanState.DROPPED}),
    PlanState.REFUSED: frozenset(),
    PlanState.APPOINTED: frozenset(),
    PlanState.DROPPED: frozenset(),
}
OPEN_PLANS = tuple(state for state, following in PLAN_STEPS.items() if following)
TAKEN_PLANS = (PlanState.ACCEPTED, PlanState.REQUESTED)
"""Of these there is one at most for the days of a seat: somebody has said yes."""
TAKEN_MEANWHILE = "Somebody else has accepted this seat for these days already."
ENDED_MEANWHILE = "The seat or its committee ends before these days do: whoever asked you has to ask anew."
EDITABLE_PLANS = (PlanState.PLANNED,)


def check_plan_step(now: PlanState, following: PlanState) -> None:
    """Refuse a step the state machine of plans does not have."""
    if following not in PLAN_STEPS[now]:
        raise DomainError(
            f"A plan that is {now.value} cannot become {following.value}. Somebody may have moved it on meanwhile."
        )


def next_first_day(term_ends: date | None, today: date) -> date:
    """The day on which a successor begins: the day after the term, or today where that has passed or nobody sits."""
    return today if term_ends is None or term_ends < today else term_ends + ONE_DAY


def lasts(wholes: Iterable[Period], days: Period) -> bool:
    """Whether days lie within all of some periods, as those of a seat and of its committee."""
    return all(whole.clip(days) == days for whole in wholes)


def seat_words(position: int, label: str) -> str:
    """A seat in a sentence: its number, with its name where that says more."""
    return f"seat {position}" if label.casefold() == f"seat {position}" else f"seat {position}, {label}"


def capital(words: str) -> str:
    """Words as a sentence begins."""
    return f"{words[:1].upper()}{words[1:]}"


class Answer(StrEnum):
    """What somebody says who was asked."""

    YES = "yes"
    NO = "no"
