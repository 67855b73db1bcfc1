"""The seats a new member gets by being an institution of the consortium, as a step of joining."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import or_, select

from app.committees.commands.appointments import appoint
from app.committees.commands.entries import AppointmentValues
from app.committees.commands.seats import SeatValues, add_seat
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries import find_voice, list_seat_offers
from app.committees.rules import SeatKind
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, overlapping
from app.core.paging import exists_row
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.commands import (
    CaseStep,
    Done,
    Joiner,
    begin_joining_step,
    finish_joining_step,
    joiner_of,
    register_joining_step,
)
from app.members.models import CaseTask, MembershipClass
from app.web.wording import join_words

SEATS = "seats"
NONE_TO_GIVE = "It gets no seat: no committee has seats by institution."
NONE_BY_NOW = "No committee has seats by institution any more."
OTHERS_BY_NOW = "The committees that have seats by institution are others by now: choose again."

register_joining_step(
    CaseStep(
        SEATS,
        "Seats",
        "Give it a seat where those of its class have one; its voting representative sits on it.",
        50,
        "Offer seats",
        "committees.give_seats",
        needs=("representatives",),
    )
)


def give_seats(application_id: int, committee_ids: Sequence[int], *, offered: Iterable[int], actor: Actor) -> CaseTask:
    """A seat of the new member on each of the committees, held by its voting representative if it has one.

    One that was added for it by hand before is that seat; one that ends, as after it left, is followed by it.

    `offered` are the committees there were to choose from: where they are others by now, it is to be chosen anew.
    """
    actor.require(Permission.COMMITTEE_FOUND)
    application, task = begin_joining_step(application_id, SEATS, actor=actor)
    offers = list_seat_offers(application.class_id, actor)
    open_now = {each.committee_id for each in offers}
    if set(offered) != open_now or not open_now.issuperset(committee_ids):
        raise DomainError(OTHERS_BY_NOW, "committees") if offers else DomainError(NONE_BY_NOW)
    joiner = joiner_of(application)
    names = [_seated(committee_id, joiner, application.decision, actor) for committee_id in sorted(set(committee_ids))]
    if names:
        return finish_joining_step(application, task, Done(f"A seat on {join_words(names)}."), actor=actor)
    return finish_joining_step(application, task, Done("It gets no seat." if offers else NONE_TO_GIVE), actor=actor)


def _seated(committee_id: int, joiner: Joiner, decision: str | None, actor: Actor) -> str:
    committee = db.session.get_one(Committee, committee_id)
    first_day = max(joiner.membership.first_day, committee.founded_on)
    votes = db.session.get_one(MembershipClass, joiner.membership.class_id).votes
    institution = joiner.institution
    seat = _find_seat(committee_id, institution.id, first_day)
    if seat is None or seat.last_day is not None:
        period = Period(seat.last_day + ONE_DAY if seat and seat.last_day else first_day)
        values = SeatValues(SeatKind.INSTITUTION, institution.short_name, period, votes, institution.id)
        seat = add_seat(committee_id, values, actor=actor)
    try:
        _fill(seat, joiner, decision, actor)
    except DomainError as error:
        raise DomainError(f"{committee.name}: {error.message}", "committees") from error
    return committee.name


def _find_seat(committee_id: int, institution_id: int, day: date) -> Seat | None:
    """The seat the institution fills already on a day, or is to fill from a later one: the one that lasts longest."""
    asked = select(Seat).where(
        Seat.committee_id == committee_id,
        Seat.institution_id == institution_id,
        or_(Seat.last_day.is_(None), Seat.last_day >= day),
    )
    return db.session.scalar(
        asked.order_by(Seat.last_day.is_not(None), Seat.last_day.desc(), Seat.first_day, Seat.id).limit(1)
    )


def _fill(seat: Seat, joiner: Joiner, decision: str | None, actor: Actor) -> None:
    first_day = max(seat.first_day, joiner.membership.first_day)
    voter = find_voice(joiner.institution.id, first_day, actor)
    held = select(Appointment.id).where(Appointment.seat_id == seat.id, as_known(Appointment))
    if voter is not None and not exists_row(held.where(overlapping(Appointment, Period(first_day)))):
        appoint(seat.id, AppointmentValues(voter.person_id, Period(first_day), decision=decision), actor=actor)
