"""What `flask verify` proves of committees: one holder a seat and an office, and rights that follow the roster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.committees.models import Appointment, Committee
from app.committees.rules import SINGLE_OFFICES
from app.core import clock
from app.core.database import db
from app.core.history import as_known, on_day, valid
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
