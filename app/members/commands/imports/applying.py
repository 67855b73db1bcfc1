"""Writing an import: all of it in one transaction, once, and only what the dry run has shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.core import clock
from app.core.actor import Actor
from app.core.bulk import in_chunks, insert_rows
from app.core.database import db
from app.core.garbage import collecting_young
from app.core.history import lock
from app.core.transaction import transaction
from app.members.commands.imports.cases import APPLY_IMPORT, noted
from app.members.commands.imports.checking import lock_register, plan_rows, read_rows
from app.members.commands.imports.contact_routes import write_contact_routes
from app.members.commands.imports.effects import Writing
from app.members.commands.imports.institutions import write_institutions
from app.members.commands.imports.memberships import write_memberships
from app.members.commands.imports.people import write_people
from app.members.commands.imports.representatives import write_representatives
from app.members.models import ImportEffect, RegisterImport
from app.members.rules.imports import ImportKind, ImportState, RowPlan, digest_of_plans
from app.outbox.commands import Payload, enqueue, handles
from app.outbox.duties import LOOK_OVER_TABLES

CHANGED_MEANWHILE = (
    "The register has changed since the dry run, so that this file would now do something else."
    " Nothing was written: try it out again."
)
BLOCK = 5_000
WRITERS: dict[ImportKind, Callable[[Sequence[RowPlan], Writing], None]] = {
    ImportKind.INSTITUTIONS: write_institutions,
    ImportKind.PEOPLE: write_people,
    ImportKind.MEMBERSHIPS: write_memberships,
    ImportKind.REPRESENTATIVES: write_representatives,
    ImportKind.CONTACT_ROUTES: write_contact_routes,
}


@handles(APPLY_IMPORT)
@collecting_young()
def write_import(payload: Payload) -> None:
    """Write an import that waits for it; run twice, or by two at once, it is written once."""
    import_id = int(payload["import_id"])
    rows = read_rows(import_id, ImportState.APPLYING)
    if rows is None:
        return
    with transaction():
        case = lock(RegisterImport, import_id)
        if case.state is not ImportState.APPLYING:
            return
        lock_register(case.kind)
        plans = plan_rows(case.kind, rows)
        del rows
        if digest_of_plans(plans) != case.digest:
            _give_back(case)
            return
        _write(case, [plan for plan in plans if plan.record or plan.place])


def _give_back(case: RegisterImport) -> None:
    case.state, case.notice = ImportState.CHECKED, CHANGED_MEANWHILE
    case.applied_by, case.applied_by_id, case.applied_at = None, None, None


def _write(case: RegisterImport, plans: Sequence[RowPlan]) -> None:
    actor = Actor(name=case.applied_by or "Import", user_id=case.applied_by_id)
    writing = Writing(case.id, actor)
    WRITERS[case.kind](plans, writing)
    for chunk in in_chunks(writing.effects, BLOCK):
        insert_rows(ImportEffect, chunk)
    case.state, case.applied_at, case.done, case.notice = ImportState.APPLIED, clock.now(), case.rows, None
    noted(case, "apply", f"{case.added} added, {case.changed} changed", actor)
    enqueue(LOOK_OVER_TABLES, {}, unique_key=f"{LOOK_OVER_TABLES}:{case.id}")
    db.session.flush()
