"""What `flask verify` proves of committees: one holder a seat and an office, rights that follow, names, ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.committees.models import Appointment, Committee, CommitteeName, Seat, SeatAlternate
from app.committees.rules import SINGLE_OFFICES
from app.core import clock
from app.core.database import db
from app.core.folding import folded
from app.core.history import as_known, on_day, valid
from app.core.periods import ONE_DAY
from app.core.verification import verifies
from app.members.models import Person


@verifies("Each seat has one holder at a time, and so has each office of a committee")
def check_holders() -> Iterator[str]:
    """Compare all standing appointments of a committee with each other."""
    one, other = aliased(Appointment), aliased(Appointment)
    same = or_(
        one.seat_id == other.seat_id,
        and_(one.office == other.office, one.office.in_(SINGLE_OFFICES)),
        one.person_id == other.person_id,
    )
    pairs = (
        select(Committee.name, one.id.label("one"), other.id.label("other"))
        .join(one, one.committee_id == Committee.id)
        .join(other, and_(other.committee_id == one.committee_id, other.id > one.id))
        .where(as_known(one), as_known(other), same, *_share_a_day(one, other))
        .order_by(one.id, other.id)
    )
    for name, first, second in db.session.execute(pairs):
        yield f"{name}: appointments {first} and {second} hold the same seat or office on some day."


@verifies("Rights of seats are held by those who sit on them, and by nobody else")
def check_rights() -> Iterator[str]:
    """Compare today's roster with the roles that follow from appointments today."""
    today = clock.today()
    granted = select(Grant.source_id, Grant.user_id, Grant.role, Grant.committee_id).where(
        Grant.source == GrantSource.APPOINTMENT, on_day(Grant, today)
    )
    held = {(row.source_id, row.user_id) for row in db.session.execute(granted.order_by(Grant.id))}
    sitting = select(Appointment.id, Person.user_id).join(Person, Person.id == Appointment.person_id)
    seated = {
        (row.id, row.user_id)
        for row in db.session.execute(sitting.where(valid(Appointment, today)).order_by(Appointment.id))
    }
    for appointment_id, user_id in sorted(seated - held):
        yield f"Appointment {appointment_id} gives user {user_id} no role today."
    for appointment_id, user_id in sorted(held - seated):
        yield f"User {user_id} holds a role of appointment {appointment_id}, which is not theirs today."


def _share_a_day(one: Any, other: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        or_(one.last_day.is_(None), one.last_day >= other.first_day),
        or_(other.last_day.is_(None), other.last_day >= one.first_day),
    )


@verifies("Each committee has one name on each of its days, the present one today, and shares none with another")
def check_names() -> Iterator[str]:
    """Walk through the names of each committee, and compare those of all with each other."""
    asked = select(CommitteeName).where(as_known(CommitteeName))
    names: dict[int, list[CommitteeName]] = {}
    for found in db.session.scalars(asked.order_by(CommitteeName.first_day, CommitteeName.id)):
        names.setdefault(found.committee_id, []).append(found)
    for committee in db.session.scalars(select(Committee).order_by(Committee.id)):
        own = names.get(committee.id, [])
        if not _follow_each_other(own, committee.founded_on):
            yield f"Committee {committee.id} has not just one name on each day since it was founded."
        if committee.name not in {each.name for each in own}:
            yield f"Committee {committee.id} is called {committee.name}, which is none of its names on record."
    yield from _shared_names([each for own in names.values() for each in own])


def _shared_names(names: Sequence[CommitteeName]) -> Iterator[str]:
    """Two committees that are called alike on some day."""
    alike: dict[str, list[CommitteeName]] = {}
    for each in names:
        alike.setdefault(folded(each.name), []).append(each)
    for one, other in (pair for rows in alike.values() for pair in combinations(rows, 2)):
        if one.committee_id != other.committee_id and one.period.overlaps(other.period):
            yield f"Committees {one.committee_id} and {other.committee_id} are both called {one.name} on some day."


@verifies("Nothing of a dissolved committee goes on after its last day")
def check_dissolved() -> Iterator[str]:
    """Look for seats, terms and alternates, and for parts, that outlast a committee."""
    part = aliased(Committee)
    parts = select(Committee.id, literal("a part").label("what")).join(part, part.parent_id == Committee.id)
    seats = select(Committee.id, literal("a seat").label("what")).join(Seat, Seat.committee_id == Committee.id)
    terms = select(Committee.id, literal("a term").label("what")).join(
        Appointment, and_(Appointment.committee_id == Committee.id, as_known(Appointment))
    )
    stands_in = select(Committee.id, literal("an alternate").label("what")).join(
        Seat, Seat.committee_id == Committee.id
    )
    stands_in = stands_in.join(SeatAlternate, and_(SeatAlternate.seat_id == Seat.id, as_known(SeatAlternate)))
    for asked in (
        parts.where(_outlasts(part.dissolved_on)),
        seats.where(_outlasts(Seat.last_day), Seat.first_day <= Committee.dissolved_on),
        terms.where(_outlasts(Appointment.last_day)),
        stands_in.where(_outlasts(SeatAlternate.last_day)),
    ):
        for row in db.session.execute(asked.distinct().order_by(Committee.id)):
            yield f"Committee {row.id} is dissolved, and {row.what} of it goes on."


def _outlasts(last_day: Any) -> ColumnElement[bool]:
    ends = Committee.dissolved_on
    return and_(ends.is_not(None), or_(last_day.is_(None), last_day > ends))


def _follow_each_other(names: Sequence[CommitteeName], founded_on: date) -> bool:
    """Whether names hold from a day on without a gap, each until the day before the next, the last for ever."""
    if not names or names[0].first_day != founded_on or names[-1].last_day is not None:
        return False
    return all(one.last_day == other.first_day - ONE_DAY for one, other in pairwise(names))
