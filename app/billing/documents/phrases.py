"""The words of papers to payers in each language, and how days and figures read in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from app.core.languages import Language
from app.core.money import Money
from app.core.tables import Cell
from app.web import wording
from app.web.pdf import number, printed

PHRASES = Path(__file__).with_name("phrases.toml")
MONTHS = {
    Language.GERMAN: (
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    ),
    Language.FRENCH: (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
}  # fmt: skip
SHORT_DAYS = {Language.GERMAN: "%d.%m.%Y", Language.FRENCH: "%d/%m/%Y"}
FIRST = {1: "1er"}  # Of a month, in French.
FIGURES: dict[Language, dict[int, Any]] = {
    Language.GERMAN: str.maketrans(",.", ".,"),
    Language.FRENCH: str.maketrans({",": "\u202f", ".": ","}),
}


class Speech:
    """A language of papers: its phrases by name, its days and its figures."""

    def __init__(self, language: Language) -> None:
        """Read the phrases of the language."""
        self.language = language
        self.phrases: dict[str, str] = tomllib.loads(PHRASES.read_text(encoding="utf-8"))[language.value]
        self.figures = FIGURES.get(language, {})

    def __getitem__(self, name: str) -> str:
        """A phrase as it stands."""
        return self.phrases[name]

    def say(self, name: str, /, **filled: object) -> str:
        """A phrase with what is to be filled in."""
        return self.phrases[name].format(**filled)

    def day(self, value: date | None) -> str:
        """A date in running text: 30 June 2015, 30. Juni 2015, 30 juin 2015."""
        if value is None or self.language is Language.ENGLISH:
            return wording.long_day(value)
        first = f"{value.day}." if self.language is Language.GERMAN else FIRST.get(value.day, str(value.day))
        return f"{first}{wording.NO_BREAK}{MONTHS[self.language][value.month - 1]} {value.year}"

    def amount(self, value: Money) -> str:
        """An amount without its currency: 50,000.00, 50.000,00, 50 000,00."""
        return str(value).translate(self.figures)

    def money(self, value: Money) -> str:
        """An amount with its currency, by its code as the heads of tables have it: GBP 50,000.00, EUR 50.000,00."""
        return f"{value.currency}{wording.NO_BREAK}{self.amount(value)}"

    def number(self, value: int | Decimal) -> str:
        """A plain number without trailing zeros."""
        return number(value).translate(self.figures)

    def cell(self, value: Cell) -> str:
        """A value in a table."""
        if self.language is Language.ENGLISH:
            return printed(value)
        match value:
            case Money():
                return self.amount(value)
            case datetime():
                return printed(value)
            case date():
                return f"{value:{SHORT_DAYS[self.language]}}"
            case _:
                return printed(value).translate(self.figures if isinstance(value, int | Decimal) else {})

    def in_all(self, amounts: Iterable[Money]) -> str:
        """Amounts added up, each currency apart."""
        sums: dict[str, Money] = {}
        for money in amounts:
            sums[money.currency] = sums.get(money.currency, Money.zero(money.currency)) + money
        told = [self.money(sums[currency]) for currency in sorted(sums) if sums[currency]]
        return self.join(told) or self["nothing"]

    def join(self, words: Sequence[str]) -> str:
        """A list in a sentence."""
        return wording.join_words(words) if self.language is Language.ENGLISH else ", ".join(words)

    @property
    def on_paper(self) -> dict[str, object]:
        """What the template of a paper in it needs."""
        return {"say": self, "lang": self["tag"], "page": self["page"], "of_pages": self["of_pages"]}


@cache
def speech(language: str) -> Speech:
    """How papers speak a language."""
    return Speech(Language(language))
