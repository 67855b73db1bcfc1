"""Seats: several at once, one by an institution at a time, what may change, and how one ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.commands import set_password
from app.accounts.models import User
from app.committees.commands import (
    FirstSeats,
    SeatChange,
    SeatValues,
    add_alternate,
    add_seats,
    change_seat,
    end_seat,
    found_with_seats,
)
from app.committees.commands.committees import CommitteeValues
from app.committees.models import Committee, Seat
from app.committees.queries import roster
from app.committees.rules import CommitteeKind, Ending, Office, SeatKind, ends_of_cycle
from app.core.database import db
from app.core.errors import AccessDeniedError, StaleError
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Role
from app.core.transaction import transaction
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, institution, person, refused, seat, sits
from tests.committees.test_commands import chair_of, held

pytestmark = pytest.mark.usefixtures("context")
ELECTED = SeatValues(SeatKind.ELECTED, "Elected member", Period(FOUNDED))


def labels() -> list[tuple[int, str]]:
    return [(each.position, each.label) for each in db.session.scalars(select(Seat).order_by(Seat.position))]


def test_several_seats_are_numbered_behind_those_there_are():
    with transaction():
        finance = committee()
        seat(finance, "Chair")
        add_seats(finance.id, ELECTED, 2, actor=OFFICE)
        add_seats(finance.id, ELECTED, 2, actor=OFFICE)
    assert labels() == [(1, "Chair"), *((place + 1, f"Elected member {place}") for place in range(1, 5))]


def test_one_seat_alone_has_no_number_in_its_name():
    with transaction():
        add_seats(committee().id, ELECTED, 1, actor=OFFICE)
    assert labels() == [(1, "Elected member")]


@pytest.mark.parametrize("number", [0, 51])
def test_seats_are_added_by_the_dozen_and_not_by_the_thousand(number: int):
    with transaction():
        finance = committee()
    refused(lambda: add_seats(finance.id, ELECTED, number, actor=OFFICE), "number")


def test_a_committee_is_founded_with_its_first_seats_or_not_at_all():
    values = CommitteeValues("Statistics Group", CommitteeKind.TECHNICAL_GROUP, FOUNDED)
    experts = FirstSeats(2, SeatKind.APPOINTED, "Expert")
    observers = FirstSeats(1, SeatKind.ELECTED, "Guest", votes=False)
    with transaction():
        found = found_with_seats(values, [experts, observers], actor=OFFICE)
    rows = roster(found.id, on=FOUNDED)
    assert [(row.label, row.votes) for row in rows] == [("Expert 1", True), ("Expert 2", True), ("Guest", False)]
    twice = CommitteeValues("Another Group", CommitteeKind.TECHNICAL_GROUP, FOUNDED)
    too_many = FirstSeats(99, SeatKind.APPOINTED, "Expert")
    refused(lambda: found_with_seats(twice, [too_many], actor=OFFICE), "number")
    assert [each.name for each in db.session.scalars(select(Committee))] == ["Statistics Group"]


def by(finance: Committee, institution_id: int | None, first: date, last: date | None = None) -> SeatValues:
    assert finance.id
    return SeatValues(SeatKind.INSTITUTION, "Theirs", Period(first, last), institution_id=institution_id)


def test_an_institution_fills_one_seat_of_a_committee_at_a_time():
    with transaction():
        finance, harwell = committee(), institution()
        add_seats(finance.id, by(finance, harwell.id, FOUNDED, date(2015, 12, 31)), 1, actor=OFFICE)
    again = by(finance, harwell.id, date(2015, 12, 31))
    message = refused(lambda: add_seats(finance.id, again, 1, actor=OFFICE), "institution_id")
    assert message == "This institution fills seat 1 since 24 September 2011: one at a time."
    with transaction():
        add_seats(finance.id, by(finance, harwell.id, date(2016, 1, 1)), 1, actor=OFFICE)
        add_seats(committee("Other").id, by(finance, harwell.id, FOUNDED), 1, actor=OFFICE)
    several = by(finance, institution("B", "B").id, TODAY)
    refused(lambda: add_seats(finance.id, several, 2, actor=OFFICE), "number")
    refused(lambda: add_seats(finance.id, by(finance, None, TODAY), 1, actor=OFFICE), "institution_id")


def test_what_belongs_to_one_kind_of_seat_is_refused_of_others():
    with transaction():
        finance, other, harwell = committee(), committee("Other"), institution()

    def follows(committee_id: int) -> dict[str, Any]:
        return {"follows_committee_id": committee_id, "follows_office": Office.CHAIR}

    for kind, more, field in (
        (SeatKind.ELECTED, {"institution_id": harwell.id}, "institution_id"),
        (SeatKind.CONSTITUENCY, {}, "constituency_id"),
        (SeatKind.CONSTITUENCY, {"constituency_id": 99999}, "constituency_id"),
        (SeatKind.ELECTED, {"constituency_id": 1}, "constituency_id"),
        (SeatKind.EX_OFFICIO, {"follows_committee_id": other.id}, "follows_office"),
        (SeatKind.EX_OFFICIO, {"follows_office": Office.CHAIR}, "follows_committee_id"),
        (SeatKind.ELECTED, follows(other.id), "follows_committee_id"),
        (SeatKind.EX_OFFICIO, follows(finance.id), "follows_committee_id"),
        (SeatKind.EX_OFFICIO, follows(99999), "follows_committee_id"),
    ):
        values = SeatValues(kind, "Seat", Period(FOUNDED), **more)
        refused(lambda values=values: add_seats(finance.id, values, 1, actor=OFFICE), field)  # type: ignore[misc]


def test_name_cycle_and_office_of_a_seat_change():
    with transaction():
        finance, steering = committee(), committee("Steering Committee")
        (place,) = add_seats(finance.id, SeatValues(SeatKind.EX_OFFICIO, "Link", Period(FOUNDED)), 1, actor=OFFICE)
    change = SeatChange("Liaison", date(2017, 12, 31), steering.id, Office.DEPUTY)
    with transaction():
        change_seat(place.id, change, version=place.version, actor=OFFICE)
    kept = (place.label, place.cycle_end, place.follows_committee_id, place.follows_office)
    assert kept == ("Liaison", date(2017, 12, 31), steering.id, Office.DEPUTY)
    version = place.version
    with pytest.raises(StaleError), transaction():
        change_seat(place.id, SeatChange("Liaison"), version=version - 1, actor=OFFICE)


def test_a_seat_ends_with_a_day_and_with_it_terms_alternates_and_rights():
    with transaction():
        finance = committee(grants_role=Role.FINANCE)
        place = seat(finance)
        term = sits(place, person(), Period(date(2015, 1, 1)))
        stands_in = add_alternate(place.id, person("Rourke").id, Period(TODAY), actor=OFFICE)
    with transaction():
        end_seat(place.id, date(2016, 6, 30), reason="Fewer seats", version=place.version, actor=OFFICE)
    last = date(2016, 6, 30)
    assert (term.last_day, term.ended_how, term.end_reason) == (last, Ending.FREED, "Fewer seats")
    assert stands_in.last_day == last
    assert {day for *_, day in held(term.id)} == {last}
    assert [len(roster(finance.id, on=day)) for day in (last, last + ONE_DAY)] == [1, 0]


def test_a_term_that_would_begin_after_its_seat_is_taken_back():
    with transaction():
        place = seat(committee())
        coming = sits(place, person(), Period(date(2017, 1, 1)))
    with transaction():
        end_seat(place.id, TODAY, reason="Fewer seats", version=place.version, actor=OFFICE)
    assert (coming.superseded_at is not None, held(coming.id)) == (True, set())


def test_a_seat_ends_neither_before_it_began_nor_later_than_it_would():
    with transaction():
        place = seat(committee())
        place.last_day = date(2016, 12, 31)
    for day in (FOUNDED - ONE_DAY, date(2016, 12, 31), date(2017, 1, 1)):
        refused(lambda day=day: end_seat(place.id, day, reason="x", version=place.version, actor=OFFICE), "last_day")  # type: ignore[misc]


def test_the_last_who_can_administer_keeps_the_seat_that_lets_them(office_seat: Seat):
    version = office_seat.version
    message = refused(lambda: end_seat(office_seat.id, TODAY, reason="x", version=version, actor=OFFICE), None)
    assert "Nobody could administer the site" in message


@pytest.fixture
def office_seat() -> Seat:
    """The seat of the only one who can sign in and administer the site."""
    with transaction():
        place, who = seat(committee("Secretariat", grants_role=Role.SECRETARIAT)), person()
        sits(place, who, Period(date(2015, 1, 1)))
        set_password(db.session.get_one(User, who.user_id), "unlikely otters juggle", actor=OFFICE)
    return place


def test_a_chair_keeps_the_seats_of_the_own_committee_alone():
    with transaction():
        own, other = committee("Own"), committee("Other")
        mine, theirs = seat(own), seat(other)
    chair = chair_of(own.id)
    with transaction():
        add_seats(own.id, ELECTED, 1, actor=chair)
        change_seat(mine.id, SeatChange("First"), version=mine.version, actor=chair)
    for act in (
        lambda: add_seats(other.id, ELECTED, 1, actor=chair),
        lambda: change_seat(theirs.id, SeatChange("First"), version=theirs.version, actor=chair),
        lambda: end_seat(theirs.id, TODAY, reason="x", version=theirs.version, actor=chair),
    ):
        with pytest.raises(AccessDeniedError), transaction():
            act()


@pytest.mark.parametrize(
    ("cycle_end", "months", "on", "ends"),
    [
        (date(2017, 12, 31), 36, date(2016, 5, 24), [date(2017, 12, 31), date(2020, 12, 31), date(2023, 12, 31)]),
        (date(2017, 12, 31), 36, date(2017, 12, 31), [date(2017, 12, 31), date(2020, 12, 31), date(2023, 12, 31)]),
        (date(2017, 12, 31), 36, date(2018, 1, 1), [date(2020, 12, 31), date(2023, 12, 31), date(2026, 12, 31)]),
        (date(2030, 6, 14), 24, date(2016, 5, 24), [date(2016, 6, 14), date(2018, 6, 14), date(2020, 6, 14)]),
    ],
)
def test_a_cycle_says_on_which_days_terms_end(cycle_end: date, months: int, on: date, ends: list[date]):
    assert ends_of_cycle(cycle_end, months, on) == ends
