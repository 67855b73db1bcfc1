"""Chair, deputy and secretary: offices change within a term, and the deputy acts while nobody is there as chair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.ctx import AppContext

from app.accounts.rules import GrantSource
from app.committees.commands import (
    LeaveValues,
    OfficeChange,
    begin_leave,
    change_office,
    correct_appointment,
    end_leave,
    end_term,
    withdraw_appointment,
    withdraw_leave,
)
from app.committees.commands.entries import values_of
from app.committees.models import Appointment, Committee
from app.committees.queries import list_served, roster
from app.committees.rules import Ending, Office
from app.core.errors import DomainError
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.committees.sitting import OFFICE, TERM, TODAY, adopted, committee, person, rights_of, seat, sits

JULY = date(2016, 7, 1)


def refused(act: Callable[[], object], field: str | None = None) -> str:
    with pytest.raises(DomainError) as error, transaction():
        act()
    assert error.value.field == field
    return error.value.message


@pytest.fixture
def finance(context: AppContext) -> Committee:
    assert context is not None
    with transaction():
        return committee()


@pytest.fixture
def led(finance: Committee) -> tuple[Appointment, Appointment]:
    """The chair and the deputy of a committee."""
    with transaction():
        chair = sits(seat(finance), person(), office=Office.CHAIR)
        return chair, sits(seat(finance), person("Rourke"), office=Office.DEPUTY)


def acts(deputy: Appointment) -> list[tuple[date, date | None]]:
    given = rights_of(deputy, GrantSource.DEPUTYSHIP)
    assert {role for role, _, _ in given} <= {Role.CHAIR}
    return sorted((first, last) for _, first, last in given)


def test_an_office_changes_within_a_term_on_its_day(finance: Committee):
    with transaction():
        term = sits(seat(finance), person())
    with transaction():
        after = change_office(term.id, OfficeChange(Office.CHAIR, JULY, "SC-2016-009"), version=1, actor=OFFICE)
    assert (term.last_day, term.ended_how) == (date(2016, 6, 30), Ending.OFFICE)
    assert (after.period, after.term_ends, after.continues_id) == (Period(JULY, TERM.last), TERM.last, term.id)
    assert rights_of(term) == {(Role.COMMITTEE_MEMBER, TERM.first, date(2016, 6, 30))}
    assert rights_of(after) == {(Role.CHAIR, JULY, TERM.last)}
    assert [row.office for row in roster(finance.id, on=date(2016, 6, 30))] == [Office.MEMBER]
    assert [row.office for row in roster(finance.id, on=JULY)] == [Office.CHAIR]
    assert [each.period for each in list_served(finance.id, term.person_id)] == [TERM]


def test_an_office_changes_neither_to_itself_nor_outside_the_entry_nor_to_one_that_is_held(
    led: tuple[Appointment, Appointment],
):
    chair, deputy = led
    changes = {
        OfficeChange(Office.DEPUTY, JULY): "office",
        OfficeChange(Office.CHAIR, JULY): "office",
        OfficeChange(Office.MEMBER, TERM.first): "first_day",
        OfficeChange(Office.MEMBER, date(2018, 1, 1)): "first_day",
    }
    for change, field in changes.items():
        refused(lambda change=change: change_office(deputy.id, change, version=1, actor=OFFICE), field)  # type: ignore[misc]
    assert chair.last_day == TERM.last


def test_who_holds_over_keeps_the_office_they_have(finance: Committee):
    with transaction():
        adopted(finance, holds_over=True)
        term = sits(seat(finance), person(), Period(date(2012, 1, 1), date(2014, 12, 31)))
    words = refused(
        lambda: change_office(term.id, OfficeChange(Office.CHAIR, JULY), version=1, actor=OFFICE), "first_day"
    )
    assert "appoint them anew" in words


def test_a_change_of_office_that_is_withdrawn_lets_the_term_go_on_as_before(finance: Committee):
    with transaction():
        term = sits(seat(finance), person())
        after = change_office(term.id, OfficeChange(Office.CHAIR, JULY), version=1, actor=OFFICE)
    with transaction():
        withdraw_appointment(after.id, reason="Voted down", version=after.version, actor=OFFICE)
    assert (term.period, term.ended_how) == (TERM, None)
    assert (Role.COMMITTEE_MEMBER, TODAY, TERM.last) in rights_of(term)
    assert rights_of(after) == set()


def test_a_change_in_the_middle_is_withdrawn_and_what_came_after_goes_on(finance: Committee):
    with transaction():
        term = sits(seat(finance), person())
        chair = change_office(term.id, OfficeChange(Office.CHAIR, JULY), version=1, actor=OFFICE)
        last = change_office(chair.id, OfficeChange(Office.MEMBER, date(2017, 1, 1)), version=1, actor=OFFICE)
    with transaction():
        withdraw_appointment(chair.id, reason="Never was", version=chair.version, actor=OFFICE)
    assert (term.last_day, last.continues_id) == (date(2016, 12, 31), term.id)
    assert [each.period for each in list_served(finance.id, term.person_id)] == [TERM]


def test_a_term_that_ends_before_an_office_was_to_change_takes_the_change_back(finance: Committee):
    with transaction():
        term = sits(seat(finance), person())
        after = change_office(term.id, OfficeChange(Office.CHAIR, JULY), version=1, actor=OFFICE)
    with transaction():
        end_term(term.id, TODAY, reason="Left", version=term.version, how=Ending.RESIGNED, actor=OFFICE)
    assert after.superseded_at is not None
    assert rights_of(after) == set()


def test_a_term_under_two_offices_is_not_torn_apart_by_a_correction(finance: Committee):
    with transaction():
        term, other = sits(seat(finance), person()), person("Rourke")
        after = change_office(term.id, OfficeChange(Office.CHAIR, JULY), version=1, actor=OFFICE)
    torn = [
        (term, replace(values_of(term), person_id=other.id), "person_id"),
        (term, replace(values_of(term), period=Period(TERM.first, date(2016, 5, 31))), "last_day"),
        (after, replace(values_of(after), period=Period(date(2016, 8, 1), TERM.last)), "first_day"),
    ]
    for entry, values, field in torn:
        refused(
            lambda entry=entry, values=values: correct_appointment(  # type: ignore[misc]
                entry.id, values, reason="x", version=entry.version, actor=OFFICE
            ),
            field,
        )


def test_the_deputy_acts_from_the_day_after_the_chair_has_gone_until_another_comes(
    finance: Committee, led: tuple[Appointment, Appointment]
):
    chair, deputy = led
    assert acts(deputy) == []
    with transaction():
        end_term(chair.id, date(2016, 6, 30), reason="x", version=1, how=Ending.RESIGNED, actor=OFFICE)
    assert acts(deputy) == [(JULY, TERM.last)]
    with transaction():
        sits(seat(finance), person("Okonjo"), Period(date(2016, 9, 1), date(2016, 12, 31)), Office.CHAIR)
    assert acts(deputy) == [(JULY, date(2016, 8, 31)), (date(2017, 1, 1), TERM.last)]


def test_a_deputy_who_is_put_on_record_where_there_is_no_chair_acts_from_today_on(finance: Committee):
    with transaction():
        deputy = sits(seat(finance), person(), office=Office.DEPUTY)
    assert acts(deputy) == [(TODAY, TERM.last)]


def test_the_deputy_acts_while_the_chair_is_on_leave_and_not_while_on_leave_themselves(
    led: tuple[Appointment, Appointment],
):
    chair, deputy = led
    away = LeaveValues(Period(JULY, date(2016, 9, 30)), "Parental leave")
    with transaction():
        leave = begin_leave(chair.id, away, version=1, actor=OFFICE)
    assert acts(deputy) == [(JULY, date(2016, 9, 30))]
    with transaction():
        own = LeaveValues(Period(date(2016, 8, 1), date(2016, 8, 31)), "Field work")
        theirs = begin_leave(deputy.id, own, version=deputy.version, actor=OFFICE)
    assert acts(deputy) == [(JULY, date(2016, 7, 31)), (date(2016, 9, 1), date(2016, 9, 30))]
    with transaction():
        withdraw_leave(theirs.id, reason="Cancelled", version=deputy.version, actor=OFFICE)
        end_leave(leave.id, date(2016, 7, 31), version=chair.version, actor=OFFICE)
    assert acts(deputy) == [(JULY, date(2016, 7, 31))]


def test_a_deputy_acts_no_more_when_their_own_term_ends_or_is_withdrawn(led: tuple[Appointment, Appointment]):
    chair, deputy = led
    with transaction():
        end_term(chair.id, date(2016, 6, 30), reason="x", version=1, actor=OFFICE)
        end_term(deputy.id, date(2016, 7, 31), reason="x", version=1, actor=OFFICE)
    assert acts(deputy) == [(JULY, date(2016, 7, 31))]
    with transaction():
        withdraw_appointment(deputy.id, reason="x", version=deputy.version, actor=OFFICE)
    assert acts(deputy) == []


def test_a_chair_who_is_recorded_too_late_takes_nothing_back_that_the_deputy_did(finance: Committee):
    with transaction():
        deputy = sits(seat(finance), person(), office=Office.DEPUTY)
    with transaction():
        chair = sits(seat(finance), person("Okonjo"), office=Office.CHAIR)
    assert acts(deputy) == []
    with transaction():
        correct_appointment(
            chair.id, replace(values_of(chair), office=Office.MEMBER), reason="x", version=1, actor=OFFICE
        )
    assert acts(deputy) == [(TODAY, TERM.last)]
