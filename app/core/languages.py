"""The languages in which papers are written."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """A language that every paper to a payer is worded in, by its two letters."""

    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"


LANGUAGE_WORDS = {
    Language.ENGLISH: "English",
    Language.GERMAN: "German",
    Language.FRENCH: "French",
}
