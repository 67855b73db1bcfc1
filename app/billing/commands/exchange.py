"""Rates of exchange, entered as they are published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.audit.commands import Subject, record
from app.billing.models import ExchangeRate
from app.billing.rules import check_rate
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.core.site import this_site


@dataclass(frozen=True)
class RateValues:
    """What one unit of a currency is worth in that of the books on a day, in billionths, and who says so."""

    currency: str
    day: date
    billionths: int
    source: str


def record_rate(values: RateValues, *, actor: Actor) -> ExchangeRate:
    """Enter the rate of a day; one entered before is put right. What was booked by it stays as it was booked."""
    actor.require(Permission.PAYMENT_EDIT)
    if values.currency == this_site().home_currency:
        raise DomainError("This is the currency of the books: it needs no rate.", "currency")
    if values.day > clock.today():
        raise DomainError("A rate is entered when it is known, not before.", "day")
    check_rate(values.billionths)
    rate = db.session.get(ExchangeRate, (values.currency, values.day), with_for_update=True)
    before = None if rate is None else {"rate_billionths": rate.rate_billionths, "source": rate.source}
    if rate is None:
        rate = ExchangeRate(currency=values.currency, day=values.day)
        db.session.add(rate)
    rate.rate_billionths, rate.source = values.billionths, values.source
    rate.recorded_by, rate.recorded_at = actor.name, clock.now()
    db.session.flush()
    record(
        "billing.record_rate",
        Subject("exchange_rate", values.day.toordinal()),
        summary=f"Rate of {values.currency} on {values.day.day} {values.day:%B %Y} entered",
        before=before,
        after={
            "currency": values.currency,
            "day": values.day.isoformat(),
            "rate_billionths": values.billionths,
            "source": values.source,
        },
        actor=actor,
    )
    return rate
