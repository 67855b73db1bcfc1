"""What is proposed for lines that wait to be decided."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.billing.models import BankAccount, BankEntry
from app.billing.queries.bank.surroundings import (
    Lines,
    all_around,
    invoices_named,
    near,
    recorded_payments,
    seen_of,
)
from app.billing.rules.bank.judging import judge
from app.billing.rules.bank.matching import Claimed, EntryState, Judgement, Surroundings, Verdict
from app.core.database import db


def judge_entries(account: BankAccount, entries: Sequence[BankEntry]) -> dict[int, Judgement]:
    """What each line is about, by its id."""
    lines = Lines(account, [seen_of(entry, account.currency) for entry in entries])
    around = all_around(lines)
    return {each.entry_id: judge(each, around[each.entry_id]) for each in lines.seen}


def list_certain(account: BankAccount) -> list[tuple[BankEntry, Claimed]]:
    """The open lines that name one invoice and bring what is open on it, each with it; an invoice is paid once."""
    found = db.session.scalars(
        select(BankEntry)
        .where(BankEntry.account_id == account.id, BankEntry.state == EntryState.OPEN, BankEntry.amount_minor > 0)
        .order_by(BankEntry.booking_day, BankEntry.id)
    )
    entries = {entry.id: entry for entry in found}
    seen = [seen_of(entry, account.currency) for entry in entries.values()]
    named, recorded = invoices_named(seen), recorded_payments(account, seen)
    taken: dict[int, tuple[BankEntry, Claimed]] = {}
    for each in seen:
        claims = named[each.entry_id]
        around = Surroundings(named=claims, recorded=near(each, recorded.get(each.amount.minor, ())))
        if judge(each, around).verdict is Verdict.CERTAIN and claims[0].invoice_id not in taken:
            taken[claims[0].invoice_id] = (entries[each.entry_id], claims[0])
    return list(taken.values())
