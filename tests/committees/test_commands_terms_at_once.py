"""Two at one moment on one committee: the second sees what the first has done, and nothing is held twice."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.committees.commands import (
    Adoption,
    AppointmentValues,
    LeaveValues,
    OfficeChange,
    adopt_bylaws,
    appoint,
    begin_leave,
    change_office,
    end_term,
)
from app.committees.models import Appointment, Bylaws, Committee
from app.committees.rules import USUAL, Office
from app.core.database import db
from app.core.history import as_known
from app.core.periods import Period
from app.core.transaction import transaction
from app.web.requests import House
from tests.committees.sitting import OFFICE, TODAY, adopted, committee, following, person, seat, sits
from tests.members.test_commands_at_once import Act, one_after_the_other, whole

JULY = date(2016, 7, 1)
LATER = date(2999, 1, 1)  # In a thread the clock goes as it does.
STALE = "Someone else changed this record meanwhile. Nothing was overwritten."


class World:
    """Two seats of a committee, one of them held over, four people, and a seat elsewhere that follows the chair."""

    def __init__(self) -> None:
        with transaction():
            of, other = committee(), committee("Steering Committee")
            adopted(of, holds_over=True)
            self.committee, self.other = of.id, other.id
            self.seats = [seat(of).id, seat(of).id]
            held = seat(of)
            self.held = held.id
            self.term = sits(held, person("Holds"), Period(date(2012, 1, 1), date(2014, 12, 31))).id
            member = sits(seat(of), person("Sits"), Period(date(2015, 1, 1), date(2017, 12, 31)))
            self.member, self.version = member.id, member.version
            self.people = [person(f"P{number}").id for number in range(3)]
            self.follows = following(of, Office.CHAIR, on=other).id
        db.session.remove()

    def seated(self, seat_id: int, person_id: int, office: Office = Office.MEMBER) -> partial[Appointment]:
        return partial(appoint, seat_id, AppointmentValues(person_id, Period(JULY), office), actor=OFFICE)


@pytest.fixture
def world(context: AppContext) -> World:
    assert context is not None
    return World()


def on_record(*conditions: object) -> list[Appointment]:
    asked = select(Appointment).where(as_known(Appointment), *conditions)  # type: ignore[arg-type]
    return list(db.session.scalars(asked.order_by(Appointment.first_day, Appointment.id)))


def test_of_two_on_one_seat_the_second_is_told_who_holds_it(app: House, world: World):
    first, second = (world.seated(world.seats[0], who) for who in world.people[:2])
    done, told = one_after_the_other(app, first, whole(second))
    assert (done, told) == ("done", "This seat is held from 1 July 2016 on, without a last day.")


def test_of_two_chairs_the_second_is_told_that_there_is_one_and_the_seat_follows_the_first(app: House, world: World):
    first, second = (
        world.seated(place, who, Office.CHAIR) for place, who in zip(world.seats, world.people[:2], strict=True)
    )
    done, told = one_after_the_other(app, first, whole(second))
    assert (done, told) == ("done", "There is a chair from 1 July 2016 on, without a last day.")
    assert [each.person_id for each in on_record(Appointment.seat_id == world.follows)] == [world.people[0]]


def test_of_two_successors_one_replaces_who_holds_over_and_the_other_is_told(app: House, world: World):
    first, second = (world.seated(world.held, who) for who in world.people[:2])
    done, told = one_after_the_other(app, first, whole(second))
    assert (done, told[:17]) == ("done", "This seat is held")
    assert [each.last_day for each in on_record(Appointment.seat_id == world.held)] == [date(2016, 6, 30), None]


def test_of_two_changes_of_one_term_the_second_is_stale(app: House, world: World):
    change = OfficeChange(Office.CHAIR, JULY)
    away = LeaveValues(Period(JULY, date(2016, 7, 31)), "x")
    acts: list[Act] = [
        partial(change_office, world.member, change, version=world.version, actor=OFFICE),
        partial(end_term, world.member, TODAY, reason="x", version=world.version, actor=OFFICE),
        partial(begin_leave, world.member, away, version=world.version, actor=OFFICE),
    ]
    assert one_after_the_other(app, acts[0], whole(acts[1])) == ["done", STALE]
    assert one_after_the_other(app, acts[2], whole(acts[1])) == [STALE, STALE]


def test_a_person_is_not_seated_twice_on_one_committee_at_one_moment(app: House, world: World):
    first, second = (world.seated(place, world.people[0]) for place in world.seats)
    done, told = one_after_the_other(app, first, whole(second))
    assert (done, told[:20]) == ("done", "This person sits on ")


def test_an_office_and_a_seat_by_hand_are_not_given_to_one_person_at_one_moment(app: House, world: World):
    with app.app_context(), transaction():
        place = seat(committee_of(world)).id
    by_hand = world.seated(place, world.people[0])
    as_chair = world.seated(world.seats[0], world.people[0], Office.CHAIR)
    done, told = one_after_the_other(app, by_hand, whole(as_chair))
    assert (done, told[:25]) == ("done", "This office brings a seat")
    db.session.remove()
    assert on_record(Appointment.seat_id == world.follows) == []


def committee_of(world: World) -> Committee:
    return db.session.get_one(Committee, world.other)


def test_of_two_who_adopt_bylaws_the_second_sees_that_there_are_newer_ones(app: House, world: World):
    adopting = partial(adopt_bylaws, world.committee, USUAL, Adoption(LATER), version=1, actor=OFFICE)
    assert one_after_the_other(app, adopting, whole(adopting)) == ["done", STALE]
    asked = select(Bylaws.number).where(Bylaws.committee_id == world.committee).order_by(Bylaws.number)
    assert db.session.scalars(asked).all() == [1, 2]
