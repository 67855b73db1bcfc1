"""Putting on record what seats and committees are: what holds on which days, beside when that was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from app.committees.models import Committee, CommitteeFacts, Seat, SeatFacts
from app.committees.queries.facts import facts_on_record
from app.committees.rules import CommitteeKind, in_words
from app.core import clock
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, retract, supersede
from app.core.periods import ONE_DAY, Period


@dataclass(frozen=True)
class Standing:
    """What a committee is, of what a part and what for, on some days."""

    period: Period
    kind: CommitteeKind
    parent_id: int | None
    remit: str | None


DATED = frozenset({"kind", "parent_id", "remit"})


def record_seats(seats: Sequence[Seat]) -> None:
    """Put on record what seats are called and which days they have, after every change of it; they are flushed."""
    asked = select(SeatFacts).where(SeatFacts.seat_id.in_([seat.id for seat in seats]), as_known(SeatFacts))
    on_record = {each.seat_id: each for each in db.session.scalars(asked.order_by(SeatFacts.id))}
    for seat in seats:
        said = {"label": seat.label, "first_day": seat.first_day, "last_day": seat.last_day}
        found = on_record.get(seat.id)
        if found is None:
            db.session.add(SeatFacts(seat_id=seat.id, recorded_at=clock.now(), **said))
        else:
            _put_right(found, said)
    db.session.flush()


def put_facts(committee: Committee) -> None:
    """Put on record what a new committee is, from its founding on."""
    whole = committee.period
    _write(committee, [Standing(whole, committee.kind, committee.parent_id, committee.remit)])


def change_facts(committee: Committee, wanted: Mapping[str, object], since: date) -> None:
    """Let a committee be something else from a day on, whatever was on record of it for later days."""
    found: list[Standing] = []
    for each in _standings(committee.id):
        if each.period.last is not None and each.period.last < since:
            found.append(each)
            continue
        if each.period.first < since:
            found.append(replace(each, period=Period(each.period.first, since - ONE_DAY)))
        rest = Period(max(each.period.first, since), each.period.last)
        found.append(replace(each, period=rest, **wanted))  # type: ignore[arg-type]
    _write(committee, found)


def fit_facts(committee: Committee) -> None:
    """Let what is on record of a committee have its days, after it was founded on another or ends with one."""
    whole = committee.period
    found = [(each, each.period.clip(whole)) for each in _standings(committee.id)]
    kept = [replace(each, period=period) for each, period in found if period is not None]
    if not kept:
        raise DomainError("Nothing of it is on record for these days.", "founded_on")
    kept[0] = replace(kept[0], period=Period(whole.first, kept[0].period.last))
    kept[-1] = replace(kept[-1], period=Period(kept[-1].period.first, whole.last))
    _write(committee, kept)


def check_since(committee: Committee, since: date) -> None:
    """Refuse a day on which there was no such committee yet or is none any more, and one to come."""
    if since < committee.founded_on:
        raise DomainError(f"It was founded on {in_words(committee.founded_on)}: not before.", "since")
    if committee.dissolved_on is not None and since > committee.dissolved_on:
        raise DomainError(f"It is dissolved after {in_words(committee.dissolved_on)}: by then.", "since")
    if since > max(clock.today(), committee.founded_on):
        raise DomainError("A change is recorded once its first day has come.", "since")


def _standings(committee_id: int) -> list[Standing]:
    return [Standing(each.period, each.kind, each.parent_id, each.remit) for each in facts_on_record(committee_id)]


def _write(committee: Committee, wanted: Sequence[Standing]) -> None:
    """Let this be on record of a committee; what holds today is on the committee itself, too."""
    db.session.flush()
    on_record = {each.first_day: each for each in facts_on_record(committee.id)}
    for each in _merged(wanted):
        said = {"kind": each.kind, "parent_id": each.parent_id, "remit": each.remit, "last_day": each.period.last}
        since = {"committee_id": committee.id, "first_day": each.period.first, "recorded_at": clock.now()}
        found = on_record.pop(each.period.first, None)
        if found is None:
            db.session.add(CommitteeFacts(**since, **said))
        else:
            _put_right(found, said)
    for left in on_record.values():
        retract(left)
    db.session.flush()
    held = facts_on_record(committee.id)[-1]  # None begins on a day to come, but that of a committee to come.
    committee.kind, committee.parent_id, committee.remit = held.kind, held.parent_id, held.remit
    db.session.flush()


def _put_right(found: SeatFacts | CommitteeFacts, said: Mapping[str, object]) -> None:
    """Correct what is on record, where it says something else."""
    if any(getattr(found, name) != value for name, value in said.items()):
        supersede(found, **said)


def _merged(wanted: Sequence[Standing]) -> list[Standing]:
    """The same, those that follow each other with nothing else made one."""
    found: list[Standing] = []
    for each in wanted:
        if found and replace(found[-1], period=each.period) == each:
            found[-1] = replace(each, period=Period(found[-1].period.first, each.period.last))
            continue
        found.append(each)
    return found
