"""The dry run: every row of a file held against the catalogue, and nothing changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.bulk import in_chunks, insert_rows
from app.core.database import db
from app.core.garbage import collecting_young
from app.core.history import lock
from app.core.transaction import reading, snapshot, transaction
from app.files.queries import open_file
from app.lines.commands.imports.cases import CHECK_LINES
from app.lines.models.imports import LineImport, LineImportQuestion, LineImportRow
from app.lines.queries.imports_on_record import (
    genes_on_record,
    holdings_on_record,
    markers_on_record,
    names_of_topic,
    records_on_record,
    symbols_on_record,
)
from app.lines.rules.imports.catalogue import Genes
from app.lines.rules.imports.kinds import Answer, LineFileKind, LineImportState, RowOutcome, Topic
from app.lines.rules.imports.plan_alleles import plan_alleles
from app.lines.rules.imports.plan_markers import plan_markers
from app.lines.rules.imports.plan_production import Appendable, Forgetful, Records, plan_production
from app.lines.rules.imports.plan_stocks import plan_stocks
from app.lines.rules.imports.plans import Asked, Plan, RowPlan, digest_of
from app.lines.rules.imports.recognising import MOST_ROWS, TOO_MANY, Row, rows_of
from app.lines.rules.imports.spellings import nearest
from app.lines.rules.imports.texts import BadRow
from app.outbox.commands import Payload, handles

PROGRESS_ROWS, BLOCK = 10_000, 5_000
MOST_ASKED = 300


@dataclass(frozen=True)
class FileRead:
    """A file with its rows read: its kind, the day on which it was brought, and what was answered for it."""

    kind: LineFileKind
    rows: list[Any]
    day: date
    left_out: frozenset[tuple[Topic, str]]


@dataclass(frozen=True)
class Planned:
    """A plan and what it was held against."""

    plan: Plan
    genes: Genes
    records: Records | None = None


@handles(CHECK_LINES)
@collecting_young()
def check_lines(payload: Payload) -> None:
    """Try an import out; run twice, it finds the same."""
    import_id = int(payload["import_id"])
    read = read_file(import_id, LineImportState.CHECKING)
    if read is None:
        return
    with snapshot():
        planned = plan_file(read, Forgetful())
        suggested = _suggested(planned.plan.asked)
    with transaction():
        _write_down(import_id, planned.plan, suggested)


def read_file(import_id: int, state: LineImportState) -> FileRead | None:
    """The file of an import and its rows, telling its progress; None where it is not, or no longer, in this state."""
    with reading():
        case = db.session.get(LineImport, import_id)
        if case is None or case.state is not state:
            return None
        kind, content, day = case.kind, open_file(case.file_id).content, clock.local(case.created_at).date()
        left_out = _left_out(import_id)
    rows: list[Row | BadRow] = []
    for chunk in in_chunks(rows_of(content, kind), PROGRESS_ROWS):
        rows += chunk
        _tell_progress(import_id, state, len(rows))
        if len(rows) > MOST_ROWS:
            rows = [BadRow(1, "", TOO_MANY)]
            break
    return FileRead(kind, rows, day, left_out)


def plan_file(read: FileRead, writes: Appendable) -> Planned:
    """What becomes of each row as the catalogue stands; its rows are let go of, for there may be many."""
    rows = _handed_over(read.rows)
    if read.kind is LineFileKind.MARKERS:
        genes = markers_on_record()
        return Planned(plan_markers(rows, genes), genes)
    if read.kind is LineFileKind.PRODUCTION:
        records = records_on_record(read.left_out, clock.today())
        return Planned(plan_production(rows, records, writes), records.genes, records)
    if read.kind is LineFileKind.STOCKS:
        genes = symbols_on_record()
        return Planned(plan_stocks(rows, genes, holdings_on_record(read.day), read.day), genes)
    genes = genes_on_record()
    return Planned(plan_alleles(rows, genes), genes)


def _handed_over(rows: list[Any]) -> Iterator[Any]:
    """The rows one after another, none of which is kept here."""
    rows.reverse()
    while rows:
        yield rows.pop()


def _left_out(import_id: int) -> frozenset[tuple[Topic, str]]:
    asked = select(LineImportQuestion.topic, LineImportQuestion.key).where(
        LineImportQuestion.import_id == import_id, LineImportQuestion.answer == Answer.LEAVE_OUT
    )
    return frozenset((row.topic, row.key) for row in db.session.execute(asked.order_by(LineImportQuestion.id)))


def _tell_progress(import_id: int, state: LineImportState, done: int) -> None:
    here = (LineImport.id == import_id, LineImport.state == state, LineImport.rows >= done)
    with transaction():
        db.session.execute(update(LineImport).where(*here).values(done=done))


def _suggested(asked: Collection[Asked]) -> list[tuple[Asked, list[int]]]:
    """The spellings nobody knows, those of the most rows, each with what is called most alike."""
    names = {topic: names_of_topic(topic) for topic in {each.topic for each in asked}}
    return [
        (each, list(dict.fromkeys([*each.found, *nearest(each.spelling, names[each.topic])])))
        for each in list(asked)[:MOST_ASKED]
    ]


def _write_down(import_id: int, plan: Plan, suggested: Iterable[tuple[Asked, list[int]]]) -> None:
    case = lock(LineImport, import_id)
    if case.state is not LineImportState.CHECKING:
        return
    db.session.execute(delete(LineImportRow).where(LineImportRow.import_id == import_id))
    for chunk in in_chunks(plan.rows, BLOCK):
        insert_rows(LineImportRow, [_row(import_id, each) for each in chunk])
    unanswered = (
        LineImportQuestion.import_id == import_id,
        LineImportQuestion.answer.is_distinct_from(Answer.LEAVE_OUT),
    )
    db.session.execute(delete(LineImportQuestion).where(*unanswered))
    insert_rows(LineImportQuestion, [_question(import_id, each, ids) for each, ids in suggested])
    counts = Counter(each.outcome for each in plan.rows)
    for outcome in RowOutcome:
        setattr(case, outcome.value, counts[outcome])
    case.rows = case.done = len(plan.rows)
    case.digest, case.checked_at = digest_of(plan.rows), clock.now()
    case.state, case.notice = LineImportState.CHECKED, None


def _row(import_id: int, plan: RowPlan) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "line": plan.line,
        "outcome": plan.outcome,
        "label": plan.label[:200],
        "told": plan.told,
        "record_id": plan.record_id,
    }


def _question(import_id: int, asked: Asked, ids: list[int]) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "topic": asked.topic,
        "key": asked.key,
        "spelling": asked.spelling,
        "rows": asked.rows,
        "suggested": {"ids": ids, "several": bool(asked.found)},
    }
