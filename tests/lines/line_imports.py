"""Imports of lines in tests: a file brought, tried, answered and written as the pages and the worker do it."""

from __future__ import annotations

from app.core.actor import Actor
from app.core.database import db
from app.files.rules import TEXT
from app.lines.commands.imports import LineFile, answer_spellings, apply_lines, bring_lines
from app.lines.commands.imports.answering import SpellingAnswer
from app.lines.models.imports import LineImport, LineImportQuestion, LineImportRow
from app.lines.rules.imports.kinds import Answer
from app.outbox.work import run_due_jobs
from tests.members.world import OFFICE, do


def tried(content: bytes, name: str = "lines.txt") -> int:
    """The id of an import after its dry run."""
    case: LineImport = do(bring_lines, LineFile(name, content, TEXT))
    run_due_jobs()
    return case.id


def written(content: bytes) -> int:
    """The id of an import that is written."""
    return apply(tried(content))


def apply(import_id: int) -> int:
    """Write an import that was tried out."""
    do(apply_lines, import_id, version=case_of(import_id).version)
    run_due_jobs()
    case = case_of(import_id)
    assert case.state == "applied", (case.state, case.notice, told(import_id))
    return import_id


def answer(import_id: int, actor: Actor = OFFICE, **said: int | Answer) -> None:
    """Answer questions by their topics: an id on record, or to leave out, or a new one."""
    answers = {}
    for question in questions(import_id):
        meant = said.get(question.topic.value)
        if isinstance(meant, Answer):
            answers[question.id] = SpellingAnswer(meant)
        elif meant is not None:
            answers[question.id] = SpellingAnswer(Answer.MEANS, meant)
    do(answer_spellings, import_id, answers, version=case_of(import_id).version, actor=actor)
    run_due_jobs()


def case_of(import_id: int) -> LineImport:
    """An import as it stands now."""
    db.session.expire_all()
    return db.session.get_one(LineImport, import_id)


def told(import_id: int) -> list[tuple[int, str, str]]:
    """Line, outcome and words of each row."""
    asked = db.select(LineImportRow).where(LineImportRow.import_id == import_id).order_by(LineImportRow.line)
    return [(row.line, row.outcome.value, row.told) for row in db.session.scalars(asked)]


def outcomes(import_id: int) -> list[str]:
    """What becomes of each row."""
    return [outcome for _, outcome, _ in told(import_id)]


def questions(import_id: int) -> list[LineImportQuestion]:
    """The spellings that are not answered."""
    asked = db.select(LineImportQuestion).where(
        LineImportQuestion.import_id == import_id, LineImportQuestion.answer.is_(None)
    )
    return list(db.session.scalars(asked.order_by(LineImportQuestion.topic, LineImportQuestion.key)))
