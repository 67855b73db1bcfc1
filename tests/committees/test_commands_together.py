"""What the parts of committees do to one another: dissolving, following, changes of office, plans and elections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.committees.commands import (
    Dissolving,
    OfficeChange,
    SeatChange,
    SeatValues,
    add_seat,
    appoint,
    call_off_dissolution,
    change_office,
    change_seat,
    correct_appointment,
    dissolve_committee,
    edit_committee,
    end_term,
    withdraw_appointment,
)
from app.committees.commands.committees import CommitteeValues
from app.committees.commands.entries import AppointmentValues, values_of
from app.committees.models import Committee
from app.committees.queries import roster
from app.committees.rules import USUAL, Ending, How, LimitKind, Office, SeatKind
from app.core.database import db
from app.core.errors import DomainError
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.members.models import Person
from tests.committees.ruled import called, chair_of, done, planned, ruled
from tests.committees.sitting import (
    FOUNDED,
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

pytestmark = pytest.mark.usefixtures("context")
LAST = date(2016, 12, 31)


def dissolved(of: Committee) -> None:
    values = Dissolving(LAST, "Its work is done")
    done(lambda: dissolve_committee(of.id, values, version=of.version, actor=OFFICE))


def called_off(of: Committee) -> None:
    done(lambda: call_off_dissolution(of.id, reason="More work came", version=of.version, actor=OFFICE))


def broken() -> list[str]:
    return [problem for finding in run_checks() for problem in finding.problems]


def test_calling_off_gives_nobody_a_role_that_was_taken_away_before():
    with transaction():
        group = committee(grants_role=Role.AGREEMENTS)
        term = sits(seat(group), person(), office=Office.CHAIR)
        other = person("Okonjo")
    plain = CommitteeValues(group.name, group.kind, group.founded_on, remit=group.remit)
    done(lambda: edit_committee(group.id, plain, version=group.version, actor=OFFICE))
    right = replace(values_of(term), person_id=other.id, office=Office.MEMBER)
    done(lambda: correct_appointment(term.id, right, reason="Mixed up", version=term.version, actor=OFFICE))
    dissolved(group)
    called_off(group)
    held = {(role, last) for role, _, last in rights_of(term) if last is None or last >= TODAY}
    assert held == {(Role.COMMITTEE_MEMBER, TERM.last)}
    assert broken() == []


def test_a_term_to_come_returns_only_where_what_it_goes_on_from_still_does():
    with transaction():
        group = committee()
        term = sits(seat(group), person())
    change = OfficeChange(Office.CHAIR, date(2017, 1, 1))
    done(lambda: change_office(term.id, change, version=term.version, actor=OFFICE))
    dissolved(group)
    resigned = date(2016, 8, 31)
    done(lambda: end_term(term.id, resigned, reason="Moved", version=term.version, how=Ending.RESIGNED, actor=OFFICE))
    called_off(group)
    assert [row.holder for row in roster(group.id, on=date(2017, 1, 2))] == [None]
    assert broken() == []


def test_a_seat_that_follows_an_office_follows_again_after_calling_off():
    with transaction():
        board, group = committee("Board"), committee("Group")
        first = sits(seat(board), person("First"), Period(TERM.first, LAST), Office.CHAIR)
        coming = sits(seat(board), person("Second"), Period(LAST + ONE_DAY), Office.CHAIR)
        following(board, Office.CHAIR, on=group)
    dissolved(group)
    done(lambda: withdraw_appointment(coming.id, reason="Declined", version=coming.version, actor=OFFICE))
    with transaction():
        sits(seat(board), person("Third"), Period(LAST + ONE_DAY), Office.CHAIR)
    called_off(group)
    assert first.person_id
    assert [row.holder for row in roster(group.id, on=date(2017, 1, 2))] == ["Elspeth Third"]
    assert broken() == []


def test_no_change_of_office_is_taken_back_where_somebody_else_holds_it_by_now():
    with transaction():
        group = committee()
        term = sits(seat(group), person(), office=Office.CHAIR)
    change = OfficeChange(Office.MEMBER, TODAY)
    later = done(lambda: change_office(term.id, change, version=term.version, actor=OFFICE))
    with transaction():
        sits(seat(group), person("Okonjo"), Period(TODAY), Office.CHAIR)
    told = refused(
        lambda: withdraw_appointment(later.id, reason="Wrong", version=later.version, actor=OFFICE), "office"
    )
    assert "There is a chair" in told


def test_only_the_secretariat_lets_a_seat_follow_an_office():
    with transaction():
        board, group = committee("Board"), committee("Group")
        place = add_seat(group.id, SeatValues(SeatKind.EX_OFFICIO, "By office", Period(FOUNDED)), actor=OFFICE)
    wanted = SeatChange(place.label, follows_committee_id=board.id, follows_office=Office.CHAIR)
    chair = chair_of(group)
    told = refused(lambda: change_seat(place.id, wanted, version=place.version, actor=chair), "follows_committee_id")
    assert told == "Only the secretariat lets a seat follow an office."
    values = SeatValues(
        SeatKind.EX_OFFICIO,
        "Another",
        Period(FOUNDED),
        follows_committee_id=board.id,
        follows_office=Office.CHAIR,
    )
    assert refused(lambda: add_seat(group.id, values, actor=chair), "follows_committee_id") == told


def test_a_seat_that_follows_an_office_is_filled_by_no_correction_plan_or_election():
    with transaction():
        board, group = committee("Board"), committee("Group")
        sits(seat(board), person("Chair"), office=Office.CHAIR)
        place = add_seat(group.id, SeatValues(SeatKind.EX_OFFICIO, "By office", Period(FOUNDED)), actor=OFFICE)
        before = appoint(place.id, AppointmentValues(person("Before").id, Period(FOUNDED, LAST)), actor=OFFICE)
    ended = date(2016, 1, 31)
    done(lambda: end_term(before.id, ended, reason="Left", version=before.version, how=Ending.RESIGNED, actor=OFFICE))
    wanted = SeatChange(place.label, follows_committee_id=board.id, follows_office=Office.CHAIR)
    done(lambda: change_seat(place.id, wanted, version=place.version, actor=OFFICE))
    longer = replace(values_of(before), period=Period(FOUNDED), ended=None)
    for act in (
        lambda: correct_appointment(before.id, longer, reason="Stayed", version=before.version, actor=OFFICE),
        lambda: planned(place, db.session.get_one(Person, before.person_id)),
        lambda: called(group, place),
    ):
        with pytest.raises(DomainError, match="Whoever is chair of Board sits here"), transaction():
            act()


def test_terms_by_another_office_count_towards_no_limit_of_a_plan():
    with transaction():
        group = committee()
        place, who = seat(group), person()
        for first in (2010, 2013):
            years = Period(date(first + 2, 1, 1), date(first + 4, 12, 31))
            appoint(place.id, AppointmentValues(who.id, years, how=How.EX_OFFICIO), actor=OFFICE)
    ruled(group, replace(USUAL, term_months=36, limit_kind=LimitKind.CONSECUTIVE, limit_terms=2))
    assert done(lambda: planned(place, who)).person_id == who.id
