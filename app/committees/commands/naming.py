"""What a committee is called from day to day: another name from a day on, also one to come, and putting names right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.committees.models import Committee, CommitteeName
from app.committees.rules import in_words
from app.core import clock
from app.core.actor import Actor, program
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.folding import folded
from app.core.history import advance, as_known, check_version, lock, overlapping, retract, supersede
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.core.transaction import transaction
from app.outbox.duties import daily


@dataclass(frozen=True)
class CommitteeNaming:
    """What a committee is called from a day on."""

    name: str
    first_day: date


def rename_committee(
    committee_id: int, naming: CommitteeNaming, *, reason: str | None, version: int, actor: Actor
) -> Committee:
    """Call a committee by another name from a day on, also one to come; the old name keeps its days and is found."""
    actor.require(Permission.COMMITTEE_FOUND)
    committee = _locked(committee_id, version)
    last = _names_of(committee_id)[-1]
    if naming.first_day <= last.first_day:
        message = f"It is called {last.name} from {in_words(last.first_day)} on: a new name begins later."
        raise DomainError(message, "first_day")
    if committee.dissolved_on is not None and naming.first_day > committee.dissolved_on:
        message = f"It is dissolved after {in_words(committee.dissolved_on)}: it is not called otherwise after."
        raise DomainError(message, "first_day")
    if naming.name == last.name:
        raise DomainError("This is its name already.", "name")
    refuse_taken(naming.name, Period(naming.first_day), besides=committee_id)
    supersede(last, last_day=naming.first_day - ONE_DAY)
    put_name(committee_id, naming)
    return _followed(
        "committees.rename_committee",
        committee,
        f"{last.name} is called {naming.name} from {in_words(naming.first_day)}.",
        {"before": {"name": last.name}, "after": {"name": naming.name, "first_day": naming.first_day.isoformat()}},
        reason=reason,
        actor=actor,
    )


def correct_committee_name(
    name_id: int, naming: CommitteeNaming, *, reason: str, version: int, actor: Actor
) -> Committee:
    """Correct the spelling or the first day of a name; the one before it ends the day before.

    The first name holds since the committee was founded: of it the spelling alone is corrected. `version` is that of
    the committee.
    """
    committee, found = _locked_name(name_id, version, actor)
    former = _find_former(found)
    if naming.first_day != found.first_day:
        _check_first_day(naming.first_day, found, former)
    refuse_taken(naming.name, Period(naming.first_day, found.last_day), besides=committee.id)
    before = _said(found)
    if former is not None and naming.first_day != found.first_day:
        supersede(former, last_day=naming.first_day - ONE_DAY)
    supersede(found, name=naming.name, first_day=naming.first_day)
    if before == _said(found):
        raise DomainError("This is on record already.", "name")
    summary = f"Corrected the name {before['name']} of {committee.name}."
    change = {"before": before, "after": _said(found)}
    return _followed("committees.correct_committee_name", committee, summary, change, reason=reason, actor=actor)


def retract_committee_name(name_id: int, *, reason: str, version: int, actor: Actor) -> Committee:
    """Take back a name that was recorded by mistake, or is not to come: the one before it goes on over its days."""
    committee, found = _locked_name(name_id, version, actor)
    former = _find_former(found)
    if former is None:
        raise DomainError("There is no name before it: correct this one instead.")
    refuse_taken(former.name, found.period, besides=committee.id)
    retract(found)
    supersede(former, last_day=found.last_day)
    summary = f"Took back the name {found.name} of {committee.name}."
    change = {"before": _said(found)}
    return _followed("committees.retract_committee_name", committee, summary, change, reason=reason, actor=actor)


def hold_committees() -> None:
    """Hold all committees, in one order: what concerns their names and their tree is done by one at a time."""
    db.session.execute(select(Committee.id).order_by(Committee.id).with_for_update()).all()


def put_name(committee_id: int, naming: CommitteeNaming) -> None:
    """Put a name on record from its first day on."""
    called = CommitteeName(
        committee_id=committee_id, name=naming.name, first_day=naming.first_day, recorded_at=clock.now()
    )
    db.session.add(called)
    db.session.flush()


def move_first_name(committee: Committee, founded_on: date) -> None:
    """Let the first name of a committee begin with another day of founding."""
    first = _names_of(committee.id)[0]
    if first.last_day is not None and founded_on > first.last_day:
        raise DomainError(f"It was called {first.name} until {in_words(first.last_day)}.", "founded_on")
    supersede(first, first_day=founded_on)


def refuse_taken(name: str, period: Period, *, besides: int | None = None) -> None:
    """Refuse a name that another committee has on one of these days; all committees are held."""
    asked = (
        select(CommitteeName.name, Committee.name.label("present"), Committee.dissolved_on)
        .join(Committee, Committee.id == CommitteeName.committee_id)
        .where(
            as_known(CommitteeName), overlapping(CommitteeName, period), CommitteeName.committee_id != (besides or 0)
        )
        .order_by(CommitteeName.id)
    )
    for row in db.session.execute(asked):
        if folded(row.name) == folded(name):
            now = "" if row.present == row.name else f", {row.present} by its present name"
            gone = f", dissolved after {in_words(row.dissolved_on)}" if row.dissolved_on else ""
            raise DomainError(f"There is already a committee of this name on these days{now}{gone}.", "name")


def index_committee(committee: Committee) -> None:
    """Let a committee be found by all its names and what it is for, and stand in lists by its present name."""
    names = [each.name for each in reversed(_names_of(committee.id))]
    committee.sort_name = folded(committee.name)[:200]
    committee.search_text = folded(*names, committee.remit)


def take_names(*, actor: Actor) -> int:
    """Let each committee have the name of today as its present one, where another day gave it one; how many did."""
    hold_committees()
    due = _names_due()
    for committee, _ in due:
        committee.name = f"{committee.name}\u2060{committee.id}"[-200:]  # Two may swap their names on one day.
    db.session.flush()
    for committee, name in due:
        committee.name = name
        index_committee(committee)
        record(
            "committees.take_name",
            Subject("committee", committee.id),
            summary=f"{name} is its present name.",
            after={"name": name},
            actor=actor,
        )
    db.session.flush()
    return len(due)


@daily("committees.take_names")
def take_names_of_today() -> None:
    """Names that were recorded for a day to come are taken on it; run twice, the second finds nothing left to do."""
    with transaction():
        take_names(actor=program("Daily round"))


def _names_due() -> list[tuple[Committee, str]]:
    """The committees whose present name is another by today; one founded later has its first name until then."""
    asked = select(CommitteeName).where(as_known(CommitteeName))
    today, present = clock.today(), dict[int, str]()
    for found in db.session.scalars(asked.order_by(CommitteeName.committee_id, CommitteeName.first_day)):
        if found.first_day <= today or found.committee_id not in present:
            present[found.committee_id] = found.name
    committees = db.session.scalars(select(Committee).order_by(Committee.id)).all()
    return [(each, present[each.id]) for each in committees if present.get(each.id, each.name) != each.name]


def _locked(committee_id: int, version: int) -> Committee:
    hold_committees()
    committee = lock(Committee, committee_id)
    check_version(committee, version)
    return committee


def _locked_name(name_id: int, version: int, actor: Actor) -> tuple[Committee, CommitteeName]:
    """A name on record with its committee, locked to be put right."""
    actor.require(Permission.COMMITTEE_FOUND)
    found = db.session.get(CommitteeName, name_id)
    if found is None:
        raise NotFoundError("There is no such name.")
    committee = _locked(found.committee_id, version)
    db.session.refresh(found)
    if found.superseded_at is not None:
        raise NotFoundError("There is no such name.")
    return committee, found


def _names_of(committee_id: int) -> Sequence[CommitteeName]:
    """Its names as known now, in their order; the last one has no last day."""
    asked = select(CommitteeName).where(CommitteeName.committee_id == committee_id, as_known(CommitteeName))
    return db.session.scalars(asked.order_by(CommitteeName.first_day, CommitteeName.id)).all()


def _find_former(found: CommitteeName) -> CommitteeName | None:
    """What it was called until the day before."""
    until = found.first_day - ONE_DAY
    return next((each for each in _names_of(found.committee_id) if each.last_day == until), None)


def _check_first_day(first_day: date, found: CommitteeName, former: CommitteeName | None) -> None:
    if former is None:
        raise DomainError(
            "Its first name holds since it was founded: correct the day of founding instead.", "first_day"
        )
    if first_day <= former.first_day:
        message = f"It was called {former.name} from {in_words(former.first_day)}: this name begins later."
        raise DomainError(message, "first_day")
    if found.last_day is not None and first_day > found.last_day:
        raise DomainError(f"It was called so until {in_words(found.last_day)}: it began by then.", "first_day")


def _said(found: CommitteeName) -> dict[str, Any]:
    return {"name": found.name, "first_day": found.first_day, "last_day": found.last_day}


def _followed(
    action: str, committee: Committee, summary: str, change: dict[str, Any], *, reason: str | None, actor: Actor
) -> Committee:
    """Let the committee follow its names, and write what was said of them."""
    db.session.flush()
    advance(committee)
    index_committee(committee)
    db.session.flush()
    record(action, Subject("committee", committee.id), summary=summary, actor=actor, reason=reason, **change)
    take_names(actor=actor)
    return committee
