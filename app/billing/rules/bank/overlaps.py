"""Which lines of a statement are on record already, where another statement shares its days; the balances judge.

Lines with a reference of the bank are known by it. Others are known by what they say, and counted: as many as are on
record and may be the same ones are not new. Where the balances prove that one counted as known is new, it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.billing.rules.bank.identity import has_reference, key_of
from app.billing.rules.bank.statements import Entry, Statement, refusal

MOST_SUMS = 500
_Way = tuple[Any, ...]  # Nothing taken, or a way before, a key and how many of it are taken then.


@dataclass(frozen=True)
class Known:
    """What is on record around a statement of an account.

    `entries` are those of its days, `outside` how many of each key stand before or after it for sure. `balance` is what
    the record comes to at the end of its last day, None where nothing tells; `gap` what was missing in that before.
    """

    entries: Sequence[Entry]
    outside: Mapping[str, int]
    balance: int | None = None
    gap: int = 0


@dataclass(frozen=True)
class Sorting:
    """Which lines are new, in their order, and how many were taken for known ones by what they say, without proof."""

    is_new: Sequence[bool]
    unproved: int


def sort_out(statement: Statement, known: Known) -> Sorting:
    """Tell the new lines from those on record; refused where the balances contradict it and tell nothing better."""
    there = _counted(statement, known)
    by_words = Counter({key: many for key, many in there.items() if not has_reference(key)})
    new = _proved_new(statement, known, there, by_words) if by_words else Counter[str]()
    if new is None:
        return Sorting(_marks(statement.entries, there), by_words.total())
    return Sorting(_marks(statement.entries, there - new), 0)


def _counted(statement: Statement, known: Known) -> Counter[str]:
    """How many lines of each key are on record already, as far as counting tells."""
    free = Counter(map(key_of, known.entries)) - Counter(known.outside)
    return free & Counter(map(key_of, statement.entries))


def _proved_new(statement: Statement, known: Known, there: Counter[str], by_words: Counter[str]) -> Counter[str] | None:
    """How many of the lines known by what they say the balances prove to be new; None where they prove nothing."""
    short = _short(statement, known, there)
    if short is None:
        return None
    ends_within = not short or _ends_within(statement, known, short)
    if ends_within:
        return Counter()
    amounts = {key_of(entry): entry.amount for entry in statement.entries}
    choices = _choices([(key, amounts[key], many) for key, many in by_words.items()], short)
    if choices is None or ends_within is None:
        return None
    return _only(choices, by_words, known)


def _only(choices: Sequence[Counter[str]], by_words: Counter[str], known: Known) -> Counter[str] | None:
    """The one choice there is; where there is none or more than one, a record without a gap refuses the statement."""
    if len(choices) == 1:
        return choices[0]
    if not known.gap:
        raise refusal(_why(by_words.total()))
    return None


def count_unproved(statement: Statement) -> int:
    """How many lines of a statement that is on record already are known by what they say alone."""
    if statement.opening is not None:
        return 0
    return sum(not has_reference(key_of(entry)) for entry in statement.entries)


def _why(lines: int) -> str:
    return (
        f"{'A line' if lines == 1 else f'{lines} lines'} without a reference of the bank may be on record or not: they"
        " say the same as lines that are, and the balances fit neither. Bring the statement of the whole days first."
    )


def _marks(entries: Iterable[Entry], there: Mapping[str, int]) -> list[bool]:
    """Whether each is new: of equal ones the first are those on record."""
    left, marks = Counter(there), []
    for entry in entries:
        key = key_of(entry)
        marks.append(left[key] <= 0)
        left[key] -= 1
    return marks


def _short(statement: Statement, known: Known, there: Mapping[str, int]) -> int | None:
    """What the closing balance has more than the record with the new lines, none where that was missing before."""
    if statement.closing is None or known.balance is None:
        return None
    marks = _marks(statement.entries, there)
    new = sum(entry.amount for entry, is_new in zip(statement.entries, marks, strict=True) if is_new)
    short = statement.closing - known.balance - new
    return None if known.gap and short == known.gap else short


def _ends_within(statement: Statement, known: Known, short: int) -> bool | None:
    """Whether the statement ends before other lines of its last day, which are on record and make the difference.

    None where they are too many to tell.
    """
    there = Counter(map(key_of, statement.entries))
    later: Counter[tuple[str, int]] = Counter()
    for entry in known.entries:
        key = key_of(entry)
        if there[key] > 0:
            there[key] -= 1
        elif entry.booking_day == statement.last_day:
            later[key, entry.amount] += 1
    if later and sum(amount * many for (_, amount), many in later.items()) == -short:
        return True
    found = _choices([(key, amount, many) for (key, amount), many in later.items()], -short)
    return None if found is None else bool(found)


def _choices(lines: Sequence[tuple[str, int, int]], wanted: int) -> list[Counter[str]] | None:
    """Up to two ways to take lines (key, amount, how many there are) that add to an amount; None where too many."""
    reached: dict[int, list[_Way]] = {0: [()]}
    for key, amount, many in (line for line in lines if line[1]):
        further: dict[int, list[_Way]] = {}
        for total, ways in reached.items():
            for taken in range(many + 1):
                more = [(way, key, taken) if taken else way for way in ways]
                further[total + taken * amount] = (further.get(total + taken * amount, []) + more)[:2]
            if len(further) > MOST_SUMS:
                return None
        reached = further
    return [Counter(_taken(way)) for way in reached.get(wanted, [])]


def _taken(way: _Way) -> dict[str, int]:
    """How many of each key a way takes."""
    taken: dict[str, int] = {}
    while way:
        way, key, many = way
        taken[key] = many
    return taken
