"""Booking in double entry: each entry adds to zero in the currency of the books, and nothing is changed afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.audit.seals import give_seal
from app.billing.models import AccountDay, LedgerAccount, LedgerEntry, Posting
from app.billing.queries.closed_years import find_closed_until
from app.billing.rules import RECEIVABLE, TAX_PAYABLE, EntryKind, entry_text, worth_of
from app.core import clock
from app.core.bulk import insert_rows, insert_with_ids
from app.core.database import db, upsert
from app.core.errors import DomainError
from app.core.money import Money
from app.core.site import this_site


@dataclass(frozen=True)
class Leg:
    """An amount in minor units on an account: debit above zero, credit below.

    `home` is its worth in the currency of the books; left out where the amount is in that currency. `currency` is that
    of the booking unless it says another.
    """

    account: str
    amount: int
    payer_id: int | None = None
    home: int | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Booking:
    """One entry of the ledger: dated, worded, of one currency unless its legs say another, about a document."""

    kind: EntryKind
    day: date
    text: str
    currency: str
    legs: tuple[Leg, ...]
    invoice_id: int | None = None
    payment_id: int | None = None


@dataclass(frozen=True)
class Claim:
    """What a payer is to pay, the tax in it, and its worth in the currency of the books."""

    payer_id: int
    gross: Money
    tax: Money
    home: Money


@dataclass(frozen=True)
class _Posted:
    """A leg as it is written."""

    account: str
    currency: str
    amount: int
    home: int
    payer_id: int | None


def book(bookings: Sequence[Booking]) -> list[int]:
    """Write entries, their postings and the days of their accounts in three statements; no legs of nothing.

    The ids of the entries. A day in a closed year is refused with DomainError (RULES, Invoices and payments).
    """
    if not bookings:
        return []
    home = this_site().home_currency
    recorded_at = clock.now()
    posted = [_posted(booking, home) for booking in bookings]
    ids = insert_with_ids(LedgerEntry, [_entry(booking) | {"recorded_at": recorded_at} for booking in bookings])
    postings = [
        {
            "entry_id": entry_id,
            "account_code": leg.account,
            "payer_id": leg.payer_id,
            "currency": leg.currency,
            "amount_minor": leg.amount,
            "home_minor": leg.home,
        }
        for entry_id, legs in zip(ids, posted, strict=True)
        for leg in legs
    ]
    insert_rows(Posting, postings)
    give_seal(LedgerEntry, ids, _texts(bookings, posted, recorded_at))
    _add_to_days(bookings, posted)
    _refuse_closed(min(booking.day for booking in bookings))
    return list(ids)


def claim_legs(claim: Claim, income: Mapping[str, int]) -> tuple[Leg, ...]:
    """How a claim is booked: receivable from the payer, tax owed, and the rest as income of the accounts named.

    `income` is what of it without tax is whose income, in minor units. What rounding leaves of the worth of a foreign
    claim stays with the income.
    """
    payer, gross, home = claim.payer_id, claim.gross.minor, claim.home.minor
    tax = worth_of(claim.tax.minor, gross, home)
    accounts = sorted(account for account, amount in income.items() if amount)
    whole = [abs(income[account]) for account in accounts]
    worths = Money(home - tax, claim.home.currency).split(whole) if accounts else []
    return (
        Leg(RECEIVABLE, gross, payer, home),
        *(Leg(account, -income[account], payer, -worth.minor) for account, worth in zip(accounts, worths, strict=True)),
        Leg(TAX_PAYABLE, -claim.tax.minor, payer, -tax),
    )


def close_books() -> None:
    """Wait for every booking under way, and let later ones wait: each holds the rows of the accounts it posts to."""
    db.session.execute(select(LedgerAccount.code).order_by(LedgerAccount.code).with_for_update()).all()


def hold_open(day: date, field: str) -> None:
    """Refuse a day in a closed year for what is booked later, and let no year be closed until this is on record."""
    held = select(LedgerAccount.code).where(LedgerAccount.code == RECEIVABLE).with_for_update(read=True)
    db.session.execute(held).all()
    _refuse_closed(day, field)


def _texts(bookings: Sequence[Booking], posted: Sequence[Sequence[_Posted]], at: datetime) -> Iterator[str]:
    """What the trail seals of each entry."""
    for booking, legs in zip(bookings, posted, strict=True):
        entry = _entry(booking)
        told = [entry[name] for name in ("kind", "day", "text", "invoice_id", "payment_id")]
        yield entry_text((*told, at), [_told(leg) for leg in legs])


def _told(leg: _Posted) -> tuple[object, ...]:
    return leg.account, leg.currency, leg.amount, leg.home, leg.payer_id is not None


def _refuse_closed(first_day: date, field: str = "day") -> None:
    """Looked up after the postings are written, so that a year closed at the same moment is seen."""
    closed = find_closed_until()
    if closed is not None and first_day <= closed:
        raise DomainError(f"The books are closed up to {closed.day} {closed:%B %Y}: date it in the open year.", field)


def _posted(booking: Booking, home: str) -> list[_Posted]:
    """The legs of a booking that are more than nothing, each with its worth; they must add to zero."""
    legs = [_worded(leg, booking, home) for leg in booking.legs if leg.amount or leg.home]
    if sum(leg.home for leg in legs) != 0:
        message = f"A booking must add to zero: {booking.text}"
        raise ValueError(message)
    return legs


def _worded(leg: Leg, booking: Booking, home: str) -> _Posted:
    currency = leg.currency or booking.currency
    if leg.home is None and currency != home:
        message = f"An amount in {currency} needs its worth in {home}: {booking.text}"
        raise ValueError(message)
    return _Posted(leg.account, currency, leg.amount, leg.amount if leg.home is None else leg.home, leg.payer_id)


def _add_to_days(bookings: Sequence[Booking], posted: Sequence[Sequence[_Posted]]) -> None:
    """Add to the kept sums of each account and day, always in one order, so that two bookings never wait crosswise."""
    sums: dict[tuple[str, str, date], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for booking, legs in zip(bookings, posted, strict=True):
        for leg in legs:
            added = sums[leg.currency, leg.account, booking.day]
            added[0] += max(leg.amount, 0)
            added[1] -= min(leg.amount, 0)
            added[2] += leg.home
            added[3] += 1
    names = ("currency", "account_code", "day", "debit_minor", "credit_minor", "home_minor", "postings")
    rows = [dict(zip(names, (*key, *sums[key]), strict=True)) for key in sorted(sums)]
    if not rows:
        return
    table: Any = AccountDay.__table__
    written = upsert(table)
    more = {name: table.c[name] + written.excluded[name] for name in names[3:]}
    db.session.execute(written.on_conflict_do_update(index_elements=list(table.primary_key), set_=more), rows)


def _entry(booking: Booking) -> dict[str, object]:
    return {
        "kind": booking.kind,
        "day": booking.day,
        "text": booking.text[:500],
        "invoice_id": booking.invoice_id,
        "payment_id": booking.payment_id,
    }
