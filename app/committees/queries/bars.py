"""Why a member may not vote on a day, asked for the electorate and for the base of the quorum alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.billing.queries.good_standing import standing_words, standings_on
from app.billing.rules import MemberStanding
from app.committees.queries.roster import RosterRow
from app.committees.rules import in_words
from app.committees.rules.elections import VoteRule
from app.core.periods import ONE_DAY
from app.members.queries.memberships import step_facts
from app.members.rules import ENDED_STATES, MembershipState, StepFact, standing_on


@dataclass(frozen=True)
class Bar:
    """Why a vote may not be cast, and by which rule."""

    rule: VoteRule
    why: str
    more: str | None = None

    @property
    def words(self) -> str:
        """The reason in words."""
        return f"{self.why}; {self.more}" if self.more else self.why


def member_of(row: RosterRow) -> int | None:
    """Whose vote it is: of the institution that fills the seat, else of the holder's own, where there is one."""
    return row.seat_institution_id or row.institution_id


def bars_of(members: set[int], day: date, known: datetime | None = None) -> dict[int, Bar]:
    """The members that may not vote on a day, each with the rule that bars it.

    Memberships are read as known at an instant; fees are those on record now, as for every standing.
    """
    if not members:
        return {}
    steps, late = step_facts(sorted(members), known), standings_on(day)
    found = {each: why_no_member(steps.get(each, ()), day) or _why_late(late.get(each)) for each in members}
    return {each: bar for each, bar in found.items() if bar is not None}


def why_no_member(steps: Sequence[StepFact], day: date) -> Bar | None:
    """Why an institution that was a member has no vote on a day; who never was one is asked nothing."""
    state = standing_on(steps, day).state
    since = max((step.period.first for step in steps if step.state == state and step.period.contains(day)), default=day)
    if state in ENDED_STATES:
        verb = "lapsed" if state == MembershipState.LAPSED else "ended"
        last = in_words(since - ONE_DAY)
        return Bar(VoteRule.LAPSED, f"Its membership {verb} on {last}", "days of grace give no vote")
    if state == MembershipState.SUSPENDED:
        return Bar(VoteRule.SUSPENDED, f"Its membership is suspended since {in_words(since)}")
    return None


def _why_late(standing: MemberStanding | None) -> Bar | None:
    if standing is None or standing.may_vote:
        return None
    return Bar(VoteRule.LATE, standing_words(standing))
