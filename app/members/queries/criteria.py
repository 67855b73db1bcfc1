"""What applicants have to fulfil, on a day and over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.history import on_day
from app.core.permissions import Permission
from app.members.models import Criterion
from app.members.rules import Check, CriterionKind


def list_asked(day: date) -> list[Criterion]:
    """The criteria that hold on a day for whatever class, in their order."""
    asked = (
        select(Criterion)
        .where(on_day(Criterion, day))
        .options(joinedload(Criterion.membership_class))
        .order_by(Criterion.class_id.is_not(None), Criterion.class_id, Criterion.id)
    )
    return list(db.session.scalars(asked))


def list_to_say(day: date) -> list[tuple[int, str]]:
    """What an applicant is asked to declare on a day: the criterion, and its text with the class it is for."""
    return [(found.id, _words(found)) for found in list_asked(day) if found.kind is CriterionKind.SAID]


def list_checked(day: date) -> list[tuple[Check, str]]:
    """What the program checks of an application on a day: the check, and the criterion with the class it is for."""
    return [(found.check, _words(found)) for found in list_asked(day) if found.check is not None]


def list_criteria(actor: Actor) -> Sequence[Criterion]:
    """All criteria there are and were."""
    actor.require(Permission.SETTING_READ)
    asked = select(Criterion).options(joinedload(Criterion.membership_class))
    return db.session.scalars(asked.order_by(Criterion.last_day.is_not(None), Criterion.class_id, Criterion.id)).all()


def get_criterion(criterion_id: int, actor: Actor) -> Criterion:
    """One criterion."""
    actor.require(Permission.APPLICATION_READ)
    criterion = db.session.get(Criterion, criterion_id)
    if criterion is None:
        raise NotFoundError("There is no such criterion.")
    return criterion


def _words(criterion: Criterion) -> str:
    of_class = criterion.membership_class
    return f"{criterion.text} ({of_class.name})" if of_class else criterion.text
