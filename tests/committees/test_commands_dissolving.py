"""A committee ends with a day, with its seats, terms and rights; while the day is to come it can go on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.committees.commands import (
    AppointmentValues,
    CommitteeNaming,
    Dissolving,
    SeatValues,
    add_alternate,
    add_seat,
    appoint,
    call_off_dissolution,
    correct_appointment,
    dissolve_committee,
    edit_committee,
    end_seat,
    rename_committee,
)
from app.committees.commands.constituencies import close_constituency, form_constituency
from app.committees.models import Appointment, Committee, CommitteeDissolution, Seat, SeatAlternate
from app.committees.queries import CommitteeFilters, list_committees, list_ending_terms, roster, search_committees
from app.committees.rules import Ending, Existence, SeatKind
from app.committees.rules.constituencies import Belonging
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, StaleError
from app.core.history import as_known
from app.core.periods import ONE_DAY, Period, joined
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.core.verification import run_checks
from tests.committees.sitting import FOUNDED, OFFICE, TERM, TODAY, committee, person, refused, seat, sits
from tests.committees.test_commands import chair_of, held, saved

pytestmark = pytest.mark.usefixtures("context")
LAST = date(2016, 6, 30)
TOMORROW = datetime(2016, 5, 25, 9, tzinfo=UTC)


def dissolved(of: Committee, last_day: date = LAST) -> Committee:
    values = Dissolving(last_day, "Its work is done", "SC-2016-009")
    with transaction():
        return dissolve_committee(of.id, values, version=of.version, actor=OFFICE)


def called_off(of: Committee) -> Committee:
    with transaction():
        return call_off_dissolution(of.id, reason="More work came", version=of.version, actor=OFFICE)


def terms() -> list[tuple[date, date | None, Ending | None, str | None]]:
    asked = select(Appointment).where(as_known(Appointment)).order_by(Appointment.first_day)
    return [(each.first_day, each.last_day, each.ended_how, each.end_reason) for each in db.session.scalars(asked)]


def spells(term_id: int) -> dict[tuple[Role, int | None], list[Period]]:
    """The days on which a term gives each role; of those that follow without a gap, one spell."""
    roles = held(term_id)
    return {
        key: joined(Period(first, last) for role, of, first, last in roles if (role, of) == key)
        for key in {(role, of) for role, of, *_ in roles}
    }


def test_seats_terms_and_rights_end_with_the_committee():
    with transaction():
        group = committee("Working Group", grants_role=Role.AGREEMENTS)
        term = sits(seat(group), person())
        short = sits(seat(group), person("Okonjo"), Period(TERM.first, date(2016, 6, 1)))
    dissolved(group)
    assert [each.last_day for each in db.session.scalars(select(Seat).order_by(Seat.position))] == [LAST, LAST]
    assert (term.last_day, term.ended_how, term.end_reason) == (LAST, Ending.DISSOLVED, "Its work is done")
    assert (short.last_day, short.ended_how) == (date(2016, 6, 1), None)
    assert {last for *_, last in held(term.id)} == {LAST}
    assert [problem for finding in run_checks() for problem in finding.problems] == []


def test_it_is_on_lists_and_rosters_until_its_last_day_and_among_the_dissolved_after():
    with transaction():
        group = committee("Working Group")
        seat(group)
    dissolved(group)
    assert [row.name for row in list_committees(OFFICE, on=LAST)] == ["Working Group"]
    assert (list_committees(OFFICE, on=LAST + ONE_DAY), roster(group.id, on=LAST + ONE_DAY)) == ([], [])
    for existence, day, names in (
        (Existence.DISSOLVED, LAST, []),
        (Existence.DISSOLVED, LAST + ONE_DAY, ["Working Group"]),
        (Existence.ALL, LAST + ONE_DAY, ["Working Group"]),
        (Existence.ALL, FOUNDED - ONE_DAY, []),
    ):
        found = search_committees(CommitteeFilters(existence=existence), PageRequest(), OFFICE, on=day)
        assert [row.name for row in found.rows] == names


def test_terms_that_end_with_a_committee_ask_for_no_successor():
    with transaction():
        group = committee("Working Group")
        sits(seat(group), person())
    dissolved(group)
    assert list_ending_terms(OFFICE, on=TODAY, within=LAST - TODAY) == []


def test_it_is_not_dissolved_while_its_parts_go_on():
    with transaction():
        steering = committee("Steering Committee")
        part, other = committee("Audit Group", parent=steering.id), committee("Budget Group", parent=steering.id)
    values = Dissolving(LAST, "Done")
    message = refused(lambda: dissolve_committee(steering.id, values, version=1, actor=OFFICE), "last_day")
    assert message.startswith("Audit Group and Budget Group are parts of it and go on after that day")
    dissolved(part)
    with transaction():
        edit_committee(other.id, saved(other, parent_id=None), version=other.version, actor=OFFICE)
    dissolved(steering)
    refused(lambda: committee("Late Group", parent=steering.id), "parent_id")


def test_a_term_that_would_begin_later_is_taken_back_with_its_rights():
    with transaction():
        group = committee("Working Group")
        place = seat(group)
        coming = sits(place, person(), Period(date(2017, 1, 1)))
    dissolved(group)
    assert coming.superseded_at is not None
    assert held(coming.id) == set()


def test_a_term_on_a_seat_that_would_begin_later_is_taken_back_and_put_back():
    with transaction():
        group = committee("Working Group")
        later = SeatValues(SeatKind.ELECTED, "Later", Period(date(2017, 1, 1)))
        coming = sits(add_seat(group.id, later, actor=OFFICE), person(), Period(date(2017, 1, 1)))
    dissolved(group)
    assert coming.superseded_at is not None
    assert [problem for finding in run_checks() for problem in finding.problems] == []
    db.session.rollback()
    called_off(group)
    assert coming.superseded_at is None


def test_nobody_is_appointed_beyond_its_last_day():
    with transaction():
        group = committee("Working Group")
        place, who = seat(group), person()
    dissolved(group)
    values = AppointmentValues(who.id, Period(TODAY))
    refused(lambda: appoint(place.id, values, actor=OFFICE), "last_day")
    late = SeatValues(SeatKind.ELECTED, "Late", Period(TODAY))
    refused(lambda: add_seat(group.id, late, actor=OFFICE), "last_day")


def test_called_off_everything_lasts_as_long_as_it_would_have():
    with transaction():
        group = committee("Working Group", grants_role=Role.AGREEMENTS)
        places = [seat(group), seat(group)]
        places[1].last_day = date(2018, 12, 31)
        term, coming = sits(places[0], person()), sits(places[0], person("Okonjo"), Period(date(2018, 1, 1)))
        stands_in = add_alternate(places[0].id, person("Rourke").id, Period(TODAY), actor=OFFICE)
        later = add_alternate(places[0].id, person("Quist").id, Period(date(2017, 1, 1)), actor=OFFICE)
    before = terms(), spells(term.id), spells(coming.id)
    with clock_at(TOMORROW):
        dissolved(group)
        assert (stands_in.last_day, later.superseded_at is None) == (LAST, False)
        called_off(group)
    assert (terms(), spells(term.id), spells(coming.id)) == before
    assert [each.last_day for each in db.session.scalars(select(Seat).order_by(Seat.id))] == [None, date(2018, 12, 31)]
    assert (group.dissolved_on, stands_in.last_day, later.superseded_at) == (None, None, None)
    standing = select(SeatAlternate.id).where(as_known(SeatAlternate))
    assert set(db.session.scalars(standing)) == {stands_in.id, later.id}


def test_called_off_a_term_gets_back_why_it_was_to_end():
    with transaction():
        group = committee("Working Group")
        term = sits(seat(group), person())
        term.ended_how, term.end_reason, term.last_day = Ending.RESIGNED, "Moves away", date(2016, 12, 31)
    with clock_at(TOMORROW):
        dissolved(group)
        called_off(group)
    assert terms() == [(TERM.first, date(2016, 12, 31), Ending.RESIGNED, "Moves away")]


def test_what_was_changed_since_stays_when_it_is_called_off():
    with transaction():
        group = committee("Working Group")
        term = sits(seat(group), person())
    with clock_at(TOMORROW):
        dissolved(group)
        with transaction():
            values = AppointmentValues(term.person_id, Period(TERM.first, date(2016, 6, 10)))
            correct_appointment(term.id, values, reason="Left before", version=term.version, actor=OFFICE)
            term.ended_how = None
        called_off(group)
    assert [last for _, last, *_ in terms()] == [date(2016, 6, 10)]


def test_it_is_called_off_on_its_last_day_and_not_after():
    with transaction():
        group, other = committee("Working Group"), committee("Other Group")
    dissolved(group, TODAY)
    called_off(group)
    dissolved(other, TODAY - ONE_DAY)
    version = other.version
    refused(lambda: call_off_dissolution(other.id, reason="x", version=version, actor=OFFICE), None)
    version = group.version
    refused(lambda: call_off_dissolution(group.id, reason="x", version=version, actor=OFFICE), None)


def test_a_part_does_not_go_on_without_what_it_is_part_of():
    with transaction():
        steering = committee("Steering Committee")
        part = committee("Audit Group", parent=steering.id)
    dissolved(part)
    dissolved(steering)
    version = part.version
    message = refused(lambda: call_off_dissolution(part.id, reason="x", version=version, actor=OFFICE), None)
    assert "part of Steering Committee, which is dissolved after 30 June 2016" in message


def test_no_seat_of_a_constituency_goes_on_that_was_closed_since():
    with transaction():
        group = committee("Working Group")
        asia = form_constituency("Asia", [Belonging("JP")], FOUNDED, actor=OFFICE)
        values = SeatValues(SeatKind.CONSTITUENCY, "Asia", Period(FOUNDED), constituency_id=asia.id)
        place = add_seat(group.id, values, actor=OFFICE)
    dissolved(group)
    with transaction():
        close_constituency(asia.id, LAST, reason="Joined with another", version=asia.version, actor=OFFICE)
    version = group.version
    message = refused(lambda: call_off_dissolution(group.id, reason="x", version=version, actor=OFFICE), None)
    assert message == "Seat 1 would go on, but its constituency Asia is closed: end the seat before 30 June 2016 first."
    with transaction():
        end_seat(place.id, LAST - ONE_DAY, reason="None elect it", version=place.version, actor=OFFICE)
    called_off(group)
    assert (group.dissolved_on, place.last_day) == (None, LAST - ONE_DAY)
    assert [problem for finding in run_checks() for problem in finding.problems] == []


def test_reason_and_decision_are_kept_and_that_it_was_called_off():
    with transaction():
        group = committee("Working Group")
    dissolved(group)
    called_off(group)
    (kept,) = db.session.scalars(select(CommitteeDissolution))
    assert (kept.reason, kept.decision, kept.called_off_because) == (
        "Its work is done",
        "SC-2016-009",
        "More work came",
    )


def test_it_is_dissolved_once_and_neither_before_it_was_founded_nor_before_a_name_to_come():
    with transaction():
        group, other = committee("Working Group"), committee("Other Group")
    early = Dissolving(FOUNDED - ONE_DAY, "x")
    refused(lambda: dissolve_committee(group.id, early, version=1, actor=OFFICE), "last_day")
    dissolved(group)
    again, version = Dissolving(LAST, "x"), group.version
    refused(lambda: dissolve_committee(group.id, again, version=version, actor=OFFICE), "last_day")
    with transaction():
        naming = CommitteeNaming("Third Group", date(2017, 1, 1))
        rename_committee(other.id, naming, reason=None, version=other.version, actor=OFFICE)
    version = other.version
    refused(lambda: dissolve_committee(other.id, again, version=version, actor=OFFICE), "last_day")


def test_a_chair_does_not_dissolve_the_own_committee_and_a_stale_form_nothing():
    with transaction():
        group = committee("Working Group")
    values = Dissolving(LAST, "x")
    with pytest.raises(AccessDeniedError), transaction():
        dissolve_committee(group.id, values, version=group.version, actor=chair_of(group.id))
    with pytest.raises(StaleError), transaction():
        dissolve_committee(group.id, values, version=group.version + 1, actor=OFFICE)
