"""Who may sign for an institution on a day: the signatories on record (RULES, Agreements and lines)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.agreements.models import Signatory
from app.core.actor import Actor
from app.core.database import db
from app.core.history import valid
from app.members.models import Person


def find_entitlement(institution_id: int, actor: Actor, day: date) -> Signatory | None:
    """By what the actor may sign for an institution on a day; None where they may not."""
    asked = (
        select(Signatory)
        .join(Person, Person.id == Signatory.person_id)
        .where(
            Person.user_id == (actor.user_id or 0), Signatory.institution_id == institution_id, valid(Signatory, day)
        )
    )
    return db.session.scalar(asked.order_by(Signatory.first_day, Signatory.id).limit(1))


def signs_for(actor: Actor, day: date) -> frozenset[int]:
    """The institutions the actor may sign for on a day."""
    asked = (
        select(Signatory.institution_id)
        .join(Person, Person.id == Signatory.person_id)
        .where(Person.user_id == (actor.user_id or 0), valid(Signatory, day))
    )
    return frozenset(db.session.scalars(asked.order_by(Signatory.id)))
