"""To whom one writes about an exchange: who acts for an institution, and the contacts both sides have named."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select

from app.core import clock
from app.core.database import db
from app.core.history import valid
from app.exchange.models import Exchange
from app.members.models import Person, Representation
from app.members.rules import Purpose
from app.outbox.rules import Address

ACTING = (Purpose.VOTING, Purpose.ALTERNATE)


def addresses_of(institution_id: int, person_ids: Collection[int | None] = ()) -> list[Address]:
    """Whom to write to at an institution today: its representatives, and people of the exchange; each once."""
    acting = select(Representation.person_id).where(
        Representation.institution_id == institution_id,
        Representation.purpose.in_(ACTING),
        valid(Representation, clock.today()),
    )
    named = [each for each in person_ids if each is not None]
    asked = (
        select(Person)
        .where(or_(Person.id.in_(acting), Person.id.in_(named)), Person.email.is_not(None))
        .order_by(Person.sort_name, Person.id)
    )
    return [Address(person.name, person.email or "") for person in db.session.scalars(asked)]


def addresses_of_giver(exchange: Exchange) -> list[Address]:
    """Whom to write to at the giver's side."""
    return addresses_of(exchange.giver_id, [exchange.giver_contact_id])


def addresses_of_taker(exchange: Exchange) -> list[Address]:
    """Whom to write to at the taker's side."""
    return addresses_of(exchange.taker_id, [exchange.person_id, exchange.taker_contact_id])
