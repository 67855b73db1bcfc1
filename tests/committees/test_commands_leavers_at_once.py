"""Somebody is seated while the seats of the institution are freed: the second sees what the first has done."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.committees.commands import AppointmentValues, SeatValues, add_seat, appoint, free_seats
from app.committees.models import Appointment
from app.committees.rules import SeatKind
from app.core.database import db
from app.core.history import as_known
from app.core.periods import Period
from app.core.transaction import transaction
from app.members.commands import Notice, end_memberships, give_notice
from app.web.requests import House
from tests.committees.sitting import committee
from tests.members.test_commands_at_once import one_after_the_other, whole
from tests.members.world import LAUNCH, OFFICE, do, institution, member, person

LAST = date(2016, 5, 10)


@pytest.mark.parametrize("seated_first", [True, False])
def test_nobody_is_seated_beyond_a_seat_that_is_freed_at_the_same_moment(
    app: House, context: AppContext, *, seated_first: bool
):
    assert context is not None
    found = institution()
    member(found)
    who = person(found)
    with transaction():
        steering = committee("Steering Committee")
        values = SeatValues(SeatKind.INSTITUTION, "Theirs", Period(LAUNCH), institution_id=found.id)
        seat = add_seat(steering.id, values, actor=OFFICE)
    leaving = do(give_notice, found.id, Notice(LAST, "Its funding ends"))
    do(end_memberships, leaving.id)
    seating = partial(appoint, seat.id, AppointmentValues(who.id, Period(LAUNCH)), actor=OFFICE)
    freeing = partial(free_seats, leaving.id, actor=OFFICE)
    db.session.remove()
    first, second = (seating, freeing) if seated_first else (freeing, seating)
    one_after_the_other(app, first, whole(second))
    open_ended = select(Appointment.id).where(as_known(Appointment), Appointment.last_day.is_(None))
    assert db.session.scalars(open_ended).all() == []
