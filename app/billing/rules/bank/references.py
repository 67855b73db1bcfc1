"""References as payers write them: which invoices a text names, as whole words and never as a part of another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from stdnum.iso7064 import mod_97_10

from app.core.folding import folded

OPENING, CLOSING = "([{<\"'«„“*!¿", ".,;:!?)]}>\"'»”’“*"
LABEL = re.compile(r"[^\W\d]*[.]?[:#=]+")
ONE_SIDED = re.compile(r"(?<=\d)(?:\s+([/+&])|([/+&])\s+)(?=\S)")
JOINED = re.compile(r"[/,;+&]")
NUMBER = re.compile(r"[A-Z.-]*(?:19|20)[0-9]{2}[A-Z.-]+[0-9]+")
START = re.compile(r"(?<![0-9A-Z])(?<![0-9][-./_])RF ?[0-9] ?[0-9]")
ENDING = re.compile(r"(?:[^0-9A-Z]*|[/,;+&]RF[0-9 ].*)")
SHORTEST, LONGEST = 5, 25
LONGEST_WORD = 40
PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_WORDS = 200


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words with a digit that texts hold, in capitals: INV-2027-0012 is one of them, INV-2027-001 is not.

    A word goes on to the next space, whatever joins its parts: 4711/2027-0001 is another's reference, not our
    2027-0001. Only a list of numbers made alike, as our patterns make them, names each of them.
    """
    found = (word for text in texts for word in _words(text.upper()) if any(map(str.isdigit, word)))
    return frozenset(word for _, word in zip(range(MOST_WORDS), found, strict=False) if len(word) <= LONGEST_WORD)


def _words(text: str) -> Iterator[str]:
    for token in ONE_SIDED.sub(r"\1\2", text).split():
        word = LABEL.sub("", token.lstrip(OPENING), count=1).lstrip(OPENING + "/").rstrip(CLOSING)
        parts = JOINED.split(word)
        if len(parts) > 1 and len(set(map(_shape, parts))) == 1 and NUMBER.fullmatch(parts[0]):
            yield from parts
        else:
            yield word


def _shape(number: str) -> str:
    """What numbers of one pattern have in common: all but their digits."""
    return re.sub(r"[0-9]", "0", number)


def creditor_references(texts: Iterable[str]) -> frozenset[str]:
    """The creditor references (ISO 11649) in texts, without spaces, whose check digits are right."""
    return frozenset(reference for text in texts for reference in _references(text.upper()))


def _references(text: str) -> Iterator[str]:
    """From each RF on, whatever ends at the end of a word: who groups it in fours writes spaces where it goes on."""
    for start in START.finditer(text):
        joined = ""
        words = re.split(r"([ \u00a0-]+)", text[start.start() : start.start() + 2 * LONGEST])
        for word, gap in zip(words[::2], [*words[1::2], ""], strict=True):
            plain = word[: len(word) - len(word.lstrip(PLAIN))]
            joined += plain
            is_whole = SHORTEST <= len(joined) <= LONGEST and gap != "-" and ENDING.fullmatch(word, len(plain))
            if is_whole and is_reference(joined):
                yield joined
            if plain != word:
                break


def is_reference(text: str) -> bool:
    """Whether a text without spaces is a creditor reference with right check digits."""
    return text.startswith("RF") and mod_97_10.is_valid(text[4:] + text[:4])


def habitual_words(texts: Iterable[str], counterparty: str) -> str:
    """What lines that come again have in common: their words without those that hold a digit; empty for none."""
    return " ".join(word for word in folded(counterparty, *texts).split() if not any(map(str.isdigit, word)))
