"""Requests to let a limit of terms not hold: one, those of a committee, what waits, and which are granted for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from app.committees.models import Appointment, Committee, ElectionSeat, LimitWaiver, Seat, SuccessionPlan
from app.committees.queries.committees import exists_on
from app.committees.queries.plans import served_on
from app.committees.rules.plans import OPEN_PLANS
from app.committees.rules.waivers import STANDING_WAIVERS, WaiverState, waived_words
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, overlapping
from app.core.paging import AnySelect
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Person


def find_waived(seat_id: int, person_id: int, period: Period, *, besides: int | None = None) -> str | None:
    """Why no limit holds for somebody on days of a seat, by what the secretariat granted; None where it did not.

    What is granted is for one term: one that began on another day uses it up, `besides` the one that is corrected.
    """
    granted = _granted().where(
        LimitWaiver.seat_id == seat_id,
        LimitWaiver.person_id == person_id,
        _covers(period.first, period.last),
        ~is_begun(Appointment.first_day != period.first, Appointment.id != (besides or 0)),
    )
    found = db.session.scalar(granted.order_by(LimitWaiver.id.desc()).limit(1))
    return waived_words(found.decision or "", found.reason) if found else None


def waived_seats(entries: Sequence[ElectionSeat], person_ids: Sequence[int]) -> Mapping[int, set[int]]:
    """By person, the entries of an election for whose seat and days no limit holds for them: one statement."""
    asked = (
        select(LimitWaiver.person_id, ElectionSeat.id)
        .join(ElectionSeat, ElectionSeat.seat_id == LimitWaiver.seat_id)
        .where(
            LimitWaiver.state == WaiverState.GRANTED,
            among(LimitWaiver.person_id, person_ids),
            ElectionSeat.id.in_([each.id for each in entries]),
            _covers(ElectionSeat.first_day, ElectionSeat.last_day),
            ~is_begun(Appointment.first_day != ElectionSeat.first_day),
        )
        .order_by(LimitWaiver.id, ElectionSeat.id)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, entry_id in db.session.execute(asked):
        found[person_id].add(entry_id)
    return found


def is_begun(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a term of the person began within what is granted, with the limit waived."""
    return (
        select(Appointment.id)
        .where(
            Appointment.seat_id == LimitWaiver.seat_id,
            Appointment.person_id == LimitWaiver.person_id,
            as_known(Appointment),
            Appointment.limit_waived.is_not(None),
            Appointment.continues_id.is_(None),
            Appointment.first_day >= LimitWaiver.first_day,
            or_(LimitWaiver.last_day.is_(None), Appointment.first_day <= LimitWaiver.last_day),
            *more,
        )
        .exists()
    )


def get_waiver(waiver_id: int, actor: Actor) -> LimitWaiver:
    """A request with its seat, person and committee, for who may change the committee; to others there is none."""
    asked = _with_all().where(LimitWaiver.id == waiver_id).execution_options(populate_existing=True)
    found: LimitWaiver | None = db.session.scalar(asked)
    if found is None or not actor.may(Permission.COMMITTEE_EDIT, committee_id=found.committee_id):
        raise NotFoundError("There is no such request.")
    return found


def find_standing_waiver(seat_id: int, person_id: int, period: Period) -> LimitWaiver | None:
    """A request that waits, or is granted and not used for another term, for a person and days of a seat it shares."""
    asked = _with_all().where(
        LimitWaiver.seat_id == seat_id,
        LimitWaiver.person_id == person_id,
        LimitWaiver.state.in_(STANDING_WAIVERS),
        overlapping(LimitWaiver, period),
        ~is_begun(Appointment.first_day != period.first),
    )
    return db.session.scalar(asked.order_by(LimitWaiver.id).limit(1))


def list_waivers(committee_id: int, actor: Actor) -> Sequence[LimitWaiver]:
    """All requests of a committee, the newest first."""
    actor.require(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    asked = _with_all().where(LimitWaiver.committee_id == committee_id)
    return db.session.scalars(asked.order_by(LimitWaiver.asked_at.desc(), LimitWaiver.id.desc())).all()


def list_waiting_waivers(actor: Actor) -> Sequence[LimitWaiver]:
    """What waits for a step of the actor's: for the secretariat what is asked, for a chair what is granted.

    What is granted waits until somebody is planned or appointed for it, and while its first day is to come.
    """
    today = clock.today()
    asked = _with_all().join(Committee, Committee.id == LimitWaiver.committee_id).where(exists_on(today))
    if actor.has_all(Permission.COMMITTEE_FOUND):
        asked = asked.where(LimitWaiver.state == WaiverState.ASKED)
    else:
        own = actor.own_committees(Permission.COMMITTEE_EDIT)
        granted = LimitWaiver.state == WaiverState.GRANTED
        asked = asked.where(LimitWaiver.committee_id.in_(own), granted, LimitWaiver.first_day >= today, ~_is_used())
    return db.session.scalars(asked.order_by(LimitWaiver.asked_at, LimitWaiver.id)).all()


def people_who_served(committee_id: int) -> list[tuple[int, str]]:
    """Who has served a term on a committee, and so can have reached a limit of it."""
    asked = select(Person.id, Person.given_name, Person.family_name).where(
        among(Person.id, sorted(served_on(committee_id))), Person.erased_at.is_(None)
    )
    rows = db.session.execute(asked.order_by(Person.sort_name, Person.id))
    return [(person_id, f"{family}, {given}") for person_id, given, family in rows]


def _is_used() -> ColumnElement[bool]:
    """Whether somebody is planned or appointed for what is granted."""
    appointed = select(Appointment.id).where(
        Appointment.seat_id == LimitWaiver.seat_id,
        Appointment.person_id == LimitWaiver.person_id,
        as_known(Appointment),
        Appointment.first_day >= LimitWaiver.first_day,
    )
    planned = select(SuccessionPlan.id).where(
        SuccessionPlan.seat_id == LimitWaiver.seat_id,
        SuccessionPlan.person_id == LimitWaiver.person_id,
        SuccessionPlan.state.in_(OPEN_PLANS),
        SuccessionPlan.first_day >= LimitWaiver.first_day,
    )
    return or_(appointed.exists(), planned.exists())


def _granted() -> AnySelect:
    return select(LimitWaiver).where(LimitWaiver.state == WaiverState.GRANTED)


def _covers(first: object, last: object) -> ColumnElement[bool]:
    """The condition that what is granted is for all of some days."""
    open_ended = LimitWaiver.last_day.is_(None)
    ends = open_ended if last is None else or_(open_ended, LimitWaiver.last_day >= last)
    return (LimitWaiver.first_day <= first) & ends


def _with_all() -> AnySelect:
    return select(LimitWaiver).options(
        joinedload(LimitWaiver.person),
        joinedload(LimitWaiver.seat).joinedload(Seat.institution),
        joinedload(LimitWaiver.committee),
    )
