"""Calling an election, ending its nominations at the deadline, and cancelling it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.committees.commands.answer_links import spend_links_of
from app.committees.commands.committees import locked_committee
from app.committees.commands.election_mails import tell_call
from app.committees.commands.entries import refuse_following
from app.committees.models import Committee, Election, ElectionSeat, ElectionVoter, Nomination, Seat
from app.committees.queries.candidates import standings_of
from app.committees.queries.constituency_voters import electorate_of
from app.committees.queries.terms import propose_term
from app.committees.rules import SINGLE_OFFICES, Office, check_within, in_words
from app.committees.rules.constituencies import check_one_electorate
from app.committees.rules.deadlines import Deadline
from app.committees.rules.elections import (
    RUNNING_ELECTIONS,
    ElectionState,
    NominationState,
    Nominators,
    check_call,
)
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import check_version, lock, overlapping
from app.core.periods import Period
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.outbox.commands import Payload, enqueue, handles

CLOSE = "committees.close_nominations"
AFTER = timedelta(seconds=1)


@dataclass(frozen=True)
class CallValues:
    """A call for nominations: to which seats, for terms that begin on which day, who may nominate and until when."""

    title: str
    seat_ids: tuple[int, ...]
    first_day: date
    nominators: Nominators
    opens_on: date
    deadline: Deadline
    office: Office = Office.MEMBER
    text: str | None = None


def call_election(committee_id: int, values: CallValues, *, actor: Actor) -> Election:
    """Call for nominations, and tell who may nominate by mail. They end by themselves at the deadline.

    Each term is as long as the bylaws give it.
    """
    committee = locked_committee(committee_id, actor)
    seats = _seats(committee, values)
    periods = {seat.id: Period(values.first_day, propose_term(seat, None, values.first_day).last_day) for seat in seats}
    _check_call(committee, seats, values, periods)
    election = Election(
        committee_id=committee.id,
        title=values.title,
        text=values.text,
        nominators=values.nominators,
        opens_on=values.opens_on,
        deadline_at=values.deadline.at,
        deadline_text=values.deadline.text,
        deadline_zone=values.deadline.zone,
        state=ElectionState.NOMINATING,
        called_by=actor.name,
        called_at=clock.now(),
    )
    db.session.add(election)
    db.session.flush()
    for seat in seats:
        _add_seat(election, seat, periods[seat.id], values.office)
    db.session.flush()
    close_later(election)
    note_election("committees.call_election", election, "Called an election", actor, after=_said(values, periods))
    tell_call(election, actor)
    return election


def close_nominations(election_id: int, *, actor: Actor) -> Election:
    """End nominations whose deadline has passed: who stands and who may vote is frozen. Done twice, it is done once.

    Who has not answered does not stand, and who may not be elected any more is struck with the reason.
    """
    actor.require(Permission.COMMITTEE_FOUND)
    election = locked_election(election_id, actor)
    if election.state is not ElectionState.NOMINATING or clock.now() <= election.deadline_at:
        return election
    standing = _end_nominations(election)
    voters = _freeze_voters(election)
    election.state, election.closed_at = ElectionState.BALLOT, clock.now()
    db.session.flush()
    frozen = {"candidates": standing} | voters
    note_election("committees.close_nominations", election, "Nominations ended", actor, after=frozen)
    return election


@handles(CLOSE)
def close_when_due(payload: Payload) -> None:
    """End the nominations of an election, as the job that was written with its call."""
    with transaction():
        close_nominations(payload["election_id"], actor=program("Deadline"))


def cancel_election(election_id: int, *, reason: str, version: int, actor: Actor) -> Election:
    """Cancel an election that is not decided, for a reason; its nominations stay on record."""
    election = locked_election(election_id, actor)
    check_version(election, version)
    if election.state not in RUNNING_ELECTIONS:
        raise DomainError("This election is over already.")
    call_off_election(election, reason, actor)
    return election


def call_off_election(election: Election, reason: str, actor: Actor) -> None:
    """Cancel a locked election that runs; nobody who is nominated need answer any more."""
    election.state, election.cancelled_at = ElectionState.CANCELLED, clock.now()
    election.cancelled_by, election.cancelled_because = actor.name, reason
    db.session.flush()
    for nomination in _unanswered(election):
        spend_links_of(nomination)
    note_election("committees.cancel_election", election, "Called an election off", actor, reason=reason)


def close_later(election: Election) -> None:
    """Let a job wait that ends nominations at the deadline: one for each that they had."""
    key = f"{CLOSE}:{election.id}:{election.deadline_at:%Y%m%d%H%M%S}"
    enqueue(CLOSE, {"election_id": election.id}, unique_key=key, run_at=election.deadline_at + AFTER)


def locked_election(election_id: int, actor: Actor) -> Election:
    """An election, locked with its committee, where the actor may change it."""
    found = db.session.get(Election, election_id)
    if found is None:
        raise NotFoundError("There is no such election.")
    locked_committee(found.committee_id, actor)
    return lock(Election, election_id)


def note_election(action: str, election: Election, what: str, actor: Actor, **change: Any) -> None:
    """Put a change of an election on record."""
    record(action, Subject("election", election.id), summary=f"{what}: {election.title}.", actor=actor, **change)


def _unanswered(election: Election) -> Sequence[Nomination]:
    asked = select(Nomination).where(
        Nomination.election_id == election.id, Nomination.state == NominationState.PROPOSED
    )
    return db.session.scalars(asked.order_by(Nomination.id)).all()


def _seats(committee: Committee, values: CallValues) -> list[Seat]:
    asked = select(Seat).where(Seat.id.in_(values.seat_ids), Seat.committee_id == committee.id)
    seats = list(db.session.scalars(asked.order_by(Seat.position, Seat.id)))
    if len(seats) != len(set(values.seat_ids)):
        raise DomainError("This seat is not one of the committee's.", "seats")
    return seats


def _check_call(committee: Committee, seats: list[Seat], values: CallValues, periods: dict[int, Period]) -> None:
    deadline_day = clock.local(values.deadline.at).date()
    if values.deadline.has_passed(clock.now()):
        raise DomainError("This is past already: nobody could nominate.", "deadline")
    check_call(list(periods.values()), values.opens_on, deadline_day)
    if values.office in SINGLE_OFFICES and len(seats) > 1:
        raise DomainError("One alone can hold this office: elect to it by an election of its own.", "office")
    check_one_electorate([seat.constituency_id for seat in seats])
    for seat in seats:
        refuse_following(seat)
        check_within(committee.period, periods[seat.id], "The committee")
        check_within(seat.period, periods[seat.id], "The seat")
        _refuse_second(seat, periods[seat.id])


def _refuse_second(seat: Seat, period: Period) -> None:
    """One election at a time fills a seat for the same days."""
    asked = (
        select(Election.title)
        .join(ElectionSeat, ElectionSeat.election_id == Election.id)
        .where(
            ElectionSeat.seat_id == seat.id,
            ElectionSeat.dropped_because.is_(None),
            Election.state.in_(RUNNING_ELECTIONS),
            overlapping(ElectionSeat, period),
        )
    )
    other = db.session.scalar(asked.order_by(Election.id).limit(1))
    if other is not None:
        raise DomainError(f"Seat {seat.position} is filled by another election already: {other}.", "seats")


def _add_seat(election: Election, seat: Seat, period: Period, office: Office) -> None:
    db.session.add(
        ElectionSeat(
            election_id=election.id, seat_id=seat.id, first_day=period.first, last_day=period.last, office=office
        )
    )


def _end_nominations(election: Election) -> int:
    """Let each nomination come to what it is when nominations end; how many stand."""
    asked = select(Nomination).where(Nomination.election_id == election.id).order_by(Nomination.id).with_for_update()
    found = db.session.scalars(asked.execution_options(populate_existing=True)).all()
    standings = standings_of(election.id, election.committee_id, [each.person_id for each in found])
    standing = 0
    for each in found:
        if each.state is NominationState.PROPOSED:
            each.state = NominationState.UNANSWERED
        elif each.state is NominationState.ACCEPTED and not standings[each.person_id].open_to:
            each.state, each.struck_because = NominationState.STRUCK, standings[each.person_id].why_not[:500]
        standing += each.state is NominationState.ACCEPTED
    return standing


def _freeze_voters(election: Election) -> dict[str, int]:
    """Keep who may vote as it stands now, with the alternates in their order; how many votes there are, and barred."""
    voters = electorate_of(election, clock.today())
    db.session.add_all(
        ElectionVoter(
            election_id=election.id,
            person_id=each.person_id,
            institution_id=each.institution_id,
            seat_id=each.seat_id,
            name=each.name,
            institution_name=each.institution,
            rank=each.rank,
            rule=each.rule,
            barred=each.barred,
        )
        for each in voters
    )
    may_vote = {each.vote for each in voters if each.barred is None}
    return {"voters": len(may_vote), "barred": len({each.vote for each in voters} - may_vote)}


def _said(values: CallValues, periods: dict[int, Period]) -> dict[str, Any]:
    return {
        "seats": sorted(periods),
        "first_day": values.first_day.isoformat(),
        "nominators": values.nominators.value,
        "opens_on": in_words(values.opens_on),
        "deadline": f"{values.deadline.text} ({values.deadline.zone})",
        "office": values.office.value,
    }
