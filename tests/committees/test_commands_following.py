"""Ex officio seats: whoever holds the office sits there, the same day, by itself; history keeps both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.committees.commands import (
    AppointmentValues,
    OfficeChange,
    appoint,
    change_office,
    check_follows,
    correct_appointment,
    end_term,
    fill_following,
    stop_following,
    withdraw_appointment,
)
from app.committees.commands.entries import values_of
from app.committees.models import Appointment, Seat
from app.committees.queries import roster
from app.committees.rules import Ending, How, Office
from app.core.clock import clock_at
from app.core.database import db
from app.core.history import as_known
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.committees.sitting import (
    OFFICE,
    TERM,
    TODAY,
    committee,
    following,
    person,
    refused,
    rights_of,
    seat,
    sits,
)
from tests.members.world import problems

JULY = date(2016, 7, 1)


class World:
    """A Steering Committee with a chair, and the Finance Committee on which the chair has a seat."""

    def __init__(self) -> None:
        with transaction():
            self.steering, self.finance = committee("Steering Committee"), committee()
            self.chair = sits(seat(self.steering), person(), office=Office.CHAIR)
            self.place: Seat = following(self.steering, Office.CHAIR, on=self.finance)

    def entries(self) -> list[tuple[int, date, date | None]]:
        asked = select(Appointment).where(Appointment.seat_id == self.place.id, as_known(Appointment))
        found = db.session.scalars(asked.order_by(Appointment.first_day)).all()
        assert all(each.how is How.EX_OFFICIO and each.follows_id for each in found)
        return [(each.person_id, each.first_day, each.last_day) for each in found]

    def entry(self) -> Appointment:
        asked = select(Appointment).where(Appointment.seat_id == self.place.id, as_known(Appointment))
        return db.session.scalars(asked.order_by(Appointment.first_day)).all()[0]


@pytest.fixture
def world(context: AppContext) -> World:
    assert context is not None
    return World()


def test_a_seat_that_begins_to_follow_is_filled_by_whoever_holds_the_office(world: World):
    assert world.entries() == [(world.chair.person_id, TERM.first, TERM.last)]
    assert rights_of(world.entry()) == {(Role.COMMITTEE_MEMBER, TERM.first, TERM.last)}


def test_the_seat_changes_hands_with_the_office_on_the_same_day(world: World):
    with transaction():
        after = person("Rourke")
        end_term(world.chair.id, date(2016, 6, 30), reason="x", version=1, how=Ending.RESIGNED, actor=OFFICE)
        sits(seat(world.steering), after, Period(JULY), Office.CHAIR)
    assert world.entries() == [(world.chair.person_id, TERM.first, date(2016, 6, 30)), (after.id, JULY, None)]
    assert world.entry().ended_how is Ending.OFFICE
    assert [row.holder for row in roster(world.finance.id, on=date(2016, 6, 30))] == ["Elspeth Marrow"]
    assert [row.holder for row in roster(world.finance.id, on=JULY)] == ["Elspeth Rourke"]


def test_the_seat_follows_a_change_of_office_within_a_term(world: World):
    with transaction():
        change_office(world.chair.id, OfficeChange(Office.MEMBER, JULY), version=1, actor=OFFICE)
    assert world.entries() == [(world.chair.person_id, TERM.first, date(2016, 6, 30))]
    assert rights_of(world.entry()) == {
        (Role.COMMITTEE_MEMBER, TERM.first, date(2016, 5, 23)),
        (Role.COMMITTEE_MEMBER, TODAY, date(2016, 6, 30)),
    }


def test_a_correction_of_the_office_corrects_the_seat_and_what_was_known_stays(world: World):
    before = datetime(2016, 5, 24, 11, tzinfo=UTC)
    with transaction():
        other = person("Rourke")
    values = replace(values_of(world.chair), person_id=other.id, period=Period(date(2015, 7, 1), TERM.last))
    with clock_at(datetime(2016, 6, 1, 9, tzinfo=UTC)), transaction():
        correct_appointment(world.chair.id, values, reason="Names mixed up", version=1, actor=OFFICE)
    assert world.entries() == [(other.id, date(2015, 7, 1), TERM.last)]
    august = date(2015, 8, 1)
    assert [row.holder for row in roster(world.finance.id, on=august)] == ["Elspeth Rourke"]
    assert [row.holder for row in roster(world.finance.id, on=august, known=before)] == ["Elspeth Marrow"]


def test_an_office_that_is_withdrawn_takes_the_seat_with_it(world: World):
    entry = world.entry()
    with transaction():
        withdraw_appointment(world.chair.id, reason="Recorded twice", version=1, actor=OFFICE)
    assert world.entries() == []
    assert rights_of(entry) == {(Role.COMMITTEE_MEMBER, TERM.first, date(2016, 5, 23))}


def test_the_seat_is_held_on_the_days_of_both_alone(world: World):
    with transaction():
        place = following(world.steering, Office.CHAIR, on=committee("Third"), since=date(2016, 1, 1))
        place.last_day = date(2016, 12, 31)
        fill_following(place, OFFICE)
    asked = select(Appointment).where(Appointment.seat_id == place.id, as_known(Appointment))
    (entry,) = db.session.scalars(asked.order_by(Appointment.id)).all()
    assert entry.period == Period(date(2016, 1, 1), date(2016, 12, 31))


def test_who_sat_there_by_hand_before_it_followed_stays_on_record(world: World):
    with transaction():
        third = committee("Third")
        place = seat(third)
        by_hand = sits(place, person("Okonjo"), Period(date(2015, 3, 1), date(2015, 6, 30)))
        place.kind, place.follows_committee_id, place.follows_office = (
            world.place.kind, world.steering.id, Office.CHAIR,
        )  # fmt: skip
        fill_following(place, OFFICE)
    asked = select(Appointment).where(Appointment.seat_id == place.id, as_known(Appointment))
    found = db.session.scalars(asked.order_by(Appointment.first_day)).all()
    assert [each.period for each in found] == [by_hand.period, Period(date(2015, 7, 1), TERM.last)]


def test_a_seat_that_follows_another_office_from_now_on_keeps_who_sat_there_by_the_first(world: World):
    entry = world.entry()
    with transaction():
        deputy = sits(seat(world.steering), person("Rourke"), office=Office.DEPUTY)
        stop_following(world.place, OFFICE)
        world.place.follows_office = Office.DEPUTY
        fill_following(world.place, OFFICE)
    asked = select(Appointment).where(Appointment.seat_id == world.place.id, as_known(Appointment))
    found = db.session.scalars(asked.order_by(Appointment.first_day)).all()
    assert [(each.person_id, each.first_day, each.last_day) for each in found] == [
        (entry.person_id, TERM.first, date(2016, 5, 23)),
        (deputy.person_id, TODAY, TERM.last),
    ]
    assert rights_of(entry) == {(Role.COMMITTEE_MEMBER, TERM.first, date(2016, 5, 23))}


def test_a_seat_that_follows_nothing_any_more_is_vacant_from_today_on(world: World):
    entry = world.entry()
    with transaction():
        world.place.follows_committee_id = world.place.follows_office = None
        fill_following(world.place, OFFICE)
    assert (entry.last_day, entry.follows_id) == (date(2016, 5, 23), None)
    with transaction():
        end_term(world.chair.id, TODAY, reason="x", version=1, actor=OFFICE)
        sits(world.place, person("Okonjo"), Period(TODAY))


def test_a_seat_on_which_somebody_sits_by_hand_follows_nothing_until_that_ends(world: World):
    with transaction():
        place = seat(committee("Third"))
        sits(place, person("Okonjo"))

    def follow() -> None:
        place.kind, place.follows_committee_id, place.follows_office = (
            world.place.kind, world.steering.id, Office.CHAIR,
        )  # fmt: skip
        fill_following(place, OFFICE)

    assert "end that term first" in refused(follow, "follows_committee_id")


def test_entries_of_a_seat_that_follows_are_never_changed_by_hand(world: World):
    entry = world.entry()
    version = entry.version
    values = AppointmentValues(world.chair.person_id, Period(date(2018, 1, 1)))
    assert "Whoever is chair of Steering Committee" in refused(lambda: appoint(world.place.id, values, actor=OFFICE))
    acts: list[Callable[[], object]] = [
        lambda: end_term(entry.id, TODAY, reason="x", version=version, actor=OFFICE),
        lambda: withdraw_appointment(entry.id, reason="x", version=version, actor=OFFICE),
        lambda: correct_appointment(entry.id, values_of(entry), reason="x", version=version, actor=OFFICE),
        lambda: change_office(entry.id, OfficeChange(Office.CHAIR, JULY), version=version, actor=OFFICE),
    ]
    for act in acts:
        assert "changes with it" in refused(act)


def test_an_office_is_refused_to_somebody_who_sits_by_hand_where_it_brings_a_seat(world: World):
    with transaction():
        other = person("Rourke")
        sits(seat(world.finance), other)
        end_term(world.chair.id, date(2016, 6, 30), reason="x", version=1, actor=OFFICE)
        place = seat(world.steering)
    values = AppointmentValues(other.id, Period(JULY), Office.CHAIR)
    words = refused(lambda: appoint(place.id, values, actor=OFFICE), "person_id")
    assert words.startswith("This office brings a seat on Finance Committee, where this person sits on seat 2")


def test_a_seat_follows_an_office_of_another_committee_that_one_person_holds(world: World):
    refused(lambda: check_follows(world.finance.id, world.steering.id, Office.MEMBER), "follows_office")
    refused(lambda: check_follows(world.finance.id, world.finance.id, Office.CHAIR), "follows_committee_id")
    refused(lambda: check_follows(world.finance.id, 999, Office.CHAIR), "follows_committee_id")


def test_two_committees_have_a_seat_for_the_chair_of_the_other(world: World):
    with transaction():
        sits(seat(world.finance), person("Treasurer"), office=Office.CHAIR)
        back = following(world.finance, Office.CHAIR, on=world.steering)
        new = person("Rourke")
    holders = {
        place.id: [row.holder for row in roster(place.committee_id, on=JULY) if row.seat_id == place.id]
        for place in (world.place, back)
    }
    assert holders == {world.place.id: ["Elspeth Marrow"], back.id: ["Elspeth Treasurer"]}
    with transaction():
        end_term(world.chair.id, date(2016, 6, 30), reason="x", version=1, actor=OFFICE)
        sits(seat(world.steering), new, Period(JULY), Office.CHAIR)
    assert [(who, first) for who, first, _ in world.entries()] == [
        (world.chair.person_id, TERM.first),
        (new.id, JULY),
    ]
    assert problems() == []
