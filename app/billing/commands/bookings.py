"""Booking in double entry: each entry's postings add to zero, and nothing is changed afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.billing.models import AccountDay, LedgerEntry, Posting
from app.core import clock
from app.core.bulk import insert_rows, insert_with_ids
from app.core.database import db, upsert


@dataclass(frozen=True)
class Leg:
    """An amount in minor units on an account: debit above zero, credit below."""

    account: str
    amount: int
    payer_id: int | None = None


@dataclass(frozen=True)
class Booking:
    """One entry of the ledger: dated, worded, of one currency, about an invoice or a payment."""

    day: date
    text: str
    currency: str
    legs: tuple[Leg, ...]
    invoice_id: int | None = None
    payment_id: int | None = None


def book(bookings: Sequence[Booking]) -> None:
    """Write entries, their postings and the days of their accounts in three statements; no legs of nothing."""
    if not bookings:
        return
    recorded_at = clock.now()
    rows = [_entry(booking) | {"recorded_at": recorded_at} for booking in bookings]
    ids = insert_with_ids(LedgerEntry, rows)
    postings = [
        {
            "entry_id": entry_id,
            "account_code": leg.account,
            "payer_id": leg.payer_id,
            "currency": booking.currency,
            "amount_minor": leg.amount,
        }
        for entry_id, booking in zip(ids, bookings, strict=True)
        for leg in booking.legs
        if leg.amount
    ]
    insert_rows(Posting, postings)
    _add_to_days(bookings)


def _add_to_days(bookings: Sequence[Booking]) -> None:
    """Add to the kept sums of each account and day, always in one order, so that two bookings never wait crosswise."""
    sums: dict[tuple[str, str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for booking in bookings:
        for leg in booking.legs:
            if leg.amount:
                added = sums[booking.currency, leg.account, booking.day]
                added[0] += max(leg.amount, 0)
                added[1] -= min(leg.amount, 0)
                added[2] += 1
    names = ("currency", "account_code", "day", "debit_minor", "credit_minor", "postings")
    rows = [dict(zip(names, (*key, *sums[key]), strict=True)) for key in sorted(sums)]
    if not rows:
        return
    table: Any = AccountDay.__table__
    written = upsert(table)
    more = {name: table.c[name] + written.excluded[name] for name in names[3:]}
    db.session.execute(written.on_conflict_do_update(index_elements=list(table.primary_key), set_=more), rows)


def _entry(booking: Booking) -> dict[str, object]:
    if sum(leg.amount for leg in booking.legs) != 0:
        message = f"A booking must add to zero: {booking.text}"
        raise ValueError(message)
    return {
        "day": booking.day,
        "text": booking.text[:500],
        "invoice_id": booking.invoice_id,
        "payment_id": booking.payment_id,
    }
