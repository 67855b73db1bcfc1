"""Among whom a line may be split: payers, and what each has open in the currency of the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.billing.models import BankAccount, BankEntry
from app.billing.queries.bank.judging import judge_entries
from app.billing.queries.bank.lines import LineView
from app.billing.queries.open_days import open_days
from app.billing.queries.payments import OpenInvoice, list_open, list_payers
from app.billing.rules import OpenDays
from app.core.actor import Actor
from app.core.database import db
from app.core.permissions import Permission

MOST_PAYERS = 10


@dataclass(frozen=True)
class OpenPayer:
    """A payer with what it has open."""

    id: int
    name: str
    invoices: Sequence[OpenInvoice]


def open_days_of(line: LineView, payers: Sequence[OpenPayer]) -> OpenDays:
    """Since when the invoices among which a line is split are open."""
    return open_days([each.id for payer in payers for each in payer.invoices], line.row.day)


def list_open_payers(entry_id: int, chosen: Sequence[int], actor: Actor) -> Sequence[OpenPayer]:
    """The payers chosen, or those that are proposed for a line where none was."""
    actor.require(Permission.PAYMENT_EDIT)
    entry = db.session.get_one(BankEntry, entry_id)
    account = db.session.get_one(BankAccount, entry.account_id)
    payers = chosen or _proposed(account, entry)
    names = dict(list_payers(payers[:MOST_PAYERS], actor))
    return [OpenPayer(each, names[each], list_open(each, actor, account.currency)) for each in payers if each in names]


def _proposed(account: BankAccount, entry: BankEntry) -> list[int]:
    proposals = judge_entries(account, [entry])[entry.id].proposals
    return list(dict.fromkeys(each.payer_id for each in proposals if each.payer_id is not None))
