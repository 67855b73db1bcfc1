"""What was known of seats and committees on a day stays what it was, however late something else is entered."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.committees.commands import (
    Adoption,
    SeatChange,
    SeatValues,
    add_seat,
    adopt_bylaws,
    change_seat,
    end_seat,
)
from app.committees.models import Committee, Seat
from app.committees.queries import (
    Moment,
    Quorum,
    balance_of,
    bylaws_on,
    compare_rosters,
    get_committee_view,
    get_seat_view,
    list_committees,
    list_vacancies,
    quorum_on,
    read_book,
    roster,
    seat_spans,
)
from app.committees.rules import USUAL, BylawFacts, Difference, QuorumBase, SeatKind
from app.core.clock import clock_at
from app.core.periods import ONE_DAY, Period
from app.core.transaction import transaction
from app.members.commands import suspend_member
from tests.committees.sitting import FOUNDED, OFFICE, TODAY, committee, institution, person, seat, sits
from tests.committees.test_commands_facts import JULY, KNOWN, LATE, LEARNT, NEW_YEAR, broken
from tests.members.world import member

pytestmark = pytest.mark.usefixtures("context")
APRIL = date(2016, 4, 30)


@pytest.fixture
def finance() -> Committee:
    """Marrow sits on seat 1 since 2015; in July it is learnt that it ended in April, and that there is another."""
    with transaction():
        found = committee()
        harwell = institution()
        place = seat(found, by=harwell)
        sits(place, person(at=harwell), Period(date(2015, 1, 1)))
    with clock_at(LEARNT), transaction():
        end_seat(place.id, APRIL, reason="Told late", version=place.version, actor=OFFICE)
        add_seat(found.id, SeatValues(SeatKind.ELECTED, "Added late", Period(FOUNDED)), actor=OFFICE)
    return found


def test_a_seat_that_is_ended_or_added_late_leaves_the_roster_as_it_was_known(finance: Committee):
    then = [(row.number, row.holder) for row in roster(finance.id, on=TODAY, known=KNOWN)]
    assert then == [(1, "Elspeth Marrow")]
    assert [(row.number, row.holder) for row in roster(finance.id, on=TODAY)] == [(2, None)]
    assert [(row.number, row.holder) for row in roster(finance.id, on=APRIL)] == [(1, "Elspeth Marrow"), (2, None)]
    assert broken() == []


def test_every_reader_of_seats_says_what_was_known_then(finance: Committee):
    now, then = Moment(TODAY), Moment(TODAY, KNOWN)
    differences = [row.difference for row in compare_rosters(finance.id, then, now, OFFICE).rows]
    assert differences == [Difference.WENT, Difference.SEAT_ADDED, Difference.SEAT_ENDED]
    assert compare_rosters(finance.id, then, then, OFFICE).rows == []
    for known, seats, filled in ((KNOWN, 1, 1), (None, 1, 0)):
        [row] = list_committees(OFFICE, on=TODAY, known=known)
        [chapter] = read_book(OFFICE, on=TODAY, known=known)
        counted = balance_of(finance.id, on=TODAY, known=known)
        assert (row.seats, row.filled, counted.held) == (seats, filled, filled)
        assert sum(each.holder is not None for each in chapter.roster) == filled
        assert len(list_vacancies(OFFICE, on=TODAY, known=known)) == seats - filled
        assert quorum_on(finance.id, TODAY, known).base == filled
        assert len(roster(None, on=TODAY, known=known, institution_id=institution_of(finance))) == filled
    spans = [(span.number, span.holder) for span in seat_spans(finance.id, on=TODAY, known=KNOWN)]
    assert spans == [(1, None), (1, "Elspeth Marrow")]


def test_no_quorum_as_known_before_goes_by_bylaws_or_suspensions_of_later():
    house, day = institution(), date(2016, 9, 10)
    held = member(house)
    with transaction():
        found = committee()
        sits(seat(found, by=house), person(at=house))
        seat(found)
    before = quorum_on(found.id, day, KNOWN)
    with clock_at(LEARNT), transaction():
        adopt_bylaws(found.id, BylawFacts(quorum_base=QuorumBase.ALL), Adoption(date(2016, 9, 1)), actor=OFFICE)
        suspend_member(held.id, first_day=LEARNT.date(), reason="Rules", actor=OFFICE)
    assert quorum_on(found.id, day, KNOWN) == before == Quorum(1, 1, 1, 0, 0, of_institutions=False, of_all=False)
    assert quorum_on(found.id, day, LEARNT) == Quorum(2, 2, 1, 0, 1, of_institutions=False, of_all=True)
    assert bylaws_on(found.id, day, KNOWN) == USUAL


def institution_of(finance: Committee) -> int:
    [row] = roster(finance.id, on=TODAY, known=KNOWN)
    return row.seat_institution_id or 0


def test_a_seat_has_each_name_on_its_own_days_and_as_known_then_wherever_it_is_named():
    with transaction():
        place = seat(committee(), "Treasurer")
        sits(place, person(), Period(date(2015, 1, 1), date(2015, 12, 31)))
    for since, learnt in ((None, LEARNT), (LATE, LEARNT + timedelta(days=30))):
        with clock_at(learnt), transaction():
            change_seat(place.id, SeatChange("Bursar"), since=since, version=place.version, actor=OFFICE)
    meanwhile = LEARNT + timedelta(days=1)
    assert called(place, JULY, KNOWN) == ({"Treasurer"}, ["Treasurer"])
    assert called(place, JULY - ONE_DAY, meanwhile) == ({"Treasurer"}, ["Treasurer"])
    assert called(place, JULY, meanwhile) == ({"Bursar"}, ["Treasurer"])
    assert called(place, JULY) == ({"Bursar"}, ["Bursar"])
    assert called(place, NEW_YEAR) == ({"Bursar"}, ["Bursar"])
    assert called(place, NEW_YEAR - ONE_DAY) == ({"Treasurer"}, ["Bursar"])
    assert place.label == "Bursar"
    assert broken() == []


def called(place: Seat, on: date, known: datetime | None = None) -> tuple[set[str], list[str]]:
    """What roster, book, timeline and its own page call a seat on a day; and its one term, by when that ended."""
    view = get_committee_view(place.committee_id, OFFICE, on=on, known=known)
    [chapter] = read_book(OFFICE, on=on, known=known)
    lanes = [span.label for span in seat_spans(place.committee_id, on=on, known=known)]
    own = get_seat_view(place.id, OFFICE, on=on, known=known)
    assert (own.first_day, own.last_day) == (FOUNDED, None)
    return {own.label, *lanes, *(row.label for row in (*view.roster, *chapter.roster))}, [
        row.label for row in (*view.past, *view.coming)
    ]
