"""What money in other currencies gained or lost between the day it was agreed and the day it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.billing.models import Invoice, LedgerEntry, Payment, Posting
from app.billing.queries.fee_years import days_numbered
from app.billing.rules import EXCHANGE, EntryKind
from app.core.actor import Actor
from app.core.database import db
from app.core.money import Money
from app.core.paging import AnySelect
from app.core.permissions import Permission
from app.core.site import this_site
from app.core.tables import Column, Kind, Narrow, Table
from app.members.models import Institution
from app.reports.queries.amounts import amount_columns, sums
from app.reports.queries.catalogue import report
from app.reports.rules import Asked, Parameter
from app.web import wording

AMOUNTS = (("loss", "Loss", Narrow.META), ("gain", "Gain", Narrow.AMOUNT))


@dataclass(frozen=True)
class Difference:
    """An exchange difference that was booked, in the currency of the books."""

    day: date
    text: str
    payer: str | None
    currency: str
    booked: Money

    @property
    def loss(self) -> Money | None:
        """What was lost."""
        return self.booked if self.booked.minor > 0 else None

    @property
    def gain(self) -> Money | None:
        """What was gained."""
        return -self.booked if self.booked.minor < 0 else None


@report(
    "exchange-differences",
    title="Exchange differences",
    question="What was gained or lost in a fee year because rates changed between an invoice and its payment?",
    audience=Permission.PAYMENT_READ,
    asks=(Parameter.YEAR, Parameter.DAY),
)
def exchange_differences(asked: Asked, actor: Actor) -> Table[Difference]:
    """Every difference booked in the year up to the day, in the order of the books."""
    actor.require(Permission.PAYMENT_READ)
    rows = [
        Difference(row.day, row.text, row.short_name, row.currency, Money(int(row.booked), this_site().home_currency))
        for row in db.session.execute(_booked(asked))
    ]
    columns: list[Column[Difference]] = [
        Column("day", "Day", lambda row: row.day, Kind.DATE, narrow=Narrow.META),
        Column("text", "Entry", lambda row: row.text, Kind.NAME, narrow=Narrow.NAME),
        Column("payer", "Payer", lambda row: row.payer),
        Column("currency", "Of", lambda row: row.currency, narrow=Narrow.META),
        *amount_columns(AMOUNTS, rows),
    ]
    return Table(f"Exchange differences {asked.year}", columns, rows, sums(rows, AMOUNTS), _notes(rows))


def _booked(asked: Asked) -> AnySelect:
    year = days_numbered(asked.year)
    last = min(asked.on, year.last or asked.on)
    known = [] if asked.known is None else [LedgerEntry.recorded_at <= asked.known]
    named = (Invoice.currency, Payment.currency)
    payer_id = func.coalesce(Payment.payer_id, Invoice.payer_id)
    return (
        select(
            LedgerEntry.day,
            LedgerEntry.text,
            Institution.short_name,
            func.coalesce(*named).label("currency"),
            func.sum(Posting.home_minor).label("booked"),
        )
        .join(LedgerEntry, LedgerEntry.id == Posting.entry_id)
        .outerjoin(Payment, Payment.id == LedgerEntry.payment_id)
        .outerjoin(Invoice, Invoice.id == LedgerEntry.invoice_id)
        .outerjoin(Institution, Institution.id == payer_id)
        .where(Posting.account_code == EXCHANGE, LedgerEntry.kind != EntryKind.CLOSING)
        .where(LedgerEntry.day.between(year.first, last), *known)
        .group_by(LedgerEntry.id, LedgerEntry.day, LedgerEntry.text, Institution.short_name, *named)
        .having(func.sum(Posting.home_minor) != 0)
        .order_by(LedgerEntry.day, LedgerEntry.id)
    )


def _notes(rows: Sequence[Difference]) -> list[str]:
    booked = sum(row.booked.minor for row in rows)
    if not rows:
        return []
    told = wording.money(Money(abs(booked), this_site().home_currency))
    return [f"In all {'a loss' if booked > 0 else 'a gain'} of {told}, on account {EXCHANGE} of the ledger."]
