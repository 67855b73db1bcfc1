"""Adopting how late payers are reminded, and what counts as good standing: each from a day on, never rewritten."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from app.audit.commands import Subject, record
from app.billing.models import ReminderLevel, ReminderPolicy, StandingPolicy
from app.billing.queries.policies import newest_reminder_policy, newest_standing_policy
from app.billing.queries.worth import worth_on
from app.billing.rules import (
    USUAL_LEVELS,
    ReminderTerms,
    StandingTerms,
    check_reminder_terms,
    check_standing_terms,
)
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_adoption
from app.core.permissions import Permission
from app.core.site import this_site
from app.members.rules import day_words


def adopt_reminders(
    first_day: date, terms: ReminderTerms, *, version: int | None = None, actor: Actor
) -> ReminderPolicy:
    """Let levels of reminders hold from today or a later day on; `version` is the newest policy that was looked at."""
    actor.require(Permission.SETTING_EDIT)
    check_reminder_terms(terms)
    _refuse_fees_without_rate(terms, first_day)
    newest = newest_reminder_policy()
    check_adoption(first_day, newest, version)
    policy = ReminderPolicy(
        number=newest + 1,
        first_day=first_day,
        sends_daily=terms.sends_daily,
        interest_basis_points=terms.interest_basis_points,
        interest_from_level=terms.interest_from_level,
        currency=terms.currency,
        adopted_by=actor.name,
        adopted_at=clock.now(),
    )
    db.session.add(policy)
    db.session.flush()
    db.session.add_all(
        ReminderLevel(policy_number=policy.number, level=number, **asdict(level))
        for number, level in enumerate(terms.levels, 1)
    )
    db.session.flush()
    record(
        "billing.adopt_reminders",
        Subject("reminder_policy", policy.number),
        summary=f"Levels of reminders adopted from {day_words(first_day)}",
        after={"first_day": first_day, **asdict(terms)},
        actor=actor,
    )
    return policy


def _refuse_fees_without_rate(terms: ReminderTerms, first_day: date) -> None:
    """Refuse fees that could not be invoiced: what is charged in another currency keeps its worth in the books."""
    why = worth_on([terms.currency], first_day).why_not(terms.currency)
    if why and any(level.fee_minor for level in terms.levels):
        raise DomainError(why, "currency")


def adopt_usual_reminders(*, actor: Actor) -> ReminderPolicy:
    """Adopt the usual three levels from today on, without fee or interest, sent by hand: where nothing holds yet."""
    terms = ReminderTerms(USUAL_LEVELS, this_site().home_currency)
    return adopt_reminders(clock.today(), terms, version=0, actor=actor)


def adopt_standing(
    first_day: date, terms: StandingTerms, *, version: int | None = None, actor: Actor
) -> StandingPolicy:
    """Let a policy of good standing hold from today or a later day on."""
    actor.require(Permission.SETTING_EDIT)
    check_standing_terms(terms)
    newest = newest_standing_policy()
    check_adoption(first_day, newest, version)
    policy = StandingPolicy(
        number=newest + 1, first_day=first_day, adopted_by=actor.name, adopted_at=clock.now(), **asdict(terms)
    )
    db.session.add(policy)
    db.session.flush()
    record(
        "billing.adopt_standing",
        Subject("standing_policy", policy.number),
        summary=f"Policy of good standing adopted from {day_words(first_day)}",
        after={"first_day": first_day, **asdict(terms)},
        actor=actor,
    )
    return policy
