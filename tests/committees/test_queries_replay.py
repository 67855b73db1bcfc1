"""A random walk of what happens to committees over years, and an independent model that replays it.

The model is a journal: what was recorded when. The roster of a day, as known at an instant, is what follows from the
entries of the journal up to that instant, and nothing else; the program must answer the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from app.committees.commands import (
    AppointmentValues,
    CommitteeValues,
    SeatValues,
    add_seat,
    appoint,
    correct_appointment,
    end_term,
    found_committee,
    withdraw_appointment,
)
from app.committees.documents import book_paper
from app.committees.models import Appointment
from app.committees.queries import read_book, roster
from app.committees.rules import CommitteeKind, Office, SeatKind
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import DomainError
from app.core.periods import Period
from app.core.transaction import transaction
from tests.committees.sitting import OFFICE, person

pytestmark = pytest.mark.usefixtures("context")

BEGIN = datetime(2010, 12, 1, 9, tzinfo=UTC)
STEPS, PEOPLE = 140, 14
JANUARIES = [date(year, 1, 1) for year in range(2011, 2017)]
Seats = dict[int, tuple[int, date]]


@dataclass(frozen=True)
class Sitting:
    """A term as the model keeps it."""

    seat: int
    person: int
    office: Office
    first: date
    last: date | None


Terms = dict[int, Sitting]


@dataclass
class Journal:
    """What was recorded about terms when, as changes of a dictionary; seats are there from their first day."""

    seats: Seats = field(default_factory=dict)
    entries: list[tuple[datetime, Callable[[Terms], object]]] = field(default_factory=list)

    def write(self, at: datetime, change: Callable[[Terms], object]) -> None:
        self.entries.append((at, change))

    def replayed(self, known: datetime | None = None) -> Terms:
        terms: Terms = {}
        for at, change in self.entries:
            if known is None or at <= known:
                change(terms)
        return terms

    def roster(self, on: date, known: datetime | None = None) -> set[tuple[int, int, int | None, Office | None]]:
        """Committee, seat, holder and office of each seat of a day."""
        sits = {
            each.seat: each
            for each in self.replayed(known).values()
            if each.first <= on and (each.last is None or each.last >= on)
        }
        return {
            (committee, seat, sits[seat].person, sits[seat].office) if seat in sits else (committee, seat, None, None)
            for seat, (committee, since) in self.seats.items()
            if since <= on
        }


class Walk:
    """Somebody who does whatever comes to mind, day after day; what the program refuses has not happened."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)  # noqa: S311 - a walk, no secret
        self.now = BEGIN
        self.journal = Journal()
        self.committees: list[int] = []
        with clock_at(BEGIN), transaction():
            self.people = [person(f"Walker{number}").id for number in range(PEOPLE)]

    def go(self) -> None:
        for _ in range(STEPS):
            self.now += timedelta(days=self.dice.randrange(0, 32), hours=self.dice.randrange(0, 5), minutes=1)
            verb = self.dice.choices(
                [self.found, self.seat, self.appoint, self.end, self.correct, self.withdraw], [1, 3, 8, 4, 5, 2]
            )[0]
            with clock_at(self.now):
                try:
                    with transaction():
                        verb()
                except DomainError:
                    continue

    def day(self) -> date:
        """A day within two years of now."""
        return self.now.date() + timedelta(days=self.dice.randrange(-500, 300))

    def found(self) -> None:
        name, founded = f"Committee {len(self.committees)}", date(2010, 12, 1)
        values = CommitteeValues(name, CommitteeKind.STANDING, founded)
        self.committees.append(found_committee(values, actor=OFFICE).id)

    def seat(self) -> None:
        if not self.committees:
            return self.found()
        committee, since = self.dice.choice(self.committees), max(self.day(), date(2010, 12, 1))
        seat = add_seat(committee, SeatValues(SeatKind.ELECTED, "Member", Period(since)), actor=OFFICE)
        self.journal.seats[seat.id] = (committee, since)
        return None

    def appoint(self) -> None:
        if not self.journal.seats:
            return
        seat, (committee, since) = self.dice.choice(sorted(self.journal.seats.items()))
        values = self.values(self.dice.choice(self.people), max(since, self.day()))
        made = appoint(seat, values, actor=OFFICE)
        self.record(made.id, seat, values)
        assert committee == made.committee_id

    def end(self) -> None:
        if (entry := self.standing()) is None:
            return
        last = self.day()
        end_term(entry.id, last, reason="Walks on", version=entry.version, actor=OFFICE)
        was = self.journal.replayed()[entry.id]
        self.keep(entry.id, Sitting(was.seat, was.person, was.office, was.first, last))

    def correct(self) -> None:
        if (entry := self.standing()) is None:
            return
        values = self.values(self.dice.choice([entry.person_id, *self.people[:3]]), self.day())
        correct_appointment(entry.id, values, reason="Mistaken", version=entry.version, actor=OFFICE)
        self.record(entry.id, entry.seat_id, values)

    def withdraw(self) -> None:
        if (entry := self.standing()) is None:
            return
        withdraw_appointment(entry.id, reason="Never was", version=entry.version, actor=OFFICE)
        identity = entry.id
        self.journal.write(self.now, lambda terms: terms.pop(identity))

    def standing(self) -> Appointment | None:
        ids = sorted(self.journal.replayed())
        return db.session.get_one(Appointment, self.dice.choice(ids)) if ids else None

    def values(self, person_id: int, first: date) -> AppointmentValues:
        last = None if self.dice.random() < 0.3 else first + timedelta(days=self.dice.randrange(0, 900))
        office = self.dice.choices([Office.MEMBER, Office.CHAIR, Office.DEPUTY], [6, 1, 1])[0]
        return AppointmentValues(person_id, Period(first, last), office)

    def record(self, identity: int, seat: int, values: AppointmentValues) -> None:
        term = Sitting(seat, values.person_id, values.office, values.period.first, values.period.last)
        self.keep(identity, term)

    def keep(self, identity: int, term: Sitting) -> None:
        self.journal.write(self.now, lambda terms: terms.update({identity: term}))


def answered(on: date, known: datetime | None = None) -> set[tuple[int, int, int | None, Office | None]]:
    return {(row.committee_id, row.seat_id, row.person_id, row.office) for row in roster(None, on=on, known=known)}


@pytest.mark.parametrize("seed", [20160524, 7, 1999])
def test_rosters_of_six_years_equal_a_replay_of_the_events(seed: int):
    walk = Walk(seed)
    walk.go()
    assert len(walk.journal.entries) > STEPS / 4
    assert {len(walk.journal.roster(each)) for each in JANUARIES} != {0}
    for january in JANUARIES:
        assert answered(january) == walk.journal.roster(january), january


@pytest.mark.parametrize("seed", [20160524, 7])
def test_rosters_as_known_at_any_instant_equal_a_replay_up_to_it(seed: int):
    walk = Walk(seed)
    walk.go()
    instants = [at for at, _ in walk.journal.entries][::9]
    assert any(walk.journal.roster(each) != walk.journal.roster(each, at) for each in JANUARIES for at in instants)
    for at in instants:
        for known in (at, at - timedelta(seconds=1), at + timedelta(seconds=1)):
            for january in JANUARIES[::2]:
                assert answered(january, known) == walk.journal.roster(january, known), (january, known)


def test_the_roster_book_of_each_new_year_equals_a_replay_of_the_events():
    walk = Walk(42)
    walk.go()
    for january in JANUARIES:
        chapters = read_book(OFFICE, on=january)
        printed = {
            (chapter.committee.id, row.seat_id, row.person_id, row.office)
            for chapter in chapters
            for row in chapter.roster
        }
        assert printed == walk.journal.roster(january)


def test_the_paper_of_the_book_leaves_nobody_out():
    walk = Walk(42)
    walk.go()
    there = walk.journal.roster(JANUARIES[-1])
    paper = book_paper(read_book(OFFICE, on=JANUARIES[-1]), "IMPC", on=JANUARIES[-1], known_at=walk.now)
    seats = [seat for chapter in paper.chapters for seat in chapter.seats]
    assert len(seats) == len(there)
    assert len(paper.vacancies) == sum(who is None for _, _, who, _ in there)
    assert {each.name for each in paper.people} == {seat.holder for seat in seats if seat.holder}
