"""What every decision on a line of the bank has in common: its locks, the records it makes, and that they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.audit.commands import Subject, record
from app.billing.commands.payments import PaymentValues, Settlement, record_payment
from app.billing.models import BankAccount, BankEntry, BankMatch
from app.billing.queries.closed_years import open_day
from app.billing.queries.open_days import open_days
from app.billing.rules.bank.matching import EntryState
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError, NotFoundError
from app.core.history import lock
from app.core.money import Money
from app.web.wording import long_day

MOST_REFERENCE = 200


@dataclass(frozen=True)
class Portion:
    """How much of a line a payer paid, and what that settles; the rest of it waits on the payer's account."""

    payer_id: int
    amount: Money
    settles: tuple[Settlement, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line of the bank with its account, both locked."""

    account: BankAccount
    entry: BankEntry

    @property
    def amount(self) -> Money:
        """What came, or went below zero."""
        return Money(self.entry.amount_minor, self.account.currency)

    @property
    def called(self) -> str:
        """How the trail speaks of it, without anything personal."""
        return f"Line of {self.amount} {self.account.currency} of {long_day(self.entry.booking_day)}"


@dataclass(frozen=True)
class Became:
    """What a line, or so much of it, became: one of the three; `is_made` where that was recorded for the line."""

    amount: int
    payment_id: int | None = None
    refund_id: int | None = None
    ledger_entry_id: int | None = None
    is_made: bool = True


def lock_line(entry_id: int) -> Line:
    """A line, locked after its account, as the import does: two people never decide it at once."""
    account_id = db.session.scalar(select(BankEntry.account_id).where(BankEntry.id == entry_id))
    if account_id is None:
        raise NotFoundError("There is no such line of a bank.")
    return Line(lock(BankAccount, account_id), lock(BankEntry, entry_id))


def lock_open_line(entry_id: int) -> Line:
    """A line that is still to be decided."""
    line = lock_line(entry_id)
    if line.entry.state is not EntryState.OPEN:
        raise DomainError("This line is decided already; nothing was recorded.")
    return line


def check_settles_from(line: Line, day: date | None, wanted: Mapping[int, int]) -> None:
    """Refuse to settle so much of invoices from a day before which something else settled them, and say from when on.

    Without a day it is that of the line.
    """
    opens = open_days(wanted, line.entry.booking_day)
    first = opens.first_day(wanted)
    if (day or opens.since) < first:
        told = f"Until {long_day(first)} something else settled it: choose that day or a later one."
        raise DomainError(told, "settles_from")


def pay(line: Line, portions: Sequence[Portion], *, settles_from: date | None = None, actor: Actor) -> list[int]:
    """Record a payment for each portion, payers in the order of their ids, and keep that the line became them."""
    day = open_day(line.entry.booking_day)
    reference = line.entry.text or line.entry.creditor_reference or line.entry.end_to_end
    payments = []
    for portion in sorted(portions, key=lambda each: each.payer_id):
        values = PaymentValues(
            payer_id=portion.payer_id,
            received_on=day,
            amount=portion.amount,
            reference=reference[:MOST_REFERENCE] or None,
            settles=portion.settles,
            account_code=line.account.account_code,
            settles_from=settles_from,
        )
        payment = record_payment(values, actor=actor)
        keep_match(line, Became(portion.amount.minor, payment_id=payment.id), actor=actor)
        payments.append(payment.id)
    return payments


def keep_match(line: Line, became: Became, *, actor: Actor) -> BankMatch:
    """Keep what a line, or a part of it, became."""
    match = BankMatch(
        entry_id=line.entry.id,
        amount_minor=became.amount,
        payment_id=became.payment_id,
        refund_id=became.refund_id,
        ledger_entry_id=became.ledger_entry_id,
        is_made=became.is_made,
        matched_by=actor.name,
        matched_at=clock.now(),
    )
    db.session.add(match)
    return match


def decide(line: Line, state: EntryState, told: str, *, reason: str | None = None, actor: Actor) -> None:
    """Put on the line what became of it, and on record."""
    entry, before = line.entry, line.entry.state
    is_open = state is EntryState.OPEN
    entry.state, entry.reason = state, None if is_open else reason
    entry.decided_by, entry.decided_at = (None, None) if is_open else (actor.name, clock.now())
    db.session.flush()
    record(
        "billing.decide_bank_line",
        Subject("bank_entry", entry.id),
        summary=f"{line.called}: {told}",
        before={"state": before.value},
        after={"state": state.value},
        reason=reason,
        actor=actor,
    )
    db.session.flush()
