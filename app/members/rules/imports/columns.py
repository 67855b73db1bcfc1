"""The columns an import knows, of each kind: what they are called, what they accept, and how a cell is read.

The same table heads the exports of the register, guesses the columns of a file and is printed in docs/imports.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import DomainError
from app.core.folding import folded
from app.members.rules.contacts import MOST_LANGUAGES
from app.members.rules.imports import cells
from app.members.rules.imports.contact_route_columns import CONTACT_ROUTE_COLUMNS
from app.members.rules.imports.countries import country_of
from app.members.rules.imports.kinds import REFERENCE, ImportColumn, ImportKind
from app.members.rules.imports.representative_columns import REPRESENTATIVE_COLUMNS
from app.members.rules.imports.shared_columns import EMAIL, ORCID
from app.members.rules.institutions import KIND_WORDS
from app.members.rules.memberships import MembershipState


@dataclass(slots=True)
class ReadRow:
    """A row as it was read: its line, the values of the cells that hold any, which others are wrong, and how."""

    line: int
    values: dict[str, Any]
    problems: list[str]
    unread: set[str]


WORD_LISTS = {
    "kinds": ", ".join(KIND_WORDS.values()),
    "states": ", ".join(state.value for state in MembershipState),
}
INSTITUTION_COLUMNS = (
    ImportColumn(
        "account_number",
        "Account number",
        "such as M-0004; finds the institution. Empty for a new one, which gets the next number",
        cells.account_number_of,
        ("number", "account", "member number", "account no"),
    ),
    ImportColumn(
        "name",
        "Name",
        "at most 200 characters; the present name",
        cells.text_of(200),
        ("institution", "institution name", "organisation", "organization", "member", "centre", "full name"),
        is_needed=True,
    ),
    ImportColumn(
        "short_name",
        "Short name",
        "at most 40 characters; left out for a new institution, it is the name",
        cells.text_of(40),
        ("acronym", "abbreviation", "short"),
    ),
    ImportColumn(
        "kind",
        "Kind",
        WORD_LISTS["kinds"],
        cells.kind_of,
        ("type", "institution kind", "institution type"),
        is_needed=True,
    ),
    ImportColumn(
        "is_composite", "Composite", "yes or no: whether it is itself a consortium", cells.yes_or_no, ("consortium",)
    ),
    ImportColumn(
        "country",
        "Country",
        "name in English, or code of two or three letters (ISO 3166-1)",
        country_of,
        ("country code", "nation", "land"),
        is_needed=True,
    ),
    ImportColumn(
        "ror",
        "ROR",
        "nine characters or the address at ror.org; the check digits are proved",
        cells.ror_of,
        ("ror id",),
    ),
    ImportColumn(
        "vat_number",
        "VAT number",
        "of the institution's country; the check digits are proved where the rule is known",
        cells.text_of(24),
        ("vat", "vat no", "vat id", "tax number", "ust id"),
    ),
    ImportColumn(
        "website", "Website", "with https:// before it", cells.website_of, ("web", "url", "homepage", "web site")
    ),
    ImportColumn(
        "unit",
        "Unit addressed",
        "at most 200 characters; printed under its name on papers",
        cells.text_of(200),
        ("unit", "department"),
    ),
    ImportColumn(
        "postal_address",
        "Address",
        "at most 500 characters, several lines",
        cells.prose_of(500),
        ("postal address", "street", "mailing address"),
    ),
    ImportColumn(
        "billing_address",
        "Invoices go to",
        "at most 500 characters, several lines; empty where invoices go to the address",
        cells.prose_of(500),
        ("billing address", "invoice address"),
    ),
    ImportColumn(
        "purchase_order", "Purchase order", "at most 40 characters", cells.text_of(40), ("po", "po number", "order")
    ),
    ImportColumn(
        "parent_id",
        "Part of",
        f"{REFERENCE} or in the same file",
        cells.text_of(200),
        ("parent", "parent institution", "parent organisation", "parent organization", "belongs to"),
    ),
    ImportColumn(
        "named_since",
        "Named so since",
        "a day; for a new institution only. Empty: for as long as anyone looks back, or since its last former name",
        cells.day_of,
        ("founded", "name since"),
    ),
    ImportColumn(
        "former_names",
        "Former names",
        "for a new institution only; one a line, oldest first: name | short name | first day | last day",
        cells.former_names_of,
        ("formerly", "previous names", "old names"),
    ),
    ImportColumn(
        "aliases",
        "Also known as",
        "other spellings that mean it, between semicolons; one that holds a semicolon stands in quotation marks. "
        "New ones are added, none is taken away",
        cells.names_of,
        ("aliases", "alias", "other names", "synonyms", "also meant by"),
    ),
    ImportColumn(
        "units",
        "Units",
        "one a line: name | first day | last day. New ones are added, those on record may get a last day; "
        "none is taken away",
        cells.units_of,
        ("departments", "clinics"),
    ),
)
PEOPLE_COLUMNS = (
    ImportColumn(
        "number",
        "Person",
        "the number of someone on record; in a file of new people, the same number ties rows of one person together",
        cells.number_of,
        ("person number", "person id", "id"),
    ),
    ImportColumn("title", "Title", "at most 40 characters", cells.text_of(40), ("academic title", "salutation")),
    ImportColumn(
        "given_name",
        "Given name",
        "at most 100 characters",
        cells.text_of(100),
        ("first name", "forename", "firstname", "vorname"),
        is_needed=True,
    ),
    ImportColumn(
        "family_name",
        "Family name",
        "at most 99 characters",
        cells.text_of(99),
        ("last name", "surname", "lastname", "nachname"),
        is_needed=True,
    ),
    EMAIL,
    ImportColumn(
        "phone", "Telephone", "at most 40 characters", cells.text_of(40), ("phone", "tel", "telephone number", "mobile")
    ),
    ORCID,
    ImportColumn(
        "languages",
        "Languages",
        f"names in English or codes (ISO 639) between commas, the best first; at most {MOST_LANGUAGES}",
        cells.languages_of,
        ("language", "speaks", "spoken languages", "preferred language"),
        write=cells.joined_languages,
    ),
    ImportColumn(
        "institution_id",
        "Institution",
        REFERENCE,
        cells.text_of(200),
        ("works at", "affiliation", "organisation", "organization", "employer", "account number"),
    ),
    ImportColumn("position", "As", "at most 200 characters", cells.text_of(200), ("position", "role", "job title")),
    ImportColumn(
        "first_day",
        "There since",
        "a day; needed with an institution where the person has no place yet",
        cells.day_of,
        ("from", "since", "start", "start date", "first day"),
    ),
    ImportColumn(
        "last_day",
        "There until",
        "a day; all of it still counts",
        cells.day_of,
        ("until", "end", "end date", "last day"),
    ),
)
MEMBERSHIP_COLUMNS = (
    ImportColumn(
        "institution_id",
        "Institution",
        REFERENCE,
        cells.text_of(200),
        ("account number", "member", "name", "organisation", "organization", "ror", "institution name"),
        is_needed=True,
    ),
    ImportColumn(
        "class_id",
        "Class",
        "name or code of a class of membership",
        cells.text_of(200),
        ("membership class", "member class", "category", "membership type"),
        is_needed=True,
    ),
    ImportColumn(
        "first_day",
        "Member from",
        "a day",
        cells.day_of,
        ("from", "since", "joined", "start", "start date", "member since", "first day"),
        is_needed=True,
    ),
    ImportColumn(
        "last_day",
        "Last day",
        "a day, only for a membership that ends; all of it still counts",
        cells.day_of,
        ("until", "to", "end", "end date", "left"),
    ),
    ImportColumn(
        "state",
        "State",
        "withdrawn or lapsed: how it ended after its last day; lapsed where left empty",
        cells.state_of,
        ("status", "ended as"),
    ),
    ImportColumn(
        "reason", "Why", "at most 500 characters", cells.text_of(500), ("reason", "decision", "ground", "remarks")
    ),
    ImportColumn(
        "steps",
        "History",
        f"for a new membership only; one step a line, oldest first: state | first day | last day | why. "
        f"States: {WORD_LISTS['states']}",
        cells.steps_of,
        ("steps", "states"),
    ),
)
COLUMNS: dict[ImportKind, tuple[ImportColumn, ...]] = {
    ImportKind.INSTITUTIONS: INSTITUTION_COLUMNS,
    ImportKind.PEOPLE: PEOPLE_COLUMNS,
    ImportKind.MEMBERSHIPS: MEMBERSHIP_COLUMNS,
    ImportKind.REPRESENTATIVES: REPRESENTATIVE_COLUMNS,
    ImportKind.CONTACT_ROUTES: CONTACT_ROUTE_COLUMNS,
}
# Heads that our own lists of outcomes add to a file; a corrected file is sent again with them.
OUTCOME_HEAD, MESSAGE_HEAD = "Import outcome", "Import message"


def column_of(kind: ImportKind, key: str) -> ImportColumn:
    """The column with a key."""
    return next(column for column in COLUMNS[kind] if column.key == key)


def guess_columns(kind: ImportKind, head: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> dict[int, str]:
    """For each place of a head row the column it most likely is; exact titles first, then other names, each once.

    `samples` are the first values of each place: a column of words holds no numbers of people.
    """
    plain = [_plain(text) for text in head]
    words = {place for place, values in enumerate(samples) if _are_words(values)}
    found: dict[int, str] = {}
    for names_of in (_titles, _other_names):
        for column in COLUMNS[kind]:
            taken = {*found, *(words if column.key == "number" else ())}
            place = _place(plain, names_of(column), taken)
            if place is not None and column.key not in found.values():
                found[place] = column.key
    return found


def _titles(column: ImportColumn) -> tuple[str, ...]:
    return (_plain(column.title), _plain(column.key))


def _other_names(column: ImportColumn) -> tuple[str, ...]:
    return column.names


def _are_words(values: Sequence[str]) -> bool:
    return any(values) and not any(map(str.isdecimal, values))


def _place(plain: Sequence[str], names: Sequence[str], taken: Collection[int]) -> int | None:
    return next(
        (place for name in names for place, text in enumerate(plain) if text == name and place not in taken), None
    )


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^0-9a-z]+", " ", folded(text)).split())


def check_mapping(kind: ImportKind, mapping: Mapping[int, str]) -> None:
    """Refuse a column that is chosen twice or a needed one that is nowhere; where one is found by a key it may lack."""
    chosen = list(mapping.values())
    for column in COLUMNS[kind]:
        if chosen.count(column.key) > 1:
            raise DomainError(f"\u201c{column.title}\u201d is chosen for more than one column of the file.")
    keys = KEYS[kind]
    if not any(key in chosen for key in keys):
        titles = " or ".join(f"\u201c{column_of(kind, key).title}\u201d" for key in keys)
        raise DomainError(f"No column of the file is {titles}: nothing could be found or added by it.")
    if kind in EACH_ROW_NEEDS:
        _check_needed(kind, chosen)


def _check_needed(kind: ImportKind, chosen: Sequence[str]) -> None:
    lacking = [column.title for column in COLUMNS[kind] if column.is_needed and column.key not in chosen]
    if lacking:
        titles = " nor ".join(f"\u201c{title}\u201d" for title in lacking)
        raise DomainError(f"No column of the file is {titles}: every row needs it.")


# Rows of these are found by all that they need; of institutions and people only new ones need it.
EACH_ROW_NEEDS = {ImportKind.MEMBERSHIPS, ImportKind.REPRESENTATIVES, ImportKind.CONTACT_ROUTES}
KEYS = {
    ImportKind.INSTITUTIONS: ("account_number", "ror", "name", "short_name"),
    ImportKind.PEOPLE: ("number", "orcid", "email", "family_name"),
    ImportKind.MEMBERSHIPS: ("institution_id",),
    ImportKind.REPRESENTATIVES: ("institution_id",),
    ImportKind.CONTACT_ROUTES: ("number", "orcid", "email", "name"),
}


def read_row(line: int, row: Sequence[str], readers: Sequence[tuple[int, ImportColumn]]) -> ReadRow:
    """A row with each cell read by its column; an empty cell says nothing."""
    found = ReadRow(line, {}, [], set())
    for place, column in readers:
        text = row[place]
        if not text:
            continue
        try:
            found.values[column.key] = column.read(text)
        except DomainError as error:
            found.problems.append(problem(column.title, text, error.message))
            found.unread.add(column.key)
    return found


def problem(title: str, text: object, message: str) -> str:
    """What is wrong with a cell: the column, the value as it stands there, and how to put it right."""
    shown = str(text).replace("\n", " / ")
    return f"{title} \u201c{shown if len(shown) <= 80 else shown[:79] + chr(0x2026)}\u201d: {message}"
