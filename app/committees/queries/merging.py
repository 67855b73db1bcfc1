"""How seats, appointments and alternates follow when institutions or people are merged."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from app.committees.models import Appointment, Committee, ConstituencyRule, Seat, SeatAlternate
from app.core.database import db
from app.core.history import as_known
from app.members.queries import Alone, Clash, follows, forbids
from app.members.rules import TwinKind

follows(
    TwinKind.INSTITUTION,
    Seat.institution_id,
    ("committee seat", "committee seats"),
    alone=(Alone(("committee_id",), "Both hold a seat on one committee on the same days."),),
)
follows(
    TwinKind.INSTITUTION,
    ConstituencyRule.institution_id,
    ("place in a constituency", "places in constituencies"),
    alone=(Alone(("constituency_id",), "Both belong by name to one constituency on the same days."),),
)
follows(
    TwinKind.PERSON,
    Appointment.person_id,
    ("appointment", "appointments"),
    alone=(Alone(("committee_id",), "Both sit on one committee on the same days."),),
)
follows(
    TwinKind.PERSON,
    SeatAlternate.person_id,
    ("seat they are an alternate of", "seats they are an alternate of"),
    alone=(Alone(("seat_id",), "Both are alternates of one seat on the same days."),),
)


@forbids(TwinKind.PERSON)
def _stands_in_for_the_other(survivor_id: int, merged_id: int) -> list[Clash]:
    """Nobody stands in for themselves."""
    asked = (
        select(Seat.position, Committee.name)
        .join(Committee, Committee.id == Seat.committee_id)
        .join(SeatAlternate, SeatAlternate.seat_id == Seat.id)
        .join(Appointment, Appointment.seat_id == Seat.id)
        .where(
            as_known(SeatAlternate),
            as_known(Appointment),
            or_(_of(survivor_id, merged_id), _of(merged_id, survivor_id)),
            or_(SeatAlternate.last_day.is_(None), SeatAlternate.last_day >= Appointment.first_day),
            or_(Appointment.last_day.is_(None), Appointment.last_day >= SeatAlternate.first_day),
        )
        .order_by(Committee.sort_name, Seat.position, Seat.id)
    )
    return [
        Clash(f"One is an alternate of the other on seat {row.position} of {row.name}.", "End the alternate first.")
        for row in db.session.execute(asked)
    ]


def _of(holder_id: int, alternate_id: int) -> ColumnElement[bool]:
    return and_(Appointment.person_id == holder_id, SeatAlternate.person_id == alternate_id)
