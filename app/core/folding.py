"""Folding text, so that what is searched is found whatever its accents and capitals."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae"})


def folded(*texts: str | None) -> str:
    """Text for searching: no accents, no case, single spaces; "Ostrožná" is found by "ostrozna"."""
    joined = " ".join(text for text in texts if text)
    if joined.isascii():
        return " ".join(joined.lower().split())
    decomposed = unicodedata.normalize("NFKD", joined)
    plain = unicodedata.normalize("NFKD", decomposed.casefold()).casefold().translate(_LETTERS)
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
