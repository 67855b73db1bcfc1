"""The table an import came in: kept no longer than it is needed, and gone with whoever it names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import db
from app.core.errors import DomainError, NotFoundError, SeveralError
from app.core.personal_data import Fate, list_holdings, obstacles_to
from app.core.transaction import transaction
from app.files.commands import store_file
from app.files.models import StoredFile
from app.files.queries import open_file
from app.files.rules import CSV, TEXT
from app.members.commands import PersonFacts, edit_person, erase_person
from app.members.commands.imports import ImportFile, bring_import, discard_import, undo_import
from app.members.commands.imports.tables import forget_tables
from app.members.commands.mergers import Merging, merge_records
from app.members.models import Person
from app.members.queries.imports import get_import, get_outcome_table
from app.members.queries.kept_by_imports import held_of_imports
from app.members.queries.personal import subject_of
from app.members.rules import TwinKind
from app.members.rules.imports import KEEPS_TABLES, ImportKind
from app.outbox.work import run_due_jobs
from tests.members.importing import Rows, case_of, table_of, told, tried, written
from tests.members.world import OFFICE, do, on

pytestmark = pytest.mark.usefixtures("context")
PEOPLE = ImportKind.PEOPLE
TODAY = date(2016, 5, 24)
ADA = {"Given name": "Ada", "Family name": "Moreau", "E-mail": "ada@ics.example"}
BEN = {"Given name": "Ben", "Family name": "Zola", "E-mail": "ben@ics.example"}


def who(email: str = "ada@ics.example") -> Person:
    return db.session.scalars(select(Person).where(Person.email == email)).one()


def table(import_id: int) -> str:
    """What is left of the table of an import."""
    return open_file(case_of(import_id).file_id).content.decode()


def brought(rows: Rows) -> int:
    """The id of an import that nobody has tried out."""
    case = do(bring_import, ImportFile(PEOPLE, "people.csv", table_of(rows), CSV))
    return int(case.id)


def test_the_table_goes_with_whoever_it_brought():
    import_id = written(PEOPLE, [ADA, BEN])
    assert "ada@ics.example" in table(import_id)
    do(erase_person, who().id, reason="Asked for it")
    assert table(import_id) == "This table was removed.\n"
    assert [line for line, _, _ in told(import_id)] == [3]
    assert get_import(import_id, OFFICE).file_name == f"table of import {import_id}"


def test_the_table_goes_with_whoever_it_named_though_it_changed_nothing_of_them():
    written(PEOPLE, [ADA])
    second = written(PEOPLE, [ADA, BEN])
    do(erase_person, who().id, reason="Asked for it")
    assert table(second) == "This table was removed.\n"
    assert [line for line, _, _ in told(second)] == [3]


def test_the_table_of_somebody_else_stays():
    first, second = written(PEOPLE, [ADA]), written(PEOPLE, [BEN])
    do(erase_person, who().id, reason="Asked for it")
    assert (table(first), "ben@ics.example" in table(second)) == ("This table was removed.\n", True)


def test_an_import_whose_table_is_gone_can_still_be_undone_and_has_nothing_to_hand_out():
    import_id = written(PEOPLE, [ADA, BEN])
    with on(TODAY + KEEPS_TABLES + timedelta(days=1)):
        forget_tables()
    assert not get_import(import_id, OFFICE).has_table
    with pytest.raises(NotFoundError):
        get_outcome_table(import_id, None, OFFICE)
    do(undo_import, import_id)
    run_due_jobs()
    assert case_of(import_id).state == "undone"


@pytest.mark.parametrize("step", ["discard", "undo"])
def test_the_table_of_an_import_that_was_put_aside_or_taken_back_goes_at_once(step: str):
    import_id = tried(PEOPLE, [ADA]) if step == "discard" else written(PEOPLE, [ADA])
    do(discard_import if step == "discard" else undo_import, import_id)
    run_due_jobs()
    assert table(import_id) == "This table was removed.\n"
    assert get_import(import_id, OFFICE).file_name == "people.csv"


@pytest.mark.parametrize("prepare", [brought, lambda rows: tried(PEOPLE, rows)], ids=["not tried out", "tried out"])
@pytest.mark.parametrize(
    "row", [{"Given name": "ADA", "Family name": "Moreau"}, {"Given name": "A.", "E-mail": " Ada@ICS.example "}]
)
def test_who_is_named_by_a_table_that_waits_is_erased_only_after_it(
    prepare: Callable[[Rows], int], row: dict[str, str]
):
    written(PEOPLE, [ADA])
    waiting = prepare([BEN, row])
    with pytest.raises(DomainError, match=f"Import {waiting} .* not written yet"):
        do(erase_person, who().id, reason="Asked for it")
    do(discard_import, waiting)
    do(erase_person, db.session.scalars(select(Person.id)).one(), reason="Asked for it")


@pytest.mark.parametrize(
    "row",
    [
        {"Given name": "Ben", "Family name": "Zola"},
        {"Given name": "B.", "Family name": "Zola", "ORCID": "0000-0002-1825-0097"},
    ],
)
def test_a_table_that_waits_and_names_who_was_merged_into_somebody_stands_against_it(row: dict[str, str]):
    orcids = "0000-0001-5109-3700", "0000-0002-1825-0097"
    written(PEOPLE, [{**ADA, "ORCID": orcids[0]}, {**BEN, "ORCID": orcids[1]}])
    do(merge_records, Merging(TwinKind.PERSON, who().id, who("ben@ics.example").id, "One person"))
    waiting = brought([row])
    with pytest.raises(DomainError, match="is not written yet and names them"):
        do(erase_person, who().id, reason="Asked for it")
    do(discard_import, waiting)
    do(erase_person, who().id, reason="Asked for it")


def test_a_table_that_waits_and_names_others_stands_against_nothing():
    written(PEOPLE, [ADA])
    brought([{"Given name": "Canada", "Family name": "Moreau-Lind", "E-mail": "xada@ics.example"}])
    assert obstacles_to(subject_of(who()), TODAY) == []


@pytest.mark.parametrize("prepare", [brought, lambda rows: tried(PEOPLE, rows)], ids=["not tried out", "tried out"])
def test_whom_a_table_names_is_told_without_reading_it_again(prepare: Callable[[Rows], int]):
    written(PEOPLE, [ADA])
    waiting = prepare([BEN, ADA])
    with transaction():
        case_of(waiting).file_id = store_file(b"PK\x03\x04 no table", TEXT, "people.csv").id
    assert any("not written yet" in each.sentence for each in obstacles_to(subject_of(who()), TODAY))


def test_a_table_brought_before_its_words_were_kept_is_read_instead():
    written(PEOPLE, [ADA])
    waiting, other = brought([ADA]), brought([BEN])
    with transaction():
        case_of(waiting).words_id = case_of(other).words_id = None
    (told_of,) = obstacles_to(subject_of(who()), TODAY)
    assert (told_of.kind, told_of.record_id) == ("import", waiting)


def test_every_table_that_waits_and_names_somebody_is_told_at_once():
    written(PEOPLE, [ADA])
    waiting = [brought([ADA]), brought([BEN, ADA])]
    assert [each.record_id for each in obstacles_to(subject_of(who()), TODAY)] == waiting
    with pytest.raises(SeveralError) as refused:
        do(erase_person, who().id, reason="Ada Moreau asked for it")
    assert [each.field for each in refused.value.refusals] == ["reason", None, None]


def test_the_words_of_a_table_go_with_it():
    waiting = brought([ADA])
    words = case_of(waiting).words_id
    assert words is not None
    assert "ada@ics.example" in open_file(words).content.decode()
    do(discard_import, waiting)
    assert (case_of(waiting).words_id, db.session.get(StoredFile, words)) == (None, None)


def test_a_table_is_kept_for_thirty_days_and_no_longer():
    waiting, done = tried(PEOPLE, [BEN]), written(PEOPLE, [ADA])
    assert KEEPS_TABLES.days == 30
    with on(TODAY + KEEPS_TABLES):
        forget_tables()
    assert (case_of(waiting).state, "ada" in table(done)) == ("checked", True)
    with on(TODAY + KEEPS_TABLES + timedelta(days=1)):
        forget_tables()
        forget_tables()
    assert (case_of(waiting).state, table(waiting)) == ("discarded", "This table was removed.\n")
    assert (case_of(done).state, table(done)) == ("applied", "This table was removed.\n")
    assert [line for line, _, _ in told(done)] == [2]
    forgotten = select(AuditEntry.subject_id).where(AuditEntry.action == "members.forget_table_of_import")
    assert list(db.session.scalars(forgotten)) == [done]


def test_what_imports_hold_of_a_person_is_handed_out_line_by_line():
    first = written(PEOPLE, [BEN, ADA])
    second = written(PEOPLE, [{**ADA, "Given name": "Adah"}])
    do(edit_person, who().id, PersonFacts("Ada", "Moreau", email="ada@ics.example"), version=who().version)
    held = held_of_imports(subject_of(who()))
    assert held is not None
    assert [(row["Import"], row["Line"]) for row in held.rows] == [(first, 3), (second, 2)]
    assert [row["Before"] for row in held.rows] == [None, "given name Ada"]
    assert held.fate is Fate.REMOVED
    assert held.title in {each.title for each in list_holdings(subject_of(who()))}
    assert held_of_imports(subject_of(who("ben@ics.example"))) is not None


def test_who_is_meant_by_an_orcid_in_a_table_that_waits_is_erased_only_after_it():
    written(PEOPLE, [{**ADA, "ORCID": "0000-0002-1825-0097"}])
    ada = db.session.scalars(select(Person).where(Person.family_name == "Moreau")).one()
    waiting = brought([{"ORCID": "https://orcid.org/0000-0002-1825-0097", "Title": "Dr"}])
    with pytest.raises(DomainError, match=f"Import {waiting} .* not written yet"):
        do(erase_person, ada.id, reason="Asked for it")


def test_who_is_meant_by_a_number_in_a_table_that_was_tried_out_is_erased_only_after_it():
    written(PEOPLE, [ADA])
    ada = db.session.scalars(select(Person).where(Person.family_name == "Moreau")).one()
    waiting = tried(PEOPLE, [{"Person": str(ada.id), "Title": "Dr"}])
    with pytest.raises(DomainError, match=f"Import {waiting} .* not written yet"):
        do(erase_person, ada.id, reason="Asked for it")
