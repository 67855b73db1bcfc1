"""Adopting fees: what a class pays from a day on; the one before it ends the day before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.charging import check_income_account
from app.billing.models import FeeSchedule
from app.billing.rules import FEE_INCOME, Proration, TaxCategory, check_tax
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import as_known, lock, overlapping, supersede
from app.core.money import Money
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission
from app.members.models import MembershipClass


@dataclass(frozen=True)
class FeeTerms:
    """What is adopted: the fee of a class for a year, from when, how it is cut down, its tax, and who decided it."""

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
    decision: str | None = None


def adopt_fee(terms: FeeTerms, *, actor: Actor) -> FeeSchedule:
    """Put a fee in force for a class. One in force until then ends the day before; one that follows is in the way."""
    actor.require(Permission.FEE_EDIT)
    named = lock(MembershipClass, terms.class_id)
    if not named.is_billed:
        raise DomainError(f"Class {named.name} pays no fee: the settings of the class say so.", "class_id")
    period = Period(terms.first_day, terms.last_day)
    check_tax(terms.tax_category, terms.tax_basis_points, terms.tax_reason)
    check_income_account(terms.income_account)
    if terms.amount.minor < 0:
        raise DomainError("A fee is never below zero.", "amount")
    ended = _end_earlier(terms.class_id, period)
    schedule = FeeSchedule(
        name=terms.name,
        class_id=terms.class_id,
        amount_minor=terms.amount.minor,
        currency=terms.amount.currency,
        proration=terms.proration,
        tax_category=terms.tax_category,
        tax_basis_points=terms.tax_basis_points,
        tax_reason=terms.tax_reason,
        income_account=terms.income_account,
        decision=terms.decision,
        first_day=period.first,
        last_day=period.last,
        recorded_at=clock.now(),
    )
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


def _end_earlier(class_id: int, period: Period) -> dict[str, object]:
    """End the fee that is in force on the first day; its values before, empty where there was none."""
    found = db.session.scalars(
        select(FeeSchedule)
        .where(FeeSchedule.class_id == class_id, overlapping(FeeSchedule, period), as_known(FeeSchedule))
        .order_by(FeeSchedule.first_day, FeeSchedule.id)
    ).all()
    following = next((each for each in found if each.first_day >= period.first), None)
    if following is not None:
        raise DomainError(
            f"{following.name} is in force from {following.first_day.day} {following.first_day:%B %Y}:"
            " two fees of a class share no day.",
            "first_day" if following.first_day == period.first else "last_day",
        )
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
        "proration": schedule.proration.value,
        "tax": f"{schedule.tax_category.value} {schedule.tax_basis_points / 100:g} %"
        if schedule.tax_basis_points
        else schedule.tax_category.value,
        "first_day": schedule.first_day.isoformat(),
        "last_day": schedule.last_day.isoformat() if schedule.last_day else None,
    }
