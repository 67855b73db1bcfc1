"""Which committees may give a new member a seat, those where members of its class have one, and who would sit on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.committees.models import Committee, Seat
from app.committees.queries.committees import exists_on
from app.committees.rules import SeatKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.history import on_day, valid
from app.core.permissions import Permission
from app.members.models import Membership, MembershipStep
from app.members.queries import RepresentationRow, list_representatives
from app.members.rules import MEMBER_STATES, Purpose


@dataclass(frozen=True)
class SeatOffer:
    """A committee with seats by institution, and how many of those are of members of the class."""

    committee_id: int
    committee: str
    of_class: int
    members: int


def list_seat_offers(class_id: int, actor: Actor) -> list[SeatOffer]:
    """The committees of today that have seats by institution, with how many members of a class sit there by one."""
    actor.require(Permission.COMMITTEE_FOUND)
    today = clock.today()
    held = (
        select(Membership.institution_id)
        .join(MembershipStep, MembershipStep.membership_id == Membership.id)
        .where(Membership.class_id == class_id, MembershipStep.state.in_(MEMBER_STATES), valid(MembershipStep, today))
    )
    members = db.session.scalar(select(func.count(held.subquery().c.institution_id.distinct()))) or 0
    of_class = func.count(Seat.institution_id.distinct()).filter(Seat.institution_id.in_(held))
    asked = (
        select(Committee.id, Committee.name, of_class.label("of_class"))
        .join(Seat, Seat.committee_id == Committee.id)
        .where(Seat.kind == SeatKind.INSTITUTION, on_day(Seat, today), exists_on(today))
        .group_by(Committee.id, Committee.name, Committee.sort_name)
        .order_by(Committee.sort_name, Committee.id)
    )
    return [SeatOffer(row.id, row.name, int(row.of_class), int(members)) for row in db.session.execute(asked)]


def find_voice(institution_id: int, on: date, actor: Actor) -> RepresentationRow | None:
    """Who votes for an institution on a day, and so sits on the seats it is given."""
    voices = list_representatives(institution_id, on=on, actor=actor)
    return next((row for row in voices if row.purpose is Purpose.VOTING), None)
