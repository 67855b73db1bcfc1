"""What `flask verify` proves of plans and elections: what says that it appointed somebody names the appointment."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.committees.models import (
    Appointment,
    Committee,
    Election,
    ElectionSeat,
    ElectionVoter,
    Nomination,
    Seat,
    SuccessionPlan,
)
from app.committees.rules.elections import RUNNING_ELECTIONS, ElectionState, NominationState
from app.committees.rules.plans import OPEN_PLANS, TAKEN_PLANS, PlanState
from app.core.database import db
from app.core.history import beyond
from app.core.verification import verifies


@verifies("A plan of succession that is appointed names an appointment to its seat")
def check_plans() -> Iterator[str]:
    """Plans that say they are appointed and name none, or one to another seat."""
    asked = (
        select(SuccessionPlan.id)
        .outerjoin(Appointment, Appointment.id == SuccessionPlan.appointment_id)
        .where(
            SuccessionPlan.state == PlanState.APPOINTED,
            or_(Appointment.id.is_(None), Appointment.seat_id != SuccessionPlan.seat_id),
        )
    )
    for plan_id in db.session.scalars(asked.order_by(SuccessionPlan.id)):
        yield f"Plan {plan_id} is appointed, and names no appointment to its seat."


@verifies("An election that is decided has an appointment for each who is elected, and no other election has any")
def check_elections() -> Iterator[str]:
    """Elections whose result and appointments do not fit."""
    elected = func.count(Nomination.id).filter(Nomination.state == NominationState.ELECTED)
    decided = (
        select(Election.id, Election.state, elected.label("elected"))
        .outerjoin(Nomination, Nomination.election_id == Election.id)
        .group_by(Election.id, Election.state)
        .order_by(Election.id)
    )
    for row in db.session.execute(decided):
        if (row.state is ElectionState.DECIDED) != (row.elected > 0):
            yield f"Election {row.id} is {row.state.value} with {row.elected} elected."
    astray = (
        select(Nomination.id, Nomination.election_id)
        .outerjoin(ElectionSeat, ElectionSeat.id == Nomination.election_seat_id)
        .outerjoin(Appointment, Appointment.id == Nomination.appointment_id)
        .where(
            Nomination.state == NominationState.ELECTED,
            or_(
                Appointment.id.is_(None),
                Appointment.seat_id != ElectionSeat.seat_id,
                ElectionSeat.election_id != Nomination.election_id,
            ),
        )
    )
    for nomination_id, election_id in db.session.execute(astray.order_by(Nomination.id)):
        yield f"Nomination {nomination_id} of election {election_id} names no appointment to a seat of it."


@verifies("Nothing is planned, and nobody is to be elected, for days after the end of a seat or of its committee")
def check_days_to_come() -> Iterator[str]:
    """Open plans and seats of running elections that outlive their seat or its committee."""
    plans = select(SuccessionPlan.id).join(Seat, Seat.id == SuccessionPlan.seat_id)
    plans = plans.join(Committee, Committee.id == SuccessionPlan.committee_id)
    plans = plans.where(SuccessionPlan.state.in_(OPEN_PLANS), _outlives(SuccessionPlan))
    for plan_id in db.session.scalars(plans.order_by(SuccessionPlan.id)):
        yield f"Plan {plan_id} is for days after the end of its seat or committee."
    elections = select(Election.id, Seat.position).join(ElectionSeat, ElectionSeat.election_id == Election.id)
    elections = elections.join(Seat, Seat.id == ElectionSeat.seat_id)
    elections = elections.join(Committee, Committee.id == Election.committee_id)
    elections = elections.where(
        Election.state.in_(RUNNING_ELECTIONS), ElectionSeat.dropped_because.is_(None), _outlives(ElectionSeat)
    )
    for election_id, position in db.session.execute(elections.order_by(Election.id, ElectionSeat.id)):
        yield f"Election {election_id} fills seat {position} for days after the end of it or of its committee."


@verifies("The same days of a seat are accepted by one alone")
def check_accepted() -> Iterator[str]:
    """Pairs of plans that somebody has said yes to and that share a day of a seat."""
    other = aliased(SuccessionPlan)
    pairs = (
        select(SuccessionPlan.id, other.id)
        .join(other, other.seat_id == SuccessionPlan.seat_id)
        .where(
            SuccessionPlan.id < other.id,
            SuccessionPlan.state.in_(TAKEN_PLANS),
            other.state.in_(TAKEN_PLANS),
            or_(SuccessionPlan.last_day.is_(None), SuccessionPlan.last_day >= other.first_day),
            or_(other.last_day.is_(None), other.last_day >= SuccessionPlan.first_day),
        )
    )
    for one, two in db.session.execute(pairs.order_by(SuccessionPlan.id, other.id)):
        yield f"Plans {one} and {two} share days of a seat, and both are accepted."


@verifies("In a frozen electorate each vote has who casts it first, and then the alternates without a gap")
def check_electorates() -> Iterator[str]:
    """Votes of seats, and of institutions that vote without one, whose order begins with nobody or has a gap."""
    member = case((ElectionVoter.seat_id.is_(None), ElectionVoter.institution_id))
    asked = (
        select(ElectionVoter.election_id, ElectionVoter.seat_id, member.label("institution_id"))
        .group_by(ElectionVoter.election_id, ElectionVoter.seat_id, member)
        .having(func.max(ElectionVoter.rank) != func.count(ElectionVoter.id) - 1)
    )
    for row in db.session.execute(asked.order_by(ElectionVoter.election_id, ElectionVoter.seat_id, member)):
        what = f"seat {row.seat_id}" if row.seat_id else f"institution {row.institution_id}"
        yield f"In election {row.election_id} the order of who votes for {what} has a gap."


def _outlives(what: type[SuccessionPlan | ElectionSeat]) -> ColumnElement[bool]:
    ends = (Seat.last_day, Committee.dissolved_on)
    return or_(*(and_(end.is_not(None), beyond(what, end)) for end in ends))
