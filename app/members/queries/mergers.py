"""Mergers: who was merged into whom, what a merger would do, and how members' own rows follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, null, select
from sqlalchemy.orm import aliased

from app.audit.remembering import remembered
from app.core.actor import Actor
from app.core.database import db, prepared
from app.core.errors import NotFoundError
from app.core.permissions import Permission
from app.members.models import (
    Institution,
    Merger,
    Person,
)
from app.members.queries.followers import Clash, followers_of, list_clashes, stayers
from app.members.rules import TwinKind

FACTS: dict[TwinKind, tuple[str, ...]] = {
    TwinKind.INSTITUTION: (
        "country", "ror", "vat_number", "website", "unit", "postal_address", "billing_address", "purchase_order",
        "buyer_reference", "document_language",
    ),
    TwinKind.PERSON: ("title", "email", "phone", "orcid", "languages"),
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
        clashes=tuple(merger_clashes(survivor, merged, actor)),
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


def email_known(known: datetime | None) -> ColumnElement[str | None]:
    """Somebody's e-mail; not one that a merger gave the survivor later: the other one, known apart then, had it."""
    if known is None:
        return Person.email.expression
    other = aliased(Person)
    later = (
        select(Merger.id)
        .join(other, other.id == Merger.merged_id)
        .where(Merger.kind == TwinKind.PERSON, Merger.survivor_id == Person.id, other.email == Person.email)
        .where(Merger.merged_at > known, Merger.undone_at.is_(None))
    )
    return case((later.correlate(Person).exists(), null()), else_=Person.email)


def find_merger(kind: TwinKind, merged_id: int, known: datetime | None = None) -> Merger | None:
    """The merger by which a record went into another, as known then; None for one that stands by itself."""
    if merged_id not in _parties(kind, known):
        return None
    return db.session.scalars(_merger_of(kind, known), {"merged_id": merged_id}).one_or_none()


@prepared
def _merger_of(kind: TwinKind, known: datetime | None) -> Select[Merger]:
    moved = Merger.merged_id == bindparam("merged_id"), Merger.id.in_(_in_force(kind, known))
    return select(Merger).where(*moved).order_by(Merger.id.desc()).limit(1)


def get_merger(merger_id: int, actor: Actor) -> Merger:
    """A merger, undone or not."""
    actor.require(Permission.REGISTER_MERGE)
    found = db.session.get(Merger, merger_id)
    if found is None:
        raise NotFoundError("There is no such merger.")
    return found


def names_of_merger(merger: Merger) -> tuple[str, str]:
    """What the survivor and the merged record are called; NotFoundError where one is gone with its import."""
    names = {row.id: row.name for row in _records(merger.kind, [merger.survivor_id, merger.merged_id])}
    if len(names) < 2:
        raise NotFoundError("One of the two is no longer on record.")
    return names[merger.survivor_id], names[merger.merged_id]


def list_mergers_into(kind: TwinKind, survivor_id: int, known: datetime | None = None) -> Sequence[tuple[Merger, str]]:
    """What was merged into a record and still is, as known then, with its name."""
    if survivor_id not in _parties(kind, known):
        return []
    mergers = db.session.scalars(_mergers_into(kind, known), {"survivor_id": survivor_id}).all()
    names = {row.id: row.name for row in _records(kind, [each.merged_id for each in mergers])}
    return [(each, names[each.merged_id]) for each in mergers]


@prepared
def _mergers_into(kind: TwinKind, known: datetime | None) -> Select[Merger]:
    taken_up = Merger.survivor_id == bindparam("survivor_id"), Merger.id.in_(_in_force(kind, known))
    return select(Merger).where(*taken_up).order_by(Merger.id)


@remembered
def _parties(kind: TwinKind, known: datetime | None) -> frozenset[int]:
    """Those a merger is about, from either side, as known then: few, of the many whose records are opened."""
    asked = select(Merger.merged_id, Merger.survivor_id).where(Merger.id.in_(_in_force(kind, known)))
    return frozenset(each for both in db.session.execute(asked) for each in both)


def merged_words(kind: TwinKind, survivor_id: int) -> list[str]:
    """The words by which what was merged into a record is found: they find the record."""
    return merged_words_of(kind, [survivor_id]).get(survivor_id, [])


def merged_words_of(kind: TwinKind, survivor_ids: Sequence[int]) -> dict[int, list[str]]:
    """The same for several records, by record; in one statement."""
    model = MODELS[kind]
    asked = (
        select(Merger.survivor_id, model.search_text)
        .join(model, model.id == Merger.merged_id)
        .where(Merger.survivor_id.in_(survivor_ids), Merger.id.in_(_in_force(kind, None)))
        .order_by(Merger.survivor_id, model.id)
    )
    found: dict[int, list[str]] = {}
    for survivor_id, words in db.session.execute(asked):
        found.setdefault(survivor_id, []).append(words)
    return found


def survivors(kind: TwinKind) -> dict[int, int]:
    """By the id of each merged record that of the one it was merged into."""
    asked = select(Merger.merged_id, Merger.survivor_id).where(Merger.id.in_(_in_force(kind, None)))
    return {row.merged_id: row.survivor_id for row in db.session.execute(asked.order_by(Merger.id))}


def merged_into(kind: TwinKind, survivor_id: int) -> Sequence[int]:
    """The ids of what was merged into a record, in their order."""
    asked = select(Merger.merged_id).where(Merger.survivor_id == survivor_id, Merger.id.in_(_in_force(kind, None)))
    return db.session.scalars(asked.order_by(Merger.merged_id)).all()


def stands_alone(kind: TwinKind, known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a record is not merged into another one, as known then, when it was on record."""
    model = MODELS[kind]
    condition: ColumnElement[bool] = model.id.not_in(merged_records(kind, known))
    return condition if known is None else and_(condition, model.created_at <= known)


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


def merger_clashes(survivor: AnyRecord, merged: AnyRecord, actor: Actor) -> list[Clash]:
    """All that forbids a merger: a record has one survivor, a survivor is never itself merged, and nobody oneself."""
    if isinstance(merged, Person) and merged.user_id == actor.user_id:
        return [Clash("You cannot merge away the person you are signed in as.", "Do it the other way round.")]
    kind = TwinKind.PERSON if isinstance(merged, Person) else TwinKind.INSTITUTION
    ids = (survivor.id, merged.id)
    in_force = Merger.id.in_(_in_force(kind, None))
    asked = select(Merger.id).where(in_force, Merger.merged_id.in_(ids) | (Merger.survivor_id == merged.id))
    if db.session.scalar(asked.limit(1)) is None:
        return list_clashes(kind, *ids)
    way_out = "Merge into the survivor, or the other way round; or undo the earlier merger."
    return [Clash("One of them was merged already, or has taken up another record.", way_out)]
