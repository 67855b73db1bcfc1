"""Imports of lines for their pages: the list, one of them, what becomes of its rows, and what it asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.files.models import StoredFile
from app.files.queries import OpenedFile, open_file
from app.lines.models import MouseLine
from app.lines.models.imports import LineImport, LineImportQuestion, LineImportRow, LineSpelling
from app.lines.queries.imports_on_record import names_of_topic
from app.lines.rules.imports.kinds import LineFileKind, LineImportState, RowOutcome, Topic
from app.members.queries import follows
from app.members.rules import TwinKind

URGENCY = (
    RowOutcome.REFUSED,
    RowOutcome.ASKED,
    RowOutcome.ADDED,
    RowOutcome.CHANGED,
    RowOutcome.LEFT_OUT,
    RowOutcome.UNCHANGED,
)
NO_SUCH = "There is no such import."
MOST_AT_ONCE = 20

follows(TwinKind.INSTITUTION, LineSpelling.institution_id, ("spelling in files", "spellings in files"))


@dataclass(frozen=True)
class LineImportRecord:
    """An import: its file, how many rows come to what, and who did which step when."""

    id: int
    kind: LineFileKind
    state: LineImportState
    file_name: str
    rows: int
    done: int
    counts: dict[str, int]
    open_questions: int
    notice: str | None
    created_by: str
    created_at: datetime
    applied_by: str | None
    applied_at: datetime | None
    version: int

    @property
    def writes(self) -> int:
        """How many rows write anything."""
        return self.counts["added"] + self.counts["changed"]


@dataclass(frozen=True)
class LineRowOutcome:
    """A row: its line in the file, what becomes of it and why, and the line of the catalogue it is about."""

    line: int
    outcome: RowOutcome
    label: str
    told: str
    line_id: int | None


@dataclass(frozen=True)
class Question:
    """A spelling nobody knows, in how many rows it stands, what it may mean most likely, and what else."""

    id: int
    topic: Topic
    spelling: str
    rows: int
    likely: tuple[tuple[int, str], ...]
    others: tuple[tuple[int, str], ...]


def search_line_imports(request: PageRequest, actor: Actor) -> Page[LineImportRecord]:
    """All imports of lines, the newest first."""
    actor.require(Permission.LINE_IMPORT)
    sorts = {"at": LineImport.created_at}
    return fetch_page(_asked(), request, sorts=sorts, key=LineImport.id.desc(), build=_record)


def get_line_import(import_id: int, actor: Actor) -> LineImportRecord:
    """One import of lines, for those who may import."""
    if not actor.has_all(Permission.LINE_IMPORT):
        raise NotFoundError(NO_SUCH)
    found = db.session.execute(_asked().where(LineImport.id == import_id)).one_or_none()
    if found is None:
        raise NotFoundError(NO_SUCH)
    return _record(found)


def open_line_file(import_id: int, actor: Actor) -> OpenedFile:
    """The file of an import, as it was brought."""
    record = get_line_import(import_id, actor)
    file_id = db.session.scalar(select(LineImport.file_id).where(LineImport.id == record.id))
    return open_file(file_id or 0)


def search_line_rows(
    record: LineImportRecord, outcome: RowOutcome | None, words: str, request: PageRequest
) -> Page[LineRowOutcome]:
    """The rows of an import the actor has got, by line, or by outcome: what is refused first."""
    is_of_lines = record.kind in {LineFileKind.PRODUCTION, LineFileKind.STOCKS}
    asked: AnySelect = select(
        LineImportRow.line, LineImportRow.outcome, LineImportRow.label, LineImportRow.told, MouseLine.id
    ).where(LineImportRow.import_id == record.id)
    about = LineImportRow.record_id == MouseLine.id if is_of_lines else MouseLine.id.is_(None)
    asked = asked.outerjoin(MouseLine, about)
    if outcome is not None:
        asked = asked.where(LineImportRow.outcome == outcome)
    told = LineImportRow.label + " " + LineImportRow.told
    for word in words.split():  # As it is written too: letters with accents have no small ones on SQLite.
        ways = ((told, word), (func.lower(told), word.lower()))
        asked = asked.where(or_(*(text.contains(way, autoescape=True) for text, way in ways)))
    urgency = case({each: place for place, each in enumerate(URGENCY)}, value=LineImportRow.outcome)
    sorts = {"line": LineImportRow.line, "outcome": urgency}
    return fetch_page(asked, request, sorts=sorts, key=LineImportRow.line, build=lambda row: LineRowOutcome(*row))


def list_questions(record: LineImportRecord) -> list[Question]:
    """What an import the actor has got asks, what stands in the most rows first; a page of them at once."""
    asked = select(LineImportQuestion).where(
        LineImportQuestion.import_id == record.id, LineImportQuestion.answer.is_(None)
    )
    order = (LineImportQuestion.rows.desc(), LineImportQuestion.id)
    found = db.session.scalars(asked.order_by(*order).limit(MOST_AT_ONCE)).all()
    names = {topic: _named(topic) for topic in sorted({each.topic for each in found})}
    return [_question(each, names[each.topic]) for each in found]


def _named(topic: Topic) -> dict[int, str]:
    """What a spelling of a topic may mean, each by its first name."""
    found: dict[int, str] = {}
    for each, name in names_of_topic(topic):
        found.setdefault(each, name)
    return found


def _question(question: LineImportQuestion, names: dict[int, str]) -> Question:
    ids: Sequence[int] = [each for each in question.suggested.get("ids", ()) if each in names]
    others = sorted(((each, name) for each, name in names.items() if each not in ids), key=lambda pair: pair[1].lower())
    likely = tuple((each, names[each]) for each in ids)
    return Question(question.id, question.topic, question.spelling, question.rows, likely, tuple(others))


def _asked() -> AnySelect:
    still_open = (
        select(func.count())
        .select_from(LineImportQuestion)
        .where(LineImportQuestion.import_id == LineImport.id, LineImportQuestion.answer.is_(None))
        .scalar_subquery()
    )
    columns = (LineImport, StoredFile.name, still_open.label("open_questions"))
    return select(*columns).join(StoredFile, StoredFile.id == LineImport.file_id)


def _record(found: Any) -> LineImportRecord:
    brought: LineImport = found.LineImport
    return LineImportRecord(
        id=brought.id,
        kind=brought.kind,
        state=brought.state,
        file_name=found.name,
        rows=brought.rows,
        done=brought.done,
        counts={outcome.value: getattr(brought, outcome.value) for outcome in RowOutcome},
        open_questions=found.open_questions,
        notice=brought.notice,
        created_by=brought.created_by,
        created_at=brought.created_at,
        applied_by=brought.applied_by,
        applied_at=brought.applied_at,
        version=brought.version,
    )
