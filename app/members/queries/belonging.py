"""Which institutions people belong to or represent, on a day and as known at any moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select

from app.core.bulk import among
from app.core.database import db
from app.core.history import valid
from app.members.models import Affiliation, Representation


def institutions_of_people(
    person_ids: Collection[int], *, on: date, known: datetime | None = None
) -> Mapping[int, set[int]]:
    """The institutions that each is affiliated to or represents on a day; an empty set for who is of none."""
    belongs, represents = (
        select(each.person_id, each.institution_id).where(among(each.person_id, person_ids), valid(each, on, known))
        for each in (Affiliation, Representation)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, institution_id in db.session.execute(belongs.union(represents).order_by("person_id")):
        found[person_id].add(institution_id)
    return found
