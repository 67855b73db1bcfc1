"""Columns, facts and the path of elections."""

from __future__ import annotations

from collections.abc import Sequence

from app.committees.models import Election, ElectionSeat, Nomination
from app.committees.queries.elections import ElectionRow
from app.committees.queries.electorate import FrozenVoter
from app.committees.rules import OFFICE_WORDS, SEAT_WORDS, SINGLE_OFFICES
from app.committees.rules.elections import (
    ELECTION_WORDS,
    NOMINATOR_WORDS,
    RUNNING_ELECTIONS,
    VOTE_RULE_WORDS,
    ElectionState,
    NominationState,
)
from app.committees.rules.plans import capital, seat_words
from app.core.clock import local
from app.core.tables import Column, Kind, Narrow
from app.web import wording
from app.web.addresses import record_link, url


def _filled_for(row: ElectionSeat) -> str | None:
    """The constituency or the institution of a seat, where it has one."""
    of = row.seat.constituency or row.seat.institution
    return of.name if of else None


def _place(row: FrozenVoter) -> str | None:
    return f"alternate {row.voter.rank}" if row.voter.rank else None


ELECTION_COLUMNS: Sequence[Column[ElectionRow]] = (
    Column(
        "title",
        "Election",
        lambda row: row.title,
        Kind.NAME,
        sortable=True,
        link=record_link("committees.election", "election_id", lambda row: row.id),
        narrow=Narrow.NAME,
    ),
    Column("state", "State", lambda row: ELECTION_WORDS[row.state], Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column(
        "committee",
        "Committee",
        lambda row: row.committee,
        sortable=True,
        link=record_link("committees.committee", "committee_id", lambda row: row.committee_id),
        narrow=Narrow.META,
    ),
    Column("opens", "Nominations from", lambda row: row.opens_on, Kind.DATE),
    Column("deadline", "Until", lambda row: row.deadline_at, Kind.INSTANT, sortable=True, narrow=Narrow.META),
    Column("seats", "Seats", lambda row: row.seats, Kind.NUMBER),
    Column("candidates", "Candidates", lambda row: row.candidates, Kind.NUMBER, narrow=Narrow.AMOUNT),
    Column("decision", "Decision", lambda row: row.decision),
)
SEAT_COLUMNS: Sequence[Column[ElectionSeat]] = (
    Column(
        "seat",
        "Seat",
        lambda row: capital(seat_words(row.seat.position, row.seat.label)),
        Kind.NAME,
        narrow=Narrow.NAME,
    ),
    Column("kind", "Filled", lambda row: SEAT_WORDS[row.seat.kind], narrow=Narrow.META),
    Column("for", "For", _filled_for),
    Column("office", "Office", lambda row: OFFICE_WORDS[row.office] if row.office in SINGLE_OFFICES else None),
    Column("first_day", "From", lambda row: row.first_day, Kind.DATE, narrow=Narrow.META),
    Column("last_day", "To", lambda row: row.last_day or "open", Kind.DATE, narrow=Narrow.AMOUNT),
)
VOTER_COLUMNS: Sequence[Column[FrozenVoter]] = (
    Column("name", "Voter", lambda row: row.voter.name, Kind.NAME, aside=_place, narrow=Narrow.NAME),
    Column("seat", "Seat", lambda row: row.seat, narrow=Narrow.AMOUNT),
    Column("institution", "Institution", lambda row: row.voter.institution_name, narrow=Narrow.META),
    Column("barred", "May not vote because", lambda row: row.voter.barred, narrow=Narrow.META),
    Column("rule", "Rule", lambda row: row.since or VOTE_RULE_WORDS[row.voter.rule], narrow=Narrow.META),
)


def nomination_columns(election: Election, *, runs: bool) -> Sequence[Column[Nomination]]:
    """The columns of nominations: with the result once there is one, and with a verb for who runs the election."""
    shown: list[Column[Nomination]] = [
        Column("who", "Who", lambda row: row.person.name, Kind.NAME, link=_person, narrow=Narrow.NAME),
        Column("state", "State", lambda row: row.state, Kind.STATE, narrow=Narrow.STATE),
        Column("statement", "Why", lambda row: row.statement, narrow=Narrow.META),
    ]
    if election.state is ElectionState.DECIDED:
        shown += [
            Column("votes", "Votes", lambda row: row.votes, Kind.NUMBER, narrow=Narrow.AMOUNT),
            Column("seat", "Seat or place", _seat_of, narrow=Narrow.META),
        ]
    if runs:
        shown += [
            Column("by", "Nominated by", lambda row: row.nominated_by),
            Column("said", "What was said", lambda row: row.struck_because or row.answer, narrow=Narrow.META),
        ]
    if runs and election.state in RUNNING_ELECTIONS:
        shown.append(Column("change", "Change", _verb, link=_strike, narrow=Narrow.ACT))
    return shown


def facts_of_election(election: Election) -> list[tuple[str | None, ...]]:
    """What stands beside an election: the deadline in the words that were typed, with the zone of its clocks."""
    until = f"{wording.instant(election.deadline_at)} ({election.deadline_zone})"
    typed = f"typed as {election.deadline_text}"
    found: list[tuple[str | None, ...]] = [
        ("Committee", election.committee.name, url("committees.committee", committee_id=election.committee_id)),
        ("Nominations from", wording.long_day(election.opens_on)),
        ("Nominations until", until, None, typed),
        *([("Moved to later", election.moved_because)] if election.moved_because else []),
        ("Who may nominate", NOMINATOR_WORDS[election.nominators]),
        ("Called by", election.called_by, None, wording.day(local(election.called_at).date())),
    ]
    if election.decided_at:
        found.append(("Decision", election.decision))
        found.append(("Recorded by", election.decided_by, None, wording.day(local(election.decided_at).date())))
    if election.cancelled_at:
        found.append(("Called off by", election.cancelled_by, None, wording.day(local(election.cancelled_at).date())))
    return found


def path_of_election(election: Election) -> tuple[list[tuple[str, str]], int]:
    """The steps of an election, and at which it stands."""
    ended = wording.day(local(election.closed_at).date()) if election.closed_at else ""
    decided = wording.day(local(election.decided_at).date()) if election.decided_at else ""
    steps = [
        ("Called", wording.day(local(election.called_at).date())),
        ("Nominations", f"ended {ended}" if ended else f"until {wording.instant(election.deadline_at)}"),
        ("Ballot", ""),
        ("Decided", decided),
    ]
    return steps, {ElectionState.NOMINATING: 1, ElectionState.BALLOT: 2, ElectionState.DECIDED: 4}.get(
        election.state, 0
    )


def _person(row: Nomination) -> str:
    return url("members.person", person_id=row.person_id)


def _seat_of(row: Nomination) -> str | None:
    if row.rank:
        return f"Substitute {row.rank}"
    seat = row.election_seat.seat if row.election_seat else None
    return capital(seat_words(seat.position, seat.label)) if seat else None


def _stands(row: Nomination) -> bool:
    return row.state in {NominationState.PROPOSED, NominationState.ACCEPTED}


def _verb(row: Nomination) -> str | None:
    return "Strike" if _stands(row) else None


def _strike(row: Nomination) -> str | None:
    return url("committees.strike", nomination_id=row.id) if _stands(row) else None
