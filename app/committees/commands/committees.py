"""Founding and changing committees and their seats."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.committees.commands.grants import grant_anew
from app.committees.models import Committee, CommitteeName, Seat
from app.committees.rules import COMMITTEE_WORDS, CommitteeKind, SeatKind, check_within, ids_under, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import check_version, lock
from app.core.periods import Period
from app.core.permissions import Permission, Role
from app.members.commands import hold_institution


@dataclass(frozen=True)
class CommitteeValues:
    """What a committee is. `grants_role` is what all its members may do in the program."""

    name: str
    kind: CommitteeKind
    founded_on: date
    parent_id: int | None = None
    remit: str | None = None
    grants_role: Role | None = None
    contact_email: str | None = None


@dataclass(frozen=True)
class SeatValues:
    """A place on a committee; one filled by an institution names it."""

    kind: SeatKind
    label: str
    period: Period
    votes: bool = True
    institution_id: int | None = None


OF_ITS_OWN_CHAIR = frozenset({"remit", "contact_email"})
WORDS = {
    "kind": "what it is",
    "parent_id": "what it is part of",
    "founded_on": "the day of founding",
    "grants_role": "what its members may do",
    "contact_email": "the e-mail address",
}


def found_committee(values: CommitteeValues, *, actor: Actor) -> Committee:
    """Set up a committee."""
    actor.require(Permission.COMMITTEE_FOUND)
    _check_parent(None, values.parent_id)
    committee = Committee(**_columns(values), created_at=clock.now())
    db.session.add(committee)
    db.session.flush()
    called = CommitteeName(
        committee_id=committee.id, name=values.name, first_day=values.founded_on, recorded_at=clock.now()
    )
    db.session.add(called)
    db.session.flush()
    record(
        "committees.found_committee",
        Subject("committee", committee.id),
        summary=f"Founded {values.name} ({COMMITTEE_WORDS[values.kind].lower()}).",
        actor=actor,
        after=_said(values),
    )
    return committee


def edit_committee(committee_id: int, values: CommitteeValues, *, version: int, actor: Actor) -> Committee:
    """Change a committee. Its own chair may change its remit and address; all else is the secretariat's.

    A change of the role its members hold applies to all who sit on it, from today on.
    """
    committee = locked_committee(committee_id, actor)
    check_version(committee, version)
    before = _values_of(committee)
    changed = {field.name for field in fields(values) if getattr(before, field.name) != getattr(values, field.name)}
    if not changed <= OF_ITS_OWN_CHAIR:
        actor.require(Permission.COMMITTEE_FOUND)
    if not changed:
        return committee
    _check_parent(committee_id, values.parent_id)
    _check_founding(committee, values.founded_on)
    for name, value in _columns(values).items():
        setattr(committee, name, value)
    db.session.flush()
    if "grants_role" in changed:
        grant_anew(committee, actor)
    record(
        "committees.edit_committee",
        Subject("committee", committee.id),
        summary=f"Changed {committee.name}: {', '.join(WORDS.get(name, name) for name in sorted(changed))}.",
        actor=actor,
        before=_only(_said(before), changed),
        after=_only(_said(values), changed),
    )
    return committee


def add_seat(committee_id: int, values: SeatValues, *, actor: Actor) -> Seat:
    """Add a seat at the end of a committee's roster."""
    committee = locked_committee(committee_id, actor)
    _check_seat(committee, values)
    last = db.session.scalar(select(func.max(Seat.position)).where(Seat.committee_id == committee_id)) or 0
    seat = Seat(
        committee_id=committee_id,
        position=last + 1,
        kind=values.kind,
        label=values.label,
        votes=values.votes,
        institution_id=values.institution_id,
        first_day=values.period.first,
        last_day=values.period.last,
    )
    db.session.add(seat)
    db.session.flush()
    record(
        "committees.add_seat",
        Subject("committee", committee_id),
        summary=f"Added seat {seat.position}, {seat.label}, to {committee.name}.",
        actor=actor,
        after={
            "seat": seat.position,
            "label": values.label,
            "kind": values.kind.value,
            "votes": values.votes,
            "institution_id": values.institution_id,
        }
        | days_said(values.period),
    )
    return seat


def locked_committee(committee_id: int, actor: Actor) -> Committee:
    """The committee, locked, where the actor may change it: everything about one committee happens in a row."""
    committee = lock(Committee, committee_id)
    actor.require(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    return committee


def days_said(period: Period) -> dict[str, Any]:
    """The days of a period for the audit trail."""
    return {"first_day": period.first.isoformat(), "last_day": period.last.isoformat() if period.last else None}


def _check_founding(committee: Committee, founded_on: date) -> None:
    first = db.session.scalar(select(func.min(Seat.first_day)).where(Seat.committee_id == committee.id))
    if first is not None and first < founded_on:
        raise DomainError(f"It has a seat from {in_words(first)} on.", "founded_on")
    if committee.dissolved_on is not None and committee.dissolved_on < founded_on:
        raise DomainError("A committee is not dissolved before it is founded.", "founded_on")


def _check_parent(committee_id: int | None, parent_id: int | None) -> None:
    if parent_id is None:
        return
    found = db.session.execute(select(Committee.id, Committee.parent_id))
    parents: dict[int, int | None] = {row.id: row.parent_id for row in found}
    if parent_id not in parents:
        raise DomainError("There is no such committee.", "parent_id")
    if committee_id is not None and parent_id in ids_under(committee_id, parents):
        raise DomainError("A committee cannot be part of itself.", "parent_id")


def _check_seat(committee: Committee, values: SeatValues) -> None:
    if values.kind is SeatKind.INSTITUTION and values.institution_id is None:
        raise DomainError("Choose the institution that fills this seat.", "institution_id")
    if values.institution_id is not None:
        hold_institution(values.institution_id)
    check_within(Period(committee.founded_on, committee.dissolved_on), values.period, "The committee")


def _values_of(committee: Committee) -> CommitteeValues:
    return CommitteeValues(**{field.name: getattr(committee, field.name) for field in fields(CommitteeValues)})


def _columns(values: CommitteeValues) -> dict[str, Any]:
    """The columns a committee gets, with those that follow from others."""
    own = {field.name: getattr(values, field.name) for field in fields(values)}
    return own | {"sort_name": folded(values.name), "search_text": folded(values.name, values.remit)}


def _said(values: CommitteeValues) -> dict[str, Any]:
    """The values for the audit trail, as plain text and numbers."""
    own = {field.name: getattr(values, field.name) for field in fields(values)}
    return {name: value if value is None or isinstance(value, int) else str(value) for name, value in own.items()}


def _only(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}
