"""Text as people type it and as spreadsheets keep it: days, what cannot be printed, what is taken for a formula."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from email_validator import validate_email

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_PARTS = 3
NO_EMAIL = "This is not an e-mail address. Write it as name@example.org."
SEPARATORS = "\u2028\u2029"  # They end a line and a paragraph, and most fields show nothing of them.
FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def email_address(text: str) -> str:
    """An e-mail address in small letters, one that every mail server can be asked to reach; ValueError for another."""
    return validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False).normalized.lower()


def parse_day(text: str) -> date | None:
    """The day of a text: ISO, or day month year with the month in letters or digits; None where it is none."""
    if not text.isascii():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        parts = [part for part in re.split(r"[\s./]+", text) if part]
    if len(parts) != DAY_PARTS or not (parts[0].isdecimal() and parts[2].isdecimal() and len(parts[2]) == 4):
        return None
    try:
        return date(int(parts[2]), _month(parts[1]), int(parts[0]))
    except (ValueError, OverflowError):
        return None


def _month(text: str) -> int:
    """The number of a month in letters or digits; 0, which no month has, where it is neither."""
    named = text[:3].lower()
    if named in MONTHS:
        return MONTHS.index(named) + 1
    return int(text) if text.isdecimal() else 0


def check_text(text: str, *, lines: bool) -> str | None:
    """What is wrong with the characters of a text, or None: no NUL, no controls, no half of a pair, no second line."""
    if text.isprintable() and text.isascii():
        return None
    allowed = f"\n\t{SEPARATORS}" if lines else ""
    for place, letter in enumerate(text):
        if letter in allowed:
            continue
        if letter in SEPARATORS:
            before = text[:place].rpartition(" ")[2]
            return f"Its line ends after \u201c{before}\u201d, though that does not show: type a space there instead."
        if unicodedata.category(letter) in {"Cc", "Cs"}:
            return "It holds a character that cannot be printed."
    return None


def full_stop(text: str) -> str:
    """A text that ends a sentence: one full stop, also where a name ends in its own, such as Genoway Inc."""
    return text if text.endswith(".") else f"{text}."


def guarded(text: str) -> str:
    """Text with an apostrophe before it where a spreadsheet would take it for a formula; the same value otherwise.

    Apostrophes of its own before such a sign are kept by one more, so that `unguarded` gives back every text.
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text
