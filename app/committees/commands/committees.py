"""Founding committees and changing what they are; names, seats and papers have commands of their own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.committees.commands.dated_facts import (
    DATED,
    Since,
    change_facts,
    checked_since,
    fit_facts,
    put_facts,
    reaches_back,
)
from app.committees.commands.grants import grant_anew
from app.committees.commands.naming import (
    CommitteeNaming,
    hold_committees,
    index_committee,
    move_first_name,
    put_name,
    refuse_taken,
    take_names,
)
from app.committees.models import Committee, CommitteeFacts, Seat
from app.committees.queries.facts import facts_on_record
from app.committees.rules import COMMITTEE_WORDS, CommitteeKind, ids_under, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import advance, as_known, check_version, lock
from app.core.periods import Period
from app.core.permissions import Permission, Role


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
    hold_committees()
    take_names(actor=actor)  # Who is called so until yesterday gives the name free today.
    _check_parent(None, values, values.founded_on)
    _check_address(None, values.contact_email)
    refuse_taken(values.name, Period(values.founded_on))
    committee = Committee(
        **_own(values),
        sort_name=folded(values.name)[:200],
        search_text=folded(values.name, values.remit),
        created_at=clock.now(),
    )
    db.session.add(committee)
    db.session.flush()
    put_name(committee.id, CommitteeNaming(values.name, values.founded_on))
    put_facts(committee)
    record(
        "committees.found_committee",
        Subject("committee", committee.id),
        summary=f"Founded {values.name} ({COMMITTEE_WORDS[values.kind].lower()}).",
        actor=actor,
        after=_said(values),
    )
    return committee


def edit_committee(
    committee_id: int, values: CommitteeValues, *, since: Since | None = None, version: int, actor: Actor
) -> Committee:
    """Change a committee. Its own chair may change its remit and address; all else is the secretariat's.

    What kind it is, what it is part of and its remit are so from a day on (of today, where none is said), and what was
    so before keeps its days. Where nothing is changed but that day, what holds now held since then. A change of the
    role its members hold applies to all who sit on it, from today on. What it is called is changed by naming it.
    """
    actor.require(Permission.COMMITTEE_EDIT, committee_id=committee_id)
    hold_committees()
    committee = locked_committee(committee_id, actor)
    check_version(committee, version)
    before = _values_of(committee)
    changed = {field.name for field in fields(values) if getattr(before, field.name) != getattr(values, field.name)}
    if not changed <= OF_ITS_OWN_CHAIR:
        actor.require(Permission.COMMITTEE_FOUND)
    dated = _dated(committee, changed, since, actor)
    if not changed and not dated:
        return committee
    _check_change(committee, values, changed)
    for name in changed - DATED:
        setattr(committee, name, getattr(values, name))
    if "founded_on" in changed:
        fit_facts(committee)
    told = _change_dated(committee, values, dated, since)
    _check_around(committee, changed)
    index_committee(committee)
    db.session.flush()
    if "grants_role" in changed:
        grant_anew(committee, actor)
    record(
        "committees.edit_committee",
        Subject("committee", committee.id),
        summary=f"Changed {committee.name}: {_words(changed | dated, told)}.",
        actor=actor,
        before=_only(_said(before), changed),
        after=_only(_said(values), changed | dated) | told,
        reason=since.reason if since else None,
    )
    return committee


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


def _check_around(committee: Committee, changed: set[str]) -> None:
    """Refuse a day of founding before that of what it is part of, or after a day on which something is part of it."""
    if "founded_on" not in changed:
        return
    first = facts_on_record(committee.id)[0]
    above = db.session.get(Committee, first.parent_id) if first.parent_id is not None else None
    if above is not None and above.founded_on > first.first_day:
        raise DomainError(f"It is part of {above.name}, which begins on {in_words(above.founded_on)}.", "founded_on")
    asked = (
        select(CommitteeFacts.first_day, Committee.name)
        .join(Committee, Committee.id == CommitteeFacts.committee_id)
        .where(CommitteeFacts.parent_id == committee.id, as_known(CommitteeFacts))
    )
    part = db.session.execute(asked.order_by(CommitteeFacts.first_day, CommitteeFacts.id).limit(1)).first()
    if part is not None and part.first_day < committee.founded_on:
        raise DomainError(f"{part.name} is part of it from {in_words(part.first_day)} on.", "founded_on")


def _words(names: set[str], told: dict[str, Any]) -> str:
    """What is changed, and from when on that is so which has days of its own."""
    said = ", ".join(WORDS.get(name, name) for name in sorted(names))
    return f"{said}, from {in_words(date.fromisoformat(told['since']))}" if told else said


def _dated(committee: Committee, changed: set[str], since: Since | None, actor: Actor) -> set[str]:
    """What holds from another day on: what is changed, else all that held later than on the day that is said."""
    if changed & DATED or not reaches_back(committee, since):
        return changed & DATED
    return set(DATED if actor.has_all(Permission.COMMITTEE_FOUND) else DATED & OF_ITS_OWN_CHAIR)


def _change_dated(
    committee: Committee, values: CommitteeValues, dated: set[str], since: Since | None
) -> dict[str, Any]:
    """Let what has days of its own be so from a day on; that day, for the trail."""
    if not dated:
        return {}
    first_day = checked_since(committee, since)
    if "parent_id" in dated:
        _check_parent(committee.id, values, first_day)
    change_facts(committee, {name: getattr(values, name) for name in dated}, first_day)
    advance(committee)
    return {"since": first_day.isoformat()}


def _check_change(committee: Committee, values: CommitteeValues, changed: set[str]) -> None:
    if "name" in changed:
        raise DomainError("A committee is renamed from a day on, or its name is corrected.", "name")
    if "contact_email" in changed:
        _check_address(committee.id, values.contact_email)
    if "founded_on" in changed:
        _check_founding(committee, values.founded_on)
        move_first_name(committee, values.founded_on)


def _check_parent(committee_id: int | None, values: CommitteeValues, since: date) -> None:
    """Refuse a parent that there is not from a day on, that is a part of it on any, or is dissolved or will be."""
    if values.parent_id is None:
        return
    above = db.session.get(Committee, values.parent_id)
    if above is None:
        raise DomainError("There is no such committee.", "parent_id")
    _refuse_circle(committee_id or 0, above.id, since)
    if above.founded_on > since:
        raise DomainError(f"{above.name} begins on {in_words(above.founded_on)}.", "parent_id")
    if above.dissolved_on is not None:
        raise DomainError(f"{above.name} is dissolved after {in_words(above.dissolved_on)}.", "parent_id")


def _refuse_circle(committee_id: int, above_id: int, since: date) -> None:
    if any(above_id in ids_under(committee_id, each) for each in _trees(since)):
        raise DomainError("A committee cannot be part of itself.", "parent_id")


def _trees(since: date) -> list[dict[int, int | None]]:
    """What each committee is part of on a day, and on each later one on which that is another."""
    asked = select(CommitteeFacts).where(as_known(CommitteeFacts), CommitteeFacts.parent_id.is_not(None))
    found = db.session.scalars(asked.order_by(CommitteeFacts.id)).all()
    days = {since} | {each.first_day for each in found if each.first_day > since}
    return [{each.committee_id: each.parent_id for each in found if each.period.contains(day)} for day in sorted(days)]


def _check_address(committee_id: int | None, address: str | None) -> None:
    """Refuse an address to which another committee is written."""
    if address is None:
        return
    asked = select(Committee.name).where(
        func.lower(Committee.contact_email) == address.lower(), Committee.id != (committee_id or 0)
    )
    name = db.session.scalar(asked.order_by(Committee.id).limit(1))
    if name is not None:
        raise DomainError(f"{name} is written to at this address: each committee has its own.", "contact_email")


def _values_of(committee: Committee) -> CommitteeValues:
    return CommitteeValues(**{field.name: getattr(committee, field.name) for field in fields(CommitteeValues)})


def _own(values: CommitteeValues) -> dict[str, Any]:
    return {field.name: getattr(values, field.name) for field in fields(values)}


def _said(values: CommitteeValues) -> dict[str, Any]:
    """The values for the audit trail, as plain text and numbers."""
    own = _own(values)
    return {name: value if value is None or isinstance(value, int) else str(value) for name, value in own.items()}


def _only(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}
