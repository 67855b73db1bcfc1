"""How long the table of an import is kept: while it waits to be written, and a while to be held against what was."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from app.core.folding import folded
from app.members.rules.imports.plans import ImportState

ORCID_ADDRESS = "https://orcid.org/"
WORD = re.compile(r"[^\s,;:]+")
KEEPS_TABLES = timedelta(days=30)
REMOVED_TABLE = b"This table was removed.\n"
ENDED_IMPORTS = frozenset({ImportState.DISCARDED, ImportState.UNDONE})
OPEN_IMPORTS = frozenset({ImportState.DRAFT, ImportState.CHECKING, ImportState.CHECKED, ImportState.APPLYING})


def names_somebody(rows: Iterable[Sequence[str]], names: Collection[str], signs: Collection[str]) -> bool:
    """Whether a row of a table holds one of the signs (an address, an ORCID), or every word of one of the names."""
    called = [words for name in names if (words := set(WORD.findall(folded(name))))]
    wanted = {sign.casefold() for sign in signs}
    return any(
        not wanted.isdisjoint(cell.strip().casefold().removeprefix(ORCID_ADDRESS) for cell in cells)
        or any(words <= set(WORD.findall(folded(*cells))) for words in called)
        for cells in rows
    )
