"""How late payers are reminded and what counts as good standing on a day, and all policies there were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.audit.remembering import remembered
from app.billing.models import ReminderPolicy, StandingPolicy
from app.billing.rules import LevelTerms, ReminderTerms, StandingTerms
from app.core.actor import Actor
from app.core.database import db
from app.core.permissions import Permission


@dataclass(frozen=True)
class Reminding:
    """The levels in force, and the number of the policy that adopted them."""

    number: int
    terms: ReminderTerms

    @property
    def days(self) -> list[int]:
        """The days after the due day of each level."""
        return [level.days_after_due for level in self.terms.levels]


def reminders_on(day: date) -> Reminding | None:
    """How late payers are reminded on a day; None where nothing is adopted: then nobody is."""
    asked = select(ReminderPolicy).where(ReminderPolicy.first_day <= day).options(selectinload(ReminderPolicy.levels))
    newest = asked.order_by(ReminderPolicy.first_day.desc(), ReminderPolicy.number.desc()).limit(1)
    found = db.session.scalars(newest).one_or_none()
    return None if found is None else Reminding(found.number, reminder_terms(found))


def reminder_terms(policy: ReminderPolicy) -> ReminderTerms:
    """What a policy of reminders says."""
    return ReminderTerms(
        levels=tuple(
            LevelTerms(each.days_after_due, each.subject, each.text, each.fee_minor) for each in policy.levels
        ),
        currency=policy.currency,
        interest_basis_points=policy.interest_basis_points,
        interest_from_level=policy.interest_from_level,
        sends_daily=policy.sends_daily,
    )


def newest_reminder_policy() -> int:
    """The number of the policy of reminders adopted last, 0 for none."""
    return db.session.scalar(select(func.max(ReminderPolicy.number))) or 0


def list_reminder_policies(actor: Actor) -> Sequence[ReminderPolicy]:
    """All policies of reminders with their levels, the newest first."""
    actor.require(Permission.SETTING_READ)
    asked = select(ReminderPolicy).options(selectinload(ReminderPolicy.levels))
    return db.session.scalars(asked.order_by(ReminderPolicy.first_day.desc(), ReminderPolicy.number.desc())).all()


@remembered
def standing_terms_on(day: date) -> StandingTerms:
    """What counts as good standing on a day."""
    asked = select(StandingPolicy).where(StandingPolicy.first_day <= day)
    newest = asked.order_by(StandingPolicy.first_day.desc(), StandingPolicy.number.desc()).limit(1)
    found = db.session.scalars(newest).one_or_none()
    names = StandingTerms.__dataclass_fields__
    return StandingTerms(**{name: getattr(found, name) for name in names}) if found else StandingTerms()


def newest_standing_policy() -> int:
    """The number of the policy of good standing adopted last, 0 for none."""
    return db.session.scalar(select(func.max(StandingPolicy.number))) or 0


def list_standing_policies(actor: Actor) -> Sequence[StandingPolicy]:
    """All policies of good standing, the newest first."""
    actor.require(Permission.SETTING_READ)
    asked = select(StandingPolicy).order_by(StandingPolicy.first_day.desc(), StandingPolicy.number.desc())
    return db.session.scalars(asked).all()
