"""How long the table of an import is kept: while it waits to be written, and a while to be held against what was."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from app.core.folding import folded
from app.members.rules.imports.plans import ImportState

ORCID_ADDRESS = "https://orcid.org/"
EDGE = "\x01"
WORD = re.compile(r"[^\s,;:\x01]+")
KEEPS_TABLES = timedelta(days=30)
REMOVED_TABLE = b"This table was removed.\n"
ENDED_IMPORTS = frozenset({ImportState.DISCARDED, ImportState.UNDONE})
OPEN_IMPORTS = frozenset({ImportState.DRAFT, ImportState.CHECKING, ImportState.CHECKED, ImportState.APPLYING})


def words_of_table(rows: Iterable[Sequence[str]]) -> str:
    """Rows of a table as text to be searched: a line each, folded, with a sign between cells that no cell holds."""
    lines = (f"{EDGE}{folded(EDGE.join(cells))}{EDGE}" for cells in rows)
    return "\n".join(lines).replace(f" {EDGE}", EDGE).replace(f"{EDGE} ", EDGE)


def names_somebody(words: str, names: Collection[str], signs: Collection[str]) -> bool:
    """Whether a row of a table holds one of the signs (an address, an ORCID), or every word of one of the names.

    Given are the words of the table. A sign fills a cell; the words of a name stand anywhere in the row.
    """
    cells = (f"{EDGE}{before}{folded(sign)}{EDGE}" for sign in signs for before in ("", ORCID_ADDRESS))
    called = (wanted for name in names if (wanted := set(WORD.findall(folded(name)))))
    return any(cell in words for cell in cells) or any(_have_row_with(words, wanted) for wanted in called)


def _have_row_with(words: str, wanted: set[str]) -> bool:
    """Whether one row holds all of some words: only rows in which the longest of them stands are looked at."""
    longest = max(sorted(wanted), key=len)
    place = words.find(longest)
    while place >= 0:
        first, last = words.rfind("\n", 0, place) + 1, words.find("\n", place)
        last = len(words) if last < 0 else last
        if wanted <= set(WORD.findall(words[first:last])):
            return True
        place = words.find(longest, last)
    return False
