"""Constituencies: forming one, saying who belongs from a day on, calling it otherwise, and closing it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.committees.models import Committee, Constituency, ConstituencyRule, Seat
from app.committees.queries.constituencies import dated_rules, list_rules
from app.committees.rules import SeatKind, in_words
from app.committees.rules.constituencies import Belonging, changes_from, check_rules
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import advance, as_known, beyond, check_version, lock, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.commands import hold_institution


@dataclass(frozen=True)
class BelongingChange:
    """The rules by which institutions belong from a day on, and why they change."""

    wanted: Collection[Belonging]
    first_day: date
    reason: str | None = None


def form_constituency(name: str, wanted: Collection[Belonging], first_day: date, *, actor: Actor) -> Constituency:
    """Form a constituency, to which institutions belong by some rules from a day on; without any it decides nothing."""
    actor.require(Permission.COMMITTEE_FOUND)
    _hold(wanted)
    _hold_names()
    _refuse_taken(name, None)
    check_rules(wanted)
    formed = Constituency(name=name, sort_name=_filed(name), created_at=clock.now())
    db.session.add(formed)
    db.session.flush()
    _begin(formed.id, wanted, Period(first_day))
    said = {"name": name, "first_day": first_day.isoformat(), "rules": _said(formed.id, first_day)}
    _note("committees.form_constituency", formed, f"Formed the constituency {name}.", actor, after=said)
    return formed


def change_belonging(constituency_id: int, change: BelongingChange, *, version: int, actor: Actor) -> Constituency:
    """Let just these rules say who belongs from a day on, also a past one; what held before the day stays as it was.

    What was known until now stays on record, too. Terms that have begun go on; elections that are not over are
    decided by who belongs then.
    """
    actor.require(Permission.COMMITTEE_FOUND)
    wanted, first_day = change.wanted, change.first_day
    _hold(wanted)
    found = _locked(constituency_id, version, actor)
    if found.closed_on is not None and first_day > found.closed_on:
        raise DomainError(f"It is closed after {in_words(found.closed_on)}.", "first_day")
    check_rules(wanted)
    standing = dated_rules(found.id)
    days = Period(first_day, found.closed_on)
    changes = changes_from(standing, wanted, days)
    if not changes:
        raise DomainError("Just these belong from this day on already: nothing would change.", "first_day")
    before = _said(found.id, first_day)
    for rule in _rules(changes.taken_back):
        retract(rule)
    for rule in _rules(changes.ended):
        supersede(rule, last_day=first_day - ONE_DAY)
    for rule in _rules(changes.reopened):
        supersede(rule, last_day=days.last)
    _begin(found.id, changes.begun, days)
    advance(found)
    db.session.flush()
    _note(
        "committees.change_belonging",
        found,
        f"Changed who belongs to {found.name} from {in_words(first_day)}.",
        actor,
        before={"rules": before},
        after={"rules": _said(found.id, first_day), "first_day": first_day.isoformat()},
        reason=change.reason,
    )
    return found


def rename_constituency(constituency_id: int, name: str, *, version: int, actor: Actor) -> Constituency:
    """Call a constituency otherwise, on all days: its past is shown under the new name."""
    _hold_names()
    found = _locked(constituency_id, version, actor)
    if name == found.name:
        raise DomainError("This is its name already.", "name")
    _refuse_taken(name, found.id)
    before, found.name, found.sort_name = found.name, name, _filed(name)
    db.session.flush()
    said = {"before": {"name": before}, "after": {"name": name}}
    _note("committees.rename_constituency", found, f"{before} is called {name}.", actor, **said)
    return found


def close_constituency(
    constituency_id: int, last_day: date, *, reason: str, version: int, actor: Actor
) -> Constituency:
    """Close a constituency after a day: nobody belongs any more. Refused while a seat of it goes on after the day."""
    found = _locked(constituency_id, version, actor)
    if found.closed_on is not None:
        raise DomainError(f"It is closed after {in_words(found.closed_on)} already.", "last_day")
    _refuse_seats(found, last_day)
    for rule in _standing(found.id):
        if rule.first_day > last_day:
            retract(rule)
        elif rule.last_day is None or rule.last_day > last_day:
            supersede(rule, last_day=last_day)
    found.closed_on = last_day
    db.session.flush()
    summary = f"Closed the constituency {found.name} after {in_words(last_day)}."
    said = {"last_day": last_day.isoformat()}
    _note("committees.close_constituency", found, summary, actor, after=said, reason=reason)
    return found


def check_constituency(kind: SeatKind, constituency_id: int | None, period: Period) -> None:
    """Refuse a seat without the constituency it needs, with one it cannot have, or beyond the last day of it."""
    if kind is not SeatKind.CONSTITUENCY:
        if constituency_id is not None:
            raise DomainError("Only a seat by constituency has one.", "constituency_id")
        return
    found = _held(constituency_id)
    if found.closed_on is not None and (period.last is None or period.last > found.closed_on):
        message = f"{found.name} is closed after {in_words(found.closed_on)}: give a last day by then."
        raise DomainError(message, "constituency_id")


def _held(constituency_id: int | None) -> Constituency:
    """The constituency of a new seat, locked so that it is not closed meanwhile."""
    asked = select(Constituency).where(Constituency.id == (constituency_id or 0)).with_for_update()
    found = db.session.scalar(asked.execution_options(populate_existing=True))
    if found is None:
        raise DomainError("Choose the constituency that elects its holder.", "constituency_id")
    return found


def _locked(constituency_id: int, version: int, actor: Actor) -> Constituency:
    actor.require(Permission.COMMITTEE_FOUND)
    found = lock(Constituency, constituency_id)
    check_version(found, version)
    return found


def _refuse_taken(name: str, besides: int | None) -> None:
    asked = select(Constituency.name).where(Constituency.sort_name == _filed(name), Constituency.id != (besides or 0))
    taken = db.session.scalar(asked.order_by(Constituency.id).limit(1))
    if taken is not None:
        raise DomainError(f"There is already a constituency of this name: {taken}.", "name")


def _filed(name: str) -> str:
    """What a name is filed and compared by, as long as there is room for it."""
    return folded(name)[:200]


def _hold_names() -> None:
    """Hold all constituencies, in one order: no two are given one name at once, whatever its capitals."""
    db.session.execute(select(Constituency.id).order_by(Constituency.id).with_for_update()).all()


def _refuse_seats(found: Constituency, last_day: date) -> None:
    asked = (
        select(Seat.position, Committee.name)
        .join(Committee, Committee.id == Seat.committee_id)
        .where(Seat.constituency_id == found.id, beyond(Seat, last_day))
    )
    seat = db.session.execute(asked.order_by(Committee.sort_name, Seat.position, Seat.id).limit(1)).first()
    if seat is not None:
        message = f"Seat {seat.position} of {seat.name} goes on after this day: end the seats of it first."
        raise DomainError(message, "last_day")


def _hold(wanted: Iterable[Belonging]) -> None:
    """Keep the institutions named from being merged meanwhile, in one order."""
    for institution_id in sorted({each.institution_id for each in wanted if each.institution_id is not None}):
        hold_institution(institution_id)


def _begin(constituency_id: int, wanted: Iterable[Belonging], days: Period) -> None:
    for each in dict.fromkeys(wanted):
        db.session.add(
            ConstituencyRule(
                constituency_id=constituency_id,
                country=each.country,
                institution_kind=each.institution_kind,
                class_id=each.class_id,
                institution_id=each.institution_id,
                first_day=days.first,
                last_day=days.last,
                recorded_at=clock.now(),
            )
        )
    db.session.flush()


def _standing(constituency_id: int) -> list[ConstituencyRule]:
    asked = select(ConstituencyRule).where(
        ConstituencyRule.constituency_id == constituency_id, as_known(ConstituencyRule)
    )
    return list(db.session.scalars(asked.order_by(ConstituencyRule.id)))


def _rules(ids: Collection[int]) -> list[ConstituencyRule]:
    asked = select(ConstituencyRule).where(ConstituencyRule.id.in_(ids))
    return list(db.session.scalars(asked.order_by(ConstituencyRule.id)))


def _said(constituency_id: int, on: date) -> list[str]:
    """The rules of a day for the trail, in the words of who reads it."""
    return [
        each.words for each in list_rules(constituency_id, on=on) if Period(each.first_day, each.last_day).contains(on)
    ]


def _note(action: str, found: Constituency, summary: str, actor: Actor, **change: Any) -> None:
    record(action, Subject("constituency", found.id), summary=summary, actor=actor, **change)
