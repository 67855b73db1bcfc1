"""Many committees over many years, written in bulk: seats that change hands, gaps between terms, corrected entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app.accounts.models import Grant
from app.accounts.rules import GrantSource
from app.audit.commands import Subject, record
from app.committees.commands.dated_facts import DATED
from app.committees.models import Appointment, Committee, CommitteeFacts, CommitteeName, Seat, SeatFacts
from app.committees.queries.terms import list_acting
from app.committees.rules import CommitteeKind, How, Office, SeatKind, roles_of
from app.core import clock
from app.core.bulk import insert_rows, insert_with_ids
from app.core.database import db
from app.core.folding import folded
from app.core.history import as_known
from app.core.periods import ONE_DAY, Period, add_months
from app.core.permissions import Role
from app.members.models import Person
from benchmarks.consortium.members import make_members
from benchmarks.consortium.size import Size
from benchmarks.consortium.world import World, written_on

COMMITTEES, SEATS, TERMS, YEARS = 500, 10, 4, 20
CORRECTED = 10  # One entry in so many was put right once.
PARTS = 8
KINDS = tuple(CommitteeKind)
OFFICES = {0: Office.CHAIR, 1: Office.DEPUTY}


def size_of(scale: float) -> Size:
    """300 institutions and 3,000 people with committees: 500 and 20,000 terms at the size wanted."""
    return Size(committees=max(10, round(COMMITTEES * scale)), years=YEARS)


def make_rosters(size: Size, today: date, seed: int) -> World:
    """A consortium of a size with its committees and their terms."""
    world = World(size, today, Random(seed))
    make_members(world)
    with written_on(world.first_day):
        _found(world)
        _fill(world)
        _grant(world)
        record("benchmarks.rosters", Subject("consortium", 1), summary="Rosters were written", actor=world.office)
    return world


def _found(world: World) -> None:
    """A tree three levels deep."""
    since = {"first_day": world.first_day, "last_day": None, "recorded_at": clock.now()}
    facts: list[dict[str, Any]] = []
    for number in range(world.size.committees):
        parent = world.committees[(number - 1) // PARTS] if number else None
        row = _committee(world, number, parent)
        [committee_id] = insert_with_ids(Committee, [row])
        world.committees.append(committee_id)
        facts.append({"committee_id": committee_id, **{name: row[name] for name in sorted(DATED)}, **since})
    insert_rows(CommitteeFacts, facts)
    insert_rows(
        CommitteeName,
        [{"committee_id": each, "name": _name(number), **since} for number, each in enumerate(world.committees)],
    )


def _name(number: int) -> str:
    return f"Working Group {number} on Phenotyping and Data"


def _committee(world: World, number: int, parent: int | None) -> dict[str, Any]:
    name = _name(number)
    return {
        "name": name,
        "kind": KINDS[number % len(KINDS)],
        "parent_id": parent,
        "remit": "Advises the consortium on what its name says and reports once a year.",
        "founded_on": world.first_day,
        "sort_name": folded(name),
        "search_text": folded(name),
        "created_at": clock.now(),
        "version": 1,
    }


def _fill(world: World) -> None:
    seats = [
        {
            "committee_id": committee_id,
            "position": place + 1,
            "kind": SeatKind.ELECTED,
            "label": f"Seat {place + 1}",
            "votes": place < SEATS - 1,
            "first_day": world.first_day,
            "last_day": None,
            "version": 1,
        }
        for committee_id in world.committees
        for place in range(SEATS)
    ]
    ids = insert_with_ids(Seat, seats)
    said = {"first_day": world.first_day, "last_day": None, "recorded_at": clock.now()}
    labels = [{"seat_id": each, "label": row["label"], **said} for each, row in zip(ids, seats, strict=True)]
    insert_rows(SeatFacts, labels)
    rows: list[dict[str, Any]] = []
    for start in range(0, len(ids), SEATS):
        people = world.random.sample(world.people, SEATS * TERMS)
        for place, seat_id in enumerate(ids[start : start + SEATS]):
            chosen = people[place * TERMS : (place + 1) * TERMS]
            rows += _terms(world, (seat_id, world.committees[start // SEATS], place), chosen)
    insert_rows(Appointment, rows)


def _grant(world: World) -> None:
    """The rights of all who sit, and of deputies on the days that have no chair."""
    sits = (
        select(Appointment, Person.user_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(as_known(Appointment))
        .order_by(Appointment.id)
    )
    rows = [
        _right(GrantSource.APPOINTMENT, (each.id, user_id), role, each.committee_id, each.period)
        for each, user_id in db.session.execute(sits)
        for role in roles_of(each.office, None)
    ]
    for committee_id in world.committees:
        rows += [
            _right(GrantSource.DEPUTYSHIP, (each.appointment_id, each.user_id), Role.CHAIR, committee_id, each.period)
            for each in list_acting(committee_id, world.first_day)
        ]
    insert_rows(Grant, rows)


def _right(source: GrantSource, of: tuple[int, int], role: Role, committee_id: int, period: Period) -> dict[str, Any]:
    """A right by an appointment; `of` names that and the user."""
    source_id, user_id = of
    return {
        "source": source,
        "source_id": source_id,
        "user_id": user_id,
        "role": role,
        "committee_id": committee_id,
        "first_day": period.first,
        "last_day": period.last,
        "granted_at": clock.now(),
    }


def _terms(world: World, seat: tuple[int, int, int], people: list[int]) -> Iterator[dict[str, Any]]:
    """Terms of five years one after the other, some ended early; of some the entry was wrong at first."""
    seat_id, committee_id, place = seat
    length = YEARS * 12 // TERMS
    for term, person_id in enumerate(people):
        first = add_months(world.first_day, term * length)
        early = world.random.randrange(0, 200) if world.random.random() < 0.3 else 0
        last = add_months(first, length) - ONE_DAY - timedelta(days=early)
        entry = {
            "seat_id": seat_id,
            "committee_id": committee_id,
            "person_id": person_id,
            "office": OFFICES.get(place, Office.MEMBER),
            "how": How.ELECTION,
            "first_day": first,
            "last_day": None if term == TERMS - 1 and place % 2 else last,
            "recorded_at": _noon(first),
            "superseded_at": None,
            "version": 1,
        }
        if world.random.randrange(CORRECTED) == 0:
            later = _noon(first + timedelta(days=40))
            yield {**entry, "last_day": None, "superseded_at": later}
            entry["recorded_at"] = later
        yield entry


def _noon(day: date) -> datetime:
    return clock.start_of(day) + timedelta(hours=12)
