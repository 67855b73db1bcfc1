"""What seats and committees are by the day and as known: conditions for other reads, and the record of a committee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from app.committees.models import Committee, CommitteeFacts, Seat, SeatFacts
from app.committees.queries.names import names_on
from app.committees.rules import CommitteeKind
from app.core.database import db
from app.core.history import as_known, valid
from app.core.paging import AnySelect


@dataclass(frozen=True)
class FactsRow:
    """What a committee was, and of what a part, on some days."""

    kind: CommitteeKind
    parent_id: int | None
    parent_name: str | None
    remit: str | None
    first_day: date
    last_day: date | None


def seat_facts(known: datetime | None) -> Any:
    """What has the label and the days of seats: the seats themselves, for an instant what was known of them then."""
    return Seat if known is None else aliased(SeatFacts)


def of_seats(asked: AnySelect, facts: Any, known: datetime | None) -> AnySelect:
    """A select of seats with their facts; a seat nothing was known of at the instant is left out."""
    return asked if known is None else asked.join(facts, and_(facts.seat_id == Seat.id, as_known(facts, known)))


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


def fact_of(on: date, known: datetime | None) -> ColumnElement[int]:
    """The id of what held of a committee on a day; of one that had ended what held last, of one to come what will."""
    held = aliased(CommitteeFacts)
    asked = select(held.id).where(held.committee_id == Committee.id, as_known(held, known)).correlate(Committee)
    last = asked.where(held.first_day <= on).order_by(held.first_day.desc(), held.id).limit(1)
    return func.coalesce(last.scalar_subquery(), asked.order_by(held.first_day, held.id).limit(1).scalar_subquery())


def days_of(known: datetime | None) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The first and the last day of a committee, as known at an instant or now."""
    if known is None:
        return Committee.founded_on.expression, Committee.dissolved_on.expression
    held = aliased(CommitteeFacts)
    asked = select(held.first_day).where(held.committee_id == Committee.id, as_known(held, known)).correlate(Committee)
    first = asked.order_by(held.first_day, held.id).limit(1).scalar_subquery()
    last = asked.with_only_columns(held.last_day).order_by(held.first_day.desc(), held.id).limit(1).scalar_subquery()
    return func.coalesce(first, Committee.founded_on), last


def facts_on_record(committee_id: int, known: datetime | None = None) -> Sequence[CommitteeFacts]:
    """All that is on record of what a committee is, in the order of its days; it has no gap."""
    asked = select(CommitteeFacts).where(CommitteeFacts.committee_id == committee_id, as_known(CommitteeFacts, known))
    return db.session.scalars(asked.order_by(CommitteeFacts.first_day, CommitteeFacts.id)).all()


def list_facts(committee_id: int, *, on: date, known: datetime | None = None) -> list[FactsRow]:
    """What a committee is and was, the latest first, with what it was part of by the name of the day looked at."""
    found = facts_on_record(committee_id, known)
    names = names_on([each.parent_id for each in found if each.parent_id is not None], on=on, known=known)
    return [
        FactsRow(
            kind=each.kind,
            parent_id=each.parent_id,
            parent_name=names.get(each.parent_id) if each.parent_id is not None else None,
            remit=each.remit,
            first_day=each.first_day,
            last_day=each.last_day,
        )
        for each in reversed(found)
    ]
