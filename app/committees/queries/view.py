"""A committee's record as one page and one paper show it, by the names of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from app.audit.remembering import remembered
from app.committees.models import Committee, CommitteeDissolution, CommitteeName
from app.committees.queries.committees import get_committee
from app.committees.queries.names import dated_name, list_committee_names
from app.committees.queries.roster import (
    PastRow,
    RosterRow,
    list_coming_appointments,
    list_past_appointments,
    roster,
)
from app.committees.queries.seats import alternates_on
from app.committees.rules import CommitteeKind, Office, in_tree
from app.core.actor import Actor
from app.core.database import db
from app.core.permissions import Role


@dataclass(frozen=True)
class Place:
    """A committee of a day in the tree: what it is called then, and whether it exists on that day."""

    id: int
    name: str
    kind: CommitteeKind
    parent_id: int | None
    sort_name: str
    founded_on: date
    dissolved_on: date | None
    depth: int = 0

    def exists_on(self, on: date) -> bool:
        """Whether it exists on a day."""
        return self.founded_on <= on and (self.dissolved_on is None or on <= self.dissolved_on)


@dataclass(frozen=True)
class CommitteeOnDay:
    """What a committee is, as it was called on a day."""

    id: int
    name: str
    kind: CommitteeKind
    remit: str | None
    founded_on: date
    dissolved_on: date | None
    grants_role: Role | None
    contact_email: str | None
    version: int


@dataclass(frozen=True)
class CommitteeView:
    """A committee's record on a day: its place in the tree, its names, and its roster with what was and what comes.

    `above` leads from the top of the tree to what it is part of; `below` are its parts, each with its depth under it.
    `alternates` are the alternates of its seats, by seat; `dissolution` is why it ends or ended, where it does.
    """

    committee: CommitteeOnDay
    above: Sequence[Place]
    below: Sequence[Place]
    names: Sequence[CommitteeName]
    dissolution: CommitteeDissolution | None
    roster: Sequence[RosterRow]
    past: Sequence[PastRow]
    coming: Sequence[PastRow]
    alternates: Mapping[int, str]

    @property
    def parent(self) -> Place | None:
        """What it is part of."""
        return self.above[-1] if self.above else None

    @property
    def filled(self) -> int:
        """Seats that someone holds."""
        return sum(row.holder is not None for row in self.roster)

    @property
    def chair(self) -> RosterRow | None:
        """The seat of the chair, where there is one."""
        return next((row for row in self.roster if row.office is Office.CHAIR), None)


def get_committee_view(committee_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> CommitteeView:
    """All that a committee's page and paper show."""
    committee = get_committee(committee_id, actor)
    places = {each.id: each for each in _places(on, known)}
    return CommitteeView(
        committee=_on_day(committee, places[committee_id].name),
        above=_above(places, committee_id),
        below=_below(places, committee_id, on),
        names=list_committee_names(committee_id, known=known),
        dissolution=find_dissolution(committee_id),
        roster=roster(committee_id, on=on, known=known),
        past=list_past_appointments(committee_id, on=on, known=known),
        coming=list_coming_appointments(committee_id, on=on, known=known),
        alternates=alternates_on(committee_id, on=on, known=known),
    )


def get_committee_on_day(committee_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> CommitteeOnDay:
    """What a committee is, as it was called on a day, for anyone who may read committees."""
    committee = get_committee(committee_id, actor)
    named = select(dated_name(on, known)).where(Committee.id == committee_id)
    return _on_day(committee, db.session.execute(named).scalar_one())


def find_dissolution(committee_id: int) -> CommitteeDissolution | None:
    """Why and by which decision a committee ends or ended."""
    asked = select(CommitteeDissolution).where(
        CommitteeDissolution.committee_id == committee_id, CommitteeDissolution.called_off_at.is_(None)
    )
    return db.session.scalar(asked.order_by(CommitteeDissolution.id.desc()).limit(1))


def _on_day(committee: Committee, name: str) -> CommitteeOnDay:
    return CommitteeOnDay(
        id=committee.id,
        name=name,
        kind=committee.kind,
        remit=committee.remit,
        founded_on=committee.founded_on,
        dissolved_on=committee.dissolved_on,
        grants_role=committee.grants_role,
        contact_email=committee.contact_email,
        version=committee.version,
    )


@remembered
def _places(on: date, known: datetime | None) -> tuple[Place, ...]:
    """All committees there are, were and will be, in the order of their names."""
    asked = select(
        Committee.id,
        dated_name(on, known).label("name"),
        Committee.kind,
        Committee.parent_id,
        Committee.sort_name,
        Committee.founded_on,
        Committee.dissolved_on,
    )
    rows = db.session.execute(asked.order_by(Committee.sort_name, Committee.id))
    return tuple(Place(**row._mapping) for row in rows)  # noqa: SLF001 - the documented way to a mapping


def _above(places: Mapping[int, Place], committee_id: int) -> list[Place]:
    found: list[Place] = []
    parent_id = places[committee_id].parent_id
    while parent_id is not None:
        found.insert(0, places[parent_id])
        parent_id = places[parent_id].parent_id
    return found


def _below(places: Mapping[int, Place], committee_id: int, on: date) -> list[Place]:
    """Its parts of a day in the order of their tree."""
    parents = {each.id: each.parent_id for each in places.values() if each.exists_on(on) and each.id != committee_id}
    depths = dict(in_tree({committee_id: None} | parents))
    under: list[Place] = []
    inside = {committee_id}
    for one, depth in depths.items():
        if parents.get(one) in inside and one != committee_id:
            inside.add(one)
            under.append(replace(places[one], depth=depth - 1))
    return under
