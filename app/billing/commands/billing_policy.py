"""Adopting how the consortium bills: on which day fee years begin, and which acts need a second person."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from app.audit.commands import Subject, record
from app.billing.commands.approvals import NEEDS_NONE, PERFORMED, ask_about_setting, drop_questions
from app.billing.models import Approval, BillingPolicy
from app.billing.queries.approvals import policy_waits
from app.billing.queries.as_asked import by_two_words
from app.billing.queries.fee_years import billing_terms_on, newest_billing_policy, year_starts
from app.billing.rules import (
    ACT_WORDS,
    SETTABLE,
    SETTING_WORDS,
    Act,
    BillingTerms,
    YearStart,
    changes_of,
    check_billing_terms,
)
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
    such a day on: the fee year before it ends early. One that lets fewer acts, or only larger amounts, need a second
    person is refused here: `ask_billing` asks one.
    """
    actor.require(Permission.SETTING_EDIT)
    number = _check(first_day, terms, version)
    if policy_waits(first_day, terms):
        raise DomainError(f"{ACT_WORDS[Act.POLICY]} needs a second person: less would be decided by two.")
    return _adopt(number, first_day, terms, actor)


def ask_billing(first_day: date, terms: BillingTerms, *, version: int | None = None, actor: Actor) -> Approval:
    """Ask a second person about a policy that lets fewer acts, or only larger amounts, need one."""
    actor.require(Permission.SETTING_EDIT)
    number = _check(first_day, terms, version)
    if not policy_waits(first_day, terms):
        raise DomainError(NEEDS_NONE)
    subject = Subject("billing_policy", number)
    typed = {**asdict(terms), "second_above": dict(terms.second_above), "first_day": first_day.isoformat()}
    words = f"Policy of billing from {day_words(first_day)}: {_changes(billing_terms_on(first_day), terms)}"
    return ask_about_setting(Act.POLICY, subject, words, typed, actor)


def _changes(before: BillingTerms, after: BillingTerms) -> str:
    """For each act that changes, how many persons it is to take and how many it takes."""
    return "; ".join(
        f"{SETTING_WORDS[act]} {by_two_words(after, act)} instead of {by_two_words(before, act)}"
        for act in SETTABLE
        if before.second_above.get(act) != after.second_above.get(act)
    )


def _check(first_day: date, terms: BillingTerms, version: int | None) -> int:
    """The number that a policy gets; refused where it cannot be adopted by anyone."""
    check_billing_terms(terms)
    newest = newest_billing_policy()
    check_adoption(first_day, newest, version)
    _check_change(YearStart(first_day, terms.year_month, terms.year_day))
    return newest + 1


def _adopt(number: int, first_day: date, terms: BillingTerms, actor: Actor) -> BillingPolicy:
    policy = BillingPolicy(
        number=number,
        first_day=first_day,
        year_month=terms.year_month,
        year_day=terms.year_day,
        second_above=dict(terms.second_above),
        adopted_by=actor.name,
        adopted_at=clock.now(),
    )
    db.session.add(policy)
    db.session.flush()
    drop_questions(Subject("billing_policy", number))
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


def _adopt_as_typed(approval: Approval, actor: Actor) -> int:
    """From the day that was typed, or from the day of the yes where that is later."""
    typed = approval.typed
    wanted = date.fromisoformat(typed["first_day"])
    first_day = max(wanted, clock.today())
    if billing_terms_on(first_day) != billing_terms_on(wanted):
        raise DomainError("Another policy has come into force since it was asked about: let it be asked anew.")
    terms = BillingTerms(typed["year_month"], typed["year_day"], typed["second_above"])
    number = _check(first_day, terms, approval.subject_id - 1)
    return _adopt(number, first_day, terms, actor).number


PERFORMED[Act.POLICY] = _adopt_as_typed


def _check_change(start: YearStart) -> None:
    """Refuse a change of the first day of the year within a year that would begin on the new day."""
    starts = [*year_starts(), start]
    changes = changes_of(sorted(starts, key=lambda each: each.since))
    if start in changes[1:] and not start.begins_on(start.since):
        words = f"{start.day} {date(2001, start.month, 1):%B}"
        raise DomainError(f"Fee years are to begin on {words}: let that hold from such a day on.", "first_day")
