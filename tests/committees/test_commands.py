from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.committees.commands import (
    AppointmentValues,
    CommitteeValues,
    SeatValues,
    add_seat,
    appoint,
    correct_appointment,
    edit_committee,
    end_term,
    found_committee,
    withdraw_appointment,
)
from app.committees.models import Appointment, Committee
from app.committees.queries import roster
from app.committees.rules import CommitteeKind, Office, SeatKind
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, NotFoundError, StaleError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.committees.sitting import FOUNDED, OFFICE, TERM, TODAY, committee, institution, person, refused, seat, sits

pytestmark = pytest.mark.usefixtures("context")


def held(appointment_id: int) -> set[tuple[Role, int | None, date, date | None]]:
    statement = select(Grant).where(Grant.source == GrantSource.APPOINTMENT, Grant.source_id == appointment_id)
    return {(one.role, one.committee_id, one.first_day, one.last_day) for one in db.session.scalars(statement)}


def test_appointment_writes_its_grants_with_its_own_dates():
    with transaction():
        finance = committee(grants_role=Role.FINANCE)
        chair = sits(seat(finance), person(), office=Office.CHAIR)
        member = sits(seat(finance), person("Okonjo"), Period(date(2016, 6, 1)))
    assert held(chair.id) == {
        (Role.CHAIR, finance.id, TERM.first, TERM.last),
        (Role.FINANCE, None, TERM.first, TERM.last),
    }
    assert held(member.id) == {
        (Role.COMMITTEE_MEMBER, finance.id, date(2016, 6, 1), None),
        (Role.FINANCE, None, date(2016, 6, 1), None),
    }


def test_seat_held_on_any_of_the_days_is_refused():
    with transaction():
        place = seat(committee())
        sits(place, person())
        other = person("Rourke")
    late = AppointmentValues(other.id, Period(date(2017, 12, 31)))
    message = refused(lambda: appoint(place.id, late, actor=OFFICE), "first_day")
    assert message == "This seat is held from 1 January 2015 to 31 December 2017."


def test_successor_begins_the_day_after():
    with transaction():
        place = seat(committee())
        sits(place, person())
        following = sits(place, person("Rourke"), Period(date(2018, 1, 1)))
    assert following.first_day == date(2018, 1, 1)


@pytest.mark.parametrize("office", [Office.CHAIR, Office.DEPUTY, Office.SECRETARY])
def test_office_has_one_holder_at_a_time(office: Office):
    with transaction():
        finance = committee()
        sits(seat(finance), person(), office=office)
        second, other = seat(finance), person("Rourke")
    values = AppointmentValues(other.id, Period(TODAY), office)
    refused(lambda: appoint(second.id, values, actor=OFFICE), "office")


def test_person_holds_one_seat_of_a_committee_at_a_time():
    with transaction():
        finance = committee()
        holder = person()
        sits(seat(finance), holder)
        second = seat(finance)
    values = AppointmentValues(holder.id, Period(TODAY))
    message = refused(lambda: appoint(second.id, values, actor=OFFICE), "person_id")
    assert "sits on seat 1" in message


def test_seat_of_an_institution_takes_only_its_people():
    with transaction():
        harwell = institution()
        place = seat(committee(), by=harwell)
        stranger, own = person("Rourke"), person("Marrow", at=harwell)
    refused(lambda: appoint(place.id, AppointmentValues(stranger.id, TERM), actor=OFFICE), "person_id")
    with transaction():
        assert appoint(place.id, AppointmentValues(own.id, TERM), actor=OFFICE).id


def test_term_stays_within_the_days_of_its_seat():
    with transaction():
        finance = committee()
        values = SeatValues(SeatKind.ELECTED, "Founding member", Period(FOUNDED, date(2014, 12, 31)))
        place = add_seat(finance.id, values, actor=OFFICE)
        holder = person()
    refused(lambda: appoint(place.id, AppointmentValues(holder.id, TERM), actor=OFFICE), "last_day")


def test_unknown_person_is_refused_beside_the_field():
    with transaction():
        place = seat(committee())
    refused(lambda: appoint(place.id, AppointmentValues(999, TERM), actor=OFFICE), "person_id")


def test_ending_a_term_ends_its_rights_with_the_same_day():
    with transaction():
        appointment = sits(seat(committee(grants_role=Role.FINANCE)), person(), Period(date(2015, 1, 1)))
    with transaction():
        end_term(appointment.id, date(2016, 5, 31), reason="Left the institution", version=1, actor=OFFICE)
    assert {(role, last) for role, _, _, last in held(appointment.id)} == {
        (Role.COMMITTEE_MEMBER, date(2016, 5, 31)),
        (Role.FINANCE, date(2016, 5, 31)),
    }


def test_term_ends_neither_before_it_began_nor_later_than_it_would():
    with transaction():
        appointment = sits(seat(committee()), person())
    for day in (date(2014, 12, 31), date(2017, 12, 31), date(2018, 1, 1)):
        refused(lambda day=day: end_term(appointment.id, day, reason="x", version=1, actor=OFFICE), "last_day")  # type: ignore[misc]


def test_what_was_known_before_stays_on_record():
    with transaction():
        finance = committee()
        appointment = sits(seat(finance), person(), Period(date(2015, 1, 1)))
    before = datetime(2016, 5, 24, 11, tzinfo=UTC)
    with clock_at(datetime(2016, 7, 1, 9, tzinfo=UTC)), transaction():
        end_term(appointment.id, date(2016, 5, 31), reason="Letter of 30 May", version=1, actor=OFFICE)
    june = date(2016, 6, 15)
    assert [row.holder for row in roster(finance.id, on=june)] == [None]
    assert [row.holder for row in roster(finance.id, on=june, known=before)] == ["Elspeth Marrow"]


def test_correction_changes_rights_from_today_on_and_never_in_the_past():
    with transaction():
        finance = committee()
        wrong, right = person("Wrong"), person("Right")
        appointment = sits(seat(finance), wrong, Period(date(2015, 1, 1)))
    with transaction():
        values = AppointmentValues(right.id, Period(date(2015, 1, 1)), Office.CHAIR)
        correct_appointment(appointment.id, values, reason="Names mixed up", version=1, actor=OFFICE)
    assert held(appointment.id) == {
        (Role.COMMITTEE_MEMBER, finance.id, date(2015, 1, 1), date(2016, 5, 23)),
        (Role.CHAIR, finance.id, date(2016, 5, 24), None),
    }
    assert roster(finance.id, on=date(2015, 6, 1))[0].holder == "Elspeth Right"


def test_withdrawn_appointment_leaves_the_seat_vacant_and_no_rights():
    with transaction():
        finance = committee()
        appointment = sits(seat(finance), person(), Period(TODAY))
    with transaction():
        withdraw_appointment(appointment.id, reason="Recorded twice", version=1, actor=OFFICE)
    assert held(appointment.id) == set()
    assert roster(finance.id, on=TODAY)[0].vacant_since == FOUNDED
    with pytest.raises(NotFoundError), transaction():
        end_term(appointment.id, TODAY, reason="x", version=1, actor=OFFICE)


def test_new_role_of_a_committee_comes_to_all_who_sit_on_it_from_today_on():
    with transaction():
        finance = committee()
        appointment = sits(seat(finance), person())
        ended = sits(seat(finance), person("Banti"), Period(date(2014, 1, 1), date(2015, 1, 1)))
    with transaction():
        edit_committee(finance.id, saved(finance, grants_role=Role.FINANCE), version=finance.version, actor=OFFICE)
    assert (Role.FINANCE, None, TODAY, TERM.last) in held(appointment.id)
    assert {role for role, *_ in held(ended.id)} == {Role.COMMITTEE_MEMBER}


def saved(finance: Committee, **changes: object) -> CommitteeValues:
    values = CommitteeValues(name=finance.name, kind=finance.kind, founded_on=finance.founded_on, remit=finance.remit)
    return replace(values, **changes)  # type: ignore[arg-type]


def test_committee_is_not_part_of_itself():
    with transaction():
        steering = committee("Steering Committee")
        part = committee("Finance Committee", parent=steering.id)
    values = saved(steering, parent_id=part.id)
    refused(lambda: edit_committee(steering.id, values, version=steering.version, actor=OFFICE), "parent_id")


def test_two_committees_have_two_names():
    with transaction():
        committee("Finance Committee")
    refused(lambda: committee("Finance Committee"), "name")


def test_stale_form_overwrites_nothing():
    with transaction():
        finance = committee()
    with transaction():
        edit_committee(finance.id, saved(finance, remit="New"), version=finance.version, actor=OFFICE)
    with pytest.raises(StaleError), transaction():
        edit_committee(finance.id, saved(finance, remit="Old"), version=finance.version - 1, actor=OFFICE)
    assert db.session.get_one(Committee, finance.id).remit == "New"


def stale_verbs(appointment: Appointment) -> list[Callable[[], object]]:
    """Every change of a term, from forms that still show its first version."""
    values = AppointmentValues(appointment.person_id, TERM, Office.CHAIR)
    return [
        lambda: correct_appointment(appointment.id, values, reason="x", version=1, actor=OFFICE),
        lambda: end_term(appointment.id, date(2016, 5, 31), reason="x", version=1, actor=OFFICE),
        lambda: withdraw_appointment(appointment.id, reason="x", version=1, actor=OFFICE),
    ]


@pytest.mark.parametrize("first", range(2))
@pytest.mark.parametrize("second", range(3))
def test_of_two_forms_of_a_term_the_later_one_overwrites_nothing(first: int, second: int):
    with transaction():
        appointment = sits(seat(committee()), person())
    with transaction():
        stale_verbs(appointment)[first]()
    kept = (appointment.period, appointment.office, appointment.end_reason, held(appointment.id))
    with pytest.raises(StaleError), transaction():
        stale_verbs(appointment)[second]()
    again = db.session.get_one(Appointment, appointment.id)
    assert (again.period, again.office, again.end_reason, held(again.id)) == kept
    assert again.superseded_at is None


def chair_of(committee_id: int) -> Actor:
    return Actor("Chair", 7, (Granted(Role.CHAIR, committee_id=committee_id),))


def test_chair_changes_the_own_committee_and_no_other():
    with transaction():
        own, other = committee("Own"), committee("Other")
        person_id = person().id
        places = [seat(own), seat(other)]
    with transaction():
        appoint(places[0].id, AppointmentValues(person_id, Period(TODAY)), actor=chair_of(own.id))
    with pytest.raises(AccessDeniedError), transaction():
        appoint(places[1].id, AppointmentValues(person_id, Period(TODAY)), actor=chair_of(own.id))


def test_chair_does_not_widen_the_rights_of_the_own_committee():
    with transaction():
        own = committee("Own")
    with transaction():
        edit_committee(own.id, saved(own, remit="Another"), version=own.version, actor=chair_of(own.id))
    for change in ({"grants_role": Role.SECRETARIAT}, {"name": "Higher"}, {"kind": CommitteeKind.GOVERNING}):
        with pytest.raises(AccessDeniedError), transaction():
            values = saved(own, **{"remit": "Another", **change})
            edit_committee(own.id, values, version=own.version, actor=chair_of(own.id))


def test_only_the_secretariat_founds_committees():
    values = CommitteeValues("New", CommitteeKind.STANDING, TODAY)
    with pytest.raises(AccessDeniedError), transaction():
        found_committee(values, actor=chair_of(1))
