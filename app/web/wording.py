"""How values read on a page: dates, times, money, counts and states are worded here and nowhere else."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache

from babel.numbers import get_currency_symbol
from markupsafe import Markup, escape

from app.core.clock import local
from app.core.money import Money
from app.core.site import this_site

NOTHING = "\u2013"
NO_BREAK = "\u00a0"
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

RING, HALF, FULL = "", "wait", "done"
QUIET_RING, INFO_HALF, GOOD_FULL = ("", RING), ("info", HALF), ("good", FULL)
WARN_HALF, WARN_SQUARE, BAD_SQUARE = ("warn", HALF), ("warn", "stop"), ("bad", "stop")

PILL_WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    QUIET_RING: (
        "Draft",
        "Absent",
        "Lapsed",
        "Withdrawn",
        "Revoked",
        "Void",
        "Ended",
        "Dissolved",
        "Credited",
        "Used",
        "Vacant",
        "Waiting",
        "Closed",
        "Not invited",
        "Not on record",
        "Unchanged",
        "Undone",
        "Discarded",
        "Declined",
        "Called off",
        "No proposal",
        "Left out",
        "Dropped",
        "Cancelled",
        "Not elected",
        "Unanswered",
        "Struck",
        "Replaced",
        "Retired",
        "Amended",
        "Superseded",
        "Terminated",
        "Rejected",
        "Aborted",
    ),
    INFO_HALF: (
        "Applied",
        "Admitted",
        "Sent",
        "Credit",
        "Vote open",
        "In session",
        "In production",
        "Founders born",
        "Phenotyping",
        "Signing",
        "Invited",
        "Running",
        "Planned",
        "Trying out",
        "Tried out",
        "Writing",
        "Undoing",
        "Confirmed",
        "Under review",
        "Joining",
        "Notice given",
        "Likely",
        "Asked",
        "Requested",
        "Nominations open",
        "Proposed",
        "On the way",
        "In review",
    ),
    GOOD_FULL: (
        "Active",
        "Paid",
        "Paid late",
        "In force",
        "Carried",
        "Quorate",
        "Certain",
        "Done",
        "Issued",
        "Added",
        "Changed",
        "Met",
        "Written",
        "Booked",
        "Approved",
        "Accepted",
        "Appointed",
        "Decided",
        "Elected",
        "Granted",
        "Received",
        "Allowed",
        "Genotype confirmed",
        "Phenotyped",
    ),
    WARN_HALF: (
        "Due",
        "Part paid",
        "Not yet",
        "Leaving",
        "Retrying",
        "More asked",
        "To be judged",
        "Question",
        "To be decided",
        "Substitute",
        "On leave",
        "Holds over",
        "Changes asked",
    ),
    WARN_SQUARE: ("Suspended", "Recused", "Locked", "Not sent: kept here", "Disabled"),
    BAD_SQUARE: ("Overdue", "Refused", "Inquorate", "Expired", "Chain broken", "Failed", "Not met", "Lost"),
}
PILLS = {word.lower(): " ".join(part for part in tone if part) for tone, words in PILL_WORDS.items() for word in words}


def day(value: date | None) -> str:
    """A date in a table: 30 Jun 2015; an en dash where there is none."""
    return f"{value.day} {SHORT_MONTHS[value.month - 1]} {value.year}" if value else NOTHING


def long_day(value: date | None) -> str:
    """A date in running text: 30 June 2015, with a no-break space after the day."""
    return f"{value.day}{NO_BREAK}{value:%B} {value.year}" if value else NOTHING


def instant(value: datetime | None) -> str:
    """A moment in the time zone of the site: 19 Oct 2026 14:07."""
    if value is None:
        return NOTHING
    here = local(value)
    return f"{day(here)} {here:%H:%M}"


def amount(value: Money | None) -> str:
    """An amount under a head that names the currency: 50,000.00."""
    return NOTHING if value is None else str(value)


@cache
def symbol_of(currency: str) -> str:
    """The sign written before an amount: £ for GBP; the code and a no-break space where there is no sign."""
    symbol = str(get_currency_symbol(currency, locale="en_GB"))
    return f"{symbol}{NO_BREAK}" if symbol.isalpha() else symbol


def money(value: Money | None) -> str:
    """An amount on its own: £50,000.00, or a true minus before the sign."""
    if value is None:
        return NOTHING
    sign = "\u2212" if value.minor < 0 else ""
    return f"{sign}{symbol_of(value.currency)}{Money(abs(value.minor), value.currency)}"


def told_apart(amounts: Iterable[Money]) -> list[Money]:
    """Amounts of several currencies as they are told: that of the books first, and none of nothing beside others."""
    home = this_site().home_currency
    ordered = sorted(amounts, key=lambda each: (each.currency != home, each.currency))
    return [each for each in ordered if each] or ordered[:1]


def sum_of(amounts: Iterable[Money]) -> Money | str:
    """A total: one amount, or each currency's in words, never added across."""
    told = told_apart(amounts)
    if len(told) == 1:
        return told[0]
    signs = [("\u2212" if each.minor < 0 else "+", Money(abs(each.minor), each.currency)) for each in told[1:]]
    return " ".join([*map(money, told[:1]), *(f"{sign} {money(each)}" for sign, each in signs)])


def count(value: int | None) -> str:
    """A number of things, grouped by thousands: 1,204."""
    return NOTHING if value is None else f"{value:,}".replace("-", "\u2212")


def plural(number: int, one: str, many: str) -> str:
    """A number with its noun: 1 member, 23 members."""
    return f"{count(number)} {one if number == 1 else many}"


def all_of(number: int, one: str, many: str) -> str:
    """The way to a whole list: All 23 invoices, or 1 invoice where there is no more."""
    return plural(number, one, many) if number == 1 else f"All {plural(number, one, many)}"


def share(value: Decimal) -> str:
    """A part of one in whole per cent; one that is there but less than half a per cent says so."""
    return "< 1%" if 0 < value < Decimal("0.005") else f"{value:.0%}"


def hash6(value: str | None) -> str:
    """The first six characters of a hash, as shown in tables."""
    return value[:6] if value else NOTHING


def pill_word(word: object) -> str:
    """A state as its pill says it: 'part_paid' is Part paid."""
    text = str(word.value if isinstance(word, Enum) else word).replace("_", " ")
    return text[:1].upper() + text[1:]


def symbol(text: object) -> Markup:
    """The symbol of an allele as it is printed: what stands in <> is set above the line."""
    line, _, above = str(text).partition("<")
    raised = Markup("<sup>{}</sup>").format(above.removesuffix(">")) if above else Markup()
    return escape(line) + raised


def plain(text: str) -> str:
    """A text without what only sets it, for where nothing can be set, such as the title of a window."""
    return str(text.striptags()) if isinstance(text, Markup) else text


def pill_class(word: object) -> str:
    """Tone and glyph of a state; a word without them is a mistake, shown as a quiet ring in production."""
    known = PILLS.get(pill_word(word).lower())
    if known is None:
        warnings.warn(f"The pill {word!r} has no tone: add it to PILL_WORDS.", stacklevel=2)
    return known or ""


def in_groups(text: str) -> str:
    """Letters and digits in fours, as account numbers and references are read."""
    plain = text.replace(" ", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def join_words(words: Iterable[str]) -> str:
    """A list in a sentence: a, b and c."""
    *front, last = list(words) or [""]
    return f"{', '.join(front)} and {last}" if front else last
