from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.committees.commands import AppointmentValues, CommitteeValues, appoint, end_term, found_committee
from app.committees.models import Appointment
from app.committees.queries import (
    CommitteeFilters,
    list_appointments_of,
    list_committees,
    list_ending_terms,
    list_past_appointments,
    list_vacancies,
    roster,
    search_committees,
    verification,
)
from app.committees.rules import CommitteeKind, Office
from app.core.actor import Actor, Granted
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import DomainError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.members.commands import Naming, rename_institution
from tests.committees.sitting import FOUNDED, OFFICE, TERM, TODAY, adopted, committee, institution, person, seat, sits
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")


def test_roster_names_holder_office_and_institution_of_the_day():
    with transaction():
        harwell = institution()
        finance = committee()
        sits(seat(finance, by=harwell), person(at=harwell), office=Office.CHAIR)
        seat(finance, "Second")
    filled, vacant = roster(finance.id, on=TODAY)
    assert (filled.holder, filled.office, filled.institution) == ("Elspeth Marrow", Office.CHAIR, "MRC Harwell")
    assert (vacant.holder, vacant.vacant_since) == (None, FOUNDED)


def test_roster_of_a_past_day_names_institutions_as_they_were_called_then():
    with transaction():
        harwell = institution()
        finance = committee()
        sits(seat(finance, by=harwell), person(at=harwell))
    with transaction():
        rename_institution(harwell.id, Naming("Mary Lyon Centre", "MLC", date(2016, 1, 1)), actor=OFFICE)
    assert roster(finance.id, on=date(2015, 6, 1))[0].institution == "MRC Harwell"
    assert roster(finance.id, on=TODAY)[0].institution == "Mary Lyon Centre"


def test_vacancy_counts_from_the_day_after_the_last_holder():
    with transaction():
        finance = committee()
        sits(seat(finance), person())
    assert roster(finance.id, on=date(2018, 3, 1))[0].vacant_since == date(2018, 1, 1)


def test_both_days_of_a_term_are_included():
    with transaction():
        finance = committee()
        sits(seat(finance), person())
    days = [TERM.first - timedelta(1), TERM.first, TERM.last or TODAY, (TERM.last or TODAY) + timedelta(1)]
    assert [roster(finance.id, on=day)[0].holder is not None for day in days] == [False, True, True, False]


def test_committees_are_counted_on_the_day_and_stand_in_their_tree():
    with transaction():
        steering = committee("Steering Committee")
        finance = committee("Finance Committee", parent=steering.id)
        sits(seat(finance), person(), office=Office.CHAIR)
        seat(finance)
    rows = list_committees(OFFICE, on=TODAY)
    assert [(row.name, row.depth, row.seats, row.filled, row.chair) for row in rows] == [
        ("Steering Committee", 0, 0, 0, None),
        ("Finance Committee", 1, 2, 1, "Elspeth Marrow"),
    ]
    assert list_committees(OFFICE, on=FOUNDED - timedelta(1)) == []


def test_committees_are_found_by_words_by_kind_and_by_vacancy():
    with transaction():
        committee("Finance Committee")
        panel = found_committee(CommitteeValues("Panel", CommitteeKind.ADVISORY, FOUNDED), actor=OFFICE)
        seat(committee("Statistics Technical Group"))
    found = search_committees(CommitteeFilters(words="STATIST"), PageRequest(), OFFICE, on=TODAY)
    assert [row.name for row in found.rows] == ["Statistics Technical Group"]
    advisory = search_committees(CommitteeFilters(kind=CommitteeKind.ADVISORY), PageRequest(), OFFICE, on=TODAY)
    assert [row.id for row in advisory.rows] == [panel.id]
    with_vacancy = search_committees(CommitteeFilters(vacancies=True), PageRequest(), OFFICE, on=TODAY)
    assert (with_vacancy.total, with_vacancy.totals["vacant"]) == (1, 1)


def test_seats_of_a_person_are_all_they_held_hold_and_will_hold():
    with transaction():
        holder = person()
        sits(seat(committee("Finance Committee")), holder)
        sits(seat(committee("Secretariat")), holder, Period(date(2017, 1, 1)))
    rows = list_appointments_of(holder.id)
    assert [(row.committee.name, row.seat.label) for row in rows] == [
        ("Secretariat", "Elected member"),
        ("Finance Committee", "Elected member"),
    ]


def test_past_terms_are_those_that_ended_by_the_day():
    with transaction():
        finance = committee()
        sits(seat(finance), person(), Period(date(2012, 1, 1), date(2014, 12, 31)))
    assert len(list_past_appointments(finance.id, on=TODAY)) == 1
    assert list_past_appointments(finance.id, on=date(2014, 12, 31)) == []


def chair_of(committee_id: int) -> Actor:
    return Actor("Chair", 7, (Granted(Role.CHAIR, committee_id=committee_id),))


def test_chair_is_shown_vacancies_of_the_own_committee_alone():
    with transaction():
        own, other = committee("Own"), committee("Other")
        seat(own)
        seat(other)
    assert [row.committee for row in list_vacancies(chair_of(own.id), on=TODAY)] == ["Own"]
    assert [row.committee for row in list_vacancies(OFFICE, on=TODAY)] == ["Other", "Own"]


def test_term_without_successor_is_shown_when_it_ends_soon():
    with transaction():
        finance = committee()
        first, second = seat(finance), seat(finance)
        sits(first, person(), Period(date(2015, 1, 1), date(2016, 6, 10)))
        sits(second, person("Banti"), Period(date(2015, 1, 1), date(2016, 6, 10)))
        sits(second, person("Rourke"), Period(date(2016, 6, 11)))
    soon = list_ending_terms(OFFICE, on=TODAY, within=timedelta(days=30))
    assert [row.holder for row in soon] == ["Elspeth Marrow"]
    assert list_ending_terms(OFFICE, on=TODAY, within=timedelta(days=7)) == []


def tried(act: Callable[[], int]) -> int | None:
    """What the act gives, or nothing where a rule refuses it."""
    try:
        with transaction():
            return act()
    except DomainError:
        return None


def appoint_to(seat_id: int, person_id: int, first: date, days: int | None) -> int:
    period = Period(first, first + timedelta(days) if days is not None else None)
    return appoint(seat_id, AppointmentValues(person_id, period), actor=OFFICE).id


def end_on(appointment_id: int, day: date) -> int:
    version = db.session.get_one(Appointment, appointment_id).version
    return end_term(appointment_id, day, reason="ends", version=version, actor=OFFICE).id


def has_two_on_a_seat(committee_id: int, day: date) -> bool:
    rows = roster(committee_id, on=day)
    people = [row.person_id for row in rows if row.person_id]
    return [row.number for row in rows] != [1, 2] or len(set(people)) < len(people)


DAYS = st.dates(date(2012, 1, 1), date(2019, 12, 31))
TERMS = st.lists(st.tuples(DAYS, st.none() | st.integers(0, 900), st.integers(0, 1)), max_size=12)
ENDS = st.lists(st.tuples(st.integers(0, 11), DAYS), max_size=4)


@given(terms=TERMS, ends=ENDS, looked_at=st.lists(DAYS, min_size=1, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_seat_has_two_holders_on_any_day(
    terms: list[tuple[date, int | None, int]], ends: list[tuple[int, date]], looked_at: list[date]
):
    number = len(list_committees(OFFICE, on=TODAY))
    with transaction():
        finance = committee(f"Committee {number}")
        places = [seat(finance), seat(finance)]
        people = [person(f"Holder {index}") for index in range(12)]
    kept = [
        appointment_id
        for who, (first, days, place) in zip(people, terms, strict=False)
        if (appointment_id := tried(partial(appoint_to, places[place].id, who.id, first, days)))
    ]
    for which, day in ends:
        if which < len(kept):
            tried(partial(end_on, kept[which], day))
    edges = [first + timedelta(shift) for first, *_ in terms for shift in (-1, 0, 1)]
    assert [day for day in [*looked_at, *edges] if has_two_on_a_seat(finance.id, day)] == []


def test_roster_known_at_an_instant_does_not_know_what_came_later():
    with transaction():
        finance = committee()
        place = seat(finance)
        who = person()
    with clock_at(datetime(2016, 9, 1, tzinfo=UTC)), transaction():
        sits(place, who)
    assert roster(finance.id, on=TODAY, known=datetime(2016, 8, 1, tzinfo=UTC))[0].holder is None
    assert roster(finance.id, on=TODAY)[0].holder == "Elspeth Marrow"


def test_a_term_that_ends_soon_is_named_where_its_holder_stays_over_and_no_more_once_it_has_ended():
    with transaction():
        finance = committee()
        adopted(finance, holds_over=True)
        place = seat(finance)
        sits(place, person(), Period(date(2013, 7, 1), date(2016, 6, 30)))
    ending = list_ending_terms(OFFICE, on=TODAY, within=timedelta(days=60))
    assert [(row.seat_id, row.last_day, row.ends, row.holds_over) for row in ending] == [
        (place.id, None, date(2016, 6, 30), False)
    ]
    after = date(2016, 7, 1)
    assert list_ending_terms(OFFICE, on=after, within=timedelta(days=60)) == []
    assert [row.holds_over for row in roster(finance.id, on=after)] == [True]


def problems() -> list[str]:
    return [*verification.check_holders(), *verification.check_rights()]


def test_verification_holds_for_what_commands_wrote():
    with transaction():
        finance = committee(grants_role=Role.FINANCE)
        place = seat(finance)
        term = sits(place, person(), office=Office.CHAIR)
        sits(place, person("Rourke"), Period(date(2018, 1, 1)))
    with transaction():
        end_term(term.id, date(2016, 5, 23), reason="Left", version=1, actor=OFFICE)
    assert problems() == []


def test_verification_finds_a_second_holder_and_rights_without_a_seat():
    with transaction():
        finance = committee()
        place = seat(finance)
        first, second = sits(place, person()), sits(place, person("Rourke"), Period(date(2018, 1, 1)))
    with beside_the_trail():
        db.session.get_one(Appointment, second.id).first_day = TODAY
        db.session.get_one(Appointment, first.id).last_day = TODAY
    assert len(problems()) == 2
    with beside_the_trail():
        db.session.get_one(Appointment, first.id).last_day = date(2016, 5, 1)
    assert [each for each in problems() if "which is not theirs today" in each]
