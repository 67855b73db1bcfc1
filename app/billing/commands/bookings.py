"""Booking in double entry: each entry's postings add to zero, and nothing is changed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.billing.commands.bulk import insert_rows, insert_with_ids
from app.billing.models import LedgerEntry, Posting
from app.core import clock


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
    """Write entries and their postings, however many, in two statements; legs of nothing are left out."""
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
