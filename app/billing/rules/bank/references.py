"""References as payers write them: which invoices a text names, as whole words and never as a part of another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stdnum.iso7064 import mod_97_10

from app.core.folding import folded

WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
START = re.compile(r"(?<![0-9A-Z])RF ?\d ?\d")
SHORTEST, LONGEST = 5, 25
MOST_WORDS = 200


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words with a digit that texts hold, in capitals: INV-2027-0012 is one of them, INV-2027-001 is not."""
    found = (word for text in texts for word in WORD.findall(text.upper()) if any(map(str.isdigit, word)))
    return frozenset(word for _, word in zip(range(MOST_WORDS), found, strict=False) if len(word) <= 40)


def creditor_references(texts: Iterable[str]) -> frozenset[str]:
    """The creditor references (ISO 11649) in texts, without spaces, whose check digits are right."""
    return frozenset(reference for text in texts for reference in _references(text.upper()))


def _references(text: str) -> Iterator[str]:
    """From each RF on, whatever ends at the end of a word: who groups it in fours writes spaces where it goes on."""
    for start in START.finditer(text):
        joined = ""
        for word in re.split(r"[ \u00a0-]+", text[start.start() : start.start() + 2 * LONGEST]):
            plain = re.match(r"[0-9A-Z]*", word)
            joined += plain[0] if plain else ""
            if SHORTEST <= len(joined) <= LONGEST and is_reference(joined):
                yield joined
            if plain is None or plain[0] != word:
                break


def is_reference(text: str) -> bool:
    """Whether a text without spaces is a creditor reference with right check digits."""
    return text.startswith("RF") and mod_97_10.is_valid(text[4:] + text[:4])


def habitual_words(texts: Iterable[str], counterparty: str) -> str:
    """What lines that come again have in common: their words without those that hold a digit; empty for none."""
    return " ".join(word for word in folded(counterparty, *texts).split() if not any(map(str.isdigit, word)))
