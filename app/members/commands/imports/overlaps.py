"""What was entered since on days that the undoing of an import would give back to a membership or a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from app.core.bulk import in_chunks
from app.core.database import db
from app.core.history import as_known
from app.core.periods import Period
from app.members.commands.imports.effects import Changed, as_day
from app.members.commands.imports.hanging import CHUNK, Undoing
from app.members.models import Affiliation, Institution, Membership, MembershipClass
from app.members.rules import day_words

ALONE: dict[str, tuple[Any, tuple[str, str]]] = {
    "membership": (Membership, ("institution_id", "class_id")),
    "affiliation": (Affiliation, ("person_id", "institution_id")),
}
Row = Membership | Affiliation


def shared_days(undoing: Undoing) -> Iterator[str]:
    """In words, each membership and place on record that shares days with one that would be as before the import."""
    for subject, (model, same) in ALONE.items():
        changed, other = undoing.changed[subject], aliased(model)
        alike = [getattr(model, name) == getattr(other, name) for name in same]
        on_record = (as_known(model), other.superseded_at.is_(None))
        for chunk in in_chunks(sorted(changed), CHUNK):
            asked = select(model, other).join(other, and_(model.id != other.id, *alike))
            asked = asked.where(model.id.in_(chunk), *on_record).order_by(model.id, other.id)
            for row, stands in db.session.execute(asked):
                if _days_before(row, changed).overlaps(_days_before(stands, changed)):
                    yield f"Row {changed[row.id].line}: {_words(stands)}"


def _days_before(row: Row, changed: Mapping[int, Changed]) -> Period:
    """The days of a row once the import is undone."""
    before = changed[row.id].before if row.id in changed else {}
    last_day = as_day(before["last_day"]) if "last_day" in before else row.last_day
    return Period(as_day(before.get("first_day")) or row.first_day, last_day)


def _words(stands: Row) -> str:
    institution = db.session.get_one(Institution, stands.institution_id).name
    until = f"until {day_words(stands.last_day)}" if stands.last_day else "on"
    days = f"from {day_words(stands.first_day)} {until} by an entry made since, on days that would be given back."
    if isinstance(stands, Affiliation):
        return f"Person {stands.person_id} has a place at {institution} {days}"
    named = db.session.get_one(MembershipClass, stands.class_id).name
    return f"{institution} is a member as {named} {days}"
