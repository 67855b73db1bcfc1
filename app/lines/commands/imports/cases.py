"""An import of lines as a case: brought, tried out, its spellings answered, written or discarded; each step once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.files.commands import store_file
from app.files.queries import get_file
from app.lines.models.imports import LineImport, LineImportQuestion, LineImportRow
from app.lines.rules.imports.kinds import FILE_WORDS, LineFileKind, LineImportState
from app.lines.rules.imports.recognising import count_rows, recognise
from app.outbox.commands import enqueue

CHECK_LINES, APPLY_LINES = "lines.check_import", "lines.apply_import"


@dataclass(frozen=True)
class LineFile:
    """A file that somebody sent."""

    name: str
    content: bytes
    media_type: str


def bring_lines(brought: LineFile, *, actor: Actor) -> LineImport:
    """Take up a file and try it out; nothing of the catalogue changes by it. What it is, is told by its content."""
    actor.require(Permission.LINE_IMPORT)
    kind = recognise(brought.content)
    rows = count_rows(brought.content, kind)
    file = store_file(brought.content, brought.media_type, brought.name)
    case = LineImport(
        kind=kind,
        state=LineImportState.CHECKING,
        file_id=file.id,
        rows=rows,
        done=0,
        created_by=actor.name,
        created_at=clock.now(),
    )
    db.session.add(case)
    db.session.flush()
    note(case, "bring", f"{brought.name} brought: {FILE_WORDS[kind].lower()}", actor)
    _order(CHECK_LINES, case)
    return case


def check_lines_again(import_id: int, *, actor: Actor) -> LineImport:
    """Try an import out anew, such as after spellings were answered or the catalogue has changed."""
    return begin_check(locked(import_id, {LineImportState.CHECKED}, actor))


def begin_check(case: LineImport) -> LineImport:
    """Let the worker try a locked import out anew."""
    return _begin(case, LineImportState.CHECKING, CHECK_LINES)


def apply_lines(import_id: int, *, version: int, actor: Actor) -> LineImport:
    """Write all that the dry run has shown, once; refused as long as it asks what a spelling means."""
    case = locked(import_id, {LineImportState.CHECKED}, actor)
    check_version(case, version)
    if count_open(case.id):
        raise DomainError("Some spellings are not answered yet: say what each means, or leave its rows out.")
    if case.asked:
        raise DomainError("Some rows are asked about: answer the spellings, or try the file out again.")
    if not case.added + case.changed:
        raise DomainError("Everything in this file is in the catalogue already: there is nothing to write.")
    case.applied_by, case.applied_by_id, case.applied_at = actor.name, actor.user_id, clock.now()
    return _begin(case, LineImportState.APPLYING, APPLY_LINES)


def discard_lines(import_id: int, *, actor: Actor) -> LineImport:
    """Put an import aside that was never written; what its rows said is forgotten, its file is kept."""
    case = locked(import_id, {LineImportState.CHECKED, LineImportState.CHECKING}, actor)
    case.state, case.notice = LineImportState.DISCARDED, None
    db.session.execute(delete(LineImportRow).where(LineImportRow.import_id == case.id))
    db.session.execute(delete(LineImportQuestion).where(LineImportQuestion.import_id == case.id))
    note(case, "discard", "discarded", actor)
    return case


def count_open(import_id: int) -> int:
    """How many spellings of an import are not answered."""
    asked = select(func.count()).where(
        LineImportQuestion.import_id == import_id, LineImportQuestion.answered_at.is_(None)
    )
    return db.session.scalar(asked) or 0


def locked(import_id: int, states: Collection[LineImportState], actor: Actor) -> LineImport:
    """The import, locked until the transaction ends, where it stands in one of these states."""
    actor.require(Permission.LINE_IMPORT)
    case = lock(LineImport, import_id)
    if case.state not in states:
        raise DomainError(f"This import is {case.state.value} by now: look at its page.")
    return case


def note(case: LineImport, verb: str, words: str, actor: Actor, **facts: Any) -> None:
    """Put a step of an import on record."""
    kind: LineFileKind = case.kind
    summary = f"Import {case.id} of lines ({FILE_WORDS[kind].lower()}): {words}"
    record(f"lines.{verb}_import", Subject("line_import", case.id), summary=summary, after=facts, actor=actor)


def file_name(case: LineImport) -> str:
    """The name of the file of an import."""
    return get_file(case.file_id).name


def _begin(case: LineImport, state: LineImportState, job: str) -> LineImport:
    case.state, case.done = state, 0
    db.session.flush()
    _order(job, case)
    return case


def _order(job: str, case: LineImport) -> None:
    enqueue(job, {"import_id": case.id}, unique_key=f"{job}:{case.id}")
