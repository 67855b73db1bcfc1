"""Imports of the languages of people: read as on the pages, an empty cell leaves them, taken back whole."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.audit.models import AuditPersonalValue
from app.core.database import db
from app.members.commands import PersonFacts, edit_person
from app.members.models import Person
from app.members.queries.kept_by_imports import held_of_imports
from app.members.queries.personal import subject_of
from app.members.queries.register import export_register
from app.members.rules.imports import ImportKind
from app.members.rules.imports.cells import languages_of
from tests.members.importing import Rows, case_of, told, tried, undo, written
from tests.members.world import OFFICE, do, institution, person

pytestmark = pytest.mark.usefixtures("context")
PEOPLE = ImportKind.PEOPLE
ADA = {"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@ics.example"}


def languages() -> list[str | None]:
    """What everyone on record speaks."""
    db.session.expire_all()
    return list(db.session.scalars(select(Person.languages).order_by(Person.id)))


def exported() -> list[str | None]:
    """What an export says everyone speaks."""
    rows = [row["languages"] for row in export_register(PEOPLE, actor=OFFICE).rows]
    db.session.rollback()
    return rows


def test_languages_are_brought_by_name_or_code_in_their_order():
    rows: Rows = [
        {**ADA, "Languages": "French, eng; German"},
        {"Given name": "Ben", "Family name": "Okoro", "Languages": "fr en"},
        {"Given name": "Carl", "Family name": "Aho", "Languages": ""},
    ]
    import_id = written(PEOPLE, rows)
    assert languages() == ["fr en de", "fr en", None]
    assert exported() == ["French, English, German", "French, English", None]
    kept = db.session.scalars(select(AuditPersonalValue.value)).all()
    assert any("languages French, English, German" in value for value in kept)
    assert undo(import_id) == "undone: "


def test_an_empty_cell_leaves_languages_alone_and_another_one_changes_them_and_is_taken_back():
    ics = institution()
    ada, ben = person(ics, "Ada", "Moreau", languages="French"), person(ics, "Ben", "Okoro", languages="Italian")
    rows: Rows = [
        {"E-mail": ada.email, "Given name": "Ada", "Languages": "English, French"},
        {"E-mail": ben.email, "Given name": "Ben", "Languages": ""},
    ]
    import_id = written(PEOPLE, rows)
    words = "Languages: French \u2192 English, French"
    assert told(import_id) == [(2, "changed", words), (3, "unchanged", "")]
    assert languages() == ["en fr", "it"]
    assert case_of(tried(PEOPLE, rows)).unchanged == 2
    held = held_of_imports(subject_of(ada))
    assert held is not None
    assert "languages French" in str(held.rows)
    assert undo(import_id) == "undone: "
    assert languages() == ["fr", "it"]


def test_languages_changed_since_by_hand_are_not_taken_back():
    ada = person(institution(), "Ada", "Moreau", languages="French")
    import_id = written(PEOPLE, [{"E-mail": ada.email, "Given name": "Ada", "Languages": "English"}])
    db.session.expire_all()
    facts = PersonFacts("Ada", "Moreau", email=ada.email, phone=ada.phone, languages="German")
    do(edit_person, ada.id, facts, version=ada.version)
    assert "was changed since" in undo(import_id)
    assert languages() == ["de"]


def test_what_is_no_language_is_refused_at_its_column():
    institution()
    place = {"Institution": "ICS", "There since": "2012-01-01"}
    rows: Rows = [
        {**ADA, "Languages": "English, Klingonish"},
        {"Given name": "Ben", "Family name": "Okoro", "Languages": " , "},
        {"Given name": "Carl", "Family name": "Aho", "Languages": "aa, ab, af, am, ar, as, av, ay, az, ba, be"},
        {"Person": "7", "Given name": "Eva", "Family name": "Lund", "Languages": "English", **place},
        {"Person": "7", "Given name": "Eva", "Family name": "Lund", "Languages": "fr"},
    ]
    found = {line: words for line, outcome, words in told(tried(PEOPLE, rows)) if outcome == "refused"}
    wanted = {
        2: "Languages \u201cEnglish, Klingonish\u201d: \u201cKlingonish\u201d is no language of ISO 639, by name",
        3: "Languages \u201c,\u201d: Write languages by name or code between commas",
        4: "ba, be\u201d: At most 10 languages.",
        6: "Languages \u201cFrench\u201d: Line 5 says something else of the same person",
    }
    assert {line: words for line, words in wanted.items() if words not in found.get(line, "")} == {}
    assert 5 not in found


def test_each_cell_is_looked_at_once_however_many_rows_repeat_it():
    languages_of.cache_clear()
    rows = [{"Given name": f"Ada {number}", "Family name": "Moreau", "Languages": "French, eng"} for number in range(9)]
    tried(PEOPLE, rows)
    looked_at = languages_of.cache_info()
    assert (looked_at.misses, looked_at.hits) == (1, 8)
