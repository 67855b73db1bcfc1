"""Imports in tests: a table as a file, brought, tried and written as the pages and the worker do it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from app.core.database import db
from app.files.rules import CSV
from app.members.commands.imports import ImportFile, apply_import, bring_import, choose_columns, undo_import
from app.members.models import ImportRow, RegisterImport
from app.members.rules.imports import ImportKind
from app.outbox.work import run_due_jobs
from tests.members.world import do

Rows = Sequence[Mapping[str, object]]


def table_of(rows: Rows) -> bytes:
    """Rows as a CSV file; the heads are the keys of all of them."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, heads, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def tried(kind: ImportKind, rows: Rows | bytes) -> int:
    """The id of an import after its dry run."""
    content = rows if isinstance(rows, bytes) else table_of(rows)
    case: RegisterImport = do(bring_import, ImportFile(kind, f"{kind}.csv", content, CSV))
    mapping = {int(place): key for place, key in case.mapping.items()}
    do(choose_columns, case.id, mapping, version=case.version)
    run_due_jobs()
    return case.id


def written(kind: ImportKind, rows: Rows | bytes) -> int:
    """The id of an import that is written."""
    import_id = tried(kind, rows)
    do(apply_import, import_id, version=case_of(import_id).version)
    run_due_jobs()
    case = case_of(import_id)
    assert case.state == "applied", (case.state, case.notice, told(import_id))
    return import_id


def case_of(import_id: int) -> RegisterImport:
    """An import as it stands now."""
    db.session.expire_all()
    return db.session.get_one(RegisterImport, import_id)


def told(import_id: int) -> list[tuple[int, str, str]]:
    """Line, outcome and words of each row."""
    asked = db.select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.line)
    return [(row.line, row.outcome.value, row.told) for row in db.session.scalars(asked)]


def undo(import_id: int) -> str:
    """Take an import back; where it stands then and why."""
    do(undo_import, import_id)
    run_due_jobs()
    case = case_of(import_id)
    return f"{case.state.value}: {case.notice or ''}"
