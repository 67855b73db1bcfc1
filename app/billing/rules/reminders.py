"""Reminders: their levels and texts, which level an invoice comes to, and the interest of days late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.billing.rules.invoices import content_hash
from app.billing.rules.usual_levels import LevelTerms
from app.core.errors import DomainError, Refusals
from app.core.money import Money
from app.members.rules import check_places, filled_in

MOST_LEVELS = 3
DAYS_OF_INTEREST_YEAR = 365
WHOLE = 10_000
PLACES = ("person", "institution", "invoices", "total", "days", "today", "consortium")
LONGEST_SUBJECT = 200
EXAMPLE = {
    "person": "Dr Ada Example",
    "institution": "Example Institute",
    "invoices": "Invoice INV-2027-0041",
    "total": "GBP 1,250.00",
    "days": "24",
    "today": "14 July 2027",
}
"""What stands in the places of a text that is only looked at."""


@dataclass(frozen=True)
class ReminderTerms:
    """How late payers are reminded. Interest of no rate, and fees of nothing, are not charged."""

    levels: tuple[LevelTerms, ...]
    currency: str
    interest_basis_points: int = 0
    interest_from_level: int = 1
    sends_daily: bool = False


@dataclass(frozen=True)
class Cost:
    """What a reminder costs its payer: its fee, or the interest on an invoice, in words that say how it comes about.

    It is for so many days up to that of the reminder.
    """

    words: str
    amount: Money
    days: int = 1


class WhyNot(StrEnum):
    """Why an invoice that is overdue is not reminded of today."""

    DISPUTED = "It is in dispute"
    PAYER_DISPUTES = "Its payer is in dispute"
    BLOCKED = "Its payer is not reminded"
    TOO_EARLY = "Its next level has not come"
    REMINDED = "It was reminded at the last level"
    NO_ADDRESS = "Its payer has no billing contact with an e-mail address"
    NO_RATE = "What its reminder costs cannot be invoiced:"


class DisputeEnd(StrEnum):
    """How a dispute ends by itself: nothing is open on its invoice any more, so there is nothing left to dispute."""

    PAID = "Ended by itself: the invoice is paid"
    CREDITED = "Ended by itself: the invoice is credited"
    WRITTEN_OFF = "Ended by itself: the invoice is written off"
    VOID = "Ended by itself: the invoice is void"


@dataclass(frozen=True)
class Reminded:
    """How far an invoice has come: the level of its last reminder and its day; 0 and None before the first."""

    level: int = 0
    day: date | None = None
    charged_on: date | None = None


def check_reminder_terms(terms: ReminderTerms) -> None:
    """Refuse levels that do not follow one another, texts with places nobody fills in, and rates beyond the whole."""
    refusals = Refusals()
    if not terms.levels:
        raise DomainError("There is at least one level.", "days_1")
    days = [level.days_after_due for level in terms.levels]
    for number, (before, after) in enumerate(zip([0, *days], days, strict=False), 1):
        with refusals:
            if after <= before:
                raise DomainError("A level comes later than the one before it.", f"days_{number}")
    for number, level in enumerate(terms.levels, 1):
        with refusals:
            _refuse_empty(number, level)
            check_places({f"subject_{number}": level.subject, f"text_{number}": level.text}, PLACES)
    with refusals:
        if not 1 <= terms.interest_from_level <= len(terms.levels):
            raise DomainError("One of the levels.", "interest_from_level")
    refusals.say()


def _refuse_empty(number: int, level: LevelTerms) -> None:
    for name in ("subject", "text"):
        if not getattr(level, name):
            raise DomainError("Please fill this in.", f"{name}_{number}")


def next_level(levels: Sequence[int], due_day: date, reminded: Reminded, on: date) -> int | WhyNot:
    """The level an invoice comes to on a day, one step at a time; `levels` are the days after due of each.

    Between two levels lie at least as many days as between their days after due: a late run skips none of them, and
    the payer has the same time after each.
    """
    if reminded.level >= len(levels):
        return WhyNot.REMINDED
    wanted = levels[reminded.level]
    if (on - due_day).days < wanted:
        return WhyNot.TOO_EARLY
    if reminded.day is not None and (on - reminded.day).days < wanted - levels[reminded.level - 1]:
        return WhyNot.TOO_EARLY
    return reminded.level + 1


def interest(amount: Money, basis_points: int, days: int) -> Money:
    """Interest of some days on an amount, act/365, in whole minor units, half of one rounded up."""
    return amount.part(basis_points * days, WHOLE * DAYS_OF_INTEREST_YEAR)


def interest_days(due_day: date, reminded: Reminded, on: date) -> int:
    """The days since an invoice was due, or since it was last charged interest for: no day is charged twice."""
    return (on - max(due_day, reminded.charged_on or due_day)).days


def fill_reminder(text: str, values: Mapping[str, str]) -> str:
    """A subject or a text with its places filled."""
    return filled_in(text, values)


def reminder_hash(day: date, level: int, fee: Money, items: Sequence[tuple[int | None, ...]]) -> str:
    """SHA-256 of what a reminder says: its fee, and of each invoice in order its id, level, days late, what is open,
    the interest and its days.
    """
    said = {"day": day.isoformat(), "level": level, "fee": [fee.minor, fee.currency]}
    return content_hash({**said, "items": [[*item] for item in items]})
