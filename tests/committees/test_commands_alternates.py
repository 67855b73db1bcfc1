"""Alternates of a seat: in their order, from day to day, and of the institution that fills it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.committees.commands import (
    AppointmentValues,
    SeatValues,
    add_alternate,
    add_seat,
    correct_appointment,
    end_alternate,
    end_seat,
    free_seats,
    move_alternate_up,
    withdraw_appointment,
)
from app.committees.models import Seat, SeatAlternate
from app.committees.queries import get_committee_view, get_seat_view, term_checks
from app.committees.rules import Office, SeatKind
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, NotFoundError
from app.core.history import as_known, valid
from app.core.periods import Period
from app.core.personal_data import list_holdings, obstacles_to
from app.core.transaction import transaction
from app.members.commands import (
    Merging,
    Notice,
    RepresentationFacts,
    end_memberships,
    give_notice,
    merge_records,
    name_representative,
)
from app.members.queries import preview_merger, subject_of
from app.members.rules import Purpose, TwinKind
from tests.committees.sitting import (
    FOUNDED,
    OFFICE,
    TERM,
    TODAY,
    committee,
    following,
    institution,
    person,
    refused,
    seat,
    sits,
)
from tests.committees.test_commands import chair_of
from tests.members import world

pytestmark = pytest.mark.usefixtures("context")
OPEN = Period(date(2015, 1, 1))


def order_on(place: Seat, day: date, known: datetime | None = None) -> list[tuple[int, int]]:
    asked = select(SeatAlternate).where(SeatAlternate.seat_id == place.id, valid(SeatAlternate, day, known))
    return [(each.rank, each.person_id) for each in db.session.scalars(asked.order_by(SeatAlternate.rank))]


@pytest.fixture
def place() -> Seat:
    """A seat that somebody holds."""
    with transaction():
        found = seat(committee())
        sits(found, person())
        return found


def test_alternates_stand_in_one_after_the_other(place: Seat):
    with transaction():
        one, two = person("One").id, person("Two").id
        for each in (one, two):
            add_alternate(place.id, each, OPEN, actor=OFFICE)
    assert order_on(place, TODAY) == [(1, one), (2, two)]
    view = get_committee_view(place.committee_id, OFFICE, on=TODAY)
    assert view.alternates == {place.id: "Elspeth One, Elspeth Two"}
    assert [row.person for row in get_seat_view(place.id, OFFICE, on=TODAY).alternates] == [
        "Elspeth One",
        "Elspeth Two",
    ]


def test_another_order_holds_from_today_on_and_not_before(place: Seat):
    with transaction():
        one, two = person("One").id, person("Two").id
        given = [add_alternate(place.id, each, OPEN, actor=OFFICE) for each in (one, two)]
    with clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)), transaction():
        move_alternate_up(given[1].id, actor=OFFICE)
    assert order_on(place, TODAY) == [(1, one), (2, two)]
    assert order_on(place, date(2016, 5, 25)) == [(1, two), (2, one)]
    known = datetime(2016, 5, 24, 20, tzinfo=UTC)
    assert order_on(place, date(2016, 5, 25), known) == [(1, one), (2, two)]


def test_the_first_alternate_is_not_moved_up(place: Seat):
    with transaction():
        first = add_alternate(place.id, person("One").id, OPEN, actor=OFFICE)
    refused(lambda: move_alternate_up(first.id, actor=OFFICE), None)


def test_nobody_is_an_alternate_twice_or_of_themselves(place: Seat):
    with transaction():
        one = person("One").id
        add_alternate(place.id, one, Period(date(2015, 1, 1), TODAY), actor=OFFICE)
        holder = sits(seat(committee("Other")), person("Holder"))
    refused(lambda: add_alternate(place.id, one, Period(TODAY), actor=OFFICE), "person_id")
    refused(lambda: add_alternate(holder.seat_id, holder.person_id, OPEN, actor=OFFICE), "person_id")
    refused(lambda: add_alternate(place.id, 99999, OPEN, actor=OFFICE), "person_id")
    with transaction():
        add_alternate(place.id, one, Period(date(2016, 5, 25)), actor=OFFICE)


def test_an_alternate_stands_in_within_the_days_of_the_seat(place: Seat):
    with transaction():
        one = person("One").id
    refused(lambda: add_alternate(place.id, one, Period(date(2011, 1, 1)), actor=OFFICE), "first_day")


def test_an_alternate_of_an_institutions_seat_belongs_to_it_or_represents_it():
    with transaction():
        harwell = institution()
        place = seat(committee(), by=harwell)
        own, stranger, voice = person("Own", at=harwell), person("Stranger"), person("Voice")
        name_representative(harwell.id, voice.id, RepresentationFacts(Purpose.ALTERNATE, FOUNDED), actor=OFFICE)
    message = refused(lambda: add_alternate(place.id, stranger.id, OPEN, actor=OFFICE), "person_id")
    assert "neither belongs to nor represents" in message
    with transaction():
        assert [add_alternate(place.id, each.id, OPEN, actor=OFFICE).rank for each in (own, voice)] == [1, 2]


def test_an_alternate_ends_with_a_day_or_is_taken_back(place: Seat):
    with transaction():
        one, two = (add_alternate(place.id, person(name).id, OPEN, actor=OFFICE) for name in ("One", "Two"))
    with transaction():
        end_alternate(one.id, date(2016, 6, 30), reason=None, actor=OFFICE)
        end_alternate(two.id, date(2014, 12, 31), reason="By mistake", actor=OFFICE)
    assert [len(order_on(place, day)) for day in (date(2016, 6, 30), date(2016, 7, 1))] == [1, 0]
    refused(lambda: end_alternate(one.id, date(2016, 6, 30), reason=None, actor=OFFICE), "last_day")
    with pytest.raises(NotFoundError), transaction():
        end_alternate(two.id, TODAY, reason=None, actor=OFFICE)


def test_a_chair_names_alternates_on_the_own_committee_alone(place: Seat):
    with transaction():
        one = person("One").id
        other = seat(committee("Other"))
    with transaction():
        given = add_alternate(place.id, one, OPEN, actor=chair_of(place.committee_id))
    for act in (
        lambda: add_alternate(other.id, one, OPEN, actor=chair_of(place.committee_id)),
        lambda: end_alternate(given.id, TODAY, reason=None, actor=chair_of(other.committee_id)),
        lambda: move_alternate_up(given.id, actor=chair_of(other.committee_id)),
    ):
        with pytest.raises(AccessDeniedError), transaction():
            act()


def test_who_stands_in_on_a_seat_is_not_erased_before_that_ends(place: Seat):
    with transaction():
        who = person("One")
        given = add_alternate(place.id, who.id, OPEN, actor=OFFICE)
    subject = subject_of(who)
    told = [each.sentence for each in obstacles_to(subject, TODAY)]
    assert told == ["They are an alternate of seat 1 of Finance Committee: end that first."]
    held = {each.title: [*each.rows] for each in list_holdings(subject)}["Alternate on committees"]
    assert [(row["Committee"], row["From"]) for row in held] == [("Finance Committee", date(2015, 1, 1))]
    db.session.rollback()
    with transaction():
        end_alternate(given.id, date(2016, 5, 23), reason=None, actor=OFFICE)
    assert obstacles_to(subject, TODAY) == []


def test_alternates_follow_when_two_people_are_one_unless_both_stand_in_or_hold(place: Seat):
    with transaction():
        one, two, three = person("One"), person("Two"), person("Three")
        add_alternate(place.id, two.id, OPEN, actor=OFFICE)
        other = seat(committee("Other"))
        sits(other, one, TERM)
        add_alternate(other.id, three.id, OPEN, actor=OFFICE)

    def clashes(merged: int) -> list[str]:
        return [each.words for each in preview_merger(TwinKind.PERSON, one.id, merged, OFFICE).clashes]

    assert clashes(three.id) == ["One is an alternate of the other on seat 1 of Other."]
    assert clashes(two.id) == []
    db.session.rollback()
    with transaction():
        merge_records(Merging(TwinKind.PERSON, one.id, two.id, "The same"), actor=OFFICE)
    assert order_on(place, TODAY) == [(1, one.id)]
    with transaction():
        four = person("Four")
        add_alternate(place.id, four.id, OPEN, actor=OFFICE)
    assert clashes(four.id) == ["Both are alternates of one seat on the same days."]


def test_alternates_end_with_the_seats_of_an_institution_that_leaves():
    found = world.institution()
    world.member(found)
    who = world.person(found)
    with transaction():
        values = SeatValues(SeatKind.INSTITUTION, "Theirs", Period(world.LAUNCH), institution_id=found.id)
        place = add_seat(committee("Steering Committee").id, values, actor=OFFICE)
        add_alternate(place.id, who.id, OPEN, actor=OFFICE)
    last = date(2016, 5, 10)
    leaving = world.do(give_notice, found.id, Notice(last, "Its funding ends"))
    world.do(end_memberships, leaving.id)
    world.do(free_seats, leaving.id)
    (kept,) = db.session.scalars(select(SeatAlternate).where(SeatAlternate.superseded_at.is_(None)))
    ends = db.session.get_one(Seat, place.id, populate_existing=True).last_day
    assert (kept.last_day, ends is None) == (ends, False)


@pytest.mark.parametrize(
    ("term", "standing"),
    [
        (Period(date(2016, 6, 1)), [Period(date(2015, 1, 1), date(2016, 5, 31))]),
        (Period(date(2016, 6, 1), date(2019, 5, 31)), [Period(date(2015, 1, 1), date(2016, 5, 31))]),
        (Period(date(2014, 1, 1)), []),
        (
            Period(date(2015, 7, 1), date(2015, 12, 31)),
            [Period(date(2015, 1, 1), date(2015, 6, 30)), Period(date(2016, 1, 1))],
        ),
    ],
)
def test_an_alternate_who_is_appointed_to_the_seat_stands_in_on_it_no_more(term: Period, standing: list[Period]):
    with transaction():
        place, one = seat(committee()), person("One")
        add_alternate(place.id, one.id, Period(date(2015, 1, 1)), actor=OFFICE)
    with clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)), transaction():
        sits(place, one, term)
    kept = select(SeatAlternate).where(as_known(SeatAlternate)).order_by(SeatAlternate.first_day)
    assert [each.period for each in db.session.scalars(kept)] == standing
    assert list(term_checks.check_standing_in()) == []
    assert order_on(place, date(2015, 8, 1), datetime(2016, 5, 24, 20, tzinfo=UTC)) == [(1, one.id)]


FROM_JULY = Period(date(2016, 7, 1))


@pytest.mark.parametrize("mended", ["withdrawn", "another holder", "another first day"])
@pytest.mark.parametrize(
    "term", [Period(date(2016, 6, 1)), Period(date(2014, 1, 1)), Period(date(2015, 7, 1), date(2015, 12, 31))]
)
def test_an_alternate_who_was_appointed_by_mistake_stands_in_again(term: Period, mended: str):
    with transaction():
        place, one, two = seat(committee()), person("One"), person("Two")
        add_alternate(place.id, one.id, OPEN, actor=OFFICE)
        add_alternate(place.id, two.id, OPEN, actor=OFFICE)
    with clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)), transaction():
        entry = sits(place, one, term)
    right = {"another holder": (person, term), "another first day": (None, FROM_JULY)}.get(mended)
    with clock_at(datetime(2016, 5, 26, 9, tzinfo=UTC)), transaction():
        if right is None:
            withdraw_appointment(entry.id, reason="Mistaken", version=entry.version, actor=OFFICE)
        else:
            who, period = right
            values = AppointmentValues(who("Right").id if who else one.id, period)
            correct_appointment(entry.id, values, reason="Mistaken", version=entry.version, actor=OFFICE)
    before, after = order_on(place, date(2016, 6, 30)), order_on(place, date(2017, 1, 1))
    both, other = [(1, one.id), (2, two.id)], [(2, two.id)]
    assert (before, after) == (both, other if mended == "another first day" else both)
    assert order_on(place, date(2015, 8, 1)) == both
    assert order_on(place, date(2017, 1, 1), datetime(2016, 5, 25, 20, tzinfo=UTC)) == (both if term.last else other)
    assert list(term_checks.check_standing_in()) == []


def test_who_was_an_alternate_no_more_before_a_mistaken_term_is_none_after_it():
    with transaction():
        place, one = seat(committee()), person("One")
        given = add_alternate(place.id, one.id, OPEN, actor=OFFICE)
    with clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)), transaction():
        end_alternate(given.id, date(2016, 5, 31), reason=None, actor=OFFICE)
    with clock_at(datetime(2016, 5, 26, 9, tzinfo=UTC)), transaction():
        entry = sits(place, one, Period(date(2016, 6, 1)))
    with clock_at(datetime(2016, 5, 27, 9, tzinfo=UTC)), transaction():
        withdraw_appointment(entry.id, reason="Mistaken", version=entry.version, actor=OFFICE)
    assert (order_on(place, date(2016, 5, 31)), order_on(place, date(2016, 6, 1))) == ([(1, one.id)], [])


def test_who_stands_in_again_does_so_after_whoever_took_their_place_and_no_longer_than_the_seat():
    with transaction():
        place, one, two = seat(committee()), person("One"), person("Two")
        add_alternate(place.id, one.id, OPEN, actor=OFFICE)
    with clock_at(datetime(2016, 5, 25, 9, tzinfo=UTC)), transaction():
        entry = sits(place, one, Period(date(2016, 6, 1)))
        add_alternate(place.id, two.id, Period(date(2016, 6, 1)), actor=OFFICE)
        end_seat(place.id, date(2016, 12, 31), reason="Fewer", version=place.version, actor=OFFICE)
        withdraw_appointment(entry.id, reason="Mistaken", version=entry.version, actor=OFFICE)
    assert order_on(place, date(2016, 12, 31)) == [(1, two.id), (2, one.id)]
    assert order_on(place, date(2017, 1, 1)) == []


def test_who_holds_a_seat_later_is_no_alternate_of_it_on_days_beyond():
    with transaction():
        place, one = seat(committee()), person("One")
        sits(place, one, Period(date(2017, 1, 1)))
    assert refused(lambda: add_alternate(place.id, one.id, Period(date(2016, 6, 1)), actor=OFFICE), "person_id") == (
        "They hold this seat themselves on some of these days."
    )
    with transaction():
        add_alternate(place.id, one.id, Period(date(2016, 6, 1), date(2016, 12, 31)), actor=OFFICE)


def test_an_alternate_of_a_seat_that_follows_an_office_stands_in_no_more_once_it_is_theirs():
    with transaction():
        steering, board, one = committee("Steering"), committee("Board"), person("One")
        followed = following(steering, Office.CHAIR, on=board)
        add_alternate(followed.id, one.id, Period(date(2015, 1, 1)), actor=OFFICE)
        sits(seat(steering), one, Period(date(2016, 6, 1)), Office.CHAIR)
    assert order_on(followed, date(2016, 5, 31)) == [(1, one.id)]
    assert order_on(followed, date(2016, 6, 1)) == []
