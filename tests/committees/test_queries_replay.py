"""Rosters equal a replay of all that happened to committees over six years, on any day and as known at any instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.committees.queries import read_book, roster
from app.committees.queries.names import names_on
from app.committees.queries.seats import alternates_on
from app.core.clock import clock_at
from app.core.verification import run_checks
from tests.committees.replaying import Chapter, Row, What, World
from tests.committees.sitting import OFFICE
from tests.committees.walking import Walk

pytestmark = pytest.mark.usefixtures("context")

SEEDS = (0, 3, 7)
JANUARIES = [date(year, 1, 1) for year in range(2011, 2017)]
ALL_VERBS = {
    *("found", "rename", "dissolve", "call_off", "seat", "follow", "end_seat", "lapse", "appoint", "elect", "end"),
    *("correct", "withdraw", "change_office", "leave", "come_back", "stand_in", "stand_down", "move_up"),
    *("edit_committee", "change_seat"),
}


def answered(world: World, on: date, known: datetime | None = None) -> set[Row]:
    """What the program says of a day; what a seat is called is asked from when on it was."""
    return {
        Row(
            row.committee_id,
            row.seat_id,
            row.label if world.places[row.seat_id].named <= on else None,
            row.votes,
            row.seat_institution_id,
            *(row.person_id, row.office, row.first_day, row.last_day, row.on_leave, bool(row.holds_over)),
        )
        for row in roster(None, on=on, known=known)
    }


def standing_in(walk: Walk, world: World, on: date) -> dict[int, str]:
    """The alternates of a day by the replay, as the program names them."""
    return {seat: ", ".join(walk.names[who] for who in people) for seat, people in world.stand_ins(on).items()}


def chapters(on: date, known: datetime | None = None) -> list[Chapter]:
    """The committees of a day in the order of the book, and what they were."""
    return [
        Chapter(
            *(each.committee.id, each.committee.name),
            What(each.committee.kind, each.committee.parent_id, each.remit),
            each.committee.depth,
        )
        for each in read_book(OFFICE, on=on, known=known)
    ]


def alternates(world: World, on: date, known: datetime | None = None) -> dict[int, str]:
    """The alternates of a day by the program."""
    return {seat: told for each in world.bodies for seat, told in alternates_on(each, on=on, known=known).items()}


def check(walk: Walk, on: date, known: datetime | None = None) -> None:
    """Hold what the program says of a day, as known at an instant, against the replay of what was recorded by then."""
    world = walk.journal.replayed(known)
    assert answered(world, on, known) == world.rows(on), (on, known)
    assert alternates(world, on, known) == standing_in(walk, world, on), (on, known)
    assert chapters(on, known) == list(world.chapters(on)), (on, known)
    assert names_on(world.bodies, on=on, known=known) == world.names(on), (on, known)


def verify(walk: Walk) -> None:
    """Hold all that was written against the program's own checks, on the last day of the walk."""
    with clock_at(walk.now):
        assert [line for finding in run_checks() for line in finding.problems] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_rosters_of_six_years_as_known_at_any_instant_equal_a_replay_of_the_events_up_to_it(seed: int):
    walk = Walk(seed)
    walk.go()
    assert len(ALL_VERBS - set(walk.verbs())) <= 2, "most things happen in each walk, and all of them in some"
    instants = [at for at, _, _ in walk.journal.entries]
    days = [*JANUARIES, *(at.date() for at in instants[::5])]
    known = [*instants[::7], *(at - timedelta(seconds=1) for at in instants[::7])]
    assert any(walk.world.rows(each) != walk.journal.replayed(at).rows(each) for each in JANUARIES for at in known)
    for on in days:
        check(walk, on)
    for at in known:
        check(walk, walk.dice.choice(JANUARIES), at)
    verify(walk)
