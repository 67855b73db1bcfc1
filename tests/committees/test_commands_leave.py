"""Leave: days within a term, recorded, ended, corrected and withdrawn, with what was known before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.committees.commands import (
    LeaveValues,
    OfficeChange,
    begin_leave,
    change_office,
    correct_leave,
    end_leave,
    withdraw_leave,
)
from app.committees.models import Appointment, AppointmentLeave
from app.committees.queries import quorum_on, roster
from app.committees.rules import Office
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import DomainError, NotFoundError, StaleError
from app.core.history import as_known
from app.core.periods import Period
from app.core.transaction import transaction
from tests.committees.sitting import OFFICE, committee, person, seat, sits

JUNE = Period(date(2016, 6, 1), date(2016, 6, 30))
AWAY = LeaveValues(JUNE, "Field work")


def refused(act: Callable[[], object], field: str) -> str:
    with pytest.raises(DomainError) as error, transaction():
        act()
    assert error.value.field == field
    return error.value.message


@pytest.fixture
def term(context: AppContext) -> Appointment:
    assert context is not None
    with transaction():
        return sits(seat(committee()), person())


def away(term: Appointment) -> AppointmentLeave:
    with transaction():
        return begin_leave(term.id, AWAY, version=term.version, actor=OFFICE)


def on_leave(term: Appointment, day: date, known: datetime | None = None) -> bool:
    (row,) = roster(term.committee_id, on=day, known=known)
    return row.on_leave


def test_who_is_on_leave_is_so_from_the_first_to_the_last_day_and_outside_the_quorum(term: Appointment):
    away(term)
    days = [date(2016, 5, 31), JUNE.first, date(2016, 6, 30), date(2016, 7, 1)]
    assert [on_leave(term, day) for day in days] == [False, True, True, False]
    assert [(quorum_on(term.committee_id, day).base, quorum_on(term.committee_id, day).away) for day in days] == [
        (1, 0),
        (0, 1),
        (0, 1),
        (1, 0),
    ]


@pytest.mark.parametrize(
    ("period", "field"),
    [
        (Period(date(2014, 12, 31), date(2015, 1, 5)), "first_day"),
        (Period(date(2017, 12, 1), date(2018, 1, 31)), "last_day"),
        (Period(date(2018, 1, 1)), "first_day"),
        (Period(date(2016, 6, 30), date(2016, 7, 5)), "first_day"),
    ],
)
def test_leave_lies_within_the_term_and_days_are_not_given_twice(term: Appointment, period: Period, field: str):
    away(term)
    values = LeaveValues(period, "x")
    refused(lambda: begin_leave(term.id, values, version=term.version, actor=OFFICE), field)


def test_leave_ends_before_the_day_it_would_have_ended_with(term: Appointment):
    leave = away(term)
    for day in (date(2016, 5, 31), date(2016, 6, 30)):
        refused(lambda day=day: end_leave(leave.id, day, version=term.version, actor=OFFICE), "last_day")  # type: ignore[misc]
    with transaction():
        end_leave(leave.id, date(2016, 6, 10), version=term.version, actor=OFFICE)
    assert [on_leave(term, date(2016, 6, day)) for day in (10, 11)] == [True, False]


def test_a_correction_of_leave_keeps_what_was_known_before(term: Appointment):
    leave = away(term)
    before = datetime(2016, 5, 24, 11, tzinfo=UTC)
    values = LeaveValues(Period(date(2016, 7, 1), date(2016, 7, 31)), "Parental leave")
    with clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)), transaction():
        correct_leave(leave.id, values, reason="Wrong month", version=term.version, actor=OFFICE)
    june, july = date(2016, 6, 15), date(2016, 7, 15)
    assert (on_leave(term, june), on_leave(term, july)) == (False, True)
    assert (on_leave(term, june, before), on_leave(term, july, before)) == (True, False)


def test_leave_that_is_withdrawn_was_none(term: Appointment):
    leave = away(term)
    with transaction():
        withdraw_leave(leave.id, reason="Wrong person", version=term.version, actor=OFFICE)
    assert not on_leave(term, date(2016, 6, 15))
    with pytest.raises(NotFoundError), transaction():
        end_leave(leave.id, date(2016, 6, 10), version=term.version, actor=OFFICE)


def test_leave_makes_a_form_stale_that_was_filled_before(term: Appointment):
    seen = term.version
    away(term)
    with pytest.raises(StaleError), transaction():
        begin_leave(term.id, LeaveValues(Period(date(2016, 8, 1)), "x"), version=seen, actor=OFFICE)


def test_leave_goes_on_under_another_office(term: Appointment):
    away(term)
    with transaction():
        change = OfficeChange(Office.CHAIR, date(2016, 6, 15))
        after = change_office(term.id, change, version=term.version, actor=OFFICE)
    asked = select(AppointmentLeave).where(as_known(AppointmentLeave)).order_by(AppointmentLeave.first_day)
    assert [(each.appointment_id, each.period) for each in db.session.scalars(asked)] == [
        (term.id, Period(JUNE.first, date(2016, 6, 14))),
        (after.id, Period(date(2016, 6, 15), date(2016, 6, 30))),
    ]
