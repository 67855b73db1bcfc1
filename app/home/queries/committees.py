"""Tasks about committees: ends of terms, vacancies and chairs that are missing, and members that free their seats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from app.committees.queries import RosterRow
from app.committees.queries.desk import (
    FreedSoon,
    HeldOver,
    Leaderless,
    list_freed_soon,
    list_holding_over,
    list_leaderless,
    list_old_vacancies,
    list_terms_ending,
)
from app.core import clock
from app.core.actor import Actor
from app.core.periods import how_long, how_soon
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone, capped
from app.web import wording

MOST = 8


class _OfCommittee(Protocol):
    """A line about a committee."""

    @property
    def committee_id(self) -> int: ...

    @property
    def committee(self) -> str: ...


@dataclass(frozen=True)
class _Kind:
    """Where tasks of a kind stand, how loud they are, and the step with the page behind it."""

    group: Group
    tone: Tone
    verb: str
    endpoint: str


PLAN, DESK = ("Plan who follows", "committees.succession"), ("Open the desk", "committees.desk")
SOON_ENDS, SOON_FREE = _Kind(Group.SOON, Tone.WARN, *PLAN), _Kind(Group.SOON, Tone.WARN, *DESK)
HELD_OVER, MISSING = _Kind(Group.LATE, Tone.WARN, *PLAN), _Kind(Group.MISSING, Tone.QUIET, *DESK)
Row = TypeVar("Row", bound=_OfCommittee)


def ending_terms(actor: Actor) -> Iterator[Task]:
    """Terms that end within the days by which bylaws warn, one line a committee, where the actor may appoint."""
    if actor.has_any(Permission.COMMITTEE_EDIT):
        groups = _by_committee(list_terms_ending(actor), _ends)
        told = [
            _task(
                SOON_ENDS,
                terms[0],
                f"{wording.plural(len(terms), 'term ends', 'terms end')}: {terms[0].committee}",
                f"{_seats(terms)} without a successor",
                how_soon(_ends(terms[0]), clock.today()),
            )
            for terms in groups[:MOST]
        ]
        yield from _shown(told, len(groups), "where terms end")


def terms_held_over(actor: Actor) -> Iterator[Task]:
    """Who stays on a seat though the term has ended, one line a committee."""
    if actor.has_any(Permission.COMMITTEE_EDIT):
        groups = _by_committee(list_holding_over(actor), lambda each: each.term_ends)
        told = [
            _task(
                HELD_OVER,
                terms[0],
                f"{wording.plural(len(terms), 'holds over', 'hold over')}: {terms[0].committee}",
                _held_over_words(terms),
                how_long(terms[0].term_ends, clock.today()),
            )
            for terms in groups[:MOST]
        ]
        yield from _shown(told, len(groups), "where somebody holds over")


def seats_to_be_freed(actor: Actor) -> Iterator[Task]:
    """Seats of members that leave, lapse or have lapsed, one line a committee."""
    if actor.has_any(Permission.COMMITTEE_EDIT):
        groups = _by_committee(list_freed_soon(actor), lambda each: each.last_day)
        told = [
            _task(
                SOON_FREE,
                seats[0],
                f"{wording.plural(len(seats), 'seat', 'seats')} will be free: {seats[0].committee}",
                _freed_words(seats),
                how_soon(seats[0].last_day, clock.today()),
            )
            for seats in groups[:MOST]
        ]
        yield from _shown(told, len(groups), "where seats will be free")


def vacant_seats(actor: Actor) -> Iterator[Task]:
    """Seats that nobody has held for longer than bylaws warn, one line a committee, where the actor may appoint."""
    if actor.has_any(Permission.COMMITTEE_EDIT):
        groups = _by_committee(list_old_vacancies(actor), _vacant_since)
        told = [
            _task(
                MISSING,
                seats[0],
                f"{wording.plural(len(seats), 'seat', 'seats')} without a holder: {seats[0].committee}",
                f"{_seats(seats)}; vacant since {wording.long_day(_vacant_since(seats[0]))}",
                how_long(_vacant_since(seats[0]), clock.today()),
            )
            for seats in groups[:MOST]
        ]
        yield from _shown(told, len(groups), "with old vacancies")


def committees_without_chair(actor: Actor) -> Iterator[Task]:
    """Committees with seats that nobody is there to chair: the secretariat acts for them (RULES, Governance)."""
    if actor.has_all(Permission.COMMITTEE_EDIT):
        rows = list_leaderless(actor)
        told = [
            _task(
                MISSING,
                row,
                f"{'No chair' if row.chair is None else 'Chair on leave'}: {row.committee}",
                _leaderless_words(row),
            )
            for row in rows[:MOST]
        ]
        yield from _shown(told, len(rows), "without a chair")


def _task(kind: _Kind, row: _OfCommittee, title: str, text: str, age: str = "") -> Task:
    key = {"committee_id": row.committee_id}
    return Task(kind.group, title, text, row.committee, age, kind.tone, kind.verb, kind.endpoint, key)


def _shown(tasks: Sequence[Task], of: int, where: str) -> Iterator[Task]:
    """The first tasks of so many, and one line for all others, which leads to the page with everything."""
    more = of - len(tasks)
    yield from capped(tasks, more, f"more committee {where}", f"more committees {where}", "committees.waiting")


def _by_committee(rows: Iterable[Row], day: Callable[[Row], date]) -> list[list[Row]]:
    """Rows by committee, each by their days; the committee with the first of all stands first."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.committee_id].append(row)
    groups = [sorted(group, key=day) for group in found.values()]
    return sorted(groups, key=lambda group: (day(group[0]), group[0].committee, group[0].committee_id))


def _ends(row: RosterRow) -> date:
    return row.ends or date.max


def _vacant_since(row: RosterRow) -> date:
    return row.vacant_since or row.seat_from


def _held_over_words(terms: Sequence[HeldOver]) -> str:
    stays = "stays" if len(terms) == 1 else "stay"
    return f"{_named([each.holder for each in terms])} {stays} until somebody follows"


def _freed_words(seats: Sequence[FreedSoon]) -> str:
    if len(seats) == 1:
        return seats[0].said(clock.today())
    names = list(dict.fromkeys(each.institution for each in seats))
    goes = "ends" if len(names) == 1 else "end"
    memberships = "membership" if len(names) == 1 else "memberships"
    return f"The {memberships} of {_named(names)} {goes}; the first seat with {wording.long_day(seats[0].last_day)}"


def _leaderless_words(row: Leaderless) -> str:
    if row.is_empty:
        return "Nobody sits on it; the secretariat acts for it until somebody does"
    if row.chair is not None:
        return f"{row.chair} is on leave and no deputy acts: the secretariat does until then"
    if row.deputy is not None:
        return f"{row.deputy} acts as deputy until one is appointed"
    return "The secretariat acts for it until one is appointed"


def _named(names: Sequence[str]) -> str:
    """Names in a sentence, the first of many."""
    more = [f"{wording.count(len(names) - MOST)} more"] if len(names) > MOST else []
    return wording.join_words([*names[:MOST], *more])


def _seats(rows: Sequence[RosterRow]) -> str:
    named = _named([str(number) for number in sorted(row.number for row in rows)])
    return f"Seat {named}" if len(rows) == 1 else f"Seats {named}"
