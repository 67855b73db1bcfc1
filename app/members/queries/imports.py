"""Imports: their list, one of them, what becomes of its rows, and its file with that beside each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFoundError
from app.core.paging import AnySelect, fetch_page
from app.core.permissions import Permission
from app.core.tables import Page, PageRequest
from app.files.models import StoredFile
from app.files.queries import open_file
from app.files.rules import hash_of
from app.files.spreadsheets import Sheet, read_spreadsheet
from app.members.models import ImportEffect, ImportRow, RegisterImport
from app.members.rules.imports import (
    KEEPS_TABLES,
    MESSAGE_HEAD,
    OUTCOME_HEAD,
    REMOVED_TABLE,
    WORKING_STATES,
    ImportKind,
    ImportState,
    Outcome,
)

URGENCY = (Outcome.REFUSED, Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED)
# The kinds whose rows lead to what they added; rows of contact routes name their person themselves.
SUBJECTS = {ImportKind.INSTITUTIONS: "institution", ImportKind.PEOPLE: "person"}


@dataclass(frozen=True)
class ImportRecord:
    """An import: its file, its columns, how many rows come to what, and who did which step when."""

    id: int
    kind: ImportKind
    state: ImportState
    file_name: str
    heads: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    mapping: dict[int, str]
    rows: int
    done: int
    counts: dict[str, int]
    notice: str | None
    created_by: str
    created_at: datetime
    applied_by: str | None
    applied_at: datetime | None
    undone_by: str | None
    undone_at: datetime | None
    version: int
    table_until: date | None

    @property
    def has_table(self) -> bool:
        """Whether its table is still there; else a line that says so is in its place."""
        return self.table_until is not None

    @property
    def writes(self) -> int:
        """How many rows write anything."""
        return self.counts["added"] + self.counts["changed"]


@dataclass(frozen=True)
class OutcomeRow:
    """A row of an import: its line, what becomes of it and why, and the record it leads to where there is one."""

    line: int
    outcome: Outcome
    label: str
    told: str
    record_id: int | None


@dataclass(frozen=True)
class OutcomeFilters:
    """What the rows of an import can be narrowed to; empty for all."""

    text: str = ""
    outcome: Outcome | None = None


def search_imports(request: PageRequest, actor: Actor) -> Page[ImportRecord]:
    """All imports, the newest first."""
    actor.require(Permission.REGISTER_IMPORT)
    sorts = {"at": RegisterImport.created_at}
    return fetch_page(_asked(), request, sorts=sorts, key=RegisterImport.id.desc(), build=_record)


def get_import(import_id: int, actor: Actor) -> ImportRecord:
    """One import, for those who may import."""
    if not actor.has_all(Permission.REGISTER_IMPORT):
        raise NotFoundError("There is no such import.")
    found = db.session.execute(_asked().where(RegisterImport.id == import_id)).one_or_none()
    if found is None:
        raise NotFoundError("There is no such import.")
    return _record(found)


def count_erased(record: ImportRecord) -> int:
    """How many of the rows that were written are kept no more, for they were about somebody erased since."""
    if record.applied_at is None or record.state in WORKING_STATES:
        return 0
    lines = select(func.count(ImportEffect.line.distinct())).where(ImportEffect.import_id == record.id)
    return record.writes - (db.session.scalar(lines) or 0)


def search_outcomes(record: ImportRecord, filters: OutcomeFilters, request: PageRequest) -> Page[OutcomeRow]:
    """The rows of an import the actor has got, by line, or by outcome: what is refused first."""
    effect = and_(
        ImportEffect.import_id == ImportRow.import_id,
        ImportEffect.line == ImportRow.line,
        ImportEffect.subject == SUBJECTS.get(record.kind, ""),
    )
    asked: AnySelect = (
        select(
            ImportRow.line,
            ImportRow.outcome,
            ImportRow.label,
            ImportRow.told,
            func.coalesce(ImportRow.record_id, ImportEffect.record_id).label("record_id"),
        )
        .join(ImportEffect, effect, isouter=True)
        .where(ImportRow.import_id == record.id)
    )
    if filters.outcome is not None:
        asked = asked.where(ImportRow.outcome == filters.outcome)
    words = ImportRow.label + " " + ImportRow.told
    for word in filters.text.split():  # As it is written too: letters with accents have no small ones on SQLite.
        ways = ((words, word), (func.lower(words), word.lower()))
        asked = asked.where(or_(*(text.contains(way, autoescape=True) for text, way in ways)))
    urgency = case({each: place for place, each in enumerate(URGENCY)}, value=ImportRow.outcome)
    sorts = {"line": ImportRow.line, "outcome": urgency}
    return fetch_page(asked, request, sorts=sorts, key=ImportRow.line, build=lambda row: OutcomeRow(*row))


def get_outcome_table(
    import_id: int, outcome: Outcome | None, actor: Actor
) -> tuple[tuple[str, ...], Iterator[Sequence[str]]]:
    """The heads and rows of an import's own file, each row with its outcome and its message: to be corrected there."""
    record = get_import(import_id, actor)
    if not record.has_table:
        raise NotFoundError("The table of this import was removed.")
    asked = select(ImportRow.line, ImportRow.outcome, ImportRow.told).where(ImportRow.import_id == import_id)
    found = {row.line: (row.outcome, row.told) for row in db.session.execute(asked.order_by(ImportRow.line))}
    content = open_file(db.session.get_one(RegisterImport, import_id).file_id).content
    sheet = read_spreadsheet(content)
    kept = [place for place, head in enumerate(sheet.head) if head not in {OUTCOME_HEAD, MESSAGE_HEAD}]

    wanted = {line: said for line, said in found.items() if outcome in {None, said[0]}}
    heads = (*(record.heads[place] for place in kept), OUTCOME_HEAD, MESSAGE_HEAD)
    return heads, _with_outcomes(sheet, kept, wanted)


def _with_outcomes(
    sheet: Sheet, kept: Sequence[int], wanted: Mapping[int, tuple[Outcome, str]]
) -> Iterator[Sequence[str]]:
    for line, cells in sheet.rows:
        if line in wanted:
            outcome, told = wanted[line]
            yield [*(cells[place] for place in kept), outcome.value, told]


def _asked() -> AnySelect:
    columns = (RegisterImport, StoredFile.name, StoredFile.sha256)
    return select(*columns).join(StoredFile, StoredFile.id == RegisterImport.file_id)


def _record(found: Any) -> ImportRecord:
    case: RegisterImport = found.RegisterImport
    return ImportRecord(
        id=case.id,
        kind=case.kind,
        state=case.state,
        file_name=found.name,
        heads=tuple(case.head["heads"]),
        samples=tuple(tuple(sample) for sample in case.head["samples"]),
        mapping={int(place): key for place, key in case.mapping.items()},
        rows=case.rows,
        done=case.done,
        counts={name: getattr(case, name) for name in ("added", "changed", "unchanged", "refused")},
        notice=case.notice,
        created_by=case.created_by,
        created_at=case.created_at,
        applied_by=case.applied_by,
        applied_at=case.applied_at,
        undone_by=case.undone_by,
        undone_at=case.undone_at,
        version=case.version,
        table_until=None if found.sha256 == hash_of(REMOVED_TABLE) else _last_day(case),
    )


def _last_day(case: RegisterImport) -> date:
    """The last day on which the table of an import is kept, if nothing more is done with it."""
    since = case.applied_at or case.checked_at or case.created_at
    return clock.local(since + KEEPS_TABLES).date()
