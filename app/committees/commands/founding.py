"""Founding a whole committee at once: what it is, and the seats it begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.committees.commands.committees import CommitteeValues, found_committee
from app.committees.commands.seats import SeatValues, add_seats
from app.committees.models import Committee
from app.committees.rules import SeatKind
from app.core.actor import Actor
from app.core.periods import Period


@dataclass(frozen=True)
class FirstSeats:
    """Seats of one kind with which a committee begins: how many, and what they are called."""

    number: int
    kind: SeatKind
    label: str
    votes: bool = True


def found_with_seats(values: CommitteeValues, seats: Sequence[FirstSeats], *, actor: Actor) -> Committee:
    """Set up a committee with seats from its first day on; all of it, or nothing."""
    committee = found_committee(values, actor=actor)
    for each in seats:
        alike = SeatValues(each.kind, each.label, Period(values.founded_on), votes=each.votes)
        add_seats(committee.id, alike, each.number, actor=actor)
    return committee
