"""Adopting fees: what a class pays from a day on; the one before it ends the day before. Putting one right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.charging import check_income_account
from app.billing.models import FeeSchedule
from app.billing.rules import FEE_INCOME, Proration, Scale, TaxCategory, check_tax, check_tiers
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, lock, overlapping, retract, supersede
from app.core.money import Money
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.models import MembershipClass


@dataclass(frozen=True)
class FeeTerms:
    """What is adopted: the fee of a class for a year, from when, how it is cut down, its tax, and who decided it.

    Where it goes by tiers of a scale, `tiers` holds their amounts in minor units, and `amount` is the highest.
    """

    name: str
    class_id: int
    amount: Money
    first_day: date
    last_day: date | None = None
    proration: Proration = Proration.BY_DAY
    tax_category: TaxCategory = TaxCategory.OUTSIDE_SCOPE
    tax_basis_points: int = 0
    tax_reason: str | None = None
    income_account: str = FEE_INCOME
    scale: Scale | None = None
    tiers: Mapping[str, int] = field(default_factory=dict)
    decision: str | None = None


def adopt_fee(terms: FeeTerms, *, actor: Actor) -> FeeSchedule:
    """Put a fee in force for a class. One in force until then ends the day before; one that follows is in the way."""
    actor.require(Permission.FEE_EDIT)
    named = lock(MembershipClass, terms.class_id)
    if not named.is_billed:
        raise DomainError(f"Class {named.name} pays no fee: the settings of the class say so.", "class_id")
    period = _check(terms)
    ended = _end_earlier(terms.class_id, period)
    schedule = FeeSchedule(class_id=terms.class_id, recorded_at=clock.now(), **_columns(terms, period))
    db.session.add(schedule)
    db.session.flush()
    record(
        "billing.adopt_fee",
        Subject("fee_schedule", schedule.id),
        summary=f"{terms.name} of {terms.amount} {terms.amount.currency} a year for class {named.name}"
        f" from {period.first.day} {period.first:%B %Y}",
        before=ended,
        after=_values(schedule),
        reason=terms.decision,
        actor=actor,
    )
    return schedule


def correct_fee(schedule_id: int, terms: FeeTerms, *, reason: str, actor: Actor) -> FeeSchedule:
    """Put a fee right that was recorded wrongly, or end it: issued invoices stay, drafts say that it has changed."""
    schedule, named = _locked(schedule_id, terms.class_id, reason, actor)
    period = _check(terms)
    other = _in_the_way(terms.class_id, period, schedule_id)
    if other is not None:
        raise DomainError(_words_of(other), "first_day")
    before = _values(schedule)
    supersede(schedule, **_columns(terms, period))
    db.session.flush()
    record(
        "billing.correct_fee",
        Subject("fee_schedule", schedule_id),
        summary=f"{terms.name} for class {named.name} corrected",
        before=before,
        after=_values(schedule),
        reason=reason,
        actor=actor,
    )
    return schedule


def take_back_fee(schedule_id: int, class_id: int, *, reason: str, actor: Actor) -> FeeSchedule:
    """Take a fee back as if it had not been adopted; what was known until now stays."""
    schedule, named = _locked(schedule_id, class_id, reason, actor)
    retract(schedule)
    db.session.flush()
    record(
        "billing.take_back_fee",
        Subject("fee_schedule", schedule_id),
        summary=f"{schedule.name} for class {named.name} taken back",
        before=_values(schedule),
        reason=reason,
        actor=actor,
    )
    return schedule


def _locked(schedule_id: int, class_id: int, reason: str, actor: Actor) -> tuple[FeeSchedule, MembershipClass]:
    actor.require(Permission.FEE_EDIT)
    named = lock(MembershipClass, class_id)
    schedule = lock(FeeSchedule, schedule_id)
    if schedule.superseded_at is not None or schedule.class_id != class_id:
        raise DomainError("It was taken back already.")
    if not reason.strip():
        raise DomainError("Say why.", "reason")
    return schedule, named


def _check(terms: FeeTerms) -> Period:
    """Refuse a fee below zero, a tax it cannot have, an account that takes no income; its days."""
    check_tax(terms.tax_category, terms.tax_basis_points, terms.tax_reason)
    check_income_account(terms.income_account)
    check_tiers(terms.scale, terms.tiers)
    if any(minor < 0 for minor in (terms.amount.minor, *terms.tiers.values())):
        raise DomainError("A fee is never below zero.", "amount")
    return Period(terms.first_day, terms.last_day)


def _columns(terms: FeeTerms, period: Period) -> dict[str, Any]:
    """As it is kept."""
    return {
        "name": terms.name,
        "amount_minor": max(terms.tiers.values(), default=terms.amount.minor),
        "currency": terms.amount.currency,
        "proration": terms.proration,
        "tax_category": terms.tax_category,
        "tax_basis_points": terms.tax_basis_points,
        "tax_reason": terms.tax_reason,
        "income_account": terms.income_account,
        "scale": terms.scale,
        "tiers": dict(terms.tiers),
        "decision": terms.decision,
        "first_day": period.first,
        "last_day": period.last,
    }


def _in_the_way(class_id: int, period: Period, besides: int) -> FeeSchedule | None:
    """Another fee of the class on one of these days."""
    asked = select(FeeSchedule).where(
        FeeSchedule.class_id == class_id,
        overlapping(FeeSchedule, period),
        as_known(FeeSchedule),
        FeeSchedule.id != besides,
    )
    return db.session.scalars(asked.order_by(FeeSchedule.first_day, FeeSchedule.id).limit(1)).one_or_none()


def _words_of(other: FeeSchedule) -> str:
    since = f"{other.first_day.day} {other.first_day:%B %Y}"
    return f"{other.name} is in force from {since}: two fees of a class share no day."


def _end_earlier(class_id: int, period: Period) -> dict[str, object]:
    """End the fee that is in force on the first day; its values before, empty where there was none."""
    found = db.session.scalars(
        select(FeeSchedule)
        .where(FeeSchedule.class_id == class_id, overlapping(FeeSchedule, period), as_known(FeeSchedule))
        .order_by(FeeSchedule.first_day, FeeSchedule.id)
    ).all()
    following = next((each for each in found if each.first_day >= period.first), None)
    if following is not None:
        raise DomainError(_words_of(following), "first_day" if following.first_day == period.first else "last_day")
    before: dict[str, object] = {}
    for earlier in found:
        before = {"schedule": earlier.id, "last_day": earlier.last_day.isoformat() if earlier.last_day else None}
        supersede(earlier, last_day=period.first - ONE_DAY)
    db.session.flush()
    return before


def _values(schedule: FeeSchedule) -> dict[str, object]:
    return {
        "class_id": schedule.class_id,
        "fee": f"{schedule.amount} {schedule.currency}",
        "tiers": dict(schedule.tiers) or None,
        "proration": schedule.proration.value,
        "tax": f"{schedule.tax_category.value} {schedule.tax_basis_points / 100:g} %"
        if schedule.tax_basis_points
        else schedule.tax_category.value,
        "first_day": schedule.first_day.isoformat(),
        "last_day": schedule.last_day.isoformat() if schedule.last_day else None,
    }
