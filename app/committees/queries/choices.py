"""What the forms of committees offer: people and committees."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, or_, select

from app.committees.models import Committee, Seat
from app.committees.queries.committees import exists_on
from app.committees.queries.constituency_members import people_inside
from app.committees.queries.names import dated_name
from app.committees.rules import ids_under
from app.core.database import db
from app.core.history import valid
from app.members.models import Affiliation, Institution, Person, Representation

Choices = list[tuple[int, str]]


def people_for(seat: Seat, *, on: date) -> Choices:
    """People who can be put on a seat: of the institution that fills it or of its constituency, else everyone."""
    statement = (
        select(Person.id, Person.given_name, Person.family_name, Institution.short_name)
        .outerjoin(Affiliation, and_(Affiliation.person_id == Person.id, valid(Affiliation, on)))
        .outerjoin(Institution, Institution.id == Affiliation.institution_id)
        .where(Person.erased_at.is_(None))
        .order_by(Person.sort_name, Person.id, Institution.sort_name)
    )
    if seat.institution_id is not None:
        represents = select(Representation.person_id).where(
            Representation.institution_id == seat.institution_id, valid(Representation, on)
        )
        statement = statement.where(or_(Affiliation.institution_id == seat.institution_id, Person.id.in_(represents)))
    fitting = people_inside(seat, on)
    if fitting is not None:
        statement = statement.where(Person.id.in_(fitting))
    found: dict[int, str] = {}
    for person_id, given, family, institution in db.session.execute(statement):
        place = f", {institution}" if institution else ""
        found[person_id] = f"{found[person_id]}{place}" if person_id in found else f"{family}, {given}{place}"
    return list(found.items())


def committees_to_choose(*, on: date, besides: int | None = None) -> Choices:
    """Committees of a day by name; `besides` leaves one out with all that is part of it."""
    named = dated_name(on, None).label("name")
    statement = select(Committee.id, named, Committee.parent_id).where(exists_on(on))
    rows = db.session.execute(statement.order_by(Committee.sort_name, Committee.id)).all()
    left_out = ids_under(besides, {row.id: row.parent_id for row in rows}) if besides else set()
    return [(row.id, row.name) for row in rows if row.id not in left_out]
