"""What taking a proposal would post, in the words of the ledger, shown before it is taken."""

from __future__ import annotations

from collections.abc import Mapping
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
    currency = amount.currency
    charge = Money(proposal.writes_off, currency)
    settled = [Money(part.amount, currency) for part in proposal.settles]
    rest = Money(amount.minor - sum(each.minor for each in settled), currency)
    settles = [
        PostLine(f"{RECEIVABLE} Receivable, {numbers.get(part.invoice_id, '')}", -each)
        for part, each in zip(proposal.settles, settled, strict=True)
    ]
    lines = [
        bank,
        *settles,
        PostLine(f"{BANK_CHARGES} {ACCOUNTS[BANK_CHARGES][0]}", charge),
        PostLine(f"{RECEIVABLE} Receivable, the charge", -charge),
        PostLine(f"{UNAPPLIED} {ACCOUNTS[UNAPPLIED][0]}", -rest),
    ]
    return [each for each in lines if each.amount.minor]
