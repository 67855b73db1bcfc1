"""One document for many institutions: with each of them or with none, its bytes kept once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select

from app.audit.models import AuditEntry
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.verification import run_checks
from app.files.models import StoredFile
from app.members.commands import Merging, Paper, add_common_document, merge_records, withdraw_document
from app.members.models import Institution, InstitutionDocument
from app.members.queries import list_documents, open_document, plan_common_paper
from app.members.rules import DocumentKind, TwinKind
from tests.conftest import TODAY
from tests.members.world import OFFICE, do, institution

pytestmark = pytest.mark.usefixtures("context")
LETTER = Paper(b"%PDF-1.7 letter", "application/pdf", "letter.pdf", DocumentKind.LETTER, "Call of 2016", TODAY)


def houses(number: int) -> list[Institution]:
    return [institution(f"House {each:02}", f"H{each:02}") for each in range(number)]


def added_to(chosen: list[int], seen: list[int] | None = None) -> int:
    """Add the letter to those chosen, having looked at these or else at just those."""
    digest = plan_common_paper(chosen if seen is None else seen, OFFICE).digest
    number: int = do(add_common_document, chosen, LETTER, seen=digest)
    return number


def documents() -> list[InstitutionDocument]:
    return list(db.session.scalars(select(InstitutionDocument).order_by(InstitutionDocument.id)))


@contextmanager
def every_statement() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_each_has_its_own_row_and_entry_while_the_bytes_are_kept_once():
    one, two, three = houses(3)
    assert added_to([three.id, one.id]) == 2
    kept = documents()
    assert {row.institution_id for row in kept} == {one.id, three.id}
    assert len({row.file_id for row in kept}) == 1
    assert len(db.session.scalars(select(StoredFile)).all()) == 1
    assert list_documents(two.id, on=TODAY, actor=OFFICE) == []
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "members.add_document")).all()
    assert {(entry.subject_id, entry.after["document"]) for entry in entries} == {
        (row.institution_id, row.id) for row in kept
    }
    assert sorted(entry.summary for entry in entries) == [
        "House 00: document Call of 2016 added",
        "House 02: document Call of 2016 added",
    ]
    assert [problem for found in run_checks() for problem in found.problems] == []


def test_it_is_withdrawn_from_one_and_stays_with_the_others():
    one, two = houses(2)
    added_to([one.id, two.id])
    first, second = documents()
    do(withdraw_document, first.id, reason="Not for them")
    assert [row.title for row in list_documents(second.institution_id, on=TODAY, actor=OFFICE)] == ["Call of 2016"]
    assert open_document(second.id, OFFICE).content == LETTER.content


def test_who_was_merged_or_is_gone_is_left_out_and_named_with_why():
    one, two = houses(2)
    do(merge_records, Merging(TwinKind.INSTITUTION, one.id, two.id, "One house"))
    plan = plan_common_paper([one.id, two.id, 999_999], OFFICE)
    assert [line.name for line in plan.taking] == ["House 00"]
    assert [(line.name, line.left_out) for line in plan.left_out] == [
        ("House 01", "it was merged into House 00: add the document there"),
        ("Institution 999999", "it is no longer on record"),
    ]
    assert added_to([one.id, two.id, 999_999]) == 1
    with pytest.raises(DomainError, match="None of the chosen institutions can take a document"):
        added_to([two.id, 999_999])


def test_a_choice_that_has_changed_since_it_was_seen_adds_nothing():
    one, two = houses(2)
    seen = plan_common_paper([one.id, two.id], OFFICE).digest
    do(merge_records, Merging(TwinKind.INSTITUTION, one.id, two.id, "One house"))
    with pytest.raises(DomainError, match="has changed meanwhile"):
        do(add_common_document, [one.id, two.id], LETTER, seen=seen)
    with pytest.raises(DomainError, match="No institution is chosen"):
        added_to([])
    assert (documents(), db.session.scalars(select(StoredFile)).all()) == ([], [])


def test_who_may_not_edit_institutions_adds_nothing():
    one = institution()
    seen = plan_common_paper([one.id], OFFICE).digest
    with pytest.raises(AccessDeniedError):
        do(add_common_document, [one.id], LETTER, seen=seen, actor=Actor("Nobody", user_id=7))
    assert documents() == []


def test_twenty_take_as_many_statements_as_one():
    ids = [each.id for each in houses(21)]
    numbers = []
    for chosen in (ids[:1], ids[1:]):
        seen = plan_common_paper(chosen, OFFICE).digest
        with every_statement() as sent:
            do(add_common_document, chosen, LETTER, seen=seen)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]
