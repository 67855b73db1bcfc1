"""Somebody who does whatever comes to mind to committees, day after day, and a journal of what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.committees.commands import (
    Adoption,
    AppointmentValues,
    CommitteeNaming,
    CommitteeValues,
    Dissolving,
    LeaveValues,
    OfficeChange,
    SeatChange,
    SeatValues,
    Since,
    add_alternate,
    add_seat,
    adopt_bylaws,
    appoint,
    begin_leave,
    call_off_dissolution,
    change_office,
    change_seat,
    correct_appointment,
    dissolve_committee,
    edit_committee,
    end_alternate,
    end_leave,
    end_seat,
    end_term,
    found_committee,
    move_alternate_up,
    rename_committee,
    withdraw_appointment,
)
from app.committees.commands.election_results import declare_elected
from app.committees.commands.elections import CallValues, call_election, close_nominations
from app.committees.commands.nominations import nominate
from app.committees.models import Appointment, Committee, Election, Seat, SeatAlternate
from app.committees.queries.elections import list_seats_of
from app.committees.rules import BylawFacts, CommitteeKind, Ending, Office, Replacement, SeatKind
from app.committees.rules.deadlines import Deadline
from app.committees.rules.elections import Nominators
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known
from app.core.periods import Period
from app.core.transaction import transaction
from app.members.commands import end_grace
from app.members.models import Institution, Person
from tests.committees.replaying import (
    ONE_DAY,
    Away,
    Body,
    Journal,
    Place,
    Sitting,
    StandIn,
    What,
    World,
)
from tests.committees.ruled import as_user
from tests.committees.sitting import OFFICE, institution, person
from tests.members.world import member

BEGIN = datetime(2010, 12, 1, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
STEPS, FIRST, PEOPLE, ALTERNATES = 190, 3, 16, 4
OTHER_KINDS = [CommitteeKind.ADVISORY, CommitteeKind.WORKING_GROUP, CommitteeKind.STANDING]
LAPSES = [date(2012, 6, 30), date(2014, 3, 31)]
TERM = BylawFacts(term_months=36, holds_over=True, replacement=Replacement.ANEW)


class Walk:
    """What the program refuses has not happened; what it does is put in the journal beside it."""

    def __init__(self, seed: int, steps: int = STEPS, committees: int = 5) -> None:
        self.dice = Random(seed)  # noqa: S311 - a walk, no secret
        self.now, self.steps, self.most = BEGIN, steps, committees
        self.journal, self.world, self.lapsed = Journal(), World(), set[int]()
        self.changed = set[int]()
        with clock_at(BEGIN):
            self.gather()

    def gather(self) -> None:
        """Two institutions that will be members no more, and people, some of them theirs."""
        since = BEGIN.date()
        with transaction():
            houses = [institution(f"Institute {number}", f"House {number}") for number in range(len(LAPSES))]
            places = [*houses, None, None] * (PEOPLE // 4)
            people = [person(f"Walker{number}", at, since) for number, at in enumerate(places)]
        self.people, self.houses = [each.id for each in people[ALTERNATES:]], [each.id for each in houses]
        self.alternates = [each.id for each in people[:ALTERNATES]]
        self.names = {each.id: each.name for each in people}
        self.members = {each.id: f"Institute {number}" for number, each in enumerate(houses)}
        self.homes = {each.id: self.members[at.id] for each, at in zip(people, places, strict=True) if at}
        self.admit(houses)

    def admit(self, houses: Sequence[Institution]) -> None:
        """Let them be members until they lapse."""
        for house, last in zip(houses, LAPSES, strict=True):
            member(house, since=BEGIN.date(), until=last)

    def go(self) -> None:
        """Walk for six years."""
        verbs = {self.appoint: 9, self.end: 4, self.correct: 4, self.withdraw: 2, self.seat: 4, self.found: 1}
        verbs |= {self.change_office: 4, self.leave: 4, self.come_back: 2, self.follow: 1, self.end_seat: 1}
        verbs |= {self.stand_in: 3, self.move_up: 1, self.stand_down: 1, self.rename: 1, self.elect: 3}
        verbs |= {self.dissolve: 1, self.call_off: 3, self.edit_committee: 3, self.change_seat: 2}
        days = 6 * 365 // self.steps
        for step in range(self.steps):
            self.now += timedelta(days=self.dice.randrange(0, 2 * days), hours=self.dice.randrange(0, 5), minutes=1)
            self.lapse()
            done = self.verbs()
            weights = [weight if verb.__name__ in done else 4 * weight for verb, weight in verbs.items()]
            (verb,) = self.dice.choices(list(verbs), weights) if step >= FIRST else [self.found]
            with clock_at(self.now):
                try:
                    with transaction():
                        verb()
                except DomainError:
                    continue

    def verbs(self) -> Counter[str]:
        """How often each thing happened."""
        return Counter(verb for _, verb, _ in self.journal.entries)

    def write(self, verb: str, change: Callable[[World], object]) -> None:
        """Note what happened now, in the journal and in the world of this moment."""
        self.journal.write(self.now, verb, change)
        change(self.world)

    def today(self) -> date:
        """The day it is where the consortium sits."""
        return self.now.astimezone(ZONE).date()

    def day(self) -> date:
        """A day within two years of now."""
        return self.today() + timedelta(days=self.dice.randrange(-500, 300))

    def found(self) -> None:
        if sum(body.dissolved is None for body in self.world.bodies.values()) >= self.most:
            return
        name, founded, today = f"Committee {len(self.world.bodies)}", BEGIN.date(), self.today()
        made = found_committee(CommitteeValues(name, CommitteeKind.STANDING, founded), actor=OFFICE).id
        over = today if self.dice.random() < 0.6 else None
        if over is not None:
            adopt_bylaws(made, TERM, Adoption(over), actor=OFFICE)
        what = What(CommitteeKind.STANDING)
        self.write(
            "found",
            lambda world: world.bodies.update({made: Body(founded, {founded: name}, {founded: what}, None, over)}),
        )

    def rename(self) -> None:
        if (found := self.committee()) is None:
            return
        name, first = f"Body {len(self.journal.entries)}", self.day()
        rename_committee(found.id, CommitteeNaming(name, first), reason=None, version=found.version, actor=OFFICE)
        key = found.id
        self.write("rename", lambda world: world.bodies[key].names.update({first: name}))

    def dissolve(self) -> None:
        if (found := self.committee()) is None:
            return
        key, last = found.id, self.today() + timedelta(days=self.dice.randrange(-10, 200))
        dissolve_committee(key, Dissolving(last, "Its work is done"), version=found.version, actor=OFFICE)
        self.write("dissolve", lambda world: world.dissolve(key, last))

    def call_off(self) -> None:
        going = sorted(key for key, body in self.world.bodies.items() if body.dissolved)
        if not going:
            return
        found = db.session.get_one(Committee, self.dice.choice(going))
        call_off_dissolution(found.id, reason="It goes on", version=found.version, actor=OFFICE)
        key = found.id
        self.write("call_off", lambda world: setattr(world.bodies[key], "dissolved", None))

    def edit_committee(self) -> None:
        """What a committee is, of which it is a part or what for is another thing, or was since a day."""
        found, above = self.committee(), self.committee()
        if found is None or above is None:
            return
        parent = above.id if found.parent_id is None else None
        wanted: dict[str, Any] = self.dice.choice(
            [{"kind": self.dice.choice(OTHER_KINDS)}, {"parent_id": parent}, {"remit": f"Sees to {found.version}."}]
        )
        values = CommitteeValues(found.name, found.kind, found.founded_on, found.parent_id, found.remit)
        if values == replace(values, **wanted):
            return
        since = max(min(self.day(), self.today()), BEGIN.date())
        told = Since(since, "It was so") if since < self.today() else None
        edit_committee(found.id, replace(values, **wanted), since=told, version=found.version, actor=OFFICE)
        key, is_now = found.id, {name.removesuffix("_id"): value for name, value in wanted.items()}
        self.write("edit_committee", lambda world: world.edit(key, since, **is_now))

    def committee(self) -> Committee | None:
        """A committee that is there today."""
        today, bodies = self.today(), self.world.bodies
        keys = sorted(key for key, body in bodies.items() if body.dissolved is None or body.dissolved >= today)
        return db.session.get_one(Committee, self.dice.choice(keys)) if keys else None

    def seat(self) -> None:
        if (found := self.committee()) is None:
            return self.found()
        since, house = max(self.day(), BEGIN.date()), self.member() if self.dice.random() < 0.3 else None
        kind = SeatKind.ELECTED if house is None else SeatKind.INSTITUTION
        since = since if house is None else min(since, self.today())
        label, votes = f"Place {len(self.world.places)}", self.dice.random() < 0.8
        values = SeatValues(kind, label, Period(since), votes, institution_id=house)
        made, of = add_seat(found.id, values, actor=OFFICE).id, found.id
        self.write(
            "seat",
            lambda world: world.places.update({made: Place(of, since, label, since, None, house, votes=votes)}),
        )
        return None

    def follow(self) -> None:
        found, other = self.committee(), self.committee()
        if found is None or other is None:
            return
        since, office = self.today(), self.dice.choice([Office.CHAIR, Office.DEPUTY])
        values = SeatValues(
            SeatKind.EX_OFFICIO, "By office", Period(since), follows_committee_id=other.id, follows_office=office
        )
        made, of, by = add_seat(found.id, values, actor=OFFICE).id, found.id, (other.id, office)
        place = partial(Place, of, since, "By office", since, follows=by)
        self.write("follow", lambda world: world.places.update({made: place()}))

    def change_seat(self) -> None:
        """A seat is called otherwise."""
        if (key := self.place()) is None:
            return
        found, label = db.session.get_one(Seat, key), f"Desk {len(self.journal.entries)}"
        change = SeatChange(label, found.cycle_end, found.follows_committee_id, found.follows_office)
        change_seat(key, change, version=found.version, actor=OFFICE)
        today = max(self.today(), self.world.places[key].first)
        self.write("change_seat", lambda world: world.change_seat(key, label, today))

    def member(self) -> int | None:
        """An institution that is a member still."""
        going = [house for house, last in zip(self.houses, LAPSES, strict=True) if last > self.today()]
        return self.dice.choice(going) if going else None

    def end_seat(self) -> None:
        if (key := self.place()) is None:
            return
        found, last = db.session.get_one(Seat, key), self.day()
        end_seat(key, last, reason="Fewer", version=found.version, actor=OFFICE)
        self.write("end_seat", lambda world: world.end_seat(key, last))

    def place(self) -> int | None:
        """A seat that goes on, of a committee that is not dissolved yet."""
        keys = sorted(key for key, place in self.world.places.items() if place.last is None and self.is_there(key))
        return self.dice.choice(keys) if keys else None

    def lapse(self) -> None:
        """The daily round of the day after a membership has ended, if that has come by now."""
        for house, last in zip(self.houses, LAPSES, strict=True):
            round_at = datetime.combine(last + ONE_DAY, time(7), UTC)
            if self.now > round_at and house not in self.lapsed:
                self.lapsed.add(house)
                now, self.now = self.now, max(round_at, self.journal.entries[-1][0])
                with clock_at(round_at):
                    end_grace()
                self.note_lapse(house, last)
                self.now = now

    def note_lapse(self, house: int, last: date) -> None:
        self.write("lapse", lambda world: world.lapse(house, last))

    def appoint(self) -> None:
        if (key := self.place()) is None:
            return
        values = self.values(self.dice.choice(self.people), max(self.world.places[key].first, self.day()))
        made = appoint(key, values, actor=OFFICE).id
        self.write("appoint", lambda world: world.appoint(made, sitting(key, values)))

    def elect(self) -> None:
        """Call an election to a seat, let one stand, and declare them elected on the day after."""
        if (key := self.place()) is None:
            return
        of, first = self.world.places[key].committee, self.today() + timedelta(days=self.dice.randrange(5, 90))
        deadline = self.now + timedelta(hours=20)
        who = db.session.get_one(Person, self.dice.choice(self.people))
        values = CallValues(
            "Election", (key,), first, Nominators.ANYONE, self.today(), Deadline(deadline, "", "Europe/London")
        )
        election = call_election(of, values, actor=OFFICE)
        nominate(election.id, who.id, statement=None, actor=as_user(who))
        (wanted,) = list_seats_of(election.id)
        period = wanted.period
        self.now = deadline + timedelta(hours=1)
        with clock_at(self.now):
            close_nominations(election.id, actor=OFFICE)
            found = db.session.get_one(Election, election.id)
            declare_elected(found.id, decision="FC-1", version=found.version, actor=OFFICE)
        made = db.session.scalars(select(Appointment.id).order_by(Appointment.id.desc())).first()
        assert made is not None
        elected = AppointmentValues(who.id, period)
        self.write("elect", lambda world: world.appoint(made, sitting(key, elected)))

    def end(self) -> None:
        if (entry := self.standing()) is None:
            return
        key, last = entry.id, self.day()
        how = self.dice.choice([Ending.RESIGNED, Ending.REMOVED, Ending.OTHER])
        end_term(key, last, reason="Walks on", version=entry.version, how=how, actor=OFFICE)
        self.write("end", lambda world: world.end(key, last))

    def correct(self) -> None:
        if (entry := self.standing()) is None:
            return
        key, seat = entry.id, entry.seat_id
        values = self.values(self.dice.choice([entry.person_id, *self.people[:3]]), self.day())
        correct_appointment(key, values, reason="Mistaken", version=entry.version, actor=OFFICE)
        self.write("correct", lambda world: world.correct(key, sitting(seat, values)))

    def withdraw(self) -> None:
        if (entry := self.standing()) is None:
            return
        key = entry.id
        withdraw_appointment(key, reason="Never was", version=entry.version, actor=OFFICE)
        self.write("withdraw", lambda world: world.withdraw(key))

    def change_office(self) -> None:
        if (entry := self.standing()) is None:
            return
        key, office = entry.id, self.dice.choice([Office.CHAIR, Office.DEPUTY, Office.MEMBER])
        first = self.within(entry)
        made = change_office(key, OfficeChange(office, first), version=entry.version, actor=OFFICE).id
        self.changed.add(self.world.root(key))
        self.write("change_office", lambda world: world.change_office(key, made, office, first))

    def leave(self) -> None:
        if (entry := self.standing()) is None:
            return
        key, first = entry.id, self.within(entry)
        last = min(first + timedelta(days=self.dice.randrange(5, 400)), entry.last_day or date.max)
        values = LeaveValues(Period(first, last), "Field work")
        made = begin_leave(key, values, version=entry.version, actor=OFFICE).id
        self.write("leave", lambda world: world.leaves.update({made: Away(world.root(key), first, last)}))

    def come_back(self) -> None:
        """Somebody comes back before the leave would have ended, under the office they left with."""
        keys = sorted(
            key
            for key, leave in self.world.leaves.items()
            if leave.term in self.world.terms and leave.term not in self.changed
        )
        if not keys:
            return
        key = self.dice.choice(keys)
        last = self.world.leaves[key].first + timedelta(days=self.dice.randrange(0, 60))
        version = db.session.get_one(Appointment, self.world.leaves[key].term).version
        end_leave(key, last, version=version, actor=OFFICE)
        self.write("come_back", lambda world: setattr(world.leaves[key], "last", last))

    def stand_in(self) -> None:
        if (key := self.place()) is None:
            return
        who, first = self.dice.choice(self.alternates), max(self.today(), self.world.places[key].first)
        made = add_alternate(key, who, Period(first), actor=OFFICE)
        identity, rank = made.id, made.rank
        assert rank == 1 + max(
            (each.rank for each in self.world.alternates.values() if stays(each, key, first)), default=0
        )
        self.write("stand_in", lambda world: world.alternates.update({identity: StandIn(key, who, rank, first)}))

    def stand_down(self) -> None:
        if not self.world.alternates:
            return
        key, last = self.dice.choice(sorted(self.world.alternates)), self.day()
        end_alternate(key, last, reason=None, actor=OFFICE)
        self.write("stand_down", lambda world: world.end_alternate(key, last))

    def move_up(self) -> None:
        pairs = [(one, other) for one, other in self.standing_in() if one != other]
        if not pairs:
            return
        above, found = self.dice.choice(pairs)
        move_alternate_up(found, actor=OFFICE)
        moved = [(each, self.newest(each)) for each in (above, found)]
        today = self.today()
        self.write("move_up", lambda world: world.move_up(today, moved))

    def standing_in(self) -> list[tuple[int, int]]:
        """Alternates without a last day, each with the one above, of committees that go on."""
        found: dict[int, list[int]] = {}
        going = {key for key, each in self.world.alternates.items() if each.last is None and self.lasts(each.seat)}
        for key in sorted(going, key=lambda each: self.world.alternates[each].rank):
            found.setdefault(self.world.alternates[key].seat, []).append(key)
        return [(above, below) for keys in found.values() for above, below in pairwise(keys)]

    def is_there(self, seat: int) -> bool:
        """Whether the committee of a seat is not dissolved yet."""
        dissolved = self.world.body_of(seat).dissolved
        return dissolved is None or dissolved >= max(self.today(), self.world.places[seat].first)

    def lasts(self, seat: int) -> bool:
        """Whether the committee of a seat is not to be dissolved."""
        return self.world.body_of(seat).dissolved is None

    def newest(self, identity: int) -> int:
        """The entry by which an alternate stands in from today on."""
        was = self.world.alternates[identity]
        asked = select(SeatAlternate.id).where(
            SeatAlternate.seat_id == was.seat, SeatAlternate.person_id == was.person, as_known(SeatAlternate)
        )
        found = db.session.scalars(asked.order_by(SeatAlternate.last_day.is_not(None), SeatAlternate.id.desc())).first()
        assert found is not None
        return found

    def standing(self) -> Appointment | None:
        """Somebody's entry that can be changed by hand."""
        keys = sorted(key for key, term in self.world.terms.items() if self.world.stands(term))
        return db.session.get_one(Appointment, self.dice.choice(keys)) if keys else None

    def within(self, entry: Appointment) -> date:
        """A day of an entry after its first."""
        return entry.first_day + timedelta(days=self.dice.randrange(1, 500))

    def values(self, person_id: int, first: date) -> AppointmentValues:
        last = None if self.dice.random() < 0.3 else first + timedelta(days=self.dice.randrange(0, 900))
        office = self.dice.choices([Office.MEMBER, Office.CHAIR, Office.DEPUTY], [6, 2, 1])[0]
        return AppointmentValues(person_id, Period(first, last), office)


def sitting(seat: int, values: AppointmentValues) -> Sitting:
    """A new entry of the model."""
    return Sitting(seat, values.person_id, values.office, values.period.first, values.period.last)


def stays(each: StandIn, seat: int, first: date) -> bool:
    """Whether an alternate of a seat stands in on a day or later."""
    return each.seat == seat and (each.last is None or each.last >= first)
