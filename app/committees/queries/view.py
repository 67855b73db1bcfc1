"""A committee's record as one page and one paper show it, by the names of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_, select

from app.committees.models import Committee, CommitteeDissolution, CommitteeFacts, CommitteeName
from app.committees.queries.committees import get_committee
from app.committees.queries.facts import ON, Held, facts_on_record, held_on, instant, moment, parents_on
from app.committees.queries.names import dated_name, list_committee_names, names_on
from app.committees.queries.roster import (
    PastRow,
    RosterRow,
    list_coming_appointments,
    list_past_appointments,
    roster,
)
from app.committees.queries.seats import alternates_on
from app.committees.rules import CommitteeKind, Office, ids_under, in_tree
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.paging import AnySelect
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
    exists: bool
    depth: int = 0


@dataclass(frozen=True)
class FactsRow:
    """What a committee was, and of what a part, on some days."""

    kind: CommitteeKind
    parent_id: int | None
    parent_name: str | None
    remit: str | None
    first_day: date
    last_day: date | None


@dataclass(frozen=True)
class CommitteeOnDay:
    """What a committee was on a day, and as it was called then; its address and rights are those of now."""

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

    `facts` are what it is and was, the latest first.
    `above` leads from the top of the tree to what it is part of; `below` are its parts, each with its depth under it.
    `alternates` are the alternates of its seats, by seat; `dissolution` is why it ends or ended, where it does.
    """

    committee: CommitteeOnDay
    above: Sequence[Place]
    below: Sequence[Place]
    names: Sequence[CommitteeName]
    facts: Sequence[FactsRow]
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
    facts = facts_on_record(committee_id, known)
    places, parts = _places(committee_id, facts, on, known)
    held = _held(facts, on)
    return CommitteeView(
        committee=_on_day(committee, places[committee_id].name, facts, held),
        above=_above(places, held.parent_id if held else None),
        below=_below(places, committee_id, parts),
        names=list_committee_names(committee_id, known=known),
        facts=[_facts_row(each, places) for each in reversed(facts)],
        dissolution=find_dissolution(committee_id, known),
        roster=roster(committee_id, on=on, known=known),
        past=list_past_appointments(committee_id, on=on, known=known),
        coming=list_coming_appointments(committee_id, on=on, known=known),
        alternates=alternates_on(committee_id, on=on, known=known),
    )


def get_committee_on_day(committee_id: int, actor: Actor, *, on: date, known: datetime | None = None) -> CommitteeOnDay:
    """What a committee was on a day, as it was called then, for anyone who may read committees."""
    committee = get_committee(committee_id, actor)
    name = names_on([committee_id], on=on, known=known)[committee_id]
    facts = facts_on_record(committee_id, known)
    return _on_day(committee, name, facts, _held(facts, on))


def find_dissolution(committee_id: int, known: datetime | None = None) -> CommitteeDissolution | None:
    """Why and by which decision a committee ends or ended, as known at an instant or now."""
    why = CommitteeDissolution
    stands: ColumnElement[bool] = why.called_off_at.is_(None)
    if known is not None:
        stands = and_(why.dissolved_at <= known, or_(stands, why.called_off_at > known))
    asked = select(why).where(why.committee_id == committee_id, stands)
    return db.session.scalar(asked.order_by(CommitteeDissolution.id.desc()).limit(1))


def _held(facts: Sequence[CommitteeFacts], on: date) -> CommitteeFacts | None:
    """What held on a day: of one that had ended what held last, of one to come what will first."""
    return next((each for each in reversed(facts) if each.first_day <= on), facts[0]) if facts else None


def _on_day(
    committee: Committee, name: str, facts: Sequence[CommitteeFacts], held: CommitteeFacts | None
) -> CommitteeOnDay:
    """A committee by what is on record of it; of one nothing was known of yet, by little else than its name."""
    days = (facts[0].first_day, facts[-1].last_day) if facts else (committee.founded_on, committee.dissolved_on)
    return CommitteeOnDay(
        id=committee.id,
        name=name,
        kind=held.kind if held else committee.kind,
        remit=held.remit if held else None,
        founded_on=days[0],
        dissolved_on=days[1],
        grants_role=committee.grants_role,
        contact_email=committee.contact_email,
        version=committee.version,
    )


def _places(
    committee_id: int, facts: Sequence[CommitteeFacts], on: date, known: datetime | None
) -> tuple[dict[int, Place], list[int]]:
    """A committee, all it is or was part of and what is part of it, in the order of their names; and its parts."""
    parents = parents_on(on, known)
    parts = ids_under(committee_id, parents) - {committee_id}
    wanted = {committee_id, *parts, *(each.parent_id for each in facts if each.parent_id is not None)}
    for one in sorted(wanted):
        while (above := parents.get(one)) is not None and above not in wanted:
            wanted.add(one := above)
    tree = held_on(on, known, wanted)
    rows = db.session.execute(_named(ON, instant(known)), {"wanted": sorted(wanted)} | moment(on, known))
    places = {row.id: _place(row, tree.get(row.id), parents.get(row.id)) for row in rows}
    return places, [one for one in places if one in parts]


def _place(row: Any, held: Held | None, parent_id: int | None) -> Place:
    return Place(
        id=row.id,
        name=row.name,
        kind=held.kind if held and held.exists else row.kind,
        parent_id=parent_id,
        sort_name=row.sort_name,
        founded_on=held.founded_on if held else row.founded_on,
        exists=held is not None and held.exists,
    )


@prepared
def _named(on: date, known: datetime | None) -> AnySelect:
    named = dated_name(on, known).label("name")
    wanted: BindParameter[list[int]] = bindparam("wanted", expanding=True)
    asked = select(Committee.id, named, Committee.kind, Committee.sort_name, Committee.founded_on)
    return asked.where(Committee.id.in_(wanted)).order_by(Committee.sort_name, Committee.id)


def _facts_row(found: CommitteeFacts, places: Mapping[int, Place]) -> FactsRow:
    return FactsRow(
        kind=found.kind,
        parent_id=found.parent_id,
        parent_name=places[found.parent_id].name if found.parent_id is not None else None,
        remit=found.remit,
        first_day=found.first_day,
        last_day=found.last_day,
    )


def _above(places: Mapping[int, Place], parent_id: int | None) -> list[Place]:
    found: list[Place] = []
    while parent_id is not None:
        found.insert(0, places[parent_id])
        parent_id = places[parent_id].parent_id
    return found


def _below(places: Mapping[int, Place], committee_id: int, parts: Sequence[int]) -> list[Place]:
    """Its parts of a day in the order of their tree."""
    parents = {one: places[one].parent_id for one in parts}
    depths = dict(in_tree({committee_id: None} | parents))
    return [replace(places[one], depth=depth - 1) for one, depth in depths.items() if one != committee_id]
