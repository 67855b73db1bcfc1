"""What is on record of an institution from day to day: the one way in which it is changed or put right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import supersede
from app.members.models import FIRST_DAY_OF_NAMES, Institution, InstitutionParticulars
from app.members.rules import PARTICULARS, day_words


def begin_particulars(institution: Institution) -> None:
    """Put on record what holds of an institution just taken up, as it is since ever."""
    db.session.add(particulars_from(institution, FIRST_DAY_OF_NAMES))


def change_particulars(institution: Institution, wanted: Mapping[str, Any], since: date | None) -> None:
    """Let other values hold from a day on; without one the present ones were wrong and are put right.

    What is no particular, such as the name, is only set. `since` is today or before, and after the day the present
    values began; on that very day it is a correction too.
    """
    for name, value in wanted.items():
        setattr(institution, name, value)
    changed = {name: value for name, value in wanted.items() if name in PARTICULARS}
    if not changed:
        return
    present = present_particulars(institution.id)
    if since is None or since == present.first_day:
        supersede(present, **changed)
        return
    if since > clock.today():
        raise DomainError("A change is recorded once its first day has come.", "since")
    if since < present.first_day:
        raise DomainError(
            f"The present values hold since {day_words(present.first_day)}: a change begins later.", "since"
        )
    supersede(present, last_day=since - timedelta(days=1))
    db.session.add(particulars_from(institution, since))


def present_particulars(institution_id: int) -> InstitutionParticulars:
    """What is on record of an institution today, without an end."""
    asked = select(InstitutionParticulars).where(
        InstitutionParticulars.institution_id == institution_id,
        InstitutionParticulars.last_day.is_(None),
        InstitutionParticulars.superseded_at.is_(None),
    )
    return db.session.scalars(asked).one()


def particulars_from(institution: Institution, first_day: date) -> InstitutionParticulars:
    """A row of what its own row says, from a day on; not yet on record."""
    values = {name: getattr(institution, name) for name in PARTICULARS}
    return InstitutionParticulars(institution_id=institution.id, first_day=first_day, recorded_at=clock.now(), **values)
