"""What a person may represent an institution for, and what of it may share a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.errors import DomainError
from app.core.periods import Period
from app.members.rules.memberships import day_words

MOST_RANKS = 99


class Purpose(StrEnum):
    """What a person represents an institution for."""

    VOTING = "voting"
    ALTERNATE = "alternate"
    BILLING = "billing"
    SIGNATORY = "signatory"
    TECHNICAL = "technical"


PURPOSE_WORDS = {
    Purpose.VOTING: "Voting representative",
    Purpose.ALTERNATE: "Alternate",
    Purpose.BILLING: "Billing contact",
    Purpose.SIGNATORY: "Signatory",
    Purpose.TECHNICAL: "Technical contact",
}
# These act for the institution in the program; technical contacts and signatories do not, by themselves.
PURPOSES_WITH_ACCESS = frozenset({Purpose.VOTING, Purpose.ALTERNATE, Purpose.BILLING})


@dataclass(frozen=True)
class Representing:
    """Who represents an institution for a purpose, and on which days; alternates stand in by rank, 1 first."""

    person_id: int
    purpose: Purpose
    rank: int
    period: Period


def check_free(wanted: Representing, others: Iterable[Representing]) -> None:
    """Refuse what others of the same institution leave no room for.

    One voting representative at a time, one alternate of a rank, and nobody twice for the same.
    """
    for other in others:
        if other.purpose is not wanted.purpose or not other.period.overlaps(wanted.period):
            continue
        until = f"until {day_words(other.period.last)}" if other.period.last else "without an end"
        if other.person_id == wanted.person_id:
            raise DomainError(f"This person is that already, {until}.", "person_id")
        if wanted.purpose is Purpose.VOTING:
            raise DomainError(f"Another person votes for the institution {until}: end that first.", "first_day")
        if wanted.purpose is Purpose.ALTERNATE and other.rank == wanted.rank:
            raise DomainError(f"Another person is alternate {wanted.rank} {until}.", "rank")


def ended_period(period: Period, last_day: date) -> Period:
    """The days of what ends on a day; what has ended is not prolonged."""
    if period.last is not None and last_day > period.last:
        raise DomainError(f"This ended on {day_words(period.last)} already.", "last_day")
    return period.ended(last_day)
