"""Booking what is certain, many lines at once: one invoice is named and the amount is what is open on it."""

from __future__ import annotations

from sqlalchemy import update

from app.audit.commands import Subject, record
from app.audit.seals import touch
from app.billing.commands.receipts import Receipt, record_receipts
from app.billing.models import BankAccount, BankEntry, BankMatch
from app.billing.queries.bank.certain import list_certain
from app.billing.rules.bank.matching import Claimed, EntryState
from app.core import clock
from app.core.actor import Actor
from app.core.bulk import among, insert_with_ids
from app.core.database import db
from app.core.history import lock
from app.core.money import Money
from app.core.permissions import Permission
from app.web.wording import plural


def book_certain(account_id: int, *, actor: Actor) -> int:
    """Book the open lines of an account that are certain and can settle on their own day; how many there were."""
    actor.require(Permission.PAYMENT_EDIT)
    account = lock(BankAccount, account_id)
    certain = [(each.entry, each.claimed) for each in list_certain(account) if each.why_not is None]
    receipts = [_receipt(account, entry, claimed) for entry, claimed in certain]
    payments = record_receipts(receipts, actor=actor)
    booked = [(entry, payments[each.invoice_id]) for entry, each in certain if each.invoice_id in payments]
    if booked:
        _keep(booked, actor)
        record(
            "billing.book_certain_lines",
            Subject("bank_account", account_id),
            summary=f"{plural(len(booked), 'line', 'lines')} of {account.name} booked by reference and amount",
            after={"lines": len(booked)},
            actor=actor,
        )
    return len(booked)


def _receipt(account: BankAccount, entry: BankEntry, claimed: Claimed) -> Receipt:
    return Receipt(
        invoice_id=claimed.invoice_id,
        amount=Money(entry.amount_minor, account.currency),
        day=entry.booking_day,
        account_code=account.account_code,
        reference=(entry.text or entry.creditor_reference or entry.end_to_end)[:200],
    )


def _keep(booked: list[tuple[BankEntry, int]], actor: Actor) -> None:
    now, ids = clock.now(), [entry.id for entry, _ in booked]
    decided = {"state": EntryState.BOOKED, "decided_by": actor.name, "decided_at": now}
    changed = update(BankEntry).where(among(BankEntry.id, ids)).values(**decided, version=BankEntry.version + 1)
    db.session.execute(changed.execution_options(synchronize_session=False))
    matches = [
        {
            "entry_id": entry.id,
            "amount_minor": entry.amount_minor,
            "payment_id": payment_id,
            "is_made": True,
            "matched_by": actor.name,
            "matched_at": now,
        }
        for entry, payment_id in booked
    ]
    touch(BankMatch, insert_with_ids(BankMatch, matches))
    for entry, _ in booked:
        db.session.expire(entry)
