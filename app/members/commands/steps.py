"""What the verbs of a membership share: its locked rows, its steps, and writing further ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import advance, check_version, overlapping, supersede
from app.core.periods import Period
from app.core.permissions import Permission
from app.members.commands.survivors import lock_institution
from app.members.models import Application, Institution, Membership, MembershipStep
from app.members.rules import AFTER_DECISION, MembershipState, day_words


@dataclass(frozen=True)
class Writer:
    """Adds steps to a membership for one reason by one person."""

    membership_id: int
    reason: str | None
    name: str

    def add(self, state: MembershipState, period: Period, kept: dict[str, Any] | None = None) -> None:
        db.session.add(
            MembershipStep(
                membership_id=self.membership_id,
                state=state,
                first_day=period.first,
                last_day=period.last,
                reason=self.reason,
                recorded_by=self.name,
                recorded_at=clock.now(),
                kept=kept,
            )
        )
        db.session.flush()


def locked_membership(membership_id: int, version: int | None, actor: Actor) -> tuple[Membership, Institution]:
    """A membership on record with its class, to be changed: its institution locked, its version checked and counted up.

    Its steps are rows of their own: a change of them alone makes the forms of the membership stale too.
    """
    actor.require(Permission.MEMBERSHIP_EDIT)
    asked = select(Membership).where(Membership.id == membership_id, Membership.superseded_at.is_(None))
    found = db.session.scalar(asked.with_only_columns(Membership.institution_id))
    if found is None:
        raise NotFoundError("There is no such membership.")
    institution = lock_institution(found)
    whole = asked.options(joinedload(Membership.membership_class)).execution_options(populate_existing=True)
    membership = db.session.scalar(whole)
    if membership is None:
        raise NotFoundError("There is no such membership.")
    if version is not None:
        check_version(membership, version)
    advance(membership)
    return membership, institution


def steps_of(membership_id: int) -> list[MembershipStep]:
    asked = (
        select(MembershipStep)
        .where(MembershipStep.membership_id == membership_id, MembershipStep.superseded_at.is_(None))
        .order_by(MembershipStep.first_day, MembershipStep.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(asked))


def step_on(steps: list[MembershipStep], day: date, field: str) -> MembershipStep:
    found = next((step for step in steps if step.period.contains(day)), None)
    if found is None:
        raise DomainError(f"This membership had not begun on {day_words(day)}.", field)
    return found


def refuse_overlap(institution_id: int, class_id: int, period: Period, *, besides: int | None = None) -> None:
    asked = (
        select(Membership)
        .where(
            Membership.institution_id == institution_id,
            Membership.class_id == class_id,
            Membership.superseded_at.is_(None),
            overlapping(Membership, period),
        )
        .order_by(Membership.first_day, Membership.id)
    )
    other = next((found for found in db.session.scalars(asked) if found.id != besides), None)
    if other is not None:
        until = f"until {day_words(other.last_day)}" if other.last_day else "without an end"
        raise DomainError(
            f"It is a member of this class from {day_words(other.first_day)} {until}; the two would share days.",
            "first_day",
        )


def move_last_day(fact: Membership | MembershipStep, last_day: date | None) -> None:
    """Let a membership or a step end on another day, or on none; what ends so already is left alone."""
    if fact.last_day != last_day:
        supersede(fact, last_day=last_day)


def let_cases_follow(membership: Membership, followed: Membership) -> None:
    """Let an application under way lead to the membership that took the place of its own, with its class and days."""
    asked = select(Application).where(Application.membership_id == membership.id, Application.state.in_(AFTER_DECISION))
    for application in db.session.scalars(asked.order_by(Application.id).with_for_update()):
        application.membership_id, application.class_id = followed.id, followed.class_id
        application.member_from = followed.first_day


def days_of(period: Period) -> dict[str, str | None]:
    return {"first_day": period.first.isoformat(), "last_day": period.last.isoformat() if period.last else None}
