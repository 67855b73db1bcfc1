"""Two rosters beside each other: of two days, or of one day as it was known at two instants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.committees.models import Committee
from app.committees.queries.committees import exists_on, list_committees
from app.committees.queries.facts import ON, instant
from app.committees.queries.facts import moment as values_of
from app.committees.queries.names import dated_name
from app.committees.queries.roster import RosterRow, roster
from app.committees.rules import OFFICE_WORDS, SEAT_WORDS, Difference
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.paging import AnySelect
from app.web import wording

WITHOUT_LAST = "without a last day"


@dataclass(frozen=True)
class Moment:
    """A valid day, as known at an instant; None is now."""

    on: date
    known: datetime | None = None


@dataclass(frozen=True)
class DifferenceRow:
    """One place where two rosters differ, with what stood there before and after in words.

    `who` is the person, or that the seat is vacant; None where it is about the committee itself.
    """

    difference: Difference
    committee_id: int
    committee: str
    seat: int | str | None
    who: str | None
    person_id: int | None
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Comparison:
    """All differences, in the order of the committees' tree, with how many of each kind there are."""

    rows: Sequence[DifferenceRow]

    def count(self, *kinds: Difference) -> int:
        """How many differences are of these kinds."""
        return sum(row.difference in kinds for row in self.rows)


@dataclass(frozen=True)
class _Seen:
    """A committee at one of the two moments: its name of the day, where it is there at all, and its roster."""

    name: str | None
    roster: Sequence[RosterRow]

    @property
    def words(self) -> str:
        """How many seats it has, and how many of them are filled."""
        filled = sum(row.holder is not None for row in self.roster)
        return f"{wording.plural(len(self.roster), 'seat', 'seats')}, {wording.count(filled)} filled"


Said = Callable[[RosterRow], str | None]


def _seat(row: RosterRow) -> str:
    return f"seat {row.seat}"


def _office(row: RosterRow) -> str | None:
    return OFFICE_WORDS[row.office] if row.office else None


def _place(row: RosterRow) -> str | None:
    return row.institution or row.seat_institution


def _from(row: RosterRow) -> str | None:
    return f"from {wording.day(row.first_day)}" if row.first_day else None


def _until(row: RosterRow) -> str | None:
    if row.holder is None:
        return None
    return f"to {wording.day(row.last_day)}" if row.last_day else WITHOUT_LAST


# What of a seat and of its holder is compared, each in the words in which it is told.
OF_A_SEAT: Sequence[Said] = (
    _seat,
    lambda row: SEAT_WORDS[row.kind].lower(),
    lambda row: "with a vote" if row.votes else "without a vote",
    _place,
)
OF_A_HOLDER: Sequence[Said] = (lambda row: row.holder, _office, *OF_A_SEAT, _from, _until)


def compare_rosters(committee_id: int | None, before: Moment, after: Moment, actor: Actor) -> Comparison:
    """What differs between two rosters of a committee, of all for None: who came, who went, what changed."""
    earlier, later = _committees(committee_id, before, actor), _committees(committee_id, after, actor)
    there, here = _by_committee(committee_id, before), _by_committee(committee_id, after)
    rows: list[DifferenceRow] = []
    for each in dict.fromkeys([*later, *earlier]):
        was, now = there.get(each, ()), here.get(each, ())
        rows += _of_committee(each, _Seen(earlier.get(each), was), _Seen(later.get(each), now))
        rows += _of_people(was, now)
        if each in earlier and each in later:
            rows += _of_seats(was, now)
    return Comparison(rows)


def _committees(committee_id: int | None, moment: Moment, actor: Actor) -> dict[int, str]:
    """The committees there are at a moment, by what they are called then, in the order of their tree."""
    if committee_id is None:
        return {row.id: row.name for row in list_committees(actor, on=moment.on, known=moment.known)}
    asked = _there(ON, instant(moment.known)).where(Committee.id == committee_id)
    return {row.id: row.name for row in db.session.execute(asked, values_of(moment.on, moment.known))}


@prepared
def _there(on: date, known: datetime | None) -> AnySelect:
    named = dated_name(on, known).label("name")
    return select(Committee.id, named).where(exists_on(on, known)).order_by(Committee.id)


def _by_committee(committee_id: int | None, moment: Moment) -> dict[int, list[RosterRow]]:
    found: dict[int, list[RosterRow]] = {}
    for row in roster(committee_id, on=moment.on, known=moment.known):
        found.setdefault(row.committee_id, []).append(row)
    return found


def _of_committee(committee_id: int, before: _Seen, after: _Seen) -> Iterator[DifferenceRow]:
    """That a committee is there on one of the days only, or is called otherwise."""
    was, called = before.name, after.name
    if was is None and called is not None:
        yield DifferenceRow(Difference.FOUNDED, committee_id, called, None, None, None, None, after.words)
    if was is not None and called is None:
        yield DifferenceRow(Difference.DISSOLVED, committee_id, was, None, None, None, before.words, None)
    if was is not None and called is not None and was != called:
        yield DifferenceRow(Difference.RENAMED, committee_id, called, None, None, None, was, called)


def _of_people(before: Sequence[RosterRow], after: Sequence[RosterRow]) -> Iterator[DifferenceRow]:
    """Who came, who went, and what is another with those who stayed: nobody sits twice on one committee."""
    there = {row.person_id: row for row in before if row.person_id is not None}
    here = {row.person_id: row for row in after if row.person_id is not None}
    for person_id, row in here.items():
        if person_id not in there:
            yield _told(Difference.CAME, row, None, _held(row))
    for person_id, row in there.items():
        if person_id not in here:
            yield _told(Difference.WENT, row, _held(row), None)
    for person_id, row in here.items():
        if person_id in there:
            yield from _changed(there[person_id], row, OF_A_HOLDER)


def _of_seats(before: Sequence[RosterRow], after: Sequence[RosterRow]) -> Iterator[DifferenceRow]:
    """Seats that are there on one of the days only, and what is another of those that were vacant on both."""
    there, here = {row.seat_id: row for row in before}, {row.seat_id: row for row in after}
    for seat_id, row in here.items():
        if seat_id not in there:
            yield _told(Difference.SEAT_ADDED, row, None, _words(row, OF_A_SEAT[1:]))
        elif row.holder is None and there[seat_id].holder is None:
            yield from _changed(there[seat_id], row, OF_A_SEAT)
    for seat_id, row in there.items():
        if seat_id not in here:
            yield _told(Difference.SEAT_ENDED, row, _words(row, OF_A_SEAT[1:]), None)


def _changed(before: RosterRow, after: RosterRow, compared: Sequence[Said]) -> Iterator[DifferenceRow]:
    different = [said for said in compared if said(before) != said(after)]
    if different:
        yield _told(Difference.CHANGED, after, _words(before, different), _words(after, different))


def _told(difference: Difference, row: RosterRow, before: str | None, after: str | None) -> DifferenceRow:
    is_seat = difference in {Difference.SEAT_ADDED, Difference.SEAT_ENDED}
    who, person_id = (None, None) if is_seat else (row.holder or "Vacant", row.person_id)
    return DifferenceRow(difference, row.committee_id, row.committee, row.seat, who, person_id, before, after)


def _held(row: RosterRow) -> str:
    """What somebody holds: office, institution and term."""
    return _words(row, (_office, _place, _term))


def _term(row: RosterRow) -> str:
    first = wording.day(row.first_day)
    return f"{first} to {wording.day(row.last_day)}" if row.last_day else f"since {first}"


def _words(row: RosterRow, said: Sequence[Said]) -> str:
    return ", ".join(words for each in said if (words := each(row)))
