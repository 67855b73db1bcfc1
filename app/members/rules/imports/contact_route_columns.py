"""The columns of a table of contact routes: the person, what the route is and is for, and from when to when."""

from __future__ import annotations

from app.members.rules.contacts import LONGEST_ROUTE, ROUTE_KIND_WORDS, ROUTE_PURPOSE_WORDS
from app.members.rules.imports import cells
from app.members.rules.imports.kinds import REFERENCE, ImportColumn
from app.members.rules.imports.shared_columns import FROM_AND_UNTIL, PERSON_SIGNS
from app.members.rules.representations import MOST_RANKS

CONTACT_ROUTE_COLUMNS = (
    *PERSON_SIGNS,
    ImportColumn(
        "institution_id",
        "Institution",
        f"where the person works, which tells people of one name apart: {REFERENCE}",
        cells.text_of(200),
        ("works at", "affiliation", "organisation", "organization", "employer", "account number"),
    ),
    ImportColumn(
        "kind",
        "Kind",
        ", ".join(ROUTE_KIND_WORDS.values()),
        cells.route_kind_of,
        ("what it is", "type", "route kind", "kind of route"),
        is_needed=True,
    ),
    ImportColumn(
        "purpose",
        "For",
        ", ".join(ROUTE_PURPOSE_WORDS.values()),
        cells.route_purpose_of,
        ("purpose", "used for", "role"),
        is_needed=True,
    ),
    ImportColumn(
        "rank",
        "Place among alternates",
        f"a number from 1 to {MOST_RANKS}, 1 is tried first; 1 where left empty",
        cells.rank_of,
        ("order", "rank", "place", "alternate"),
    ),
    ImportColumn(
        "text",
        "Route",
        "an e-mail address, a telephone number, or a postal address on several lines, "
        f"at most {LONGEST_ROUTE} characters",
        cells.prose_of(LONGEST_ROUTE),
        ("address or number", "contact route", "address", "value"),
        is_needed=True,
    ),
    *FROM_AND_UNTIL,
)
