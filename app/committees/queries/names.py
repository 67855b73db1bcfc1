"""What committees are and were called, for any day and as known at any moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app.committees.models import Committee, CommitteeName
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import as_known, valid
from app.core.permissions import Permission


def dated_name(on: date, known: datetime | None, of: Any = Committee) -> ColumnElement[str]:
    """What a committee was called on a day, as known then or now; its present name where none is known for that day."""
    called = aliased(CommitteeName)
    asked = select(called.name).where(called.committee_id == of.id, valid(called, on, known))
    return func.coalesce(asked.order_by(called.id).limit(1).correlate(of).scalar_subquery(), of.name)


def list_committee_names(committee_id: int, *, known: datetime | None = None) -> Sequence[CommitteeName]:
    """All names of a committee, those to come as well, the latest first."""
    asked = select(CommitteeName).where(CommitteeName.committee_id == committee_id, as_known(CommitteeName, known))
    return db.session.scalars(asked.order_by(CommitteeName.first_day.desc(), CommitteeName.id.desc())).all()


def former_names_of(on: date, known: datetime | None) -> Mapping[int, tuple[str, ...]]:
    """The names that committees had before a day and have no more, by committee, the latest first."""
    asked = select(CommitteeName.committee_id, CommitteeName.name).where(
        as_known(CommitteeName, known), CommitteeName.last_day < on
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in db.session.execute(asked.order_by(CommitteeName.first_day.desc(), CommitteeName.id)):
        found[row.committee_id] = (*found.get(row.committee_id, ()), row.name)
    return found


def get_committee_name(name_id: int, actor: Actor) -> CommitteeName:
    """A name on record, for who may put it right."""
    actor.require(Permission.COMMITTEE_FOUND)
    found = db.session.get(CommitteeName, name_id)
    if found is None or found.superseded_at is not None:
        raise NotFoundError("There is no such name.")
    return found
