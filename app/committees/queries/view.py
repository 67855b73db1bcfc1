"""A committee's record as one page and one paper show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.committees.models import Committee
from app.committees.queries.committees import find_parent, get_committee, list_parts
from app.committees.queries.roster import (
    PastRow,
    RosterRow,
    list_coming_appointments,
    list_past_appointments,
    roster,
)
from app.committees.rules import Office
from app.core.actor import Actor


@dataclass(frozen=True)
class CommitteeView:
    """A committee's record on a day: what it is part of, its parts and its roster with what was and what comes."""

    committee: Committee
    parent: Committee | None
    parts: Sequence[Committee]
    roster: Sequence[RosterRow]
    past: Sequence[PastRow]
    coming: Sequence[PastRow]

    @property
    def filled(self) -> int:
        """Seats that someone holds."""
        return sum(row.holder is not None for row in self.roster)

    @property
    def chair(self) -> RosterRow | None:
        """The seat of the chair, where there is one."""
        return next((row for row in self.roster if row.office is Office.CHAIR), None)


def get_committee_view(committee_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> CommitteeView:
    """All that a committee's page and paper show."""
    committee = get_committee(committee_id, actor)
    return CommitteeView(
        committee=committee,
        parent=find_parent(committee),
        parts=list_parts(committee_id, on=on),
        roster=roster(committee_id, on=on, known=known),
        past=list_past_appointments(committee_id, on=on, known=known),
        coming=list_coming_appointments(committee_id, on=on, known=known),
    )
