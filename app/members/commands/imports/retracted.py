"""Dated facts that an import added, when it is taken back: what a day had known stays as taken back, the rest goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.bulk import in_chunks
from app.core.database import Base, db
from app.core.history import retract
from app.members.models import (
    Affiliation,
    ContactRoute,
    InstitutionParticulars,
    InstitutionUnit,
    Membership,
    MembershipStep,
    Representation,
)

CHUNK = 500
_EARLIER_PLACE, _EARLIER_UNIT = aliased(Affiliation), aliased(InstitutionUnit)
Fact = Affiliation | ContactRoute | InstitutionUnit | Representation
# The dated facts that name a record of a kind.
FACTS: Mapping[str, Sequence[type[Fact | Membership]]] = {
    "institution": (Affiliation, InstitutionUnit, Membership, Representation),
    "person": (Affiliation, ContactRoute, Representation),
}


def take_back_facts(model: type[Fact], facts: Iterable[Fact]) -> None:
    """Take facts back: those of today go, those of an earlier day stay for what was known until now (`known=`)."""
    today, gone = clock.start_of(clock.today()), set[int]()
    for fact in facts:
        if fact.recorded_at < today:
            retract(fact)
        else:
            gone.add(fact.id)
    db.session.flush()
    remove(model, gone)


def known_on_no_day(subject: str, ids: Iterable[int]) -> dict[str, set[int]]:
    """By table, the facts about some institutions or people that were taken back on the day they were recorded.

    No `known=` day answers with them: they go with what they name.
    """
    found: dict[str, set[int]] = {model.__tablename__: set() for model in FACTS[subject]}
    for chunk in in_chunks(sorted(ids), CHUNK):
        for model in FACTS[subject]:
            asked = select(model.id, model.recorded_at, model.superseded_at).order_by(model.id)
            asked = asked.where(getattr(model, f"{subject}_id").in_(chunk), model.superseded_at.is_not(None))
            for number, recorded_at, superseded_at in db.session.execute(asked):
                if superseded_at and day_of(recorded_at) == day_of(superseded_at):
                    found[model.__tablename__].add(number)
    return found


def earlier_places(ids: Iterable[int]) -> set[int]:
    """What was known before of some places that were changed since: the same but for position and last day."""
    same = [
        _EARLIER_PLACE.person_id == Affiliation.person_id,
        _EARLIER_PLACE.institution_id == Affiliation.institution_id,
    ]
    return _earlier(Affiliation, _EARLIER_PLACE, same, Affiliation.id, ids)


def earlier_units(institution_ids: Iterable[int]) -> set[int]:
    """What was known before of units on record of some institutions: the same but for the last day."""
    same = [
        _EARLIER_UNIT.institution_id == InstitutionUnit.institution_id,
        _EARLIER_UNIT.name == InstitutionUnit.name,
        InstitutionUnit.superseded_at.is_(None),
    ]
    return _earlier(InstitutionUnit, _EARLIER_UNIT, same, InstitutionUnit.institution_id, institution_ids)


def _earlier(model: Any, earlier: Any, same: Sequence[Any], key: Any, ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for chunk in in_chunks(sorted(ids), CHUNK):
        asked = select(earlier.id).join(model, and_(earlier.first_day == model.first_day, *same)).where(key.in_(chunk))
        found |= set(db.session.scalars(asked.where(earlier.superseded_at.is_not(None)).order_by(earlier.id)))
    return found


def particulars_that_go(parents: set[int], given_back: Iterable[int] = ()) -> set[int]:
    """Of the particulars that name some institutions as a whole they are part of, those that do not hold them.

    They are of these institutions themselves, known on no day, or of today and about to be `given_back`.
    """
    of, found, restored = InstitutionParticulars, set[int](), set(given_back)
    for chunk in in_chunks(sorted(parents), CHUNK):
        asked = select(of.id, of.institution_id, of.first_day, of.recorded_at, of.superseded_at)
        for row in db.session.execute(asked.where(of.parent_id.in_(chunk)).order_by(of.id)):
            is_today = row.superseded_at is None and row.institution_id in restored and row.first_day >= clock.today()
            is_unknown = row.superseded_at is not None and day_of(row.recorded_at) == day_of(row.superseded_at)
            if row.institution_id in parents or is_today or is_unknown:
                found.add(row.id)
    return found


def remove_facts(subject: str, ids: Mapping[str, set[int]]) -> None:
    """Take facts about institutions or people away, memberships with all their steps."""
    for model in FACTS[subject]:
        if model is Membership:
            remove(MembershipStep, ids["membership"], "membership_id")
        remove(model, ids[model.__tablename__])


def remove(model: type[Base], ids: Iterable[int], key: str = "id") -> None:
    """Delete the rows of a table that have one of the ids, or name it by another column."""
    column: Any = getattr(model, key)
    for chunk in in_chunks(sorted(ids), CHUNK):
        db.session.execute(delete(model).where(column.in_(chunk)).execution_options(synchronize_session=False))


def day_of(instant: datetime) -> date:
    """The day of an instant on the site's clocks."""
    return clock.local(instant).date()
