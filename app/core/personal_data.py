"""What is held about people: each feature says what it holds, how it forgets a person, and what stands against it.

A feature registers three kinds of functions: what it *holds* (for the export, and for what an erasure will do), how it
*erases* that, and why a person cannot be erased yet. Whoever adds personal values adds them here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_

from app.core.tables import Cell


class Fate(StrEnum):
    """What an erasure does with something held."""

    REPLACED = "replaced"
    REMOVED = "removed"
    KEPT = "kept"


@dataclass(frozen=True)
class OwnAddress:
    """An e-mail address while it was somebody's alone: from an instant until just before another, None for no bound."""

    text: str
    since: datetime | None = None
    until: datetime | None = None

    def was_theirs(self, at: SQLColumnExpression[datetime]) -> ColumnElement[bool]:
        """That it was theirs at an instant."""
        begun = [] if self.since is None else [at >= self.since]
        return and_(*begun, *([] if self.until is None else [at < self.until]), at.is_not(None))


@dataclass(frozen=True)
class DataSubject:
    """Whose data: the person, where they are one, and their user; every e-mail address while it was theirs alone.

    `names` are their family names, `full_names` what they are and were called; `signatures` are the names under which
    records say who made them, without those that another user bears too. `merged` are the records that were merged into
    theirs and still hold something under their own numbers.
    """

    name: str
    user_id: int
    person_id: int | None = None
    addresses: tuple[OwnAddress, ...] = ()
    names: frozenset[str] = frozenset()
    signatures: frozenset[str] = frozenset()
    full_names: frozenset[str] = frozenset()
    merged: tuple[DataSubject, ...] = ()

    @property
    def alias(self) -> str:
        """What they are called once erased."""
        return f"Erased person {self.person_id or f'of user {self.user_id}'}"

    @property
    def present_addresses(self) -> list[str]:
        """The addresses that nobody has had since."""
        return sorted({each.text for each in self.addresses if each.until is None})

    def reached_at(self, address: SQLColumnExpression[str], at: SQLColumnExpression[datetime]) -> ColumnElement[bool]:
        """That an address was theirs at the instant it was written down."""
        return or_(false(), *(and_(address == each.text, each.was_theirs(at)) for each in self.addresses))


@dataclass(frozen=True)
class HeldDocument:
    """A stored document about a person: its bytes by their hash, and the name it goes by."""

    sha256: str
    name: str


@dataclass(frozen=True)
class Held:
    """One kind of thing held: why, the rows (read once), how many there are, and what an erasure does with them.

    What is kept says on which ground, and until when or in which form.
    """

    title: str
    why: str
    rows: Iterable[Mapping[str, Cell]]
    total: int
    fate: Fate
    ground: str = ""
    until: str = ""
    documents: Sequence[HeldDocument] = ()


@dataclass(frozen=True)
class Obstacle:
    """What stands against an erasure: a sentence that says what to do first, and the record where it is done."""

    sentence: str
    kind: str = ""
    record_id: int = 0


HoldingOf = Callable[[DataSubject], Held | None]
Eraser = Callable[[DataSubject], int]
ObstaclesOf = Callable[[DataSubject, date], Iterable[Obstacle] | str | None]

_holdings: dict[str, tuple[int, HoldingOf]] = {}
_erasers: dict[str, Eraser] = {}
_obstacles: dict[str, ObstaclesOf] = {}


def holds(name: str, *, place: int) -> Callable[[HoldingOf], HoldingOf]:
    """Register what a feature holds about a person, None where nothing; `place` orders it among all that is held."""

    def register(holding_of: HoldingOf) -> HoldingOf:
        _holdings[name] = (place, holding_of)
        return holding_of

    return register


def erases(name: str) -> Callable[[Eraser], Eraser]:
    """Register how a feature forgets a person, in the transaction of the erasure; it says how many values that were."""

    def register(eraser: Eraser) -> Eraser:
        _erasers[name] = eraser
        return eraser

    return register


def forbids_erasure(name: str) -> Callable[[ObstaclesOf], ObstaclesOf]:
    """Register what of a feature stands against erasing a person on a day; a sentence alone leads to no record."""

    def register(obstacles_of: ObstaclesOf) -> ObstaclesOf:
        _obstacles[name] = obstacles_of
        return obstacles_of

    return register


def list_holdings(subject: DataSubject) -> list[Held]:
    """All that is held about someone, what is most about them first; what is under a merged record follows its like."""
    ordered = sorted(_holdings.items(), key=lambda item: (item[1][0], item[0]))
    under = [(subject, ""), *((each, f" of the merged record {each.name}") for each in subject.merged)]
    found = ((holding_of(each), words) for _, (_, holding_of) in ordered for each, words in under)
    return [replace(held, title=f"{held.title}{words}") for held, words in found if held is not None]


def erase_everywhere(subject: DataSubject) -> dict[str, int]:
    """Let every feature forget someone; how many values each has replaced or removed."""
    return {name: eraser(subject) for name, eraser in _erasers.items()}


def obstacles_to(subject: DataSubject, on: date) -> list[Obstacle]:
    """Why someone cannot be erased on a day, all of it."""
    found = (obstacles_of(subject, on) or () for obstacles_of in _obstacles.values())
    return [each for told in found for each in ([Obstacle(told)] if isinstance(told, str) else told)]


def held_rows(title: str, why: str, rows: Sequence[Mapping[str, Cell]], fate: Fate, **more: Any) -> Held | None:
    """A holding whose rows are few and read already; None where there are none."""
    return Held(title, why, rows, len(rows), fate, **more) if rows else None
