"""A consortium of any size, made from a seed: the same seed, size and day make the same members and the same money."""

from __future__ import annotations

from datetime import date
from random import Random

from benchmarks.consortium.billing import bill_month, open_books, receive_month
from benchmarks.consortium.committees import make_committees
from benchmarks.consortium.members import make_members
from benchmarks.consortium.size import REGISTERS, Size
from benchmarks.consortium.trail import fill_trail
from benchmarks.consortium.world import World

__all__ = ["REGISTERS", "Size", "World", "generate"]

SEED = 20160524


def generate(size: Size, today: date, seed: int = SEED) -> World:
    """Fill the empty, migrated database of the application whose context is open."""
    world = World(size, today, Random(seed))
    make_members(world)
    make_committees(world)
    books = open_books(world)
    months = world.months()
    for number, month in enumerate(months, 1):
        bill_month(books, month, len(months) - number + 1)
        receive_month(books, month)
        fill_trail(world, month, size.audit_entries * number // len(months))
    return world
