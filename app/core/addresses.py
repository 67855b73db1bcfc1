"""Postal addresses in their parts, and read from the lines that people type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

STREETS = 3  # What an electronic invoice has room for (EN 16931: BT-35, BT-36, BT-162).
TOWN_FIRST = frozenset({"AU", "CA", "GB", "IE", "IN", "JP", "KR", "NZ", "SG", "TH", "TW", "US"})

_POSTCODE = r"(?:(?:[A-Z]{1,2}|〒)-?)?\d[\d -]{1,6}\d(?:\s[A-Z]{2}\b)?"
_TOWNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<postcode>{_POSTCODE})\s+(?P<city>[^\W\d].*)",  # 75005 Paris, 1012 AB Amsterdam, 00-950 Warszawa
        r"(?P<city>.*?),?\s*\b(?P<postcode>[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})",  # London NW1 2BE
        r"(?P<city>.*?),?\s*\b(?P<postcode>[A-Z]\d[A-Z]\s?\d[A-Z]\d)",  # Toronto, ON M5G 1X5
        r"(?P<city>.*[^\W\d].*?),?\s+(?P<postcode>\d{3,6}(?:-\d{3,4})?)",  # Bethesda, MD 20892; Tsukuba 305-0074
    )
)


@dataclass(frozen=True)
class PostalAddress:
    """An address: lines of the street, postcode and city where they are known, and the country as its two letters."""

    streets: tuple[str, ...]
    postcode: str = ""
    city: str = ""
    country: str = ""

    @property
    def lines(self) -> list[str]:
        """The lines on an envelope, without the country: the street, and the town as its country writes it."""
        parts = (self.city, self.postcode) if self.country in TOWN_FIRST else (self.postcode, self.city)
        town = " ".join(part for part in parts if part)
        return [line for line in (*self.streets, town) if line]

    @property
    def three_streets(self) -> Sequence[str]:
        """The street in exactly three lines: those that are over stand together in the last."""
        last = ", ".join(self.streets[STREETS - 1 :])
        return [*self.streets[: STREETS - 1], last, "", ""][:STREETS]


def read_address(text: str, country: str, country_name: str = "") -> PostalAddress:
    """The parts of an address of several lines; where no town is found, all lines are lines of the street.

    `country_name` is how its last line may name the country, which is no part of the town.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and country_name and lines[-1].casefold() == country_name.casefold():
        lines.pop()
    for place in range(len(lines) - 1, max(len(lines) - 3, -1), -1):
        found = _town(lines[place])
        if found is not None:
            postcode, city = found
            above = lines[:place]
            if not city and above:
                city = above.pop()
            return PostalAddress((*above, *lines[place + 1 :]), postcode, city, country)
    return PostalAddress(tuple(lines), country=country)


def _town(line: str) -> tuple[str, str] | None:
    for pattern in _TOWNS:
        if found := pattern.fullmatch(line):
            return found["postcode"], found["city"].strip(" ,")
    return None
