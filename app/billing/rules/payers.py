"""Payers: who pays the fee of a member, in which shares, and what of a charge is left to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.core.errors import DomainError
from app.core.money import Money

MOST_PAYERS, MOST_WEIGHT = 12, 10_000


@dataclass(frozen=True)
class Payer:
    """An institution that pays a fee, and its share beside those of the others."""

    id: int
    name: str
    short_name: str
    vat_number: str | None
    weight: int = 1
    is_separate: bool = False


@dataclass(frozen=True)
class PayerShare:
    """What one payer is charged of a fee."""

    payer: Payer
    amount: Money


def check_shares(shares: Sequence[tuple[int, int]]) -> None:
    """Refuse no payer, too many, one named twice, and a share of nothing (payer and weight each)."""
    if not 1 <= len(shares) <= MOST_PAYERS:
        raise DomainError(f"Between 1 and {MOST_PAYERS} payers.", "payer_1")
    if len({payer_id for payer_id, _ in shares}) < len(shares):
        raise DomainError("Each payer is named once.", "payer_2")
    if any(not 1 <= weight <= MOST_WEIGHT for _, weight in shares):
        raise DomainError(f"A share is a whole number between 1 and {MOST_WEIGHT:,}.", "share_1")


def named_once(payers: Sequence[Payer]) -> tuple[Payer, ...]:
    """The payers in their order, each once: two that were merged into one pay the shares of both."""
    found: dict[int, Payer] = {}
    for each in payers:
        before = found.get(each.id)
        found[each.id] = each if before is None else replace(before, weight=before.weight + each.weight)
    return tuple(found.values())


def shares_left(charge: Money, payers: Sequence[Payer], billed: Mapping[int, int]) -> list[PayerShare]:
    """What of a charge each payer is still to be billed, where some (by id, in minor units) are billed already.

    The shares add back to the whole to the penny; what is billed is never billed to somebody else again.
    """
    left = charge.minor - sum(billed.values())
    due = [payer for payer in payers if payer.id not in billed]
    if left <= 0 or not due:
        return []
    amounts = Money(left, charge.currency).split([payer.weight for payer in due])
    return [PayerShare(payer, amount) for payer, amount in zip(due, amounts, strict=True) if amount]
