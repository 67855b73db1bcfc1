"""What was to come for seats that end: plans are given up, elections called off, and nobody need answer any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.committees.commands.elections import call_off_election, note_election
from app.committees.commands.plans import abandon_plan
from app.committees.commands.waivers import withdraw_beyond
from app.committees.models import Election, ElectionSeat, Seat, SuccessionPlan
from app.committees.queries.elections import list_seats_of
from app.committees.rules import Ending, in_words
from app.committees.rules.elections import RUNNING_ELECTIONS
from app.committees.rules.plans import OPEN_PLANS
from app.core.actor import Actor
from app.core.database import db
from app.core.history import advance, beyond, lock


def end_succession(seat_ids: Sequence[int], last_day: date, how: Ending, actor: Actor) -> None:
    """Give up what was planned, and call off what was to be elected, on seats of a locked committee beyond their end.

    What was asked of the secretariat for such days is taken back. An election that fills other seats, too, goes on
    without those that end. Calling off a dissolution revives nothing.
    """
    day = in_words(last_day)
    is_dissolved = how is Ending.DISSOLVED
    why = f"The committee is dissolved after {day}." if is_dissolved else f"The seat ends with {day}."
    plans = select(SuccessionPlan).where(
        SuccessionPlan.seat_id.in_(seat_ids), SuccessionPlan.state.in_(OPEN_PLANS), beyond(SuccessionPlan, last_day)
    )
    for plan in db.session.scalars(plans.order_by(SuccessionPlan.id).with_for_update()).all():
        abandon_plan(plan, db.session.get_one(Seat, plan.seat_id), why, actor)
    withdraw_beyond(seat_ids, last_day, why, actor=actor)
    running = (
        select(ElectionSeat.election_id)
        .join(Election, Election.id == ElectionSeat.election_id)
        .where(
            ElectionSeat.seat_id.in_(seat_ids),
            ElectionSeat.dropped_because.is_(None),
            Election.state.in_(RUNNING_ELECTIONS),
            beyond(ElectionSeat, last_day),
        )
        .distinct()
    )
    for election_id in db.session.scalars(running.order_by(ElectionSeat.election_id)).all():
        _end_in(lock(Election, election_id), (set(seat_ids), last_day), why, actor)


def _end_in(election: Election, ended: tuple[set[int], date], why: str, actor: Actor) -> None:
    """Let an election no longer fill seats that end, and call it off where it would fill none."""
    seat_ids, last_day = ended
    standing = list_seats_of(election.id)
    dropped = [each for each in standing if each.seat_id in seat_ids and _goes_beyond(each, last_day)]
    if len(dropped) == len(standing):
        call_off_election(election, why, actor)
        return
    for each in dropped:
        each.dropped_because = why
        advance(election)
        db.session.flush()
        what = f"Seat {each.seat.position} is filled no more by an election"
        note_election("committees.drop_election_seat", election, what, actor, reason=why)


def _goes_beyond(each: ElectionSeat, last_day: date) -> bool:
    return each.last_day is None or each.last_day > last_day
