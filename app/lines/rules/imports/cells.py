"""What cells of files of lines are checked for, and their texts as the catalogue keeps them."""

from __future__ import annotations

import re

from app.core.errors import DomainError
from app.lines.rules.symbols import canonical_symbol

MGI_ID = re.compile(r"MGI:\d{1,9}")
NOTHING = frozenset({"", "null", "n/a", "na", "none", "-"})
LONGEST_CODE = 40
LONGEST = {"symbol": 200, "colony": 200, "clone": 200, "gene": 200, "name": 500}


def is_mgi_id(text: str) -> bool:
    """Whether a text is an MGI accession id, such as MGI:88388."""
    return MGI_ID.fullmatch(text) is not None


def told(text: str) -> str | None:
    """What a cell says; None for an empty one and for the words by which files say nothing."""
    if not text:
        return None
    plain = " ".join(text.split())
    return None if plain.lower() in NOTHING else plain


def parts_of(text: str, sign: str) -> tuple[str, ...]:
    """The different parts of a cell that holds several."""
    found = (" ".join(part.split()) for part in text.split(sign))
    return tuple(dict.fromkeys(part for part in found if part.lower() not in NOTHING))


def too_long(**texts: str | None) -> str:
    """Why texts do not fit: names the first that is longer than its column; empty where all fit."""
    for title, text in texts.items():
        longest = LONGEST.get(title, LONGEST_CODE)
        if text is not None and len(text) > longest:
            return f"The {title.replace('_', ' ')} is longer than {longest} letters: \u201c{text[:60]}\u2026\u201d."
    return ""


def symbol_in(text: str) -> tuple[str, str]:
    """The canonical symbol of an allele in a cell and nothing, or the cell as it is and what is wrong with it."""
    plain = told(text)
    if plain is None:
        return "", "The symbol of the allele is missing."
    try:
        return canonical_symbol(plain), ""
    except DomainError as error:
        return plain, f"\u201c{plain[:80]}\u201d: {error.message}"
