"""How a mismatch is put right: what of which lines is credited, or what is billed further and to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.audit.rules import shortened
from app.billing.queries.charges import Books
from app.billing.queries.fee_year import Member, Terms
from app.billing.queries.mismatches import MembershipLine, Mismatch, find_mismatch
from app.billing.queries.owed import Owed
from app.billing.rules import Payer, addition_key
from app.core.actor import Actor
from app.core.money import Money
from app.core.periods import Period


@dataclass(frozen=True)
class Excess:
    """What of the lines of one invoice, by their ids and in minor units, is billed too much."""

    invoice_id: int
    is_draft: bool
    currency: str
    parts: Mapping[int, int]


@dataclass(frozen=True)
class Addition:
    """What a payer is billed further for a membership: the days, the amount without tax, and the fee it is of."""

    payer: Payer
    description: str
    days: Period
    amount: Money
    terms: Terms
    key: str


def draft_of_run(row: Mismatch) -> int | None:
    """The draft of a fee run that bills the membership; it is made anew, rather than followed by a difference."""
    return next((line.invoice_id for line in row.lines if line.is_draft and line.is_of_run), None)


def excess_of(row: Mismatch) -> Excess | None:
    """What is billed too much on the first invoice to be put right; None where nothing is.

    Each payer keeps its share of what is due. What bills days that are gone goes first, then the newest line.
    """
    left, rest = row.left, -row.difference.minor
    chosen: list[tuple[MembershipLine, int]] = []
    for lines, kept in _by_payer(row) if rest > 0 else ():
        too_much = min(rest, sum(left[line.id] for line in lines) - kept)
        for line in sorted(lines, key=lambda each: (_is_owed(each, row.owed), -each.id)):
            part = min(too_much, left[line.id])
            if part > 0:
                chosen.append((line, part))
                too_much, rest = too_much - part, rest - part
    if not chosen:
        return None
    first = chosen[0][0]
    return Excess(
        first.invoice_id,
        first.is_draft,
        row.due.currency,
        {line.id: part for line, part in chosen if line.invoice_id == first.invoice_id},
    )


def find_excess(line_id: int, invoice_id: int, actor: Actor) -> tuple[Excess, str] | None:
    """What of an invoice bills the membership of a line too much, and why; None where nothing of it does."""
    found = find_mismatch(line_id, actor=actor)
    excess = excess_of(found[0]) if found else None
    if found is None or excess is None or excess.invoice_id != invoice_id:
        return None
    return excess, found[0].why


def additions_of(row: Mismatch, member: Member, books: Books) -> list[Addition]:
    """What is to be billed further, part by part of the fee, to whom pays for it; it adds to the difference."""
    rest, taken = row.difference.minor, set[int]()
    by_schedule = {each.id: each for each in books.terms.get(member.class_id, ())}
    additions: list[Addition] = []
    for owed in row.owed:
        lines = [line for line in _billing(row) if line.id not in taken and line.period.overlaps(owed.part.days)]
        taken |= {line.id for line in lines}
        more = min(rest, owed.amount.minor - sum(row.left[line.id] for line in lines))
        terms = by_schedule[owed.part.tariff.schedule_id]
        for payer, amount in _shares(owed, books.payers(member, owed.part.days.first), lines, row.left, more):
            rest -= amount.minor
            additions += _dated(
                row, books.year, payer, amount, terms, _days_not_billed(owed.part.days, row.billed_days)
            )
    return additions


def _shares(
    owed: Owed, payers: Sequence[Payer], lines: Sequence[MembershipLine], left: Mapping[int, int], more: int
) -> list[tuple[Payer, Money]]:
    """What each payer lacks of its share of a part; together no more than is to be billed of it."""
    shares = []
    for payer, whole in zip(payers, owed.amount.split([each.weight for each in payers]), strict=True):
        lacks = whole.minor - sum(left[line.id] for line in lines if line.payer_id == payer.id)
        amount = min(lacks, more)
        if amount > 0:
            shares.append((payer, Money(amount, whole.currency)))
            more -= amount
    return shares


def _dated(
    row: Mismatch, year: Period, payer: Payer, amount: Money, terms: Terms, days: Sequence[Period]
) -> list[Addition]:
    """One addition for each stretch of days, by their number."""
    whose = "" if payer.id == row.institution_id else f", {row.name}"
    after = max(line.id for line in row.lines)
    return [
        Addition(
            payer=payer,
            description=shortened(f"{terms.name}{whose}, difference"),
            days=each,
            amount=part,
            terms=terms,
            key=addition_key(year, row.membership_id, each.first, after, payer.id),
        )
        for each, part in zip(days, amount.split([each.days for each in days]), strict=True)
        if part
    ]


def _days_not_billed(days: Period, billed: Sequence[Period]) -> list[Period]:
    """The days of a part that do not stand billed; all of them where each does."""
    free = [days]
    for period in billed:
        free = [piece for each in free for piece in each.without(period)]
    return free or [days]


def _by_payer(row: Mismatch) -> list[tuple[list[MembershipLine], int]]:
    """The lines of each payer, and what of them is due: in proportion to what each was billed first."""
    by_payer: dict[int, list[MembershipLine]] = defaultdict(list)
    for line in row.lines:
        if line.credits_line_id is None:
            by_payer[line.payer_id].append(line)
    kept = row.due.split([sum(line.net.minor for line in lines) for lines in by_payer.values()])
    return [(lines, each.minor) for lines, each in zip(by_payer.values(), kept, strict=True)]


def _billing(row: Mismatch) -> list[MembershipLine]:
    """The lines that bill something still."""
    return [line for line in row.lines if row.left.get(line.id)]


def _is_owed(line: MembershipLine, owed: Sequence[Owed]) -> bool:
    return any(each.part.days.overlaps(line.period) for each in owed)
