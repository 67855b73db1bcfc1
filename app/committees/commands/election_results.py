"""The result of an election: votes and who is elected; the result appoints by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.audit.commands import Personal
from app.committees.commands.appointments import appoint
from app.committees.commands.elections import locked_election, note_election
from app.committees.commands.entries import AppointmentValues
from app.committees.models import Election, ElectionSeat, Nomination
from app.committees.queries.candidates import standings_of
from app.committees.queries.elections import list_candidates, list_seats_of
from app.committees.queries.terms import may_appoint
from app.committees.rules import How
from app.committees.rules.elections import (
    ElectionState,
    NominationState,
    Outcome,
    check_result,
    proposed_places,
)
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_version, lock


@dataclass(frozen=True)
class ResultValues:
    """What came of a ballot for each nomination, by its id, and the decision that says so."""

    outcomes: Mapping[int, Outcome]
    decision: str


def record_result(election_id: int, values: ResultValues, *, version: int, actor: Actor) -> Election:
    """Record a result: who is elected is appointed by it, for the days of the seat, with rights from their first."""
    election = locked_election(election_id, actor)
    check_version(election, version)
    _require_deciding(election, actor)
    seats = {each.id: each for each in list_seats_of(election_id)}
    names = {each.id: Personal(each.person.name, each.person_id) for each in list_candidates(election_id)}
    open_to = places_open(election)
    check_result(values.outcomes, open_to, list(seats))
    for nomination_id, outcome in sorted(values.outcomes.items()):
        nomination = lock(Nomination, nomination_id)
        nomination.votes = outcome.votes
        if outcome.seat_id is not None:
            _elect(nomination, seats[outcome.seat_id], values.decision, actor)
        else:
            nomination.rank = outcome.substitute
            nomination.state = NominationState.SUBSTITUTE if outcome.substitute else NominationState.NOT_ELECTED
        db.session.flush()
    election.state, election.decision = ElectionState.DECIDED, values.decision
    election.decided_by, election.decided_at = actor.name, clock.now()
    db.session.flush()
    said = {
        "decision": values.decision,
        "elected": [names[each] for each, got in sorted(values.outcomes.items()) if got.seat_id is not None],
    }
    note_election("committees.record_result", election, "Recorded the result", actor, after=said)
    return election


def declare_elected(election_id: int, *, decision: str, version: int, actor: Actor) -> Election:
    """Declare unopposed candidates elected: there are no more of them than seats, and nobody need vote."""
    election = locked_election(election_id, actor)
    _require_deciding(election, actor)
    open_to = places_open(election)
    if len(open_to) > len(list_seats_of(election_id)):
        raise DomainError("There are more candidates than seats: they are elected by a ballot.")
    places = proposed_places({}, open_to)
    if len(places) < len(open_to):
        raise DomainError("Two candidates can be elected to one seat alone: they are elected by a ballot.")
    outcomes = {nomination_id: Outcome(None, places[nomination_id]) for nomination_id in open_to}
    return record_result(election_id, ResultValues(outcomes, decision), version=version, actor=actor)


def places_open(election: Election) -> dict[int, tuple[int, ...]]:
    """For each candidate, by the id of the nomination, the seats they can be elected to today."""
    candidates = list_candidates(election.id)
    standings = standings_of(election.id, election.committee_id, [each.person_id for each in candidates])
    return {each.id: standings[each.person_id].open_to for each in candidates}


def _require_deciding(election: Election, actor: Actor) -> None:
    if election.state is not ElectionState.BALLOT:
        raise DomainError("This election is not to be decided now: nominations go on, or it is over.")
    if not may_appoint(election.committee_id, actor, clock.today()):
        raise DomainError("By the bylaws the secretariat appoints here: it records the result.")


def _elect(nomination: Nomination, seat: ElectionSeat, decision: str, actor: Actor) -> None:
    values = AppointmentValues(nomination.person_id, seat.period, seat.office, decision, How.ELECTION)
    try:
        appointment = appoint(seat.seat_id, values, actor=actor)
    except DomainError as refused:
        raise DomainError(f"Seat {seat.seat.position}: {refused.message}", f"place_{nomination.id}") from refused
    nomination.state = NominationState.ELECTED
    nomination.election_seat_id, nomination.appointment_id = seat.id, appointment.id
