"""Tasks about the bank: accounts on which lines wait to be decided."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from app.billing.models import BankAccount, BankEntry
from app.billing.rules.bank.matching import EntryState
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.periods import how_long
from app.core.permissions import Permission
from app.home.rules import Group, Task, Tone
from app.web import wording

MOST = 8


def waiting_lines(actor: Actor) -> Iterator[Task]:
    """The accounts on which lines wait, for who may decide them."""
    if not actor.has_all(Permission.PAYMENT_EDIT):
        return
    rows = db.session.execute(
        select(BankAccount.id, BankAccount.name, func.count(), func.min(BankEntry.booking_day))
        .join(BankEntry, BankEntry.account_id == BankAccount.id)
        .where(BankEntry.state == EntryState.OPEN)
        .group_by(BankAccount.id, BankAccount.name)
        .order_by(BankAccount.id)
        .limit(MOST)
    )
    for account_id, name, lines, oldest in rows:
        yield Task(
            Group.SOON,
            f"{wording.plural(lines, 'line', 'lines')} of the bank {'waits' if lines == 1 else 'wait'}",
            f"The oldest is of {wording.long_day(oldest)}",
            name,
            how_long(oldest, clock.today()),
            Tone.WARN,
            "Decide them",
            "billing.bank_desk",
            {"account_id": account_id},
        )
