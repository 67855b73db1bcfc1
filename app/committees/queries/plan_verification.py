"""What `flask verify` proves of plans and elections: what says that it appointed somebody names the appointment."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from app.committees.models import Appointment, Election, ElectionSeat, Nomination, SuccessionPlan
from app.committees.rules.elections import ElectionState, NominationState
from app.committees.rules.plans import PlanState
from app.core.database import db
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
