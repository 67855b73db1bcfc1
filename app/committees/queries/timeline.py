"""The seats of a committee over the years: who held each from when to when, and when nobody did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select

from app.committees.models import Appointment, Seat, SeatFacts
from app.committees.queries.facts import instant, moment
from app.committees.queries.roster import NAME
from app.committees.rules import Office
from app.core.database import db, prepared
from app.core.history import as_known
from app.core.paging import AnySelect
from app.core.periods import Period, joined
from app.members.models import Person


@dataclass(frozen=True)
class SeatSpan:
    """Days on which a seat is held by somebody or, with no holder, stands vacant; no last day is for ever.

    `is_coming` says that it begins after the day looked at.
    """

    number: int
    label: str
    holder: str | None
    family_name: str | None
    person_id: int | None
    office: Office | None
    period: Period
    is_coming: bool

    @property
    def seat(self) -> str:
        """The number of the seat, with its name where that says more."""
        return str(self.number) if self.label.casefold() == f"seat {self.number}" else f"{self.number}, {self.label}"


@dataclass(frozen=True, slots=True)
class _SeatLife:
    """The days of a seat, and what it is called on the day looked at, or on its own nearest to that."""

    number: int
    label: str
    period: Period


def seat_spans(committee_id: int, *, on: date, known: datetime | None = None) -> list[SeatSpan]:
    """The terms on each seat of a committee in their order, with the gaps between them as known on the day looked at.

    What is vacant after that day is not yet a gap: somebody may still be appointed.
    """
    seats: dict[int, _SeatLife] = {}
    at = moment(on, known)
    for row in db.session.execute(_seats(instant(known)).where(Seat.committee_id == committee_id), at):
        before = seats.get(row.id)
        seats[row.id] = _SeatLife(
            row.position,
            row.label if before is None or row.first_day <= on else before.label,
            Period(row.first_day if before is None else before.period.first, row.last_day),
        )
    terms: dict[int, list[SeatSpan]] = {}
    for row in db.session.execute(_terms(instant(known)).where(Appointment.committee_id == committee_id), at):
        if row.seat_id in seats:
            terms.setdefault(row.seat_id, []).append(_span(seats[row.seat_id], row, on))
    found: list[SeatSpan] = []
    for seat_id, seat in seats.items():
        held = terms.get(seat_id, [])
        found += sorted([*held, *_gaps(seat, held, on)], key=lambda each: each.period.first)
    return found


def _span(seat: _SeatLife, row: Any, on: date) -> SeatSpan:
    return SeatSpan(
        seat.number, seat.label, row.holder, row.family_name, row.person_id, row.office,
        Period(row.first_day, row.last_day), row.first_day > on,
    )  # fmt: skip


def _gaps(seat: _SeatLife, held: Sequence[SeatSpan], on: date) -> Iterator[SeatSpan]:
    """The days up to the one looked at on which the seat was there and nobody sat on it."""
    first = seat.period.first
    lived = seat.period.clip(Period(first, on)) if first <= on else None
    free = [lived] if lived else []
    for taken in joined(each.period for each in held):
        free = [part for one in free for part in one.without(taken)]
    for period in free:
        yield SeatSpan(seat.number, seat.label, None, None, None, None, period, is_coming=False)


@prepared
def _seats(known: datetime | None) -> AnySelect:
    facts = SeatFacts
    asked = select(Seat.id, Seat.position, facts.label, facts.first_day, facts.last_day).select_from(Seat)
    on_record = asked.join(facts, and_(facts.seat_id == Seat.id, as_known(facts, known)))
    return on_record.order_by(Seat.position, Seat.id, facts.first_day, facts.id)


@prepared
def _terms(known: datetime | None) -> AnySelect:
    return (
        select(
            Appointment.seat_id,
            Appointment.person_id,
            NAME.label("holder"),
            Person.family_name,
            Appointment.office,
            Appointment.first_day,
            Appointment.last_day,
        )
        .select_from(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .where(as_known(Appointment, known))
        .order_by(Appointment.first_day, Appointment.id)
    )
