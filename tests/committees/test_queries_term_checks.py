"""What `flask verify` finds of terms: each break is named, and no row of commands leaves one."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, timedelta

import pytest
from flask.ctx import AppContext
from sqlalchemy import delete, select, update

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.committees.commands import (
    AppointmentValues,
    LeaveValues,
    OfficeChange,
    add_alternate,
    appoint,
    begin_leave,
    change_office,
    correct_appointment,
    end_term,
    withdraw_appointment,
)
from app.committees.commands.entries import values_of
from app.committees.models import Appointment, AppointmentLeave, Bylaws, SeatAlternate
from app.committees.rules import Ending, Office
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from tests.committees.sitting import OFFICE, TODAY, adopted, committee, following, person, seat, sits
from tests.trailed import beside_the_trail

RIGHTS = "Rights of seats are those of the office held, from their first to their last day"
DEPUTIES = "A deputy has the rights of a chair while there is none, and at no other time"
FOLLOWING = "A seat that follows an office is held by whoever holds it, on every day"
HOLDING = "Nobody sits past the end of a term under bylaws that let nobody hold over"
CHAINS = "A term that goes on under another office has no gap, and one holder on one seat"
LEAVE = "Leave lies within the days of who is on it"
REPLACED = "Who ended because somebody followed has a successor from the next day on"
STANDING_IN = "Nobody is an alternate of a seat they hold themselves"


def broken() -> set[str]:
    db.session.expire_all()
    return {finding.check for finding in run_checks() if finding.problems}


@pytest.fixture
def world(context: AppContext) -> dict[str, int]:
    """A Steering Committee whose chair has left, a deputy who acts, and a seat on Finance that follows the deputy."""
    assert context is not None
    with transaction():
        steering, finance = committee("Steering Committee"), committee(grants_role=Role.FINANCE)
        adopted(steering, holds_over=True)
        chair = sits(seat(steering), person(), Period(date(2015, 1, 1), date(2017, 12, 31)), Office.CHAIR)
        deputy = sits(seat(steering), person("Rourke"), Period(date(2015, 1, 1), date(2015, 12, 31)), Office.DEPUTY)
        place = following(steering, Office.DEPUTY, on=finance)
        end_term(chair.id, TODAY, reason="x", version=chair.version, how=Ending.RESIGNED, actor=OFFICE)
        member = sits(seat(steering), person("Okonjo"))
        after = change_office(member.id, OfficeChange(Office.SECRETARY, date(2016, 7, 1)), version=1, actor=OFFICE)
        return {"deputy": deputy.id, "seat": place.id, "after": after.id, "steering": steering.id}


def test_what_the_commands_wrote_holds(world: dict[str, int]):
    assert world
    assert broken() == set()


def test_a_right_of_other_days_or_another_role_is_found(world: dict[str, int]):
    with beside_the_trail():
        db.session.execute(update(Grant).where(Grant.role == Role.FINANCE).values(last_day=date(2016, 12, 31)))
    assert broken() == {RIGHTS}


def test_a_deputy_who_does_not_act_is_found(world: dict[str, int]):
    with beside_the_trail():
        db.session.execute(delete(Grant).where(Grant.source == GrantSource.DEPUTYSHIP))
    assert broken() == {DEPUTIES}


def test_a_seat_that_does_not_follow_its_office_is_found(world: dict[str, int]):
    with beside_the_trail():
        theirs = update(Appointment).where(Appointment.seat_id == world["seat"], Appointment.last_day.is_(None))
        db.session.execute(theirs.values(first_day=date(2015, 2, 1)))
    assert broken() == {FOLLOWING}


def test_who_sits_past_a_term_that_nobody_holds_over_is_found(world: dict[str, int]):
    with beside_the_trail():
        db.session.execute(update(Bylaws).values(holds_over=False))
    assert broken() == {HOLDING}


def test_an_office_that_does_not_go_on_from_the_one_before_is_found(world: dict[str, int]):
    with beside_the_trail():
        db.session.execute(
            update(Appointment).where(Appointment.id == world["after"]).values(first_day=date(2016, 7, 3))
        )
    assert CHAINS in broken()


def test_leave_beyond_the_days_of_its_entry_is_found(world: dict[str, int]):
    with transaction():
        entry = db.session.get_one(Appointment, world["deputy"])
        away = LeaveValues(Period(date(2016, 6, 1), date(2016, 6, 30)), "x")
        begin_leave(entry.id, away, version=entry.version, actor=OFFICE)
    with beside_the_trail():
        db.session.execute(update(AppointmentLeave).values(first_day=date(2014, 6, 1)))
    assert LEAVE in broken()


def test_who_was_replaced_by_nobody_is_found(world: dict[str, int]):
    with transaction():
        place = db.session.get_one(Appointment, world["deputy"]).seat_id
        appoint(place, AppointmentValues(person("Next").id, Period(date(2016, 7, 1))), actor=OFFICE)
    assert broken() == set()
    with beside_the_trail():
        later = update(Appointment).where(Appointment.first_day == date(2016, 7, 1), Appointment.seat_id == place)
        db.session.execute(later.values(first_day=date(2016, 7, 2)))
    assert REPLACED in broken()


def test_an_alternate_of_the_seat_they_hold_is_found(world: dict[str, int]):
    holder = db.session.get_one(Appointment, world["deputy"])
    with transaction():
        add_alternate(holder.seat_id, person("Alternate").id, Period(TODAY), actor=OFFICE)
    with beside_the_trail():
        db.session.execute(update(SeatAlternate).values(person_id=holder.person_id))
    assert broken() == {STANDING_IN}


class Walk:
    """Commands at random over two committees, each of which has a seat that follows the chair of the other."""

    def __init__(self, number: int) -> None:
        self.dice = random.Random(number)  # noqa: S311 - a walk, and the same one each time
        with transaction():
            self.one, self.two = committee("One", grants_role=Role.FINANCE), committee("Two")
            adopted(self.one, holds_over=True)
            self.seats = [seat(of).id for of in (self.one, self.one, self.one, self.two, self.two)]
            self.seats += [following(self.one, Office.CHAIR, on=self.two).id]
            self.seats += [following(self.two, Office.CHAIR, on=self.one).id]
            self.people = [person(f"P{each}").id for each in range(6)]

    def day(self) -> date:
        return TODAY + timedelta(days=self.dice.randint(-600, 600))

    def entry(self) -> Appointment:
        asked = select(Appointment).where(as_known(Appointment)).order_by(Appointment.id)
        return self.dice.choice(db.session.scalars(asked).all())

    def step(self) -> None:
        first = self.day()
        office = self.dice.choice(list(Office))
        period = Period(first, first + timedelta(days=self.dice.randint(0, 500)))
        if self.dice.random() < 0.4:
            values = AppointmentValues(self.dice.choice(self.people), period, office)
            appoint(self.dice.choice(self.seats), values, actor=OFFICE)
            return
        if self.dice.random() < 0.1:
            add_alternate(self.dice.choice(self.seats), self.dice.choice(self.people), Period(first), actor=OFFICE)
            return
        entry = self.entry()
        version, values = entry.version, values_of(entry)
        verb = self.dice.randrange(5)
        if verb == 0:
            end_term(entry.id, first, reason="x", version=version, actor=OFFICE)
        elif verb == 1:
            withdraw_appointment(entry.id, reason="x", version=version, actor=OFFICE)
        elif verb == 2:
            change_office(entry.id, OfficeChange(office, first), version=version, actor=OFFICE)
        elif verb == 3:
            begin_leave(entry.id, LeaveValues(period, "x"), version=version, actor=OFFICE)
        else:
            who = self.dice.choice([values.person_id, values.person_id, *self.people])
            moved = AppointmentValues(who, Period(period.first, values.period.last), office, how=values.how)
            correct_appointment(entry.id, moved, reason="x", version=version, actor=OFFICE)


@pytest.mark.parametrize("number", range(6))
def test_no_row_of_commands_leaves_a_right_or_a_seat_other_than_the_roster_says(context: AppContext, number: int):
    assert context is not None
    walk = Walk(number)
    done = 0
    for _ in range(60):
        with suppress(DomainError, IndexError), transaction():
            walk.step()
            done += 1
    assert done > 10
    assert broken() == set()
