"""The lines that are certain: which of them are booked without being looked at, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import func, select

from app.audit.remembering import remembered
from app.billing.models import BankAccount, BankEntry, ExchangeRate, Invoice
from app.billing.queries.bank.surroundings import invoices_named, near, recorded_payments, seen_of
from app.billing.queries.closed_years import find_closed_until
from app.billing.queries.exchange import why_no_rate
from app.billing.queries.open_days import open_days
from app.billing.rules import OpenDays
from app.billing.rules.bank.judging import judge
from app.billing.rules.bank.matching import Claimed, EntryState, Surroundings, Verdict
from app.core.database import db
from app.core.site import this_site
from app.web.wording import long_day


@dataclass(frozen=True)
class Certain:
    """An open line that names one invoice and brings what is open on it; `why_not` says why it waits all the same."""

    entry: BankEntry
    claimed: Claimed
    why_not: str | None


def list_certain(account: BankAccount) -> list[Certain]:
    """The certain lines of an account, the oldest first; an invoice is paid once."""
    found = _certain(account)
    if not found:
        return []
    around = _Around.of(account, found)
    taken: dict[int, BankEntry] = {}
    certain = []
    for entry, claimed in found:
        why_not = around.why_not(entry, claimed)
        first = taken.get(claimed.invoice_id)
        if why_not is None and first is not None:
            why_not = f"the line of {long_day(first.booking_day)} pays {claimed.number} already."
        if why_not is None:
            taken[claimed.invoice_id] = entry
        certain.append(Certain(entry, claimed, why_not))
    return certain


@remembered
def whys_of_certain(account_id: int) -> Mapping[int, str]:
    """Why each certain line of an account is not booked with the others, by its id; empty words where it is."""
    account = db.session.get_one(BankAccount, account_id)
    return MappingProxyType({each.entry.id: each.why_not or "" for each in list_certain(account)})


def _certain(account: BankAccount) -> list[tuple[BankEntry, Claimed]]:
    is_open = select(Invoice.open_minor).where(Invoice.open_minor > 0, Invoice.currency == account.currency)
    rows = db.session.scalars(
        select(BankEntry)
        .where(BankEntry.account_id == account.id, BankEntry.state == EntryState.OPEN)
        .where(BankEntry.amount_minor.in_(is_open))  # None of the others is certain, and there may be thousands.
        .order_by(BankEntry.booking_day, BankEntry.id)
    )
    entries = {entry.id: entry for entry in rows}
    seen = [seen_of(entry, account.currency) for entry in entries.values()]
    named, recorded = invoices_named(seen), recorded_payments(account, seen)
    found = []
    for each in seen:
        claims = named[each.entry_id]
        around = Surroundings(named=claims, recorded=near(each, recorded.get(each.amount.minor, ())))
        if judge(each, around).verdict is Verdict.CERTAIN:
            found.append((entries[each.entry_id], claims[0]))
    return found


@dataclass(frozen=True)
class _Around:
    """What keeps a line from being booked on its own day: closed years, what settled its invoice, a missing rate."""

    closed_until: date | None
    opens: OpenDays
    currency: str
    rated_from: date | None

    @classmethod
    def of(cls, account: BankAccount, found: Sequence[tuple[BankEntry, Claimed]]) -> _Around:
        first = min(entry.booking_day for entry, _ in found)
        opens = open_days({claimed.invoice_id for _, claimed in found}, first)
        return cls(find_closed_until(), opens, account.currency, _rated_from(account.currency))

    def why_not(self, entry: BankEntry, claimed: Claimed) -> str | None:
        """Why a line is not booked with the others; None where it is."""
        day = entry.booking_day
        if self.closed_until is not None and day <= self.closed_until:
            return f"the books are closed up to {long_day(self.closed_until)}."
        if self.rated_from is None or day < self.rated_from:
            return why_no_rate(self.currency, day)
        settled = {claimed.invoice_id: _after(day, self.opens.settled.get(claimed.invoice_id, ()))}
        first = OpenDays(day, self.opens.now, settled).first_day({claimed.invoice_id: entry.amount_minor})
        if first > day:
            return f"something else settled {claimed.number} until {long_day(first)}: it can settle from that day on."
        return None


def _after(day: date, settled: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    return [each for each in settled if each[0] > day]


def _rated_from(currency: str) -> date | None:
    """Since when an amount in a currency has a worth in that of the books; None where it has none yet."""
    if currency == this_site().home_currency:
        return date.min
    return db.session.scalar(select(func.min(ExchangeRate.day)).where(ExchangeRate.currency == currency))
