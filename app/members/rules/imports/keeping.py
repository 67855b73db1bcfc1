"""How long the table of an import is kept: while it waits to be written, and a while to be held against what was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from app.core.folding import folded
from app.members.rules.imports.plans import ImportState

KEEPS_TABLES = timedelta(days=30)
REMOVED_TABLE = b"This table was removed.\n"
ENDED_IMPORTS = frozenset({ImportState.DISCARDED, ImportState.UNDONE})
OPEN_IMPORTS = frozenset({ImportState.DRAFT, ImportState.CHECKING, ImportState.CHECKED, ImportState.APPLYING})


def names_somebody(rows: Iterable[Sequence[str]], name: str, addresses: Collection[str]) -> bool:
    """Whether a row of a table holds one of the addresses, or every word of the name."""
    words, wanted = set(folded(name).split()), {address.casefold() for address in addresses}
    return any(
        not wanted.isdisjoint(cell.strip().casefold() for cell in cells) or words <= set(folded(*cells).split())
        for cells in rows
    )
