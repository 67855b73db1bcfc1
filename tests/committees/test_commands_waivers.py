"""Limits of terms that the secretariat waives at the request of a committee: before a plan, a nomination, a term."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.committees.commands import AppointmentValues, appoint, correct_appointment, end_seat
from app.committees.commands.election_results import declare_elected
from app.committees.commands.elections import close_nominations
from app.committees.commands.erasing import FORGOTTEN
from app.committees.commands.nominations import nominate
from app.committees.commands.plans import PlanValues, appoint_successor, drop_plan, plan_successor
from app.committees.commands.waivers import (
    WaiverValues,
    ask_waiver,
    decline_waiver,
    grant_waiver,
    revoke_waiver,
    withdraw_waiver,
)
from app.committees.models import Appointment, Bylaws, Committee, Election, LimitWaiver, Seat
from app.committees.queries.elections import list_seats_of
from app.committees.queries.waivers import list_waiting_waivers, waived_seats
from app.committees.rules import Office
from app.committees.rules.waivers import WaiverState
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.personal_data import list_holdings
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.home.queries.tasks import list_tasks
from app.members.commands import Merging, erase_person, merge_records
from app.members.models import Person
from app.members.queries.followers import list_clashes
from app.members.queries.personal import subject_of
from app.members.rules import TwinKind
from app.outbox.models import Mail
from tests.committees.ruled import AFTER, DEADLINE, as_user, called, chair_of, done, ruled
from tests.committees.sitting import OFFICE, TERM, TODAY, committee, person, refused, seat, sits
from tests.trailed import beside_the_trail

WHY = "Nobody else knows the books"
CARRIED = "SC-2016-9: Nobody else knows the books"


class Veteran:
    """Somebody who has served as many terms as the bylaws allow, on a committee with a chair."""

    def __init__(self) -> None:
        with transaction():
            self.committee: Committee = committee()
            self.seat: Seat = seat(self.committee)
            self.who: Person = person("Veteran")
            sits(seat(self.committee, "Chair"), person("Chair"), office=Office.CHAIR)
            sits(self.seat, self.who, Period(date(2012, 1, 1), date(2014, 12, 31)))
            sits(self.seat, self.who, TERM)
        ruled(self.committee)
        self.chair: Actor = chair_of(self.committee)

    def ask(self) -> LimitWaiver:
        return ask_waiver(self.seat.id, WaiverValues(self.who.id, AFTER, WHY), actor=self.chair)

    def asked(self) -> LimitWaiver:
        return done(self.ask)

    def granted(self) -> LimitWaiver:
        waiver = self.asked()
        return done(lambda: grant_waiver(waiver.id, decision="SC-2016-9", version=waiver.version, actor=OFFICE))

    def appoint(self, period: Period = AFTER) -> Appointment:
        return appoint(self.seat.id, AppointmentValues(self.who.id, period), actor=self.chair)

    def plan_and_appoint(self) -> Appointment:
        plan = plan_successor(self.seat.id, PlanValues(self.who.id, AFTER), actor=self.chair)
        assert plan.limit_waived == CARRIED
        appoint_successor(plan.id, decision=None, version=plan.version, actor=self.chair)
        return db.session.get_one(Appointment, plan.appointment_id)


def elect(veteran: Veteran) -> Appointment:
    election = db.session.scalar(select(Election)) or done(lambda: called(veteran.committee, veteran.seat))
    done(lambda: nominate(election.id, veteran.who.id, statement=None, actor=as_user(veteran.who)))
    with clock_at(DEADLINE + timedelta(seconds=1)):
        done(lambda: close_nominations(election.id, actor=OFFICE))
    db.session.expire_all()
    done(lambda: declare_elected(election.id, decision="FC-1", version=election.version, actor=veteran.chair))
    return db.session.scalars(select(Appointment).where(Appointment.first_day == AFTER.first)).one()


@pytest.fixture
def veteran(context: AppContext) -> Veteran:
    assert context is not None
    return Veteran()


@pytest.mark.parametrize(
    "way",
    [lambda it: done(it.appoint), lambda it: done(it.plan_and_appoint), elect],
    ids=["appointed", "planned", "elected"],
)
def test_a_limit_the_secretariat_has_waived_holds_no_more_and_the_appointment_carries_why(
    veteran: Veteran, way: Callable[[Veteran], Appointment]
):
    with pytest.raises(DomainError, match="third term in a row"):
        way(veteran)
    db.session.rollback()
    veteran.granted()
    assert way(veteran).limit_waived == CARRIED
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_a_waiver_is_for_its_person_seat_and_days_alone(veteran: Veteran):
    veteran.granted()
    for period in (Period(AFTER.first), Period(AFTER.first, date(2021, 1, 1))):
        assert "third term" in refused(partial(veteran.appoint, period), "person_id")
    with transaction():
        other = seat(veteran.committee, "Other")
    values = AppointmentValues(veteran.who.id, AFTER)
    assert "third term" in refused(lambda: appoint(other.id, values, actor=veteran.chair), "person_id")


def test_a_request_waits_on_the_first_page_of_who_must_act_and_the_chair_is_told(veteran: Veteran):
    office = Actor("Marta", 901, (Granted(Role.SECRETARIAT),))
    waiver = veteran.asked()
    assert [each.id for each in list_waiting_waivers(office)] == [waiver.id]
    assert list_waiting_waivers(veteran.chair) == []
    assert "Elspeth Veteran: a limit is asked to be waived" in [task.title for task in list_tasks(office)]
    with pytest.raises(DomainError, match="may not"), transaction():
        grant_waiver(waiver.id, decision="Mine", version=1, actor=veteran.chair)
    with pytest.raises(NotFoundError), transaction():
        withdraw_waiver(waiver.id, reason="x", version=1, actor=chair_of(committee("Other"), 902))
    done(lambda: grant_waiver(waiver.id, decision="SC-2016-9", version=waiver.version, actor=office))
    assert "does not hold for Elspeth Veteran" in str(db.session.scalar(select(Mail.body)))
    assert list_waiting_waivers(office) == []
    assert "Elspeth Veteran: the limit does not hold" in [task.title for task in list_tasks(veteran.chair)]
    done(veteran.appoint)
    assert list_waiting_waivers(veteran.chair) == []


def test_a_request_that_is_declined_or_taken_back_waives_nothing_and_can_be_made_anew(veteran: Veteran):
    first = veteran.asked()
    assert refused(veteran.ask, "person_id") == "This is asked for already, or granted."
    done(lambda: decline_waiver(first.id, reason="Two others would", version=first.version, actor=OFFICE))
    assert "Two others would" in str(db.session.scalar(select(Mail.body)))
    told = refused(lambda: grant_waiver(first.id, decision="x", version=first.version, actor=OFFICE))
    assert told == "This request is declined already."
    second = veteran.asked()
    done(lambda: withdraw_waiver(second.id, reason="Not needed", version=second.version, actor=veteran.chair))
    assert [first.state, second.state] == [WaiverState.DECLINED, WaiverState.WITHDRAWN]
    assert "third term" in refused(veteran.appoint, "person_id")


def test_who_has_not_reached_a_limit_needs_no_waiver(veteran: Veteran):
    newer = done(lambda: person("Newer"))
    values = WaiverValues(newer.id, AFTER, WHY)
    told = refused(lambda: ask_waiver(veteran.seat.id, values, actor=veteran.chair), "person_id")
    assert told == "The bylaws give them this term: nothing need be waived."


def test_a_waiver_covers_one_term_and_not_a_second_one_within_its_days(veteran: Veteran):
    with beside_the_trail():
        db.session.scalars(select(Bylaws)).one().break_months = 12
    veteran.granted()
    entries = list_seats_of(done(lambda: called(veteran.committee, veteran.seat)).id)
    assert waived_seats(entries, [veteran.who.id]) == {veteran.who.id: {entries[0].id}}
    last = date(2018, 12, 31)
    term = done(lambda: veteran.appoint(Period(date(2018, 1, 2), last)))
    assert waived_seats(entries, [veteran.who.id]) == {}
    again = Period(date(2019, 1, 1), date(2019, 12, 31))
    assert "Only the secretariat may waive" in refused(lambda: veteran.appoint(again), "person_id")
    plan = partial(plan_successor, veteran.seat.id, PlanValues(veteran.who.id, again), actor=veteran.chair)
    assert "Only the secretariat may waive" in refused(plan, "person_id")
    values = AppointmentValues(veteran.who.id, Period(date(2018, 1, 3), last))
    done(lambda: correct_appointment(term.id, values, reason="Later", version=term.version, actor=veteran.chair))
    further = WaiverValues(veteran.who.id, again, WHY)
    assert done(lambda: ask_waiver(veteran.seat.id, further, actor=veteran.chair)).state is WaiverState.ASKED


def test_a_waiver_has_a_last_day_where_a_term_has_a_length(veteran: Veteran):
    values = WaiverValues(veteran.who.id, Period(AFTER.first), WHY)
    told = refused(lambda: ask_waiver(veteran.seat.id, values, actor=veteran.chair), "last_day")
    assert told == "By the bylaws a term is 3 years: give the last day of this one."


def test_the_secretariat_revokes_what_it_has_granted_and_a_plan_relies_on_it_no_more(veteran: Veteran):
    asked = veteran.asked()
    revoke = partial(revoke_waiver, asked.id, reason="The decision was annulled", actor=OFFICE)
    assert refused(partial(revoke, version=asked.version)) == "Nothing is granted yet: decline the request."
    done(lambda: grant_waiver(asked.id, decision="SC-2016-9", version=asked.version, actor=OFFICE))
    plan = done(lambda: plan_successor(veteran.seat.id, PlanValues(veteran.who.id, AFTER), actor=veteran.chair))
    assert [plan.limit_waived] == [CARRIED]
    assert "may not" in refused(partial(revoke, version=asked.version, actor=veteran.chair))
    done(partial(revoke, version=asked.version))
    assert (asked.state, asked.decision, plan.limit_waived) == (WaiverState.REVOKED, "SC-2016-9", None)
    assert "The decision was annulled" in str(db.session.scalar(select(Mail.body).order_by(Mail.id.desc())))
    assert "third term" in refused(veteran.appoint, "person_id")
    for actor, field in ((veteran.chair, "person_id"), (OFFICE, "limit_waived")):
        appointing = partial(appoint_successor, plan.id, decision="SC-9", version=plan.version, actor=actor)
        assert "third term" in refused(appointing, field)
    assert veteran.asked().state is WaiverState.ASKED
    assert [line for finding in run_checks() for line in finding.problems] == []


@pytest.mark.parametrize("last_day", [date(2018, 6, 30), TODAY])
def test_what_is_granted_for_days_after_the_end_of_a_seat_is_revoked_with_it_where_no_term_began_by_it(
    veteran: Veteran, last_day: date
):
    waiver = veteran.granted()
    done(veteran.appoint)
    done(lambda: end_seat(veteran.seat.id, last_day, reason="Merged", version=veteran.seat.version, actor=OFFICE))
    revoked = (WaiverState.REVOKED, "The seat ends with 24 May 2016.")
    assert (waiver.state, waiver.answer) == (revoked if last_day == TODAY else (WaiverState.GRANTED, None))
    assert [line for finding in run_checks() for line in finding.problems] == []


def test_what_is_asked_for_days_after_the_end_of_a_seat_is_taken_back_with_it(veteran: Veteran):
    waiver = veteran.asked()
    done(
        lambda: end_seat(
            veteran.seat.id, date(2018, 6, 30), reason="Merged", version=veteran.seat.version, actor=OFFICE
        )
    )
    assert (waiver.state, waiver.answer) == (WaiverState.WITHDRAWN, "The seat ends with 30 June 2018.")


def test_a_request_follows_a_merger_and_is_told_and_stands_against_an_erasure(veteran: Veteran):
    waiver = veteran.asked()
    survivor = done(lambda: person("Survivor"))
    merging = Merging(TwinKind.PERSON, survivor.id, veteran.who.id, "Same")
    done(lambda: merge_records(merging, actor=OFFICE))
    db.session.expire_all()
    assert waiver.person_id == survivor.id
    (held,) = [each for each in list_holdings(subject_of(survivor)) if each.title == "Limits of terms"]
    assert [row["Why"] for row in held.rows] == [WHY]
    with pytest.raises(DomainError, match="A limit is asked not to hold for them: take that back first"):
        done(lambda: erase_person(survivor.id, reason="Asked for it", actor=OFFICE))


def test_an_erased_person_leaves_no_word_of_why_a_limit_was_waived(veteran: Veteran):
    for decide in (decline_waiver, withdraw_waiver):
        waiver = veteran.asked()
        done(partial(decide, waiver.id, reason=f"{WHY}: no", version=waiver.version, actor=OFFICE))
    granted = veteran.granted()
    plan = done(lambda: plan_successor(veteran.seat.id, PlanValues(veteran.who.id, AFTER), actor=veteran.chair))
    done(lambda: drop_plan(plan.id, reason="Not any more", version=plan.version, actor=OFFICE))
    term = done(veteran.appoint)
    done(lambda: end_seat(veteran.seat.id, TODAY, reason="Merged", version=veteran.seat.version, actor=OFFICE))
    with clock_at(datetime(2016, 7, 1, tzinfo=UTC)):
        done(lambda: erase_person(veteran.who.id, reason="Asked for it", actor=OFFICE))
        assert [line for finding in run_checks() for line in finding.problems] == []
    db.session.expire_all()
    waivers = db.session.execute(
        select(LimitWaiver.reason, LimitWaiver.decision, LimitWaiver.answer).order_by(LimitWaiver.id)
    )
    assert [set(row) - {None} for row in waivers] == [{FORGOTTEN}] * 3
    assert (granted.answer, plan.limit_waived, term.limit_waived) == (FORGOTTEN,) * 3


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_two_who_are_asked_for_on_the_same_days_of_a_seat_are_not_merged_until_one_is_taken_back(
    veteran: Veteran, *, is_taken_back: bool
):
    waiver = veteran.asked()
    twin = done(lambda: person("Twin"))
    values = {"seat_id": waiver.seat_id, "committee_id": waiver.committee_id, "reason": WHY, "state": waiver.state}
    with beside_the_trail():
        values |= {"person_id": twin.id, "first_day": AFTER.last, "asked_by": "test", "asked_at": waiver.asked_at}
        db.session.add(LimitWaiver(**values))
    if is_taken_back:
        done(lambda: withdraw_waiver(waiver.id, reason="Twice", version=waiver.version, actor=OFFICE))
    clashes = [each.words for each in list_clashes(TwinKind.PERSON, twin.id, veteran.who.id)]
    told = "For both a limit of terms is asked to be waived, or is, on the same days of seat 1 of Finance Committee."
    assert clashes == ([] if is_taken_back else [told])
