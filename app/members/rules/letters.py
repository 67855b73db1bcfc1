"""Texts of letters and mails with places to be filled in: {person}, {institution}, {first_day}."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from app.core.errors import DomainError, Refusals

PLACE = re.compile(r"\{([^{}\n]*)\}")
ALSO_CALLED = {"name": "person"}
"""Other words for a place, which texts may have from before there was one word for it."""


def check_places(texts: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse texts, each by its field, that name what nobody fills in; all such places are told at once."""
    refusals = Refusals()
    for field, text in texts.items():
        with refusals:
            _check_places(text, known, field)
    refusals.say()


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; what is put in is never read for places again."""
    return PLACE.sub(lambda found: values.get(_place(found[1]), found[0]), text)


def _check_places(text: str, known: Collection[str], field: str) -> None:
    unknown = [_written(each) for each in dict.fromkeys(PLACE.findall(text)) if _place(each) not in known]
    if unknown:
        message = f"Nobody fills in {', '.join(unknown)}. These are filled in: {', '.join(map(_written, known))}."
        raise DomainError(message, field)


def _place(word: str) -> str:
    return ALSO_CALLED.get(word, word)


def _written(name: str) -> str:
    return f"{{{name}}}"
