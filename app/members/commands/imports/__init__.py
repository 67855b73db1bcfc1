"""Imports: the case from its file to what it wrote, the dry run, the writing and the undoing."""

from app.members.commands.imports import applying, checking, tables, undoing
from app.members.commands.imports.cases import (
    ImportFile,
    apply_import,
    bring_import,
    check_again,
    choose_columns,
    discard_import,
    undo_import,
)

__all__ = [
    "ImportFile",
    "apply_import",
    "applying",
    "bring_import",
    "check_again",
    "checking",
    "choose_columns",
    "discard_import",
    "tables",
    "undo_import",
    "undoing",
]
