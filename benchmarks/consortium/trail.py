"""What a busy office leaves in the trail: small changes of members and people, some of them personal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.audit.commands import Entry, Personal, Subject, record_many
from app.audit.queries import get_head
from app.core.actor import Actor
from benchmarks.consortium.world import World, written_on

BLOCK = 10_000
CLERKS = tuple(Actor(name, number) for number, name in enumerate(("Odile Fennimore", "Tobias Abelard"), 1))


def fill_trail(world: World, month: date, wanted: int) -> None:
    """Let the trail grow to this many entries, if it is shorter, on a day of the month."""
    with written_on(month):
        missing = wanted - get_head().sequence
    for start in range(0, missing, BLOCK):
        with written_on(month):
            entries = list(_entries(world, min(BLOCK, missing - start)))
            half = len(entries) // 2
            record_many(entries[:half], CLERKS[0])
            record_many(entries[half:], CLERKS[1])


def _entries(world: World, count: int) -> Iterator[Entry]:
    for _ in range(count):
        dice = world.random.random()
        if dice < 0.1:
            yield _person(world)
        elif dice < 0.8:
            yield _institution(world)
        else:
            yield _committee(world)


def _person(world: World) -> Entry:
    person_id, digits = world.random.choice(world.people), world.random.randrange(10_000)
    return Entry(
        "members.edit_person",
        Subject("person", person_id),
        "Person changed: phone",
        before={"phone": Personal(f"+44 20 7946 {digits:04d}", person_id)},
        after={"phone": Personal(f"+44 20 7946 {(digits + 1) % 10_000:04d}", person_id)},
    )


def _institution(world: World) -> Entry:
    institution_id, number = world.random.choice(world.institutions), world.random.randrange(10_000)
    return Entry(
        "members.edit_contact",
        Subject("institution", institution_id),
        "Institution changed: purchase order, postal address",
        before={"purchase_order": f"PO-{number}", "postal_address": f"{number} Specimen Road"},
        after={"purchase_order": f"PO-{number + 1}", "postal_address": f"{number + 1} Specimen Road"},
        reason="Told by their office",
    )


def _committee(world: World) -> Entry:
    return Entry(
        "committees.edit_committee",
        Subject("committee", world.random.choice(world.committees)),
        "Changed the remit",
        before={"remit": "Advises once a year."},
        after={"remit": "Advises twice a year."},
    )
