"""A committee's record as one page and one paper show it, by the names of the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.audit.remembering import remembered
from app.committees.models import Committee, CommitteeDissolution, CommitteeFacts, CommitteeName
from app.committees.queries.committees import get_committee
from app.committees.queries.facts import ON, facts_on_record, founding, instant, moment
from app.committees.queries.names import dated_name, list_committee_names, names_on
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
from app.core.database import db, prepared
from app.core.history import valid
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
    places = {each.id: each for each in _places(on, known)}
    facts = facts_on_record(committee_id, known)
    held = _held(facts, on)
    return CommitteeView(
        committee=_on_day(committee, places[committee_id].name, facts, held),
        above=_above(places, held.parent_id if held else None),
        below=_below(places, committee_id),
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


@remembered
def _places(on: date, known: datetime | None) -> tuple[Place, ...]:
    """All committees there are, were and will be, in the order of their names, each where it stood on the day."""
    rows = db.session.execute(_statement(ON, instant(known)), moment(on, known))
    return tuple(Place(**row._mapping) for row in rows)  # noqa: SLF001 - the documented way to a mapping


@prepared
def _statement(on: date, known: datetime | None) -> AnySelect:
    held = aliased(CommitteeFacts)
    return (
        select(
            Committee.id,
            dated_name(on, known).label("name"),
            func.coalesce(held.kind, Committee.kind).label("kind"),
            held.parent_id,
            Committee.sort_name,
            founding(known).label("founded_on"),
            held.id.is_not(None).label("exists"),
        )
        .select_from(Committee)
        .outerjoin(held, and_(held.committee_id == Committee.id, valid(held, on, known)))
        .order_by(Committee.sort_name, Committee.id)
    )


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


def _below(places: Mapping[int, Place], committee_id: int) -> list[Place]:
    """Its parts of a day in the order of their tree."""
    parents = {each.id: each.parent_id for each in places.values() if each.exists and each.id != committee_id}
    depths = dict(in_tree({committee_id: None} | parents))
    under: list[Place] = []
    inside = {committee_id}
    for one, depth in depths.items():
        if parents.get(one) in inside and one != committee_id:
            inside.add(one)
            under.append(replace(places[one], depth=depth - 1))
    return under
