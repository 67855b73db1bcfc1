"""Writing an import of lines: all of it in one transaction, once, and only what the dry run has shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.garbage import collecting_young
from app.core.history import lock
from app.core.transaction import transaction
from app.lines.commands.imports.cases import APPLY_LINES, note
from app.lines.commands.imports.checking import Planned, plan_file, read_file
from app.lines.commands.imports.writing import write_deposits, write_genes, write_lines
from app.lines.models import Allele, Marker, MouseLine
from app.lines.models.imports import LineImport
from app.lines.rules.imports.kinds import LineFileKind, LineImportState
from app.lines.rules.imports.plan_production import LineWrite
from app.lines.rules.imports.plans import digest_of
from app.members.models import Institution
from app.outbox.commands import Payload, enqueue, handles
from app.outbox.duties import LOOK_OVER_TABLES

CHANGED_MEANWHILE = (
    "The catalogue has changed since the dry run, so that this file would now do something else."
    " Nothing was written: try it out again."
)
HELD: dict[LineFileKind, tuple[Any, ...]] = {
    LineFileKind.MARKERS: (Marker,),
    LineFileKind.ALLELES: (Marker, Allele),
    LineFileKind.PHENOTYPIC_ALLELES: (Marker, Allele),
    LineFileKind.PRODUCTION: (Marker, Allele, MouseLine),
    LineFileKind.STOCKS: (MouseLine,),
}


@handles(APPLY_LINES)
@collecting_young()
def write_import(payload: Payload) -> None:
    """Write an import that waits for it; run twice, or by two at once, it is written once."""
    import_id = int(payload["import_id"])
    read = read_file(import_id, LineImportState.APPLYING)
    if read is None:
        return
    with transaction():
        case = lock(LineImport, import_id)
        if case.state is not LineImportState.APPLYING:
            return
        _hold(case.kind)
        lines: list[LineWrite] = []
        planned = plan_file(read, lines)
        if digest_of(planned.plan.rows) != case.digest:
            case.state, case.notice, case.done = LineImportState.CHECKED, CHANGED_MEANWHILE, case.rows
            case.applied_by, case.applied_by_id, case.applied_at = None, None, None
            return
        planned.plan.rows.clear()
        _write(case, planned, lines, read.day)


def _hold(kind: LineFileKind) -> None:
    """Let nobody else change, until the transaction ends, what an import of this kind finds on record."""
    if db.engine.dialect.name != "postgresql":
        return  # On SQLite one writes at a time.
    if kind is LineFileKind.PRODUCTION:
        db.session.execute(select(Institution.id).order_by(Institution.id).with_for_update(read=True)).all()
    for model in HELD[kind]:
        db.session.execute(select(model.id).order_by(model.id).with_for_update()).all()


def _write(case: LineImport, planned: Planned, lines: Sequence[LineWrite], day: date) -> None:
    actor = Actor(name=case.applied_by or "Import", user_id=case.applied_by_id)
    ids = write_genes(planned.plan.genes, planned.genes)
    if planned.records is not None:
        write_lines(lines, ids, planned.records, actor)
    if planned.plan.deposits:
        write_deposits(planned.plan.deposits, day)
    case.state, case.applied_at, case.done, case.notice = LineImportState.APPLIED, clock.now(), case.rows, None
    counts = {name: getattr(case, name) for name in ("added", "changed", "unchanged", "refused", "left_out")}
    note(case, "apply", f"{case.added} rows added, {case.changed} changed", actor, **counts)
    enqueue(LOOK_OVER_TABLES, {}, unique_key=f"{LOOK_OVER_TABLES}:lines:{case.id}")
    db.session.flush()
