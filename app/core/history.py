"""Dated facts: mixins and conditions for the two time axes, and for the version that guards against stale forms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, ColumnElement, and_, inspect, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.core import clock
from app.core.database import Base, db
from app.core.errors import DomainError, NotFoundError, StaleError
from app.core.periods import Period

Record = TypeVar("Record", bound=Base)
Fact = TypeVar("Fact", bound="Recorded")


class Dated:
    """A fact with a first and a last day, both included; no last day is for ever."""

    first_day: Mapped[date]
    last_day: Mapped[date | None]

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.first_day, self.last_day)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        """The last day is never before the first."""
        return (CheckConstraint("last_day IS NULL OR last_day >= first_day", name="period"),)


class Recorded(Dated):
    """A dated fact that also keeps when we learnt it and when a correction took its place."""

    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class Versioned:
    """A record edited by forms: its version goes up with each change."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        """Let the database refuse a change of a version that is no longer the newest."""
        return {"version_id_col": cls.version}


def on_day(model: type[Dated], day: date) -> ColumnElement[bool]:
    """The condition that a dated fact holds on a day."""
    return and_(model.first_day <= day, or_(model.last_day.is_(None), model.last_day >= day))


def beyond(model: type[Dated], last_day: Any) -> ColumnElement[bool]:
    """The condition that a dated fact goes on after a day, or begins after it; the day may be a column."""
    return or_(model.last_day.is_(None), model.last_day > last_day)


def as_known(model: type[Recorded], known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a fact was on record at an instant; without one, that it is now."""
    if known is None:
        return model.superseded_at.is_(None)
    return and_(
        model.recorded_at <= known,
        or_(model.superseded_at.is_(None), model.superseded_at > known),
    )


def valid(model: type[Recorded], day: date, known: datetime | None = None) -> ColumnElement[bool]:
    """The condition that a fact held on a day, as known at an instant (default: now)."""
    return and_(on_day(model, day), as_known(model, known))


def overlapping(model: type[Dated], period: Period) -> ColumnElement[bool]:
    """The condition that a dated fact shares a day with the period."""
    ends_after = or_(model.last_day.is_(None), model.last_day >= period.first)
    return ends_after if period.last is None else and_(model.first_day <= period.last, ends_after)


def lock(model: type[Record], identity: int) -> Record:
    """The record, locked until the transaction ends; NotFoundError where there is none."""
    (key,) = inspect(model).primary_key
    # By a query and not by get(): what was read before the lock is refreshed instead of being called stale.
    wanted = select(model).where(key == identity).with_for_update().execution_options(populate_existing=True)
    record = db.session.scalars(wanted).one_or_none()
    if record is None:
        message = "There is no such record."
        raise NotFoundError(message)
    return record


def check_version(record: Versioned, expected: int) -> None:
    """Refuse to go on when the record is not the version the form was filled from."""
    if record.version != expected:
        raise StaleError(record.version)


def check_adoption(first_day: date, newest: int = 0, version: int | None = None) -> None:
    """Refuse a policy for a past day, and one by who looked at another (`version`) than the newest on record."""
    if first_day < clock.today():
        raise DomainError("What was in force stays as it was: choose today or a later day.", "first_day")
    if version is not None and version != newest:
        raise StaleError(newest)


def advance(record: Versioned) -> None:
    """Count a change of what belongs to the record as its own, so that forms filled before it are stale."""
    record.version += 1


def supersede(fact: Fact, **changes: Any) -> Fact:
    """Correct or end a recorded fact: it keeps its id, and what was known until now stays as a superseded copy."""
    now = clock.now()
    if fact.recorded_at < now:
        columns = [column.key for column in inspect(type(fact)).column_attrs if column.key != "id"]
        known = type(fact)(**{name: getattr(fact, name) for name in columns})
        known.superseded_at = now
        db.session.add(known)
        fact.recorded_at = now
    for name, value in changes.items():
        setattr(fact, name, value)
    return fact


def retract(fact: Recorded) -> None:
    """Take a recorded fact back, as if it had not been; what was known until now stays."""
    fact.superseded_at = clock.now()


def put_back(fact: Recorded) -> None:
    """Put a fact on record again that was taken back: it keeps its id, and a copy keeps until when it was known."""
    columns = [column.key for column in inspect(type(fact)).column_attrs if column.key != "id"]
    db.session.add(type(fact)(**{name: getattr(fact, name) for name in columns}))
    fact.recorded_at, fact.superseded_at = clock.now(), None
