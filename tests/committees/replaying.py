"""What follows from the events of committees, in plain Python: an independent model that asks nothing of the program.

A journal holds what was recorded when, each event as a change of a small world. The roster of a day as known at an
instant is what follows from the events up to that instant, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.committees.rules import CommitteeKind, Office

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class What:
    """What a committee is, of which other a part, and what for."""

    kind: CommitteeKind
    parent: int | None = None
    remit: str | None = None


@dataclass
class Body:
    """A committee: its days, what it was called and what it was from which day on, and from when on one holds over."""

    founded: date
    names: dict[date, str]
    facts: dict[date, What]
    dissolved: date | None = None
    holds_over_from: date | None = None


@dataclass
class Place:
    """A seat; one that follows an office has the holders of that office of another committee.

    `named` is the day on which it got its name: of earlier ones nothing is said of that.
    """

    committee: int
    first: date
    label: str
    named: date
    last: date | None = None
    institution: int | None = None
    follows: tuple[int, Office] | None = None
    votes: bool = True


@dataclass
class Sitting:
    """An entry of the roster. `replaced` is one that ended because somebody followed; `ends` is the end of the term."""

    seat: int
    person: int
    office: Office
    first: date
    last: date | None
    ends: date | None = None
    replaced: bool = False
    continues: int | None = None


@dataclass
class Away:
    """Days of leave within a term, whichever offices it goes on under."""

    term: int
    first: date
    last: date


@dataclass
class StandIn:
    """An alternate of a seat."""

    seat: int
    person: int
    rank: int
    first: date
    last: date | None = None


@dataclass(frozen=True)
class Row:
    """A seat of a roster and who holds it; without a label where nothing is said of what it was called."""

    committee: int
    seat: int
    label: str | None = None
    votes: bool = True
    institution: int | None = None
    person: int | None = None
    office: Office | None = None
    first: date | None = None
    last: date | None = None
    on_leave: bool = False
    holds_over: bool = False


@dataclass(frozen=True)
class Chapter:
    """A committee of a day in the order of the tree."""

    committee: int
    name: str
    what: What
    depth: int


def covers(first: date, last: date | None, day: date) -> bool:
    """Whether a day is one of these."""
    return first <= day and (last is None or last >= day)


def earliest(*days: date | None) -> date | None:
    """The first of some days; None where there is none."""
    return min((day for day in days if day is not None), default=None)


@dataclass
class World:
    """Committees, seats, terms, leave and alternates as they are after some events; each method is one event."""

    bodies: dict[int, Body] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    terms: dict[int, Sitting] = field(default_factory=dict)
    leaves: dict[int, Away] = field(default_factory=dict)
    alternates: dict[int, StandIn] = field(default_factory=dict)

    def appoint(self, identity: int, term: Sitting) -> None:
        """Somebody begins; who holds over on the seat until then has a successor."""
        over = self.body_of(term.seat).holds_over_from
        term.ends = term.last
        if term.last is not None and over is not None and term.first >= over:
            self.let_hold_over(term, term.last)
        for each in self.standing_on(term.seat):
            last = self.lasts(each)
            if each.ends and each.ends < term.first and (last is None or last >= term.first):
                each.last, each.replaced = term.first - ONE_DAY, True
                self.fit_leave(each)
        self.terms[identity] = term

    def let_hold_over(self, term: Sitting, ends: date) -> None:
        """A term goes on after its end, until somebody follows or the seat or the committee ends."""
        follows = earliest(*(each.first for each in self.standing_on(term.seat) if each.first > term.first))
        cap = earliest(self.places[term.seat].last, self.body_of(term.seat).dissolved)
        if follows is not None and follows > ends:
            term.last, term.replaced = follows - ONE_DAY, True
        else:
            term.last = max(ends, cap) if cap else None

    def correct(self, identity: int, right: Sitting) -> None:
        """An entry was another one all the time."""
        before = self.terms[identity]
        right.continues = before.continues
        if right.person != before.person:
            self.leaves = {key: leave for key, leave in self.leaves.items() if leave.term != self.root(identity)}
        self.terms[identity] = right
        for each in self.after(identity)[:1]:
            if right.last is None or self.terms[each].first != right.last + ONE_DAY:
                self.forget(each)
        self.fit_leave(right)
        self.settle(right.seat)

    def withdraw(self, identity: int) -> None:
        """A term never was; of one that went on under another office, the office alone was not changed."""
        gone = self.terms.pop(identity)
        lasts = self.lasts(gone)
        former = self.terms.get(gone.continues or 0)
        for each in self.after(identity)[:1]:
            if former is not None and self.stands(self.terms[each]):
                self.terms[each].continues = gone.continues
            else:
                self.forget(each)
        if former is not None:
            former.last, former.replaced = lasts, gone.replaced and gone.last == lasts
            self.keep_leave_within(gone.continues or 0)
        self.settle(gone.seat)

    def end(self, identity: int, last: date) -> None:
        """A term ends, and no office follows in it."""
        for each in self.after(identity)[:1]:
            self.forget(each)
        self.terms[identity].last, self.terms[identity].replaced = last, False
        self.fit_leave(self.terms[identity])

    def change_office(self, identity: int, following: int, office: Office, first: date) -> None:
        """A term goes on under another office."""
        term, lasts = self.terms[identity], self.lasts(self.terms[identity])
        for each in self.after(identity)[:1]:
            if self.stands(self.terms[each]):
                self.terms[each].continues = following
            else:
                self.forget(each)
        replaced = term.replaced and term.last == lasts
        self.terms[following] = Sitting(
            term.seat, term.person, office, first, lasts, term.ends, replaced, continues=identity
        )
        term.last, term.replaced = first - ONE_DAY, False
        self.keep_leave_within(following)

    def end_seat(self, seat: int, last: date) -> None:
        """A seat ends, with who sits on it and who stands in."""
        self.places[seat].last = last
        self.terms = {key: term for key, term in self.terms.items() if term.seat != seat or term.first <= last}
        for term in self.terms.values():
            if term.seat == seat and (term.last is None or term.last > last):
                term.last, term.replaced = last, False
                self.fit_leave(term)
        self.settle(seat)
        for each in [key for key, stand in self.alternates.items() if stand.seat == seat]:
            self.end_alternate(each, last)

    def lapse(self, institution: int, last: date) -> None:
        """What an institution filled is free."""
        for seat, place in self.places.items():
            if place.institution == institution and covers(place.first, place.last, last + ONE_DAY):
                self.end_seat(seat, last)

    def end_alternate(self, identity: int, last: date) -> None:
        """Somebody stands in no longer, or never did."""
        found = self.alternates[identity]
        if found.first > last:
            del self.alternates[identity]
        else:
            found.last = earliest(found.last, last)

    def move_up(self, today: date, pairs: list[tuple[int, int]]) -> None:
        """Two alternates change places from today on; each pair is the entry of one before and after."""
        (one, other) = (self.alternates[old].rank for old, _ in pairs)
        for (old, new), rank in zip(pairs, (other, one), strict=True):
            found = self.alternates[old]
            if old != new:
                self.alternates[new] = StandIn(found.seat, found.person, rank, today, found.last)
                found.last = today - ONE_DAY
            else:
                found.rank = rank

    def edit(self, committee: int, since: date, **wanted: Any) -> None:
        """A committee is something else from a day on."""
        facts = self.bodies[committee].facts
        facts.setdefault(since, facts[max(day for day in facts if day <= since)])
        facts.update({day: replace(what, **wanted) for day, what in facts.items() if day >= since})

    def dissolve(self, committee: int, last: date) -> None:
        """A committee ends, with what it would have been later."""
        body = self.bodies[committee]
        body.dissolved, body.facts = last, {day: what for day, what in body.facts.items() if day <= last}

    def change_seat(self, seat: int, label: str, today: date) -> None:
        """A seat is called otherwise."""
        self.places[seat].label, self.places[seat].named = label, today

    def settle(self, seat: int) -> None:
        """Who ended for a successor ends the day before one begins, or holds over again."""
        terms = sorted(self.standing_on(seat), key=lambda each: each.first)
        for place, each in enumerate(terms):
            if each.replaced and self.lasts(each) == each.last:
                follows = terms[place + 1].first if place + 1 < len(terms) else None
                cap = earliest(self.places[seat].last, self.body_of(seat).dissolved)
                each.last, each.replaced = (follows - ONE_DAY, True) if follows else (cap, False)
                self.fit_leave(each)

    def forget(self, identity: int) -> None:
        """An entry never was, nor what went on from it."""
        for each in [identity, *self.after(identity)]:
            del self.terms[each]

    def after(self, identity: int) -> list[int]:
        """The entries that go on from one, in their order."""
        found = [key for key, term in self.terms.items() if term.continues == identity]
        return found + [later for each in found for later in self.after(each)]

    def root(self, identity: int) -> int:
        """The entry with which a term began."""
        before = self.terms[identity].continues
        return self.root(before) if before in self.terms else identity

    def keep_leave_within(self, identity: int) -> None:
        """Leave that reaches into the last entry of a term ends with it."""
        last = self.terms[identity].last
        if last is None or self.after(identity):
            return
        for leave in self.leaves.values():
            if leave.term == self.root(identity) and leave.first <= last:
                leave.last = min(leave.last, last)

    def fit_leave(self, term: Sitting) -> None:
        """Leave lies within the days of a term, from its first entry to its last."""
        identity = next(key for key, each in self.terms.items() if each is term)
        root = self.root(identity)
        first, last = self.terms[root].first, self.terms[[identity, *self.after(identity)][-1]].last
        for key in [key for key, leave in self.leaves.items() if leave.term == root]:
            leave = self.leaves[key]
            leave.first, leave.last = max(leave.first, first), min(leave.last, last or leave.last)
            if leave.first > leave.last:
                del self.leaves[key]

    def body_of(self, seat: int) -> Body:
        """The committee of a seat."""
        return self.bodies[self.places[seat].committee]

    def lasts(self, each: Sitting | StandIn) -> date | None:
        """The last day of somebody on a seat: no longer than the committee is there."""
        return earliest(each.last, self.body_of(each.seat).dissolved)

    def stands(self, each: Sitting | StandIn) -> bool:
        """Whether it begins while the committee is there."""
        dissolved = self.body_of(each.seat).dissolved
        return dissolved is None or each.first <= dissolved

    def standing_on(self, seat: int) -> list[Sitting]:
        """The entries of a seat."""
        return [each for each in self.terms.values() if each.seat == seat and self.stands(each)]

    def names(self, on: date) -> dict[int, str]:
        """What each committee was called."""
        called = {key: [day for day in body.names if day <= on] for key, body in self.bodies.items()}
        return {key: self.bodies[key].names[max(days or [min(self.bodies[key].names)])] for key, days in called.items()}

    def rows(self, on: date) -> set[Row]:
        """The roster of all committees on a day."""
        return {
            self.row(seat, place, on)
            for seat, place in self.places.items()
            if covers(place.first, place.last, on) and place.committee in self.there(on)
        }

    def there(self, on: date) -> dict[int, What]:
        """What each committee of a day is."""
        bodies = {key: body for key, body in self.bodies.items() if covers(body.founded, body.dissolved, on)}
        return {key: body.facts[max(day for day in body.facts if day <= on)] for key, body in bodies.items()}

    def chapters(self, on: date, under: int | None = None, depth: int = 0) -> Iterator[Chapter]:
        """The committees of a day by their names, each before its parts."""
        there, names = self.there(on), self.names(on)
        parts = [key for key, what in there.items() if (what.parent if what.parent in there else None) == under]
        for key in sorted(parts, key=lambda each: (names[each], each)):
            yield Chapter(key, names[key], there[key], depth)
            yield from self.chapters(on, key, depth + 1)

    def row(self, seat: int, place: Place, on: date) -> Row:
        """A seat and its holder."""
        label = place.label if place.named <= on else None
        vacant = Row(place.committee, seat, label, place.votes, place.institution)
        if place.follows is not None:
            return next(self.followed(vacant, on), vacant)
        for identity, term in self.terms.items():
            last = self.lasts(term)
            if term.seat == seat and covers(term.first, last, on):
                over, away = term.ends is not None and term.ends < on, self.is_away(identity, on)
                held = replace(vacant, person=term.person, office=term.office, first=term.first, last=last)
                return replace(held, on_leave=away, holds_over=over)
        return vacant

    def followed(self, vacant: Row, on: date) -> Iterator[Row]:
        """Whoever holds an office sits on the seat that follows it, on the days of both."""
        place = self.places[vacant.seat]
        for term in self.terms.values():
            if (self.places[term.seat].committee, term.office) == place.follows:
                first = max(term.first, place.first)
                last = earliest(self.lasts(term), place.last, self.body_of(vacant.seat).dissolved)
                if covers(first, last, on):
                    yield replace(vacant, person=term.person, office=Office.MEMBER, first=first, last=last)

    def is_away(self, identity: int, on: date) -> bool:
        """Whether the holder is on leave."""
        root = self.root(identity)
        return any(leave.term == root and covers(leave.first, leave.last, on) for leave in self.leaves.values())

    def numbers(self) -> dict[int, int]:
        """The number of each seat on its committee: they are counted as they are added."""
        counted: dict[int, int] = {}
        numbers = {}
        for seat, place in self.places.items():
            numbers[seat] = counted[place.committee] = counted.get(place.committee, 0) + 1
        return numbers

    def stand_ins(self, on: date) -> dict[int, list[int]]:
        """The alternates of each seat on a day, in their order."""
        found: dict[int, list[int]] = {}
        for each in sorted(self.alternates.values(), key=lambda each: each.rank):
            if covers(each.first, self.lasts(each), on):
                found.setdefault(each.seat, []).append(each.person)
        return found


@dataclass
class Journal:
    """What was recorded when."""

    entries: list[tuple[datetime, str, Callable[[World], object]]] = field(default_factory=list)

    def write(self, at: datetime, verb: str, change: Callable[[World], object]) -> None:
        """Put an event at the end."""
        self.entries.append((at, verb, change))

    def replayed(self, known: datetime | None = None) -> World:
        """The world after what was recorded by an instant."""
        world = World()
        for at, _, change in self.entries:
            if known is None or at <= known:
                change(world)
        return world
