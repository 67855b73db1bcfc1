"""Mergers: who was merged into whom, what a merger would do, and how members' own rows follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app.accounts.models import Grant, SignInSession
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.permissions import Permission
from app.members.models import (
    Affiliation,
    Institution,
    InstitutionName,
    Membership,
    MembershipStep,
    Merger,
    Person,
    Representation,
)
from app.members.queries.followers import Alone, Clash, followers_of, follows, forbids, list_clashes, stayers, stays
from app.members.rules import Purpose, TwinKind

FACTS: dict[TwinKind, tuple[str, ...]] = {
    TwinKind.INSTITUTION: (
        "country", "ror", "vat_number", "website", "unit", "postal_address", "billing_address", "purchase_order",
        "notes",
    ),
    TwinKind.PERSON: ("title", "email", "phone", "orcid"),
}  # fmt: skip
MODELS: dict[TwinKind, type[Institution | Person]] = {
    TwinKind.INSTITUTION: Institution,
    TwinKind.PERSON: Person,
}
AnyRecord = Institution | Person


@dataclass(frozen=True)
class Differing:
    """A fact in which two records differ: the survivor's value stays unless it is empty or the other is chosen."""

    name: str
    survivors: str | None
    merged: str


@dataclass(frozen=True)
class Count:
    """How many rows of a kind there are, and what is to be said of them."""

    words: str
    number: int
    why: str = ""


@dataclass(frozen=True)
class Preview:
    """All that a merger would do."""

    kind: TwinKind
    survivor: AnyRecord
    merged: AnyRecord
    moved: tuple[Count, ...]
    staying: tuple[Count, ...]
    differing: tuple[Differing, ...]
    clashes: tuple[Clash, ...]


def preview_merger(kind: TwinKind, survivor_id: int, merged_id: int, actor: Actor) -> Preview:
    """What a merger would do, without doing it."""
    actor.require(Permission.REGISTER_MERGE)
    model: Any = MODELS[kind]
    survivor, merged = db.session.get(model, survivor_id), db.session.get(model, merged_id)
    if survivor is None or merged is None or survivor_id == merged_id:
        raise NotFoundError("There is no such record.")
    return Preview(
        kind=kind,
        survivor=survivor,
        merged=merged,
        moved=tuple(
            Count(each.words[number != 1], number)
            for each in followers_of(kind)
            if (number := _count(each.column, each.value_of(merged_id)))
        ),
        staying=tuple(
            Count(each.words[number != 1], number, each.why)
            for each in stayers.values()
            if each.kind is kind and (number := _count(each.column, merged_id))
        ),
        differing=tuple(differing(kind, survivor, merged)),
        clashes=tuple(merger_clashes(kind, survivor_id, merged_id)),
    )


def differing(kind: TwinKind, survivor: AnyRecord, merged: AnyRecord) -> list[Differing]:
    """The facts that the merged record has and the survivor has not so."""
    pairs = [(name, getattr(survivor, name), getattr(merged, name)) for name in FACTS[kind]]
    return [Differing(name, ours, theirs) for name, ours, theirs in pairs if theirs and ours != theirs]


def merged_records(kind: TwinKind, known: datetime | None = None) -> Any:
    """A select of the ids of records merged into others, as known then."""
    asked = select(Merger.merged_id).where(Merger.kind == kind)
    if known is None:
        return asked.where(Merger.undone_at.is_(None))
    return asked.where(Merger.merged_at <= known, Merger.undone_at.is_(None))


def find_merger(kind: TwinKind, merged_id: int, known: datetime | None = None) -> Merger | None:
    """The merger by which a record went into another, as known then; None for one that stands by itself."""
    asked = select(Merger).where(Merger.merged_id == merged_id, Merger.id.in_(_in_force(kind, known)))
    return db.session.scalars(asked.order_by(Merger.id.desc()).limit(1)).one_or_none()


def get_merger(merger_id: int, actor: Actor) -> Merger:
    """A merger, undone or not."""
    actor.require(Permission.REGISTER_MERGE)
    found = db.session.get(Merger, merger_id)
    if found is None:
        raise NotFoundError("There is no such merger.")
    return found


def list_mergers_into(kind: TwinKind, survivor_id: int) -> Sequence[tuple[Merger, str]]:
    """What was merged into a record and still is, with its name."""
    asked = select(Merger).where(Merger.survivor_id == survivor_id, Merger.id.in_(_in_force(kind, None)))
    mergers = db.session.scalars(asked.order_by(Merger.id)).all()
    names = {row.id: row.name for row in _records(kind, [each.merged_id for each in mergers])}
    return [(each, names[each.merged_id]) for each in mergers]


def merged_words(kind: TwinKind, survivor_id: int) -> list[str]:
    """The words by which what was merged into a record is found: they find the record."""
    model = MODELS[kind]
    into = select(Merger.merged_id).where(Merger.survivor_id == survivor_id, Merger.id.in_(_in_force(kind, None)))
    return list(db.session.scalars(select(model.search_text).where(model.id.in_(into)).order_by(model.id)))


def _in_force(kind: TwinKind, known: datetime | None) -> Any:
    until: list[ColumnElement[bool]] = [] if known is None else [Merger.merged_at <= known]
    return select(Merger.id).where(Merger.kind == kind, Merger.undone_at.is_(None), *until)


def _records(kind: TwinKind, ids: Sequence[int]) -> Sequence[Any]:
    model = MODELS[kind]
    return db.session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)).all()


def _count(column: Any, value: int) -> int:
    model = column.class_
    asked = select(func.count()).select_from(model).where(column == value)
    if hasattr(model, "superseded_at"):
        asked = asked.where(model.superseded_at.is_(None))
    return db.session.scalar(asked) or 0


def user_of(person_id: int) -> int:
    """The user of a person."""
    return db.session.scalars(select(Person.user_id).where(Person.id == person_id)).one()


def merger_clashes(kind: TwinKind, survivor_id: int, merged_id: int) -> list[Clash]:
    """All that forbids a merger: a record has one survivor, and a survivor is never itself merged."""
    ids = (survivor_id, merged_id)
    in_force = Merger.id.in_(_in_force(kind, None))
    asked = select(Merger.id).where(in_force, Merger.merged_id.in_(ids) | (Merger.survivor_id == merged_id))
    if db.session.scalar(asked.limit(1)) is None:
        return list_clashes(kind, survivor_id, merged_id)
    way_out = "Merge into the survivor, or the other way round; or undo the earlier merger."
    return [Clash("One of them was merged already, or has taken up another record.", way_out)]


@forbids(TwinKind.INSTITUTION)
def _above_each_other(survivor_id: int, merged_id: int) -> list[Clash]:
    """The survivor is a part of the merged one: it would become a part of itself."""
    parents = {row.id: row.parent_id for row in db.session.execute(select(Institution.id, Institution.parent_id))}
    above = parents.get(survivor_id)
    while above is not None:
        if above == merged_id:
            return [Clash("The survivor is a part of the other one.", "Say first that it is part of none.")]
        above = parents.get(above)
    return []


@forbids(TwinKind.PERSON)
def _both_signed_in(survivor_id: int, merged_id: int) -> list[Clash]:
    """Two people at work are hardly one."""
    users = [user_of(survivor_id), user_of(merged_id)]
    asked = select(func.count(SignInSession.user_id.distinct())).where(
        SignInSession.user_id.in_(users), SignInSession.ended_at.is_(None), SignInSession.expires_at > clock.now()
    )
    if db.session.scalar(asked) == len(users):
        return [Clash("Both are signed in now.", "Ask them which sign-in they keep, and to sign out of the other.")]
    return []


OVERLAP = "share days; only one may be on record"
INSTITUTION, PERSON = TwinKind.INSTITUTION, TwinKind.PERSON
follows(
    INSTITUTION,
    Membership.institution_id,
    ("membership", "memberships"),
    alone=(Alone(("class_id",), f"Memberships of both in one class {OVERLAP}."),),
    parts=MembershipStep.membership_id,
)
follows(
    INSTITUTION,
    Affiliation.institution_id,
    ("place of a person", "places of people"),
    alone=(Alone(("person_id",), f"Places of one person at both {OVERLAP}."),),
)
follows(
    INSTITUTION,
    Representation.institution_id,
    ("representative", "representatives"),
    alone=(
        Alone(("purpose",), f"Voting representatives of both {OVERLAP}.", ("purpose", Purpose.VOTING)),
        Alone(("purpose", "rank"), f"Alternates of one rank {OVERLAP}.", ("purpose", Purpose.ALTERNATE)),
        Alone(("purpose", "person_id"), f"Roles of one person for both {OVERLAP}."),
    ),
)
follows(INSTITUTION, Institution.parent_id, ("part of it", "parts of it"))
follows(INSTITUTION, Grant.institution_id, ("right to act for it", "rights to act for it"))
stays(INSTITUTION, InstitutionName.institution_id, ("name", "names"), "kept as former names, found with the survivor")
follows(
    PERSON,
    Affiliation.person_id,
    ("place", "places"),
    alone=(Alone(("institution_id",), f"Places of both at one institution {OVERLAP}."),),
)
follows(
    PERSON,
    Representation.person_id,
    ("role for an institution", "roles for institutions"),
    alone=(Alone(("institution_id", "purpose"), f"Roles of both for one institution {OVERLAP}."),),
)
follows(PERSON, Grant.user_id, ("right", "rights"), through=user_of)
