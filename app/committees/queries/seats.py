"""A seat on a day: what it is, who held it and will, who stands in, and since when it is vacant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.committees.models import Appointment, Seat, SeatAlternate
from app.committees.queries.constituency_members import Outsider, list_outsiders
from app.committees.queries.facts import seats_on_record
from app.committees.queries.names import names_on
from app.committees.queries.roster import RosterRow, roster
from app.committees.rules import Ending, How, Office
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, on_day, valid
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.models import Institution, InstitutionName, Person


@dataclass(frozen=True)
class HolderRow:
    """A term on a seat, one that ended, that goes on or that is to come."""

    id: int
    person_id: int
    holder: str
    office: Office
    how: How
    first_day: date
    last_day: date | None
    decision: str | None
    ended_how: Ending | None
    end_reason: str | None


@dataclass(frozen=True)
class AlternateRow:
    """Who stands in for the holder of a seat, in their order, on which days."""

    id: int
    seat_id: int
    person_id: int
    person: str
    rank: int
    first_day: date
    last_day: date | None


@dataclass(frozen=True)
class SeatView:
    """A seat's record on a day. `row` is its line of the roster, None where it is not there on that day.

    `label` is what it was called on that day, or on the nearest of its own; that and its days are what was known of it
    at the instant asked for, of one not on record by then what is now.
    """

    seat: Seat
    label: str
    first_day: date
    last_day: date | None
    committee: str
    institution: str | None
    follows: str | None
    row: RosterRow | None
    outsider: Outsider | None
    holders: Sequence[HolderRow]
    alternates: Sequence[AlternateRow]


def get_seat_view(seat_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> SeatView:
    """All that a seat's page shows, for anyone who may read committees."""
    seat = db.session.get(Seat, seat_id)
    if seat is None or not actor.may(Permission.COMMITTEE_READ, committee_id=seat.committee_id):
        raise NotFoundError("There is no such seat.")
    ids = [each for each in (seat.committee_id, seat.follows_committee_id) if each is not None]
    names = names_on(ids, on=on, known=known)
    label, period = _called(seat, on, known)
    return SeatView(
        seat=seat,
        label=label,
        first_day=period.first,
        last_day=period.last,
        committee=names[seat.committee_id],
        institution=_institution_of(seat, on, known),
        follows=names[seat.follows_committee_id] if seat.follows_committee_id else None,
        row=next((row for row in roster(seat.committee_id, on=on, known=known) if row.seat_id == seat_id), None),
        outsider=_outsider(seat, on, known),
        holders=_holders(seat_id, known),
        alternates=_alternates(seat_id, known),
    )


def get_editable_seat(seat_id: int, actor: Actor) -> Seat:
    """A seat with its committee and institution, for someone who may change its committee."""
    links = [joinedload(Seat.committee), joinedload(Seat.institution)]
    seat = db.session.get(Seat, seat_id, options=links, populate_existing=True)
    if seat is None or not actor.may(Permission.COMMITTEE_READ, committee_id=seat.committee_id):
        raise NotFoundError("There is no such seat.")
    actor.require(Permission.COMMITTEE_EDIT, committee_id=seat.committee_id)
    return seat


def get_alternate(alternate_id: int, actor: Actor) -> SeatAlternate:
    """An alternate on record with seat and person, for someone who may change the committee."""
    links = [joinedload(SeatAlternate.seat).joinedload(Seat.committee), joinedload(SeatAlternate.person)]
    found = db.session.get(SeatAlternate, alternate_id, options=links)
    if found is None or found.superseded_at is not None or not actor.has_any(Permission.COMMITTEE_READ):
        raise NotFoundError("There is no such alternate.")
    actor.require(Permission.COMMITTEE_EDIT, committee_id=found.seat.committee_id)
    return found


def alternates_on(committee_id: int, *, on: date, known: datetime | None = None) -> Mapping[int, str]:
    """The alternates of a committee's seats on a day, in their order, by seat."""
    asked = (
        select(SeatAlternate.seat_id, Person.given_name, Person.family_name)
        .join(Seat, Seat.id == SeatAlternate.seat_id)
        .join(Person, Person.id == SeatAlternate.person_id)
        .where(Seat.committee_id == committee_id, valid(SeatAlternate, on, known))
        .order_by(SeatAlternate.seat_id, SeatAlternate.rank, SeatAlternate.id)
    )
    found: dict[int, str] = {}
    for seat_id, given, family in db.session.execute(asked):
        found[seat_id] = f"{found[seat_id]}, {given} {family}" if seat_id in found else f"{given} {family}"
    return found


def cycles_of(committee_id: int, *, on: date) -> Mapping[date, int]:
    """The days on which terms of a committee's staggered seats end, with how many seats each is the day of."""
    asked = (
        select(Seat.cycle_end, func.count(Seat.id))
        .where(Seat.committee_id == committee_id, Seat.cycle_end.is_not(None), on_day(Seat, on))
        .group_by(Seat.cycle_end)
        .order_by(Seat.cycle_end)
    )
    return {day: number for day, number in db.session.execute(asked) if day is not None}


def _outsider(seat: Seat, on: date, known: datetime | None) -> Outsider | None:
    """Who holds the seat and is of its constituency no more."""
    found = list_outsiders(seat.committee_id, on=on, known=known) if seat.constituency_id is not None else []
    return next((each for each in found if each.seat_id == seat.id), None)


def _called(seat: Seat, on: date, known: datetime | None) -> tuple[str, Period]:
    facts = seats_on_record([seat.id], known)[seat.id]
    if not facts:
        return seat.label, seat.period
    held = next((each for each in reversed(facts) if each.first_day <= on), facts[0])
    return held.label, Period(facts[0].first_day, facts[-1].last_day)


def _institution_of(seat: Seat, on: date, known: datetime | None) -> str | None:
    if seat.institution_id is None:
        return None
    named = select(InstitutionName.name).where(
        InstitutionName.institution_id == seat.institution_id, valid(InstitutionName, on, known)
    )
    found = db.session.scalar(named.order_by(InstitutionName.id).limit(1))
    return found or db.session.get_one(Institution, seat.institution_id).name


def _holders(seat_id: int, known: datetime | None) -> list[HolderRow]:
    asked = (
        select(Appointment, Person.given_name, Person.family_name)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.seat_id == seat_id, as_known(Appointment, known))
        .order_by(Appointment.first_day.desc(), Appointment.id.desc())
    )
    return [
        HolderRow(
            id=each.id,
            person_id=each.person_id,
            holder=f"{given} {family}",
            office=each.office,
            how=each.how,
            first_day=each.first_day,
            last_day=each.last_day,
            decision=each.decision,
            ended_how=each.ended_how,
            end_reason=each.end_reason,
        )
        for each, given, family in db.session.execute(asked)
    ]


def _alternates(seat_id: int, known: datetime | None) -> list[AlternateRow]:
    asked = (
        select(SeatAlternate, Person.given_name, Person.family_name)
        .join(Person, Person.id == SeatAlternate.person_id)
        .where(SeatAlternate.seat_id == seat_id, as_known(SeatAlternate, known))
        .order_by(SeatAlternate.rank, SeatAlternate.first_day, SeatAlternate.id)
    )
    return [
        AlternateRow(
            id=each.id,
            seat_id=seat_id,
            person_id=each.person_id,
            person=f"{given} {family}",
            rank=each.rank,
            first_day=each.first_day,
            last_day=each.last_day,
        )
        for each, given, family in db.session.execute(asked)
    ]
