"""Folding text, so that what is searched is found whatever its accents and capitals."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "\u0131": "i", "æ": "ae", "Æ": "ae"}
)


def folded(*texts: str | None) -> str:
    """Text for searching: no accents, no case, single spaces; "Ostrožná" is found by "ostrozna"."""
    joined = " ".join(text for text in texts if text)
    plain = unicodedata.normalize("NFKD", joined.translate(_LETTERS).casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
