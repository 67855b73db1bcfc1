"""Who votes on a committee on a day, in which order and by which rule; and what was frozen of it for an election."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.committees.models import Election, ElectionVoter, SeatAlternate
from app.committees.queries.bars import Bar, bars_of, member_of, why_no_member
from app.committees.queries.roster import RosterRow, roster
from app.committees.queries.terms import bylaws_on
from app.committees.rules import Voters
from app.committees.rules.elections import VoteRule
from app.core import clock
from app.core.database import db
from app.core.history import valid
from app.members.queries.memberships import step_facts
from app.members.rules import StepFact

ALTERNATES_VOTE = "On leave: the alternates vote in their order"
NOBODY_STANDS_IN = "On leave, and nobody stands in"
NAMED = 200


@dataclass(frozen=True)
class VoterRow:
    """Who casts the vote of a seat or a member, or stands in (`rank` from 1); where they may not, `barred` says why."""

    seat_id: int | None
    person_id: int | None
    name: str
    institution_id: int | None
    institution: str | None
    rank: int
    rule: VoteRule
    barred: str | None

    @property
    def vote(self) -> int:
        """One number for all who cast one vote: that of a seat, or below zero that of an institution without one."""
        return self.seat_id or -(self.institution_id or 0)


@dataclass(frozen=True)
class FrozenVoter:
    """Somebody of a frozen electorate, and what became of their institution since, which changes nothing."""

    voter: ElectionVoter
    since: str | None

    @property
    def vote(self) -> int:
        """One number for all who cast one vote, as of a VoterRow."""
        return self.voter.seat_id or -(self.voter.institution_id or 0)

    @property
    def seat(self) -> str | None:
        """The seat whose vote it is, None for an institution that votes without one."""
        return f"Seat {self.voter.seat.position}" if self.voter.seat else None


def electorate(committee_id: int, day: date) -> list[VoterRow]:
    """Who votes on a committee on a day: each holder of a seat with a vote and then the alternates, in their order.

    Where institutions vote each does so once, by its first seat on which somebody can. Who may not vote is in it with
    the reason: a member that has lapsed, also in its days of grace, is suspended or late with its fees, and a holder
    on leave, for whom the alternates vote. Observers never are (RULES, ten things, 6). Every vote weighs one: no
    bylaws give a seat or a member more, so that no weight is kept.
    """
    voting = [row for row in roster(committee_id, on=day) if row.votes and row.person_id is not None]
    standing_in = _alternates([row.seat_id for row in voting], day)
    if bylaws_on(committee_id, day).voters is Voters.INSTITUTIONS:
        voting = _one_each(voting, standing_in)
    bars = bars_of({member for row in voting if (member := member_of(row)) is not None}, day)
    return [
        voter
        for row in voting
        for voter in _voters_of(row, standing_in.get(row.seat_id, ()), bars.get(member_of(row) or 0))
    ]


def list_frozen_voters(election: Election) -> list[FrozenVoter]:
    """The frozen electorate of an election, and of those who may vote whose institution has left until its decision."""
    asked = (
        select(ElectionVoter).options(joinedload(ElectionVoter.seat)).where(ElectionVoter.election_id == election.id)
    )
    voters = db.session.scalars(asked.order_by(ElectionVoter.id)).all()
    members = {each.institution_id for each in voters if each.institution_id is not None}
    until = clock.local(election.decided_at).date() if election.decided_at else clock.today()
    steps = step_facts(sorted(members), None) if members else {}
    return [FrozenVoter(each, _since(each, steps, until)) for each in voters]


def _since(voter: ElectionVoter, steps: Mapping[int, Sequence[StepFact]], until: date) -> str | None:
    """What a voter is no more whose standing was good when it was frozen."""
    bar = why_no_member(steps.get(voter.institution_id or 0, ()), until) if voter.barred is None else None
    return f"{bar.why}, after nominations: votes all the same" if bar else None


def _one_each(rows: Sequence[RosterRow], standing_in: Mapping[int, Sequence[SeatAlternate]]) -> list[RosterRow]:
    """Of the seats of each institution the first on which somebody can vote; who belongs to none has their own vote."""
    chosen: dict[int, RosterRow] = {}
    for row in rows:
        member = member_of(row) or -row.seat_id
        first = chosen.setdefault(member, row)
        if not _has_voice(first, standing_in) and _has_voice(row, standing_in):
            chosen[member] = row
    return list(chosen.values())


def _has_voice(row: RosterRow, standing_in: Mapping[int, Sequence[SeatAlternate]]) -> bool:
    """Whether somebody can vote on a seat: its holder, or an alternate while they are on leave."""
    return not row.on_leave or bool(standing_in.get(row.seat_id))


def _voters_of(row: RosterRow, alternates: Sequence[SeatAlternate], bar: Bar | None) -> Iterable[VoterRow]:
    """Who casts the vote of a seat, in their order; a bar of the member is one of all of them."""
    away = Bar(VoteRule.LEAVE, ALTERNATES_VOTE if alternates else NOBODY_STANDS_IN) if row.on_leave else None
    yield _voter(row, (row.person_id or 0, row.holder or ""), 0, bar or away)
    for rank, each in enumerate(alternates, start=1):
        yield _voter(row, (each.person_id, each.person.name), rank, bar)


def _voter(row: RosterRow, who: tuple[int, str], rank: int, bar: Bar | None) -> VoterRow:
    rule = VoteRule.STANDS_IN if rank else VoteRule.STANDING
    return VoterRow(
        seat_id=row.seat_id,
        person_id=who[0],
        name=who[1],
        institution_id=member_of(row),
        institution=row.seat_institution or row.institution,
        rank=rank,
        rule=bar.rule if bar else rule,
        barred=bar.words[:NAMED] if bar else None,
    )


def _alternates(seat_ids: Sequence[int], day: date) -> dict[int, list[SeatAlternate]]:
    asked = (
        select(SeatAlternate)
        .options(joinedload(SeatAlternate.person))
        .where(SeatAlternate.seat_id.in_(seat_ids), valid(SeatAlternate, day))
        .order_by(SeatAlternate.seat_id, SeatAlternate.rank, SeatAlternate.id)
    )
    found: dict[int, list[SeatAlternate]] = defaultdict(list)
    for each in db.session.scalars(asked):
        found[each.seat_id].append(each)
    return found
