"""Rates of exchange: what amounts in other currencies are worth in that of the books on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from app.billing.models import ExchangeRate, Invoice
from app.billing.rules import BILLION, converted, parts_across
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.money import Money
from app.core.permissions import Permission
from app.core.site import this_site
from app.web.wording import long_day

SHOWN = 200


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency is worth in that of the books, in billionths, and of which day that is."""

    currency: str
    billionths: int
    day: date

    @property
    def decimal(self) -> Decimal:
        """The rate as it is read: 0.789."""
        return (Decimal(self.billionths) / BILLION).normalize()


@dataclass(frozen=True)
class RateRow:
    """A rate as a line of a list."""

    rate: Rate
    source: str
    recorded_by: str
    recorded_at: datetime


def rates_on(currencies: Collection[str], on: date) -> Mapping[str, Rate]:
    """The newest rate of each currency on or before a day; none where none was ever entered."""
    if not currencies:
        return {}
    newest = (
        select(ExchangeRate.currency, func.max(ExchangeRate.day).label("day"))
        .where(ExchangeRate.currency.in_(sorted(currencies)), ExchangeRate.day <= on)
        .group_by(ExchangeRate.currency)
        .subquery()
    )
    rows = db.session.execute(
        select(ExchangeRate.currency, ExchangeRate.rate_billionths, ExchangeRate.day)
        .join(newest, (newest.c.currency == ExchangeRate.currency) & (newest.c.day == ExchangeRate.day))
        .order_by(ExchangeRate.currency)
    )
    return {currency: Rate(currency, billionths, day) for currency, billionths, day in rows}


def worth_on(amount: Money, on: date) -> Money:
    """What an amount is worth in the currency of the books on a day; DomainError where no rate was entered."""
    home = this_site().home_currency
    if amount.currency == home:
        return amount
    rate = rates_on({amount.currency}, on).get(amount.currency)
    if rate is None:
        raise DomainError(why_no_rate(amount.currency, on), "currency")
    return converted(amount, rate.billionths, home)


def across(is_open: Money, left: Money, on: date) -> tuple[Money, Money]:
    """How much of what is open money of another currency likely settles, and what that takes, by the rates of a day.

    Where a rate is not on record, it is all for all.
    """
    home, rates = this_site().home_currency, rates_on({is_open.currency, left.currency}, on)
    billionths = {home: BILLION} | {currency: rate.billionths for currency, rate in rates.items()}
    worths = [converted(each, billionths.get(each.currency, 0), home).minor for each in (is_open, left)]
    settled, taken = parts_across(is_open.minor, left.minor, (worths[0], worths[1]))
    return Money(settled, is_open.currency), Money(taken, left.currency)


def why_no_rate(currency: str, on: date) -> str:
    """What is to be said where the worth of an amount is not known."""
    return f"No rate of exchange of {currency} is on record for {long_day(on)} or before: enter one under Ledger."


def count_rates(actor: Actor) -> int:
    """How many rates are on record."""
    actor.require(Permission.PAYMENT_READ)
    return db.session.scalar(select(func.count()).select_from(ExchangeRate)) or 0


def list_rates(actor: Actor, limit: int | None = SHOWN) -> Sequence[RateRow]:
    """The newest rates on record; all without a limit."""
    actor.require(Permission.PAYMENT_READ)
    rows = db.session.scalars(
        select(ExchangeRate).order_by(ExchangeRate.day.desc(), ExchangeRate.currency).limit(limit)
    )
    return [
        RateRow(Rate(row.currency, row.rate_billionths, row.day), row.source, row.recorded_by, row.recorded_at)
        for row in rows
    ]


def find_worth_at_issue(invoice_id: int) -> tuple[Money, Rate] | None:
    """What an issued invoice was booked with, and the rate it keeps; None for drafts and the currency of the books."""
    found = db.session.get_one(Invoice, invoice_id)
    if found.rate_billionths is None or found.rate_day is None:
        return None
    rate = Rate(found.currency, found.rate_billionths, found.rate_day)
    return Money(found.home_minor, this_site().home_currency), rate
