"""Committees in a tree, with seats, terms that have ended, and terms that run."""

from __future__ import annotations

from datetime import date, timedelta

from app.committees.commands import (
    AppointmentValues,
    CommitteeValues,
    SeatValues,
    add_seat,
    appoint,
    found_committee,
)
from app.committees.rules import CommitteeKind, Office, SeatKind
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from benchmarks.consortium.world import World, written_on

SEATS = 10
NAMES = (
    "Steering Committee", "Executive Board", "Finance Committee", "Scientific Advisory Board", "Statistics Group",
    "Imaging Group", "Ethics Panel", "Data Release Group", "Cryopreservation Group", "Training Committee",
    "Outreach Committee", "Secretariat",
)  # fmt: skip
KINDS = tuple(CommitteeKind)


def make_committees(world: World) -> None:
    """Each committee in a transaction of its own: its seats are filled twice over."""
    for number in range(world.size.committees):
        with written_on(world.first_day):
            _found(world, number)
            db.session.flush()
            db.session.expunge_all()


def _found(world: World, number: int) -> None:
    name = NAMES[number % len(NAMES)] + (f" {number // len(NAMES) + 1}" if number >= len(NAMES) else "")
    values = CommitteeValues(
        name=name,
        kind=KINDS[number % len(KINDS)],
        founded_on=world.first_day,
        parent_id=world.committees[0] if number else None,
        remit=f"The {name} advises the consortium on what its name says and reports once a year.",
        grants_role=Role.FINANCE if name == "Finance Committee" else None,
        contact_email=f"committee{number}@muster.example",
    )
    committee_id = found_committee(values, actor=world.office).id
    world.committees.append(committee_id)
    chosen = world.random.sample(world.people, 2 * SEATS)
    for position in range(SEATS):
        seated = SeatValues(SeatKind.ELECTED, f"Seat {position + 1}", Period(world.first_day))
        seat_id = add_seat(committee_id, seated, actor=world.office).id
        _fill(world, seat_id, position, chosen[2 * position : 2 * position + 2])


def _fill(world: World, seat_id: int, position: int, people: list[int]) -> None:
    """One term of two years that is over, and one that runs; the last seat stands empty."""
    office = {0: Office.CHAIR, 1: Office.DEPUTY}.get(position, Office.MEMBER)
    changes = date(world.first_day.year + 2, 1, 1)
    if position == SEATS - 1:
        return
    terms = (Period(world.first_day, changes - timedelta(days=1)), Period(changes))
    for person_id, period in zip(people, terms, strict=True):
        values = AppointmentValues(person_id, period, office)
        appoint(seat_id, values, actor=world.office)
