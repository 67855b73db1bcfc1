"""What an import can be a table of, and what a column of such a table is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.members.rules.imports import cells

REFERENCE = "account number, ROR, short name or name of an institution on record"


class ImportKind(StrEnum):
    """What a table is a table of."""

    INSTITUTIONS = "institutions"
    PEOPLE = "people"
    MEMBERSHIPS = "memberships"
    REPRESENTATIVES = "representatives"
    CONTACT_ROUTES = "contact_routes"


IMPORT_WORDS = {
    ImportKind.INSTITUTIONS: "Institutions",
    ImportKind.PEOPLE: "People",
    ImportKind.MEMBERSHIPS: "Memberships",
    ImportKind.REPRESENTATIVES: "Representatives",
    ImportKind.CONTACT_ROUTES: "Contact routes",
}
# Tables of these name people: they are exported for who may read about people, and written while nobody changes them.
NAMES_PEOPLE = frozenset({ImportKind.PEOPLE, ImportKind.REPRESENTATIVES, ImportKind.CONTACT_ROUTES})


@dataclass(frozen=True)
class ImportColumn:
    """A column: its key, its head in our exports, what a cell accepts, how it is read, and other heads it may have.

    `write` is given where a value is not kept as a cell says it.
    """

    key: str
    title: str
    accepts: str
    read: cells.Read
    names: tuple[str, ...] = ()
    is_needed: bool = False
    write: Callable[[Any], Any] | None = None

    def said(self, value: Any) -> Any:
        """A kept value as a cell says it."""
        return value if value is None or self.write is None else self.write(value)
