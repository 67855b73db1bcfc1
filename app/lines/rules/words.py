"""By which words a line is found: those of its search text, and those that are typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.folding import folded
from app.lines.rules.identifiers import colony_key
from app.lines.rules.symbols import parts_of_symbol

LONGEST_WORD = 200
NOT_OF_WORDS = str.maketrans(dict.fromkeys([*map(chr, range(32)), '"', "\\", "\u00b6"], " "))
MARK = "\u00b6"  # It stands in no symbol and no name.
INSIDE = re.compile(r"[<>()\[\]{}^]+")
OPENING, CLOSING = re.compile("<sup>", re.IGNORECASE), re.compile("</sup>", re.IGNORECASE)


@dataclass(frozen=True)
class Findable:
    """What a line is found by, beside the names of its centre, strain and production consortium."""

    symbol: str
    colony: str
    gene: str | None = None
    clone: str | None = None
    ids: tuple[str | None, ...] = ()
    synonyms: str | None = None
    stock_numbers: tuple[str, ...] = ()


def search_text_of(found: Findable) -> str:
    """The folded words of a line, each once, one space between them."""
    gene, above = parts_of_symbol(found.symbol)
    texts = [
        found.symbol,
        gene,
        INSIDE.sub(" ", gene),
        INSIDE.sub(" ", above),
        found.gene,
        found.colony,
        colony_key(found.colony),
        found.clone,
    ]
    texts += [each and f"{each} {each.rpartition(':')[2]}" for each in found.ids]
    texts += [*found.stock_numbers, *symbol_words(found.synonyms)]
    return " ".join(dict.fromkeys(words_in(texts)))


def place_word(kind: str, place_id: int | str) -> str:
    """The word by which a line stands for a place it names, such as its centre; no folded text begins so."""
    return f"{MARK}{kind}:{place_id}"


def symbol_words(synonyms: str | None) -> list[str]:
    """The words of synonyms, which stand one a line or between bars and commas."""
    return re.split(r"[|,;\s]+", synonyms) if synonyms else []


def words_in(texts: Iterable[str | None]) -> list[str]:
    """The folded words of texts, cut where they are longer than any name."""
    plain = folded(*texts).translate(NOT_OF_WORDS)
    return [word[:LONGEST_WORD] for word in plain.split()]


def typed_words(text: str) -> list[str]:
    """The words typed to find lines by: <sup> is what <> is, and a word that begins another typed one is left out."""
    words = list(dict.fromkeys(words_in([CLOSING.sub(">", OPENING.sub("<", text))])))
    return [word for word in words if not any(other != word and other.startswith(word) for other in words)]
