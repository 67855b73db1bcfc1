"""What taking a proposal would post, in the words of the ledger, shown before it is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.billing.rules.bank.matching import Proposal
from app.billing.rules.ledger import ACCOUNTS, BANK_CHARGES, RECEIVABLE, UNAPPLIED
from app.core.money import Money


@dataclass(frozen=True)
class PostLine:
    """A line that would be posted: debit above zero, credit below."""

    account: str
    amount: Money


def would_post(proposal: Proposal, amount: Money, bank_code: str, numbers: Mapping[int, str]) -> list[PostLine]:
    """What a proposal would post for an amount that came to an account of the ledger; nothing for what is on record.

    `numbers` are those of invoices, by their ids.
    """
    if proposal.shows is not None:
        return []
    bank = PostLine(f"{bank_code} Bank", amount)
    if proposal.reverses is not None:
        return [PostLine(f"{RECEIVABLE} or {UNAPPLIED}, as it was settled", -amount), bank]
    if proposal.account_code:
        return [bank, PostLine(proposal.lead, -amount)]
    return [each for each in (bank, *_settles(proposal, amount, numbers)) if each.amount.minor]


def _settles(proposal: Proposal, amount: Money, numbers: Mapping[int, str]) -> Iterator[PostLine]:
    """What is settled, what is written off beside it, and what is left for the payer's account."""
    currency, left = amount.currency, amount.minor
    for part in proposal.settles:
        left -= part.amount
        yield PostLine(f"{RECEIVABLE} Receivable, {numbers.get(part.invoice_id, '')}", Money(-part.amount, currency))
    charge = Money(proposal.writes_off, currency)
    yield PostLine(f"{BANK_CHARGES} {ACCOUNTS[BANK_CHARGES][0]}", charge)
    yield PostLine(f"{RECEIVABLE} Receivable, the charge", -charge)
    yield PostLine(f"{UNAPPLIED} {ACCOUNTS[UNAPPLIED][0]}", Money(-left, currency))
