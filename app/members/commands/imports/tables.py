"""Removing tables that are no longer needed: on their day, and with a person those that brought them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.transaction import transaction
from app.files.models import StoredFile
from app.files.rules import hash_of
from app.members.commands.imports.cases import discard_import, forget_table, noted, replace_table
from app.members.models import RegisterImport
from app.members.rules.imports import (
    ENDED_IMPORTS,
    KEEPS_TABLES,
    OPEN_IMPORTS,
    REMOVED_TABLE,
    WAITING_STATES,
    ImportState,
)
from app.outbox.duties import daily

RETENTION = program("Retention")


@daily("members.forget_tables")
def forget_tables() -> None:
    """Discard what was brought long ago and never written, and remove the tables of what was written long ago."""
    with transaction():
        for case in _locked(and_(RegisterImport.state.in_(WAITING_STATES), _since_long())):
            discard_import(case.id, actor=RETENTION)
        ended = RegisterImport.state.in_(ENDED_IMPORTS)
        written = and_(RegisterImport.state == ImportState.APPLIED, _since_long())
        for case in _locked(or_(ended, written), _has_table()):
            forget_table(case)
            noted(case, "forget_table_of", "its table removed", RETENTION)


def forget_tables_of(import_ids: Sequence[int]) -> int:
    """Remove the tables of these imports, with their names, where they are not to be written any more; how many."""
    named = (RegisterImport.id.in_(import_ids), RegisterImport.state.not_in(OPEN_IMPORTS))
    cases = _locked(*named, _has_table())
    for case in cases:
        replace_table(case, f"table of import {case.id}")
    return len(cases)


def _locked(*conditions: ColumnElement[bool]) -> Sequence[RegisterImport]:
    asked = select(RegisterImport).where(*conditions).order_by(RegisterImport.id).with_for_update()
    return db.session.scalars(asked).all()


def _since_long() -> ColumnElement[bool]:
    """Whether nothing was done with an import for as long as its table is kept."""
    since = func.coalesce(RegisterImport.applied_at, RegisterImport.checked_at, RegisterImport.created_at)
    return since < clock.now() - KEEPS_TABLES


def _has_table() -> ColumnElement[bool]:
    removed = select(StoredFile.id).where(StoredFile.sha256 == hash_of(REMOVED_TABLE))
    return RegisterImport.file_id.not_in(removed)
