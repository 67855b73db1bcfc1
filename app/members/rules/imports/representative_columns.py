"""The columns of a table of representatives: the institution, the person, what for, and from when to when."""

from __future__ import annotations

from app.members.rules.imports import cells
from app.members.rules.imports.kinds import REFERENCE, ImportColumn
from app.members.rules.imports.shared_columns import FROM_AND_UNTIL, PERSON_SIGNS
from app.members.rules.representations import MOST_RANKS, PURPOSE_WORDS

REPRESENTATIVE_COLUMNS = (
    ImportColumn(
        "institution_id",
        "Institution",
        REFERENCE,
        cells.text_of(200),
        ("account number", "member", "organisation", "organization", "ror", "institution name"),
        is_needed=True,
    ),
    *PERSON_SIGNS,
    ImportColumn(
        "purpose",
        "As",
        ", ".join(PURPOSE_WORDS.values()),
        cells.purpose_of,
        ("purpose", "role", "represents as", "contact type", "function"),
        is_needed=True,
    ),
    ImportColumn(
        "rank",
        "Place among alternates",
        f"a number from 1 to {MOST_RANKS}, 1 stands in first; 1 where left empty",
        cells.rank_of,
        ("order", "rank", "place", "alternate"),
    ),
    *FROM_AND_UNTIL,
)
