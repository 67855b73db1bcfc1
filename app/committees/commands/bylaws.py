"""Adopting bylaws of a committee: from today or a later day on, numbered, never rewritten."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.audit.commands import Subject, record
from app.committees.models import Bylaws, Committee
from app.committees.rules import BylawFacts, Fraction, in_words
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_adoption, lock
from app.core.permissions import Permission

FRACTIONS = ("quorum", "majority")


@dataclass(frozen=True)
class Adoption:
    """From which day on bylaws hold, and what decided them."""

    first_day: date
    decision: str | None = None


def adopt_bylaws(
    committee_id: int, facts: BylawFacts, adoption: Adoption, *, version: int | None = None, actor: Actor
) -> Bylaws:
    """Let bylaws hold for a committee from today or a later day on; `version` is the newest number that was seen.

    Terms that have begun stay as they were given.
    """
    committee = lock(Committee, committee_id)
    actor.require(Permission.COMMITTEE_FOUND)
    newest = db.session.scalar(select(func.max(Bylaws.number)).where(Bylaws.committee_id == committee_id)) or 0
    check_adoption(adoption.first_day, newest, version)
    _check_days(committee, adoption.first_day)
    bylaws = Bylaws(
        committee_id=committee_id,
        number=newest + 1,
        first_day=adoption.first_day,
        decision=adoption.decision,
        adopted_by=actor.name,
        adopted_at=clock.now(),
        **_columns(facts),
    )
    db.session.add(bylaws)
    db.session.flush()
    record(
        "committees.adopt_bylaws",
        Subject("committee", committee_id),
        summary=f"Adopted bylaws {bylaws.number} of {committee.name} from {in_words(adoption.first_day)}.",
        actor=actor,
        after={"number": bylaws.number, "first_day": adoption.first_day.isoformat(), "decision": adoption.decision}
        | {name: _plain(value) for name, value in _columns(facts).items()},
    )
    return bylaws


def _check_days(committee: Committee, first_day: date) -> None:
    if first_day < committee.founded_on:
        raise DomainError(f"The committee begins on {in_words(committee.founded_on)}.", "first_day")
    if committee.dissolved_on is not None and first_day > committee.dissolved_on:
        raise DomainError(f"The committee ends on {in_words(committee.dissolved_on)}.", "first_day")


def _columns(facts: BylawFacts) -> dict[str, Any]:
    """The columns of bylaws: those of their facts, each fraction in three."""
    plain = {field.name: getattr(facts, field.name) for field in fields(facts) if field.name not in FRACTIONS}
    for name in FRACTIONS:
        part: Fraction = getattr(facts, name)
        plain |= {
            f"{name}_numerator": part.numerator,
            f"{name}_denominator": part.denominator,
            f"{name}_more_than": part.more_than,
        }
    return plain


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)
