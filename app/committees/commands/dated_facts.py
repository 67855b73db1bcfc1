"""Putting on record what seats and committees are: what holds on which days, beside when that was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.committees.models import Committee, CommitteeFacts, Seat, SeatFacts
from app.committees.queries.facts import facts_on_record, seats_on_record
from app.committees.rules import in_words
from app.core import clock
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import retract, supersede
from app.core.periods import ONE_DAY, Period

Facts = SeatFacts | CommitteeFacts


@dataclass(frozen=True)
class Since:
    """From which day on a change holds; for a day in the past, why the record of it is changed."""

    first_day: date
    reason: str | None = None


@dataclass(frozen=True)
class Standing:
    """What a seat or a committee is on some days, as far as that has days of its own."""

    period: Period
    said: Mapping[str, Any]


DATED = frozenset({"kind", "parent_id", "remit"})
DATED_OF_SEAT = frozenset({"label"})


def put_facts(of: Committee | Seat) -> None:
    """Put on record what a new committee or seat is, from its first day on."""
    _write(of, [], [Standing(of.period, {name: getattr(of, name) for name in _dated_of(of)})])


def change_facts(of: Committee | Seat, wanted: Mapping[str, object], since: date) -> None:
    """Let a committee or seat be something else from a day on, whatever was on record of it for later days."""
    on_record = _on_record(of)
    found: list[Standing] = []
    for each in _standings(of, on_record):
        if each.period.last is not None and each.period.last < since:
            found.append(each)
            continue
        if each.period.first < since:
            found.append(replace(each, period=Period(each.period.first, since - ONE_DAY)))
        rest = Period(max(each.period.first, since), each.period.last)
        found.append(Standing(rest, {**each.said, **wanted}))
    _write(of, on_record, found)


def fit_facts(committee: Committee) -> None:
    """Let what is on record of a committee have its days, after it was founded on another or ends with one."""
    _fit(committee, _on_record(committee))


def fit_seats(seats: Sequence[Seat]) -> None:
    """Let what is on record of seats have their days, after they end with one or last longer."""
    db.session.flush()
    on_record = seats_on_record([seat.id for seat in seats])
    for seat in seats:
        _fit(seat, on_record[seat.id])


def checked_since(of: Committee | Seat, since: Since | None) -> date:
    """From which day on a change holds: that of today, where none is said, and no other without a reason."""
    if since is None:
        return day_of_change(of.period)
    _check_since(of, since.first_day)
    if since.first_day < max(clock.today(), of.period.first) and not since.reason:
        raise DomainError("Say why: it changes what is on record for days that are over.", "reason")
    return since.first_day


def day_of_change(period: Period) -> date:
    """From which day on a change holds by itself: today; of what is to come its first day, of what ended its last."""
    day = max(clock.today(), period.first)
    return min(day, period.last) if period.last else day


def reaches_back(of: Committee | Seat, since: Since | None) -> bool:
    """Whether a day is said before the one from which on it is what it is: then it was that before, too."""
    return since is not None and since.first_day < _on_record(of)[-1].first_day


def _check_since(of: Committee | Seat, since: date) -> None:
    """Refuse a day on which there was no such committee or seat yet or is none any more, and one to come."""
    begun, ends = ("was founded on", "is dissolved after") if isinstance(of, Committee) else ("begins on", "ends with")
    first, last = of.period.first, of.period.last
    if since < first:
        raise DomainError(f"It {begun} {in_words(first)}: not before.", "since")
    if last is not None and since > last:
        raise DomainError(f"It {ends} {in_words(last)}: by then.", "since")
    if since > max(clock.today(), first):
        raise DomainError("A change is recorded once its first day has come.", "since")


def _dated_of(of: Committee | Seat) -> frozenset[str]:
    return DATED if isinstance(of, Committee) else DATED_OF_SEAT


def _on_record(of: Committee | Seat) -> Sequence[Facts]:
    db.session.flush()
    return facts_on_record(of.id) if isinstance(of, Committee) else seats_on_record([of.id])[of.id]


def _standings(of: Committee | Seat, on_record: Sequence[Facts]) -> list[Standing]:
    return [Standing(each.period, {name: getattr(each, name) for name in _dated_of(of)}) for each in on_record]


def _fit(of: Committee | Seat, on_record: Sequence[Facts]) -> None:
    whole = of.period
    found = [(each, each.period.clip(whole)) for each in _standings(of, on_record)]
    kept = [replace(each, period=period) for each, period in found if period is not None]
    if not kept:
        raise DomainError("Nothing of it is on record for these days.", "founded_on")
    kept[0] = replace(kept[0], period=Period(whole.first, kept[0].period.last))
    kept[-1] = replace(kept[-1], period=Period(kept[-1].period.first, whole.last))
    _write(of, on_record, kept)


def _write(of: Committee | Seat, on_record: Sequence[Facts], wanted: Sequence[Standing]) -> None:
    """Let this be on record of a committee or seat; what holds today is on itself, too."""
    before = {each.first_day: each for each in on_record}
    for each in _merged(wanted):
        said = {**each.said, "last_day": each.period.last}
        found = before.pop(each.period.first, None)
        if found is None:
            db.session.add(_new(of, {**said, "first_day": each.period.first, "recorded_at": clock.now()}))
        else:
            _put_right(found, said)
    for left in before.values():
        retract(left)
    for name, value in wanted[-1].said.items():  # None begins on a day to come, but that of what is to come itself.
        setattr(of, name, value)
    db.session.flush()


def _new(of: Committee | Seat, said: Mapping[str, Any]) -> Facts:
    return CommitteeFacts(committee_id=of.id, **said) if isinstance(of, Committee) else SeatFacts(seat_id=of.id, **said)


def _put_right(found: Facts, said: Mapping[str, object]) -> None:
    """Correct what is on record, where it says something else."""
    if any(getattr(found, name) != value for name, value in said.items()):
        supersede(found, **said)


def _merged(wanted: Sequence[Standing]) -> list[Standing]:
    """The same, those that follow each other with nothing else made one."""
    found: list[Standing] = []
    for each in wanted:
        if found and found[-1].said == each.said:
            found[-1] = replace(each, period=Period(found[-1].period.first, each.period.last))
            continue
        found.append(each)
    return found
