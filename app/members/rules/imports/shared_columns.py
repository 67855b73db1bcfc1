"""Columns that several kinds of tables have: by which a person on record is named, and from when to when."""

from __future__ import annotations

from app.members.rules.imports import cells
from app.members.rules.imports.kinds import ImportColumn

EMAIL = ImportColumn(
    "email",
    "E-mail",
    "one address; finds the person where they have no ORCID",
    cells.email_of,
    ("email", "e mail address", "email address", "mail"),
)
ORCID = ImportColumn(
    "orcid",
    "ORCID",
    "sixteen digits or the address at orcid.org; the check digit is proved; finds the person",
    cells.orcid_of,
    ("orcid id", "orcid number"),
)
PERSON_SIGNS = (
    ImportColumn(
        "number",
        "Person",
        "the number of someone on record; believed where the name beside it agrees",
        cells.number_of,
        ("person number", "person id", "id"),
    ),
    ImportColumn(
        "name",
        "Name",
        "given and family name; finds who has no ORCID, e-mail or number here, first among those who work there",
        cells.text_of(200),
        ("representative", "contact", "full name", "person name", "holder", "person"),
    ),
    EMAIL,
    ORCID,
)
FROM_AND_UNTIL = (
    ImportColumn(
        "first_day",
        "From",
        "a day",
        cells.day_of,
        ("since", "start", "start date", "first day"),
        is_needed=True,
    ),
    ImportColumn(
        "last_day",
        "Last day",
        "a day, only for what ends; all of it still counts",
        cells.day_of,
        ("until", "to", "end", "end date"),
    ),
)
SIGN_TITLES = {column.key: column.title for column in PERSON_SIGNS}
