"""How the numbers of documents look: a pattern with the year and the number in it, such as INV-{year}-{number}.

Patterns may change from a day on while their series go on. That no number ever has a twin follows from what a pattern
may be: it holds no digits of its own, so the first digits of a number are its year and the last ones its place in the
series; and the letters of invoices are never those of credit notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.errors import DomainError

YEAR, NUMBER = "{year}", "{number}"
PATTERN = re.compile(r"[A-Z.-]*\{year\}[A-Z.-]+\{number\}")
PARTS = re.compile(r"\D*(?P<year>\d{4})\D+(?P<number>\d+)", re.ASCII)
MOST_LETTERS = 8  # With a year and up to nine digits it still makes a payment reference of 25 characters (ISO 11649).
MOST_DIGITS = 9


@dataclass(frozen=True)
class NumberFormat:
    """A pattern, and how many digits the number has at least."""

    pattern: str
    digits: int

    def number(self, year: int, number: int) -> str:
        """The number of a document: INV-2016-0001."""
        return self.pattern.replace(YEAR, f"{year:04d}").replace(NUMBER, f"{number:0{self.digits}d}")


def place_in_series(number: str) -> tuple[int, int] | None:
    """The year and the place in its series that a number says, whatever its pattern was; None where it says none."""
    found = PARTS.fullmatch(number)
    return (int(found["year"]), int(found["number"])) if found else None


def letters_of(pattern: str) -> str:
    """What tells the numbers of a pattern from those of others: its letters, and where they stand."""
    return re.sub(r"[.-]", "", pattern)


def check_pattern(typed: str, *, field: str) -> str:
    """A pattern as it is kept; refused where numbers made with it could be mistaken for others."""
    pattern = typed.strip()
    if not PATTERN.fullmatch(pattern):
        message = f"Write capital letters, - and . around {YEAR} and then {NUMBER}, such as INV-{YEAR}-{NUMBER}."
        raise DomainError(message, field)
    if len(letters_of(pattern).replace(YEAR, "").replace(NUMBER, "")) > MOST_LETTERS:
        raise DomainError(f"At most {MOST_LETTERS} letters: they stand in the payment reference, too.", field)
    return pattern


def check_letters(pattern: str, others: Iterable[str], *, field: str) -> None:
    """Refuse a pattern with the letters of others, which number documents of another kind."""
    taken = {letters_of(each) for each in others}
    if letters_of(pattern) in taken:
        raise DomainError("Invoices and credit notes need other letters, now and in all earlier profiles.", field)
