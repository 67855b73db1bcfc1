"""Free texts that name somebody, as a table with a link to each record, and as a thing held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from app.accounts.queries import scope_names
from app.audit.rules import Subject
from app.audit.subjects import address_of, words_of
from app.core.mentions import Mention
from app.core.personal_data import Fate, Held, Obstacle
from app.core.tables import Column, Kind, Narrow, Table
from app.web.addresses import url

MOST_SHOWN = 100
# Texts of an institution that are shown on the tab of its documents.
WITH_DOCUMENTS = frozenset({"Note", "Title of a document", "Name of a document", "Why a document was withdrawn"})
WHY = "Texts that people typed freely, such as notes and reasons, with the full name or an address in them."
GROUND = "Each is the record of who wrote it; the secretariat decides which of them are put right by hand"


def named(found: Iterable[Mention | Obstacle]) -> Callable[[Mention | Obstacle], str | None]:
    """How to say the record of each: institutions and committees by name, others by kind and number.

    Of what there is but one, its kind alone; where there is no record, nothing.
    """
    ids = defaultdict(set)
    for each in found:
        ids[each.kind].add(each.record_id)
    names = {kind: scope_names(kind, wanted) for kind, wanted in ids.items()}

    def name(row: Mention | Obstacle) -> str | None:
        if not row.kind:
            return None
        return names[row.kind].get(row.record_id) or words_of(Subject(row.kind, row.record_id)).removesuffix(" 0")

    return name


def _address(row: Mention) -> str | None:
    found = address_of(Subject(row.kind, row.record_id))
    beside = found and row.kind == "institution" and row.what in WITH_DOCUMENTS
    return url("members.institution_documents", institution_id=row.record_id) if beside else found


WHICH: Column[Mention] = Column("what", "Which text", lambda row: row.what, narrow=Narrow.META)
WORDS: Column[Mention] = Column("words", "The words around it", lambda row: row.excerpt, narrow=Narrow.META)


def texts_table(found: Sequence[Mention]) -> Table[Mention]:
    """The texts for whoever decides of them, with the words around the name."""
    shown = found[:MOST_SHOWN]
    return Table("Named in texts", (_record(shown), WHICH, WORDS), shown, notes=_more(found))


def places_table(found: Sequence[Mention], most: int) -> Table[Mention]:
    """The places alone: a text may speak of others too."""
    shown = found[:most]
    return Table("Named in texts", (_record(shown), WHICH), shown)


def places_held(found: Sequence[Mention]) -> list[Held]:
    """The places as a thing held, each with the path of its page; none where there are none."""
    name = named(found)
    rows = [{"Record": name(row), "Which text": row.what, "Page": _address(row)} for row in found]
    held = Held("Named in texts", WHY, rows, len(rows), Fate.KEPT, ground=GROUND)
    return [held] if rows else []


def _record(shown: Sequence[Mention]) -> Column[Mention]:
    return Column("record", "Record", named(shown), Kind.NAME, link=_address, narrow=Narrow.NAME)


def _more(found: Sequence[Mention]) -> list[str]:
    return [f"The first {MOST_SHOWN} of {len(found)}."] if len(found) > MOST_SHOWN else []
