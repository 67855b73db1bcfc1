"""How the consortium bills on a day: its policy, all policies there were, and the fee years that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from app.audit.remembering import remembered
from app.billing.models import BillingPolicy
from app.billing.rules import BillingTerms, YearStart
from app.billing.rules import fee_year_on as year_by
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.periods import ONE_DAY, Period
from app.core.permissions import Permission

NEWEST = (BillingPolicy.first_day.desc(), BillingPolicy.number.desc())


@remembered
def billing_terms_on(day: date) -> BillingTerms:
    """The policy of billing in force on a day; before any was adopted, the calendar year and no second person."""
    asked = select(BillingPolicy).where(BillingPolicy.first_day <= day).order_by(*NEWEST)
    found = db.session.scalars(asked.limit(1)).one_or_none()
    return BillingTerms(found.year_month, found.year_day, dict(found.second_above)) if found else BillingTerms()


def newest_billing_policy() -> int:
    """The number of the policy of billing adopted last, 0 for none."""
    return db.session.scalar(select(func.max(BillingPolicy.number))) or 0


def list_billing_policies(actor: Actor) -> Sequence[BillingPolicy]:
    """All policies of billing, the newest first."""
    actor.require(Permission.SETTING_READ)
    return db.session.scalars(select(BillingPolicy).order_by(*NEWEST)).all()


@remembered
def year_starts() -> tuple[YearStart, ...]:
    """On which day fee years begin, and since when, the oldest first."""
    rows = db.session.execute(
        select(BillingPolicy.first_day, BillingPolicy.year_month, BillingPolicy.year_day).order_by(
            BillingPolicy.first_day, BillingPolicy.number
        )
    )
    return tuple(YearStart(*row) for row in rows)


def fee_year_on(day: date) -> Period:
    """The fee year a day falls in."""
    return year_by(day, year_starts())


def fee_years_of(year: int) -> Sequence[Period]:
    """The fee years that begin in a calendar year: two where the day of their beginning changes in it."""
    found = []
    current = fee_year_on(date(year, 12, 31))
    while current.first.year == year:
        found.append(current)
        current = fee_year_on(current.first - ONE_DAY)
    return found[::-1]


def fee_year_of(year: int) -> Period:
    """The fee year that begins in a calendar year; of two the later, and where none does the one of its last day."""
    return fee_year_on(date(year, 12, 31))


def days_numbered(year: int) -> Period:
    """The days on which what is issued bears the number of a year: the fee years that begin in it."""
    years = fee_years_of(year)
    return Period(years[0].first, years[-1].last)


def likely_year() -> Period:
    """The fee year a new run most likely bills: the one that begins in this calendar year."""
    return fee_year_of(clock.today().year)


def number_year(day: date) -> int:
    """The year in the numbers of what is issued on a day: that of its fee year (RULES, Time)."""
    return fee_year_on(day).first.year
