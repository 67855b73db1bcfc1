"""Terms by the bylaws: how long, once too many, held over, who fills a seat, and corrections of all that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.ctx import AppContext
from sqlalchemy import select

from app.committees.commands import (
    ASK_THE_SECRETARIAT,
    AppointmentValues,
    Dissolving,
    Ended,
    OfficeChange,
    appoint,
    call_off_dissolution,
    change_office,
    correct_appointment,
    dissolve_committee,
    end_seat,
    end_term,
    withdraw_appointment,
)
from app.committees.commands.entries import values_of
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries import may_appoint, roster
from app.committees.rules import Appointer, Ending, How, LimitKind, Office
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.members.commands import erase_person
from tests.committees.sitting import (
    OFFICE,
    TODAY,
    adopted,
    committee,
    following,
    person,
    refused,
    rights_of,
    seat,
    sits,
)
from tests.members.world import do, problems

FIRST = Period(date(2012, 1, 1), date(2014, 12, 31))
SECOND = Period(date(2015, 1, 1), date(2017, 12, 31))
THIRD = Period(date(2018, 1, 1), date(2020, 12, 31))
TWICE: dict[str, Any] = {"limit_kind": LimitKind.CONSECUTIVE, "limit_terms": 2}


def chair_of(of: Committee) -> Actor:
    return Actor("Chair", 999, (Granted(Role.CHAIR, committee_id=of.id),))


@pytest.fixture
def finance(context: AppContext) -> Committee:
    assert context is not None
    with transaction():
        return committee()


def held_over(finance: Committee, last: date | None = date(2014, 12, 31)) -> tuple[Seat, Appointment]:
    """Somebody on a seat of a committee where one holds over, whose term ended."""
    with transaction():
        adopted(finance, holds_over=True)
        place = seat(finance)
        return place, sits(place, person(), Period(date(2012, 1, 1), last))


def test_the_end_of_a_term_stays_on_record_when_its_holder_resigns_before(finance: Committee):
    with transaction():
        term = sits(seat(finance), person(), SECOND)
    with transaction():
        end_term(term.id, date(2016, 6, 30), reason="Moves", version=1, how=Ending.RESIGNED, actor=OFFICE)
    assert (term.last_day, term.term_ends, term.ended_how) == (date(2016, 6, 30), SECOND.last, Ending.RESIGNED)


def test_a_resignation_that_takes_effect_next_month_leaves_the_rights_until_then(finance: Committee):
    with transaction():
        term = sits(seat(finance), person(), SECOND)
    with transaction():
        end_term(term.id, date(2016, 6, 30), reason="Moves", version=1, how=Ending.RESIGNED, actor=OFFICE)
    assert rights_of(term) == {(Role.COMMITTEE_MEMBER, SECOND.first, date(2016, 6, 30))}
    assert [row.holder for row in roster(finance.id, on=date(2016, 6, 30))] == ["Elspeth Marrow"]
    assert [row.holder for row in roster(finance.id, on=date(2016, 7, 1))] == [None]


def test_who_holds_over_has_no_last_day_and_a_term_that_ended(finance: Committee):
    _, term = held_over(finance)
    assert (term.last_day, term.term_ends) == (None, FIRST.last)
    assert rights_of(term) == {(Role.COMMITTEE_MEMBER, FIRST.first, None)}


def test_a_successor_ends_whoever_holds_over_with_the_day_before(finance: Committee):
    place, term = held_over(finance)
    with transaction():
        after = sits(place, person("Rourke"), Period(date(2016, 6, 1), date(2019, 5, 31)))
    assert (term.last_day, term.ended_how, term.term_ends) == (date(2016, 5, 31), Ending.REPLACED, FIRST.last)
    assert rights_of(term) == {
        (Role.COMMITTEE_MEMBER, FIRST.first, date(2016, 5, 23)),
        (Role.COMMITTEE_MEMBER, TODAY, date(2016, 5, 31)),
    }
    assert (after.last_day, after.term_ends) == (None, date(2019, 5, 31))


def test_nobody_replaces_a_holder_whose_term_has_not_ended(finance: Committee):
    place, _ = held_over(finance, date(2016, 12, 31))
    with transaction():
        other = person("Rourke")
    values = AppointmentValues(other.id, Period(date(2016, 6, 1), date(2019, 5, 31)))
    assert "This seat is held" in refused(lambda: appoint(place.id, values, actor=OFFICE), "first_day")


def test_who_held_over_does_so_again_when_the_successor_is_withdrawn(finance: Committee):
    place, term = held_over(finance)
    with transaction():
        after = sits(place, person("Rourke"), Period(date(2016, 6, 1), date(2019, 5, 31)))
    with transaction():
        withdraw_appointment(after.id, reason="Declined", version=after.version, actor=OFFICE)
    assert (term.last_day, term.ended_how) == (None, None)
    assert (Role.COMMITTEE_MEMBER, TODAY, None) in rights_of(term)


def test_who_held_over_goes_with_the_day_on_which_the_successor_is_corrected_to_begin(finance: Committee):
    place, term = held_over(finance)
    with transaction():
        after = sits(place, person("Rourke"), Period(date(2016, 6, 1), date(2019, 5, 31)))
    later = replace(values_of(after), period=Period(date(2016, 7, 1)))
    with transaction():
        correct_appointment(after.id, later, reason="Began in July", version=after.version, actor=OFFICE)
    assert (term.last_day, term.ended_how) == (date(2016, 6, 30), Ending.REPLACED)


def test_the_end_of_a_term_that_somebody_replaced_is_moved_only_with_how_it_ended(finance: Committee):
    place, term = held_over(finance)
    with transaction():
        sits(place, person("Rourke"), Period(date(2016, 6, 1), date(2019, 5, 31)))
    moved = replace(values_of(term), period=Period(FIRST.first, date(2016, 3, 31)))
    refused(lambda: correct_appointment(term.id, moved, reason="x", version=term.version, actor=OFFICE), "last_day")
    left = replace(moved, ended=Ended(Ending.RESIGNED, "Left before"))
    with transaction():
        correct_appointment(term.id, left, reason="Left in March", version=term.version, actor=OFFICE)
    assert (term.last_day, term.ended_how) == (date(2016, 3, 31), Ending.RESIGNED)


def test_a_term_put_on_record_late_is_held_over_until_the_one_that_followed(finance: Committee):
    with transaction():
        adopted(finance, holds_over=True)
        place = seat(finance)
        sits(place, person("Rourke"), Period(date(2015, 6, 1), date(2018, 5, 31)))
        earlier = sits(place, person(), FIRST)
    assert (earlier.last_day, earlier.term_ends, earlier.ended_how) == (date(2015, 5, 31), FIRST.last, Ending.REPLACED)


def test_nobody_holds_over_a_seat_that_ends(finance: Committee):
    with transaction():
        adopted(finance, holds_over=True)
        place = seat(finance)
        place.last_day = date(2015, 6, 30)
        term = sits(place, person(), FIRST)
    assert (term.last_day, term.term_ends) == (date(2015, 6, 30), FIRST.last)


def test_a_term_put_on_record_late_is_refused_where_it_makes_a_later_one_too_many(finance: Committee):
    with transaction():
        adopted(finance, **TWICE)
        place, who = seat(finance), person()
        sits(place, who, SECOND)
        sits(place, who, THIRD)
    earlier = AppointmentValues(who.id, FIRST)
    words = refused(lambda: appoint(place.id, earlier, actor=OFFICE), "limit_waived")
    assert words.startswith("With it, the one from 1 January 2018 would be the third term in a row of at most two.")
    waived = replace(earlier, limit_waived="Nobody else stood", decision="SC-2012-004")
    with transaction():
        assert appoint(place.id, waived, actor=OFFICE).limit_waived == "Nobody else stood"


def test_one_term_too_many_is_refused_until_a_reason_and_a_decision_are_given(finance: Committee):
    with transaction():
        adopted(finance, **TWICE)
        place, who = seat(finance), person()
        sits(place, who, FIRST)
        sits(place, who, SECOND)
    third = AppointmentValues(who.id, THIRD, how=How.ELECTION)
    words = refused(lambda: appoint(place.id, third, actor=OFFICE), "limit_waived")
    assert words == "This would be the third term in a row of at most two. Say why the limit does not hold."
    waived = replace(third, limit_waived="Nobody else stood")
    refused(lambda: appoint(place.id, waived, actor=OFFICE), "decision")
    with transaction():
        term = appoint(place.id, replace(waived, decision="SC-2017-011"), actor=OFFICE)
    assert term.limit_waived == "Nobody else stood"


def test_a_chair_waives_no_limit(finance: Committee):
    with transaction():
        adopted(finance, **TWICE)
        place, who = seat(finance), person()
        sits(place, who, FIRST)
        sits(place, who, SECOND)
    third = AppointmentValues(who.id, THIRD, decision="Mine", limit_waived="I say so")
    words = refused(lambda: appoint(place.id, third, actor=chair_of(finance)), "person_id")
    assert words.endswith("Only the secretariat may waive the limit: ask it.")


def test_a_correction_that_makes_it_one_term_too_many_is_refused_too(finance: Committee):
    with transaction():
        adopted(finance, **TWICE)
        place, who = seat(finance), person()
        sits(place, who, FIRST)
        sits(place, who, SECOND)
        third = sits(place, person("Rourke"), THIRD)
    theirs = replace(values_of(third), person_id=who.id)
    words = refused(
        lambda: correct_appointment(third.id, theirs, reason="Mixed up", version=1, actor=OFFICE), "limit_waived"
    )
    assert "third term" in words


def test_a_reason_why_a_limit_does_not_hold_is_not_kept_where_none_is_broken(finance: Committee):
    with transaction():
        values = AppointmentValues(person().id, SECOND, limit_waived="Just in case")
        assert appoint(seat(finance).id, values, actor=OFFICE).limit_waived is None


def test_terms_by_another_office_are_none_of_this_committee(finance: Committee):
    with transaction():
        adopted(finance, limit_kind=LimitKind.LIFETIME, limit_terms=1)
        who, other = person(), committee("Steering Committee")
        term = sits(seat(other), who, FIRST, Office.CHAIR)
        following(other, Office.CHAIR, on=finance)
        assert sits(seat(finance), who, SECOND).id > term.id


def test_a_chair_asks_the_secretariat_where_the_bylaws_say_so(finance: Committee):
    with transaction():
        place, other = seat(finance), person("Rourke")
        term = sits(seat(finance), person(), SECOND)
        adopted(finance, date(2016, 1, 1), appointer=Appointer.SECRETARIAT)
    chair, values = chair_of(finance), AppointmentValues(other.id, Period(TODAY))
    assert not may_appoint(finance.id, chair, TODAY)
    assert may_appoint(finance.id, chair, date(2015, 12, 31))
    assert may_appoint(finance.id, OFFICE, TODAY)
    change = OfficeChange(Office.DEPUTY, date(2016, 6, 1))
    for act in (
        lambda: appoint(place.id, values, actor=chair),
        lambda: change_office(term.id, change, version=1, actor=chair),
        lambda: withdraw_appointment(term.id, reason="x", version=1, actor=chair),
        lambda: correct_appointment(term.id, values_of(term), reason="x", version=1, actor=chair),
        lambda: end_term(term.id, TODAY, reason="x", version=1, how=Ending.REMOVED, actor=chair),
    ):
        assert refused(act) == ASK_THE_SECRETARIAT
    with transaction():
        end_term(term.id, TODAY, reason="Resigned to the chair", version=1, actor=chair)


def test_a_correction_keeps_what_was_known_of_each_column(finance: Committee):
    with transaction():
        term = sits(seat(finance), person(), SECOND)
    values = replace(
        values_of(term),
        how=How.APPOINTMENT,
        period=Period(SECOND.first, date(2016, 3, 31)),
        term_ends=date(2017, 6, 30),
        ended=Ended(Ending.REMOVED, "By motion 7"),
    )
    with clock_at(datetime(2016, 6, 1, 9, tzinfo=UTC)), transaction():
        correct_appointment(term.id, values, reason="Minutes found", version=1, actor=OFFICE)
    known = db.session.scalars(select(Appointment).where(Appointment.superseded_at.is_not(None))).one()
    assert values_of(term) == values
    assert (known.how, known.term_ends, known.ended_how) == (How.ELECTION, SECOND.last, None)


def test_nobody_stays_past_a_term_by_correction_where_the_bylaws_let_nobody_hold_over(finance: Committee):
    with transaction():
        adopted(finance)
        term = sits(seat(finance), person(), SECOND)
    for period, ends, field in (
        (Period(SECOND.first), SECOND.last, "last_day"),
        (Period(SECOND.first, date(2018, 6, 30)), SECOND.last, "last_day"),
        (SECOND, date(2014, 12, 31), "term_ends"),
    ):
        values = replace(values_of(term), period=period, term_ends=ends)
        refused(
            lambda values=values: correct_appointment(term.id, values, reason="x", version=1, actor=OFFICE),  # type: ignore[misc]
            field,
        )


def chair_over(finance: Committee) -> tuple[Appointment, Seat]:
    """A chair who holds over on one seat, and another seat that is vacant."""
    with transaction():
        adopted(finance, holds_over=True)
        return sits(seat(finance), person(), FIRST, Office.CHAIR), seat(finance)


def test_a_new_chair_on_another_seat_ends_the_one_who_holds_over_and_whose_withdrawal_lets_them_go_on(
    finance: Committee,
):
    chair, other = chair_over(finance)
    with transaction():
        after = sits(other, person("Rourke"), Period(date(2016, 6, 1), date(2019, 5, 31)), Office.CHAIR)
    assert (chair.last_day, chair.ended_how) == (date(2016, 5, 31), Ending.REPLACED)
    assert {(role, first) for role, first, _ in rights_of(after)} == {(Role.CHAIR, date(2016, 6, 1))}
    later = replace(values_of(after), period=Period(date(2016, 7, 1)))
    with transaction():
        correct_appointment(after.id, later, reason="Began in July", version=after.version, actor=OFFICE)
    assert (chair.last_day, chair.ended_how) == (date(2016, 6, 30), Ending.REPLACED)
    with transaction():
        withdraw_appointment(after.id, reason="Declined", version=after.version, actor=OFFICE)
    assert (chair.last_day, chair.ended_how) == (None, None)
    assert problems() == []


@pytest.mark.parametrize("last", [TODAY, date(2016, 5, 31)])
def test_the_chair_who_holds_over_goes_on_where_the_seat_of_the_next_chair_ends_before(finance: Committee, last: date):
    chair, other = chair_over(finance)
    with transaction():
        sits(other, person("Rourke"), Period(date(2016, 6, 1), date(2019, 5, 31)), Office.CHAIR)
    assert (chair.last_day, chair.ended_how) == (date(2016, 5, 31), Ending.REPLACED)
    with transaction():
        end_seat(other.id, last, reason="Fewer seats", version=other.version, actor=OFFICE)
    assert (chair.last_day, chair.ended_how) == (None, None)
    assert (Role.CHAIR, None) in {(role, until) for role, _, until in rights_of(chair)}
    assert problems() == []


def test_the_chair_goes_on_where_the_committee_does_and_the_next_chair_is_forgotten_meanwhile(finance: Committee):
    chair, other = chair_over(finance)
    with transaction():
        after = sits(other, person("Rourke"), Period(date(2016, 6, 1), date(2019, 5, 31)), Office.CHAIR)
        dissolve_committee(finance.id, Dissolving(TODAY, "Done"), version=finance.version, actor=OFFICE)
    do(erase_person, after.person_id, reason="Asked for it by letter")
    with transaction():
        call_off_dissolution(finance.id, reason="More work came", version=finance.version, actor=OFFICE)
    assert (chair.last_day, chair.ended_how) == (None, None)
    assert problems() == []


def test_who_was_to_be_replaced_on_the_day_after_their_seat_ends_goes_with_it(finance: Committee):
    place, over = held_over(finance)
    with transaction():
        sits(place, person("Rourke"), Period(date(2016, 6, 1)))
        end_seat(place.id, date(2016, 5, 31), reason="Fewer seats", version=place.version, actor=OFFICE)
    assert (over.last_day, over.ended_how) == (date(2016, 5, 31), None)
    assert problems() == []


def test_a_member_who_becomes_chair_ends_the_chair_who_holds_over(finance: Committee):
    chair, other = chair_over(finance)
    with transaction():
        member = sits(other, person("Rourke"), Period(date(2015, 6, 1), date(2018, 5, 31)))
        change = OfficeChange(Office.CHAIR, date(2016, 6, 1))
        change_office(member.id, change, version=member.version, actor=OFFICE)
    assert (chair.last_day, chair.ended_how) == (date(2016, 5, 31), Ending.REPLACED)
    with transaction():
        end_term(member.id, date(2016, 5, 25), reason="Left", version=member.version, actor=OFFICE)
    assert (chair.last_day, chair.ended_how) == (None, None)


def test_a_chair_put_on_record_late_is_held_over_until_the_chair_that_followed_elsewhere(finance: Committee):
    with transaction():
        adopted(finance, holds_over=True)
        sits(seat(finance), person("Rourke"), Period(date(2015, 6, 1), date(2018, 5, 31)), Office.CHAIR)
        earlier = sits(seat(finance), person(), FIRST, Office.CHAIR)
    assert (earlier.last_day, earlier.ended_how) == (date(2015, 5, 31), Ending.REPLACED)


def test_a_new_chair_whose_predecessor_has_not_ended_is_refused(finance: Committee):
    with transaction():
        sits(seat(finance), person(), office=Office.CHAIR)
        other, who = seat(finance), person("Rourke")
    values = AppointmentValues(who.id, Period(date(2016, 6, 1)), Office.CHAIR)
    assert "There is a chair" in refused(lambda: appoint(other.id, values, actor=OFFICE), "office")
