"""Adopting how the consortium bills: on which day fee years begin, and which acts need a second person."""

from __future__ import annotations

from datetime import date

from app.audit.commands import Subject, record
from app.billing.models import BillingPolicy
from app.billing.queries.fee_years import newest_billing_policy, year_starts
from app.billing.rules import BillingTerms, YearStart, changes_of, check_billing_terms
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_adoption
from app.core.permissions import Permission
from app.members.rules import day_words


def adopt_billing(first_day: date, terms: BillingTerms, *, version: int | None = None, actor: Actor) -> BillingPolicy:
    """Let a policy of billing hold from today or a later day on; `version` is the newest one that was looked at.

    The first policy says on which day the years before it begin, too. A later one that changes the day holds from
    such a day on: the fee year before it ends early.
    """
    actor.require(Permission.SETTING_EDIT)
    check_billing_terms(terms)
    newest = newest_billing_policy()
    check_adoption(first_day, newest, version)
    _check_change(YearStart(first_day, terms.year_month, terms.year_day))
    policy = BillingPolicy(
        number=newest + 1,
        first_day=first_day,
        year_month=terms.year_month,
        year_day=terms.year_day,
        second_above=dict(terms.second_above),
        adopted_by=actor.name,
        adopted_at=clock.now(),
    )
    db.session.add(policy)
    db.session.flush()
    record(
        "billing.adopt_policy",
        Subject("billing_policy", policy.number),
        summary=f"Policy of billing adopted from {day_words(first_day)}",
        after={
            "first_day": first_day,
            "year_begins": f"{terms.year_day:02d}-{terms.year_month:02d}",
            "second_above": dict(terms.second_above),
        },
        actor=actor,
    )
    return policy


def _check_change(start: YearStart) -> None:
    """Refuse a change of the first day of the year within a year that would begin on the new day."""
    starts = [*year_starts(), start]
    changes = changes_of(sorted(starts, key=lambda each: each.since))
    if start in changes[1:] and not start.begins_on(start.since):
        words = f"{start.day} {date(2001, start.month, 1):%B}"
        raise DomainError(f"Fee years are to begin on {words}: let that hold from such a day on.", "first_day")
