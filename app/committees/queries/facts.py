"""What seats and committees are by the day and as known: conditions for other reads, and the record of a committee."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from app.audit.remembering import remembered
from app.committees.models import Committee, CommitteeFacts, Seat, SeatFacts
from app.committees.rules import CommitteeKind
from app.core.bulk import among
from app.core.database import UtcInstant, db, prepared
from app.core.history import as_known, valid
from app.core.paging import AnySelect

# Statements that many pages ask for take day and instant as parameters: building one takes longer than running it.
ON: Any = bindparam("on_day", type_=Date)
KNOWN: Any = bindparam("known_at", type_=UtcInstant)


@dataclass(frozen=True, slots=True)
class Held:
    """What a committee was on a day, from its first to its last one; `exists` says that it was one on that day."""

    kind: CommitteeKind
    parent_id: int | None
    founded_on: date
    dissolved_on: date | None
    exists: bool


def instant(known: datetime | None) -> Any:
    """The parameter for an instant of knowledge; None for all that is known now, which is asked for otherwise."""
    return None if known is None else KNOWN


def moment(on: date, known: datetime | None) -> dict[str, Any]:
    """The values of a statement that takes a day and an instant as parameters."""
    return {"on_day": on} | ({} if known is None else {"known_at": known})


def seat_facts(known: datetime | None) -> Any:
    """What has the days of seats: the seats themselves, for an instant what was known of them then, by days."""
    return Seat if known is None else aliased(SeatFacts)


def of_seats(asked: AnySelect, facts: Any, known: datetime | None) -> AnySelect:
    """A select of seats with their facts; a seat nothing was known of at the instant is left out."""
    return asked if known is None else asked.join(facts, and_(facts.seat_id == Seat.id, as_known(facts, known)))


def days_of_seat(known: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The first and the last day of a seat, as known at an instant or now, whatever it was called on them."""
    if known is None:
        return Seat.first_day.expression, Seat.last_day.expression
    held = aliased(SeatFacts)
    asked = select(held.first_day).where(held.seat_id == Seat.id, as_known(held, known)).correlate(Seat)
    first = asked.order_by(held.first_day, held.id).limit(1).scalar_subquery()
    last = asked.with_only_columns(held.last_day).order_by(held.first_day.desc(), held.id).limit(1).scalar_subquery()
    return first, last


def dated_label(on: Any, known: datetime | None) -> ColumnElement[str]:
    """What a seat was called on a day, as known then or now; its present name where none is known for that day."""
    called = aliased(SeatFacts)
    asked = select(called.label).where(called.seat_id == Seat.id, valid(called, on, known))
    named = asked.order_by(called.id).limit(1).correlate_except(called).scalar_subquery()
    return func.coalesce(named, Seat.label)


def has_facts(on: date, known: datetime | None) -> ColumnElement[bool]:
    """The condition that something is on record of a committee for a day."""
    held = aliased(CommitteeFacts)
    return (
        select(held.id).where(held.committee_id == Committee.id, valid(held, on, known)).correlate(Committee).exists()
    )


def began_by(on: date, known: datetime | None) -> ColumnElement[bool]:
    """The condition that something is on record of a committee for a day or one before it."""
    held = aliased(CommitteeFacts)
    asked = select(held.id).where(held.committee_id == Committee.id, as_known(held, known), held.first_day <= on)
    return asked.correlate(Committee).exists()


def parents_on(on: date, known: datetime | None) -> dict[int, int | None]:
    """What each committee that there was on a day was part of, by their ids."""
    return {
        row.committee_id: row.parent_id
        for row in _all_facts(known)
        if row.first_day <= on and (row.last_day is None or row.last_day >= on)
    }


def held_on(on: date, known: datetime | None, among: Collection[int] | None = None) -> dict[int, Held]:
    """What every committee, or each of some, was on a day: if it had ended what held last, if it is to come what will.

    One of which nothing was known at the instant is left out. In one plain statement: many pages need all of them.
    """
    found: dict[int, Held] = {}
    for row in _all_facts(known):
        if among is not None and row.committee_id not in among:
            continue
        before = found.get(row.committee_id)
        exists = row.first_day <= on and (row.last_day is None or row.last_day >= on)
        if before is None:
            found[row.committee_id] = Held(row.kind, row.parent_id, row.first_day, row.last_day, exists)
        elif row.first_day <= on:
            found[row.committee_id] = Held(row.kind, row.parent_id, before.founded_on, row.last_day, exists)
        else:
            found[row.committee_id] = replace(before, dissolved_on=row.last_day)
    return found


@remembered
def _all_facts(known: datetime | None) -> tuple[Any, ...]:
    return tuple(db.session.execute(_facts_of_all(known)).all())


@prepared
def _facts_of_all(known: datetime | None) -> AnySelect:
    facts = CommitteeFacts
    asked = select(facts.committee_id, facts.kind, facts.parent_id, facts.first_day, facts.last_day)
    return asked.where(as_known(facts, known)).order_by(facts.committee_id, facts.first_day, facts.id)


def facts_on_record(committee_id: int, known: datetime | None = None) -> Sequence[CommitteeFacts]:
    """All that is on record of what a committee is, in the order of its days; it has no gap."""
    asked = select(CommitteeFacts).where(CommitteeFacts.committee_id == committee_id, as_known(CommitteeFacts, known))
    return db.session.scalars(asked.order_by(CommitteeFacts.first_day, CommitteeFacts.id)).all()


def seats_on_record(seat_ids: Sequence[int], known: datetime | None = None) -> Mapping[int, Sequence[SeatFacts]]:
    """All that is on record of seats, by seat, in the order of its days; it has no gap. A seat unknown has none."""
    asked = select(SeatFacts).where(among(SeatFacts.seat_id, sorted(seat_ids)), as_known(SeatFacts, known))
    found: dict[int, list[SeatFacts]] = {seat_id: [] for seat_id in seat_ids}
    for each in db.session.scalars(asked.order_by(SeatFacts.seat_id, SeatFacts.first_day, SeatFacts.id)):
        found[each.seat_id].append(each)
    return found
