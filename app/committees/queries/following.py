"""Who is to sit on a seat that follows an office of another committee, and who does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.committees.models import Appointment, Committee, Seat
from app.committees.rules import Ending
from app.core.database import db
from app.core.history import as_known, overlapping
from app.core.periods import ONE_DAY, Period


@dataclass(frozen=True)
class Sitting:
    """Who sits on a seat by which appointment to an office, on which days; and whether that office was given up."""

    follows_id: int
    person_id: int
    period: Period
    ended_how: Ending | None = field(default=None, compare=False)


def sittings_wanted(seat: Seat, committee: Committee, entries: Sequence[Appointment]) -> list[Sitting]:
    """Who is to sit on a seat: each holder of the office it follows, on the days both last.

    It follows from the day after the last of its entries that do not: who sat there before stays on record.
    """
    days = seat.period.clip(committee.period)
    last_days = [each.last_day for each in entries if each.follows_id is None]
    if days is None or None in last_days:
        return []
    latest = max((day for day in last_days if day is not None), default=None)
    days = days.clip(Period(latest + ONE_DAY)) if latest is not None else days
    if days is None:
        return []
    asked = (
        select(Appointment)
        .where(
            Appointment.committee_id == seat.follows_committee_id,
            Appointment.office == seat.follows_office,
            as_known(Appointment),
            overlapping(Appointment, days),
        )
        .order_by(Appointment.first_day, Appointment.id)
    )
    found = [(source, source.period.clip(days)) for source in db.session.scalars(asked)]
    return [
        Sitting(source.id, source.person_id, period, _ended(source, period))
        for source, period in found
        if period is not None
    ]


def entries_of_seat(seat_id: int) -> Sequence[Appointment]:
    """All entries of a seat on record, in the order of their days."""
    asked = select(Appointment).where(Appointment.seat_id == seat_id, as_known(Appointment))
    return db.session.scalars(asked.order_by(Appointment.first_day, Appointment.id)).all()


def sitting_of(entry: Appointment) -> Sitting:
    """An entry of a seat that follows, as what it is to be."""
    return Sitting(entry.follows_id or 0, entry.person_id, entry.period, entry.ended_how)


def _ended(source: Appointment, period: Period) -> Ending | None:
    return Ending.OFFICE if source.ended_how is not None and source.last_day == period.last else None


def committees_following(committee_id: int) -> set[int]:
    """The committees of which a seat follows an office of this one, or of one of those, and so on."""
    asked = select(Seat.follows_committee_id, Seat.committee_id).where(Seat.follows_committee_id.is_not(None))
    pairs = db.session.execute(asked.distinct().order_by(Seat.committee_id)).all()
    found: set[int] = set()
    while added := {after for before, after in pairs if before in {committee_id, *found}} - found:
        found |= added
    return found
