"""Elections of seats: states of a call and of nominations, who may be elected, and what a result must say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.errors import DomainError
from app.core.periods import Period

MOST_VOTES = 100_000


class ElectionState(StrEnum):
    """Where an election stands."""

    NOMINATING = "nominating"
    BALLOT = "ballot"
    DECIDED = "decided"
    CANCELLED = "cancelled"


ELECTION_WORDS = {
    ElectionState.NOMINATING: "Nominations open",
    ElectionState.BALLOT: "To be decided",
    ElectionState.DECIDED: "Decided",
    ElectionState.CANCELLED: "Called off",
}
RUNNING_ELECTIONS = (ElectionState.NOMINATING, ElectionState.BALLOT)


class Nominators(StrEnum):
    """Who may nominate."""

    VOTERS = "voters"
    REPRESENTATIVES = "representatives"
    ANYONE = "anyone"


NOMINATOR_WORDS = {
    Nominators.VOTERS: "who votes on the committee, or in the constituency that elects",
    Nominators.REPRESENTATIVES: "representatives of institutions",
    Nominators.ANYONE: "anyone signed in",
}


class NominationState(StrEnum):
    """Where a nomination stands; of the accepted ones those that are struck may not be elected any more."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    STRUCK = "struck"
    ELECTED = "elected"
    SUBSTITUTE = "substitute"
    NOT_ELECTED = "not_elected"


class VoteRule(StrEnum):
    """By which rule somebody of a frozen electorate may vote, or may not (RULES, Governance and ten things, 6)."""

    STANDING = "standing"
    STANDS_IN = "stands_in"
    LEAVE = "leave"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    LATE = "late"
    NOBODY = "nobody"


VOTE_RULE_WORDS = {
    VoteRule.STANDING: "Entitled when nominations ended",
    VoteRule.STANDS_IN: "Stands in, in this order",
    VoteRule.LEAVE: "Passed over: on leave then",
    VoteRule.LAPSED: "Barred: no member then",
    VoteRule.SUSPENDED: "Barred: suspended then",
    VoteRule.LATE: "Barred: late with fees then",
    VoteRule.NOBODY: "Barred: nobody spoke for it then",
}


CANDIDATES = (
    NominationState.ACCEPTED,
    NominationState.ELECTED,
    NominationState.SUBSTITUTE,
    NominationState.NOT_ELECTED,
)


@dataclass(frozen=True)
class SeatFacts:
    """A seat that is to be filled: for which days, and what it asks of who sits on it.

    `constituents` are the institutions of its constituency; None where nobody said who belongs to it.
    """

    id: int
    label: str
    period: Period
    institution_id: int | None
    constituency: str | None
    constituents: frozenset[int] | None = None


@dataclass(frozen=True)
class CandidateFacts:
    """What is known of somebody who may be elected.

    `over_limit` are the seats for which the bylaws' limit of terms is reached, `limit_words` say how; `seated` are the
    days on which they sit on the committee already.
    """

    is_erased: bool
    institutions: frozenset[int]
    over_limit: frozenset[int]
    limit_words: str
    seated: tuple[Period, ...]


def why_not_eligible(person: CandidateFacts, seat: SeatFacts) -> str | None:
    """Why somebody cannot be elected to a seat, in a sentence; None where they can."""
    if person.is_erased:
        return "They are no longer on record."
    if any(period.overlaps(seat.period) for period in person.seated):
        return "They already sit on this committee on those days."
    if seat.id in person.over_limit:
        return person.limit_words
    if seat.institution_id is not None and seat.institution_id not in person.institutions:
        return "They neither belong to nor represent the institution that fills the seat."
    if seat.constituents is not None and not seat.constituents & person.institutions:
        return f"They neither belong to nor represent an institution of {seat.constituency}."
    return None


def seats_open_to(person: CandidateFacts, seats: Sequence[SeatFacts]) -> tuple[list[int], str]:
    """The seats somebody can be elected to, and where there is none why not."""
    reasons = {seat.id: why_not_eligible(person, seat) for seat in seats}
    fitting = [seat_id for seat_id, reason in reasons.items() if reason is None]
    return fitting, "" if fitting else " ".join(dict.fromkeys(reason for reason in reasons.values() if reason))


@dataclass(frozen=True)
class Outcome:
    """What an election brought for one candidate: the votes, and a seat or a place among the substitutes."""

    votes: int | None
    seat_id: int | None = None
    substitute: int | None = None


def check_result(outcomes: Mapping[int, Outcome], open_to: Mapping[int, Sequence[int]], seats: Sequence[int]) -> None:
    """Refuse a result that cannot be: a seat twice, a seat that is not open to who got it, substitutes out of order.

    Keys are the ids of nominations; `open_to` are the seats that each candidate can be elected to.
    """
    if set(outcomes) != set(open_to):
        raise DomainError("Say of each candidate what became of them.")
    given = [each.seat_id for each in outcomes.values() if each.seat_id is not None]
    if len(set(given)) < len(given):
        raise DomainError("A seat is given to two candidates.")
    if not given:
        raise DomainError("Nobody is elected: choose who is, or call the election off with the reason.")
    _check_places(outcomes, open_to)
    _check_votes(outcomes, open_to, len(seats))


def _check_places(outcomes: Mapping[int, Outcome], open_to: Mapping[int, Sequence[int]]) -> None:
    """Each seat is open to who got it, and substitutes are numbered one after the other."""
    for nomination_id, outcome in outcomes.items():
        if outcome.seat_id is not None and outcome.seat_id not in open_to[nomination_id]:
            raise DomainError("This seat is not open to them.", f"place_{nomination_id}")
    ranks = sorted(each.substitute for each in outcomes.values() if each.substitute is not None)
    if ranks != list(range(1, len(ranks) + 1)):
        raise DomainError("Number the substitutes 1, 2, 3 and so on, each once.")


def _check_votes(outcomes: Mapping[int, Outcome], open_to: Mapping[int, Sequence[int]], seats: int) -> None:
    """Nobody with fewer votes takes a seat that was open to somebody with more; uncounted are the unopposed alone."""
    for nomination_id, outcome in outcomes.items():
        if outcome.votes is None and len(outcomes) > seats:
            raise DomainError("Give the number of votes.", f"votes_{nomination_id}")
        if outcome.seat_id is None:
            _check_passed_over(outcome.votes or 0, open_to[nomination_id], outcomes)


def _check_passed_over(votes: int, open_to: Sequence[int], outcomes: Mapping[int, Outcome]) -> None:
    for other_id, other in outcomes.items():
        if other.seat_id is not None and other.seat_id in open_to and votes > (other.votes or 0):
            raise DomainError("Somebody with more votes did not get this seat.", f"place_{other_id}")


def proposed_places(votes: Mapping[int, int], open_to: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Who gets which seat: candidates in the order of their votes, each the first free seat that is open to them."""
    places: dict[int, int] = {}
    for nomination_id in sorted(open_to, key=lambda each: (-votes.get(each, 0), len(open_to[each]), each)):
        free = [seat for seat in open_to[nomination_id] if seat not in places.values()]
        if free:
            places[nomination_id] = free[0]
    return places


def check_call(seats: Sequence[Period], opens_on: date, deadline_day: date) -> None:
    """Refuse a call that cannot be answered, or whose terms begin before it is over."""
    if not seats:
        raise DomainError("Choose the seats that are to be filled.", "seats")
    if deadline_day < opens_on:
        raise DomainError("Nominations would end before they begin.", "deadline")
    if any(period.first <= deadline_day for period in seats):
        raise DomainError("The terms begin after nominations have ended: choose a later day.", "first_day")
