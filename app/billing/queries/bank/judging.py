"""What is proposed for lines that wait to be decided."""

from __future__ import annotations

from collections.abc import Sequence

from app.billing.models import BankAccount, BankEntry
from app.billing.queries.bank.surroundings import Lines, all_around, seen_of
from app.billing.rules.bank.judging import judge
from app.billing.rules.bank.matching import Judgement


def judge_entries(account: BankAccount, entries: Sequence[BankEntry]) -> dict[int, Judgement]:
    """What each line is about, by its id."""
    lines = Lines(account, [seen_of(entry, account.currency) for entry in entries])
    around = all_around(lines)
    return {each.entry_id: judge(each, around[each.entry_id]) for each in lines.seen}
