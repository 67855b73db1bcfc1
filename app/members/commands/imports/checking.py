"""The dry run: every row of a table held against the register, and nothing changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.bulk import in_chunks, insert_rows
from app.core.database import db
from app.core.garbage import collecting_young
from app.core.history import lock
from app.core.transaction import reading, snapshot, transaction
from app.files.queries import open_file
from app.files.spreadsheets import read_spreadsheet
from app.members.commands.imports.cases import CHECK_IMPORT
from app.members.models import ImportRow, Institution, Person, RegisterImport
from app.members.queries.contact_routes import contact_routes_on_record
from app.members.queries.register import institutions_on_record, memberships_on_record, people_on_record
from app.members.queries.representatives import representatives_on_record
from app.members.rules.imports import (
    COLUMNS,
    NAMES_PEOPLE,
    ImportColumn,
    ImportKind,
    ImportState,
    ReadRow,
    RowPlan,
    column_of,
    digest_of_plans,
    plan_contact_routes,
    plan_institutions,
    plan_memberships,
    plan_people,
    plan_representatives,
    read_row,
    told,
)
from app.outbox.commands import Payload, handles

PROGRESS_ROWS = 10_000
BLOCK = 5_000
LONGEST_LABEL = 200


@handles(CHECK_IMPORT)
@collecting_young()
def check_import(payload: Payload) -> None:
    """Try an import out; run twice, it finds the same."""
    import_id = int(payload["import_id"])
    rows = read_rows(import_id, ImportState.CHECKING)
    if rows is None:
        return
    with reading():
        kind = db.session.get_one(RegisterImport, import_id).kind
    with snapshot():
        plans = plan_rows(kind, rows)
    with transaction():
        _write_down(import_id, plans)


def read_rows(import_id: int, state: ImportState) -> list[ReadRow] | None:
    """The rows of an import's file, read by its columns; None where it is not, or no longer, in this state."""
    with reading():
        case = db.session.get(RegisterImport, import_id)
        if case is None or case.state is not state:
            return None
        kind, content = case.kind, open_file(case.file_id).content
        readers = [(int(place), column_of(kind, key)) for place, key in case.mapping.items() if key]
    sheet = read_spreadsheet(content)
    del content
    rows: list[ReadRow] = []
    for chunk in in_chunks(sheet.rows, PROGRESS_ROWS):
        rows += [read_row(line, cells, readers) for line, cells in chunk]
        if state is ImportState.CHECKING:
            _tell_progress(import_id, len(rows))
    return rows


def plan_rows(kind: ImportKind, rows: Sequence[ReadRow]) -> list[RowPlan]:
    """What becomes of each row as the register stands."""
    if kind is ImportKind.INSTITUTIONS:
        return plan_institutions(rows, institutions_on_record(), clock.today())
    if kind is ImportKind.PEOPLE:
        return plan_people(rows, people_on_record())
    if kind is ImportKind.REPRESENTATIVES:
        return plan_representatives(rows, representatives_on_record(people_on_record()))
    if kind is ImportKind.CONTACT_ROUTES:
        return plan_contact_routes(rows, contact_routes_on_record(people_on_record()))
    return plan_memberships(rows, memberships_on_record(), clock.today())


def lock_register(kind: ImportKind) -> None:
    """Let nobody else change, until the transaction ends, what an import of this kind finds on record.

    Institutions at which people get places, or by which they are found, are not merged meanwhile.
    """
    leans = kind in {ImportKind.PEOPLE, ImportKind.CONTACT_ROUTES}
    db.session.execute(select(Institution.id).order_by(Institution.id).with_for_update(read=leans)).all()
    if kind in NAMES_PEOPLE:
        db.session.execute(select(Person.id).order_by(Person.id).with_for_update()).all()


def _tell_progress(import_id: int, done: int) -> None:
    here = (RegisterImport.id == import_id, RegisterImport.state == ImportState.CHECKING)
    with transaction():
        db.session.execute(update(RegisterImport).where(*here).values(done=done))


def _write_down(import_id: int, plans: Sequence[RowPlan]) -> None:
    case = lock(RegisterImport, import_id)
    if case.state is not ImportState.CHECKING:
        return
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    columns = COLUMNS[case.kind]
    for chunk in in_chunks(plans, BLOCK):
        insert_rows(ImportRow, [_row(import_id, plan, columns) for plan in chunk])
    counts = Counter(plan.outcome.value for plan in plans)
    for name in ("added", "changed", "unchanged", "refused"):
        setattr(case, name, counts[name])
    case.done, case.digest, case.checked_at = case.rows, digest_of_plans(plans), clock.now()
    case.state, case.notice = ImportState.CHECKED, None


def _row(import_id: int, plan: RowPlan, columns: Sequence[ImportColumn]) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "line": plan.line,
        "outcome": plan.outcome,
        "label": plan.label[:LONGEST_LABEL],
        "told": told(plan, columns),
        "record_id": plan.record_id if (plan.record_id or 0) > 0 else None,
    }
