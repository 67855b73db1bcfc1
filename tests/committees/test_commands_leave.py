"""Leave: days within a term, recorded, ended, corrected and withdrawn, with what was known before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.audit.models import AuditEntry, AuditPersonalValue
from app.committees.commands import (
    LeaveValues,
    OfficeChange,
    begin_leave,
    change_office,
    correct_appointment,
    correct_leave,
    end_leave,
    end_seat,
    end_term,
    withdraw_appointment,
    withdraw_leave,
)
from app.committees.commands.entries import values_of
from app.committees.models import Appointment, AppointmentLeave, Committee, Seat
from app.committees.queries import quorum_on, roster, term_checks
from app.committees.rules import Office, QuorumBase
from app.core.clock import clock_at, now
from app.core.database import db
from app.core.errors import NotFoundError, StaleError
from app.core.history import as_known
from app.core.periods import Period
from app.core.transaction import transaction
from app.members.commands import erase_person
from app.members.models import Person
from tests.committees.sitting import OFFICE, adopted, committee, following, person, refused, seat, sits
from tests.members.world import do, problems

JUNE = Period(date(2016, 6, 1), date(2016, 6, 30))
AWAY = LeaveValues(JUNE, "Field work")


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


def test_leave_without_a_last_day_passes_neither_to_who_follows_nor_to_a_later_term_of_the_same(term: Appointment):
    with transaction():
        begin_leave(term.id, LeaveValues(Period(JUNE.first), "Illness"), version=term.version, actor=OFFICE)
        place = db.session.get_one(Seat, term.seat_id)
        sits(place, person("Rourke"), Period(date(2018, 1, 1), date(2018, 12, 31)))
        sits(place, db.session.get_one(Person, term.person_id), Period(date(2019, 1, 1)))
    days = [date(2017, 12, 31), date(2018, 8, 1), date(2019, 8, 1)]
    assert [on_leave(term, day) for day in days] == [True, False, False]
    assert [on_leave(term, day, now()) for day in days] == [True, False, False]


def test_who_is_on_leave_counts_for_the_quorum_where_the_bylaws_say_all_seats(term: Appointment):
    away(term)
    with transaction():
        adopted(db.session.get_one(Committee, term.committee_id), quorum_base=QuorumBase.ALL)
        seat(db.session.get_one(Committee, term.committee_id))
    found = quorum_on(term.committee_id, JUNE.first)
    assert (found.needed, found.base, found.vacant, found.away) == (2, 2, 1, 1)


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


MAY, LATER = datetime(2016, 5, 24, 12, tzinfo=UTC), datetime(2016, 5, 25, 9, tzinfo=UTC)


def corrected(term: Appointment, **changes: Any) -> None:
    """Put an entry right a day later than all that was recorded."""
    with clock_at(LATER), transaction():
        values = replace(values_of(term), **changes)
        correct_appointment(term.id, values, reason="Typing", version=term.version, actor=OFFICE)


def leaves(known: datetime | None = None) -> list[Period]:
    asked = select(AppointmentLeave).where(as_known(AppointmentLeave, known)).order_by(AppointmentLeave.first_day)
    return [each.period for each in db.session.scalars(asked)]


@pytest.mark.parametrize(
    ("last", "left"),
    [(date(2016, 7, 1), JUNE), (date(2016, 6, 15), Period(JUNE.first, date(2016, 6, 15))), (date(2016, 5, 31), None)],
)
def test_leave_is_cut_to_the_corrected_days_of_its_entry_and_what_was_known_stays(
    term: Appointment, last: date, left: Period | None
):
    away(term)
    corrected(term, period=Period(date(2015, 1, 1), last))
    assert (leaves(), leaves(MAY)) == ([left] if left else [], [JUNE])
    assert (on_leave(term, date(2016, 6, 1), MAY), on_leave(term, date(2016, 6, 30), MAY)) == (True, True)
    assert list(term_checks.check_leave()) == []


def test_leave_without_a_last_day_goes_on_with_an_entry_that_ends_sooner(term: Appointment):
    with transaction():
        begin_leave(term.id, LeaveValues(Period(JUNE.first), "Parental"), version=term.version, actor=OFFICE)
    corrected(term, period=Period(date(2016, 6, 10), date(2016, 12, 31)))
    assert leaves() == [Period(date(2016, 6, 10))]


def test_another_person_has_not_the_leave_of_whom_an_entry_named_wrongly(term: Appointment):
    away(term)
    with transaction():
        other = person("Rourke")
    corrected(term, person_id=other.id)
    assert (leaves(), on_leave(term, JUNE.first)) == ([], False)
    assert on_leave(term, JUNE.first, MAY)


def test_who_was_named_wrongly_is_forgotten_with_the_reason_of_their_leave(term: Appointment):
    away(term)
    who = term.person_id
    with transaction():
        other = person("Rourke")
    corrected(term, person_id=other.id)
    do(erase_person, who, reason="Asked for it by letter")
    assert "Field work" not in {each.reason for each in db.session.scalars(select(AppointmentLeave))}


def test_the_reason_of_a_leave_goes_out_of_the_trail_with_the_person_and_the_chain_holds(term: Appointment):
    leave = away(term)
    with transaction():
        values = LeaveValues(JUNE, "Ill in hospital")
        correct_leave(leave.id, values, reason="Wrong word", version=term.version, actor=OFFICE)
        end_term(term.id, date(2016, 5, 23), reason="Left", version=term.version, actor=OFFICE)
    kept = select(AuditPersonalValue.value)
    assert {"Field work", "Ill in hospital"} <= {str(each).strip('"') for each in db.session.scalars(kept)}
    do(erase_person, term.person_id, reason="Asked for it by letter")
    tables = [AuditEntry.__table__, AuditPersonalValue.__table__]
    told = [str(tuple(row)) for table in tables for row in db.session.execute(select(table))]
    assert [row for row in told if "Field work" in row or "hospital" in row] == []
    assert problems() == []


def test_leave_ends_with_the_term_and_is_none_of_an_entry_taken_back(term: Appointment):
    away(term)
    with clock_at(LATER), transaction():
        end_term(term.id, date(2016, 6, 10), reason="Left", version=term.version, actor=OFFICE)
    assert leaves() == [Period(JUNE.first, date(2016, 6, 10))]
    with transaction():
        next_one = sits(seat(db.session.get_one(Committee, term.committee_id)), person("Second"))
        begin_leave(next_one.id, AWAY, version=next_one.version, actor=OFFICE)
        withdraw_appointment(next_one.id, reason="Nobody", version=next_one.version, actor=OFFICE)
    assert leaves() == [Period(JUNE.first, date(2016, 6, 10))]


@pytest.mark.parametrize(
    ("last", "left"), [(date(2016, 6, 10), [Period(JUNE.first, date(2016, 6, 10))]), (date(2014, 12, 31), [])]
)
def test_leave_ends_with_the_seat_and_is_none_where_the_term_is_taken_back(
    term: Appointment, last: date, left: list[Period]
):
    away(term)
    place = db.session.get_one(Seat, term.seat_id)
    with clock_at(LATER):
        with transaction():
            end_seat(place.id, last, reason="Fewer seats", version=place.version, actor=OFFICE)
        assert (leaves(), leaves(MAY)) == (left, [JUNE])
        assert problems() == []


@pytest.mark.usefixtures("context")
def test_leave_from_a_seat_that_follows_an_office_changes_with_who_holds_it():
    with transaction():
        steering, board = committee("Steering"), committee("Board")
        lead = sits(seat(steering), person("Lead"), office=Office.CHAIR)
        place = following(steering, Office.CHAIR, on=board)
        (entry,) = db.session.scalars(select(Appointment).where(Appointment.seat_id == place.id))
        begin_leave(entry.id, AWAY, version=entry.version, actor=OFFICE)
    with clock_at(LATER):
        with transaction():
            end_term(lead.id, date(2016, 6, 15), reason="Left", version=lead.version, actor=OFFICE)
        assert leaves() == [Period(JUNE.first, date(2016, 6, 15))]
        with transaction():
            values = replace(values_of(lead), person_id=person("Truly").id)
            correct_appointment(lead.id, values, reason="Typing", version=lead.version, actor=OFFICE)
    assert (leaves(), leaves(MAY)) == ([], [JUNE])
    assert roster(board.id, on=JUNE.first, known=MAY)[0].on_leave
