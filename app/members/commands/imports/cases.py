"""An import as a case: brought, its columns chosen, tried, written or discarded, undone; each step once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import db, upsert
from app.core.errors import DomainError
from app.core.folding import folded
from app.core.history import check_version, lock
from app.core.permissions import Permission
from app.files.commands import forget_files, store_file
from app.files.queries import get_file
from app.files.rules import TEXT
from app.files.spreadsheets import Sheet, read_spreadsheet
from app.members.models import ImportMapping, ImportRow, RegisterImport
from app.members.rules.imports import (
    IMPORT_WORDS,
    MESSAGE_HEAD,
    OUTCOME_HEAD,
    REMOVED_TABLE,
    WAITING_STATES,
    ImportKind,
    ImportState,
    check_mapping,
    guess_columns,
    words_of_table,
)
from app.outbox.commands import enqueue

CHECK_IMPORT, APPLY_IMPORT, UNDO_IMPORT = "members.check_import", "members.apply_import", "members.undo_import"


@dataclass(frozen=True)
class ImportFile:
    """A table someone sent."""

    kind: ImportKind
    name: str
    content: bytes
    media_type: str


def bring_import(brought: ImportFile, *, actor: Actor) -> RegisterImport:
    """Take up a table; nothing of the register changes by it. Its columns are those of last time, else guessed."""
    actor.require(Permission.REGISTER_IMPORT)
    sheet = _read(brought.content)
    file = store_file(brought.content, brought.media_type, brought.name)
    words = store_file(words_of_table(cells for _, cells in sheet.rows).encode(), TEXT, brought.name)
    samples = [sheet.sample(place) for place in range(len(sheet.head))]
    case = RegisterImport(
        kind=brought.kind,
        state=ImportState.DRAFT,
        file_id=file.id,
        words_id=words.id,
        head={"heads": list(sheet.head), "samples": samples},
        mapping=_first_mapping(brought.kind, sheet.head, samples),
        rows=len(sheet.rows),
        done=0,
        added=0,
        changed=0,
        unchanged=0,
        refused=0,
        created_by=actor.name,
        created_at=clock.now(),
    )
    db.session.add(case)
    db.session.flush()
    _noted(
        case,
        "bring",
        f"{len(sheet.rows)} rows of {IMPORT_WORDS[brought.kind].lower()} brought in {brought.name}",
        actor,
    )
    return case


def choose_columns(import_id: int, mapping: Mapping[int, str], *, version: int, actor: Actor) -> RegisterImport:
    """Say which column of the register each column of the file is, remember it for its heads, and try it all out."""
    case = _locked(import_id, WAITING_STATES, actor)
    check_version(case, version)
    check_mapping(case.kind, mapping)
    case.mapping = {str(place): key for place, key in mapping.items()}
    remembered = {"kind": case.kind, "heads": _hash_of(case.head["heads"]), "mapping": case.mapping}
    kept = upsert(ImportMapping).values(**remembered, used_at=clock.now())
    renewed = {"mapping": kept.excluded.mapping, "used_at": kept.excluded.used_at}
    db.session.execute(kept.on_conflict_do_update(index_elements=["kind", "heads"], set_=renewed))
    return _begin(case, ImportState.CHECKING, CHECK_IMPORT)


def check_again(import_id: int, *, actor: Actor) -> RegisterImport:
    """Try the import out anew, such as after the register has changed."""
    case = _locked(import_id, {ImportState.CHECKED}, actor)
    return _begin(case, ImportState.CHECKING, CHECK_IMPORT)


def apply_import(import_id: int, *, version: int, actor: Actor) -> RegisterImport:
    """Write everything the dry run has shown, or nothing; refused as long as one row is refused."""
    case = _locked(import_id, {ImportState.CHECKED}, actor)
    check_version(case, version)
    if case.refused:
        raise DomainError("Some rows are refused: correct them in the file and bring it again. Nothing was changed.")
    if not case.added + case.changed:
        raise DomainError("Everything in this file is on record already: there is nothing to write.")
    case.applied_by, case.applied_by_id, case.applied_at = actor.name, actor.user_id, clock.now()
    return _begin(case, ImportState.APPLYING, APPLY_IMPORT)


def undo_import(import_id: int, *, actor: Actor) -> RegisterImport:
    """Take back all that an import wrote, while nothing hangs on it; the audit trail keeps both."""
    case = _locked(import_id, {ImportState.APPLIED}, actor)
    case.undone_by, case.notice = actor.name, None
    return _begin(case, ImportState.UNDOING, UNDO_IMPORT, actor.user_id)


def discard_import(import_id: int, *, actor: Actor) -> RegisterImport:
    """Put an import aside that was never written; what its rows said is forgotten, and so is its table."""
    case = _locked(import_id, {*WAITING_STATES, ImportState.CHECKING}, actor)
    case.state, case.notice = ImportState.DISCARDED, None
    forget_rows(case)
    _noted(case, "discard", "discarded", actor)
    return case


def forget_rows(case: RegisterImport) -> None:
    """Remove the table with what was told of each row."""
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == case.id))
    forget_table(case)


def forget_table(case: RegisterImport) -> None:
    """Remove the table an import came in, and the samples of its columns: what comes after needs neither."""
    replace_table(case, get_file(case.file_id).name)


def replace_table(case: RegisterImport, name: str) -> None:
    """Let a line that says so stand under a name where the table of an import was; its words go too."""
    former = [each for each in (case.file_id, case.words_id) if each is not None]
    case.head = {"heads": case.head["heads"], "samples": [[] for _ in case.head["heads"]]}
    case.file_id, case.words_id = store_file(REMOVED_TABLE, TEXT, name).id, None
    db.session.flush()
    forget_files(former)


def _read(content: bytes) -> Sheet:
    try:
        return read_spreadsheet(content)
    except DomainError as error:
        raise DomainError(error.message, "table") from None


def _first_mapping(kind: ImportKind, head: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, str]:
    remembered = db.session.get(ImportMapping, (kind, _hash_of(head)))
    if remembered is not None:
        return dict(remembered.mapping)
    return {str(place): key for place, key in guess_columns(kind, head, samples).items()}


def _hash_of(head: Sequence[str]) -> str:
    """A head row without the columns that our own lists of outcomes add."""
    heads = [folded(text) for text in head if text not in {OUTCOME_HEAD, MESSAGE_HEAD}]
    return hashlib.sha256(json.dumps(heads).encode()).hexdigest()


def _locked(import_id: int, states: set[ImportState] | frozenset[ImportState], actor: Actor) -> RegisterImport:
    actor.require(Permission.REGISTER_IMPORT)
    case = lock(RegisterImport, import_id)
    if case.state not in states:
        raise DomainError(f"This import is {case.state.value} by now: look at its page.")
    return case


def _begin(case: RegisterImport, state: ImportState, job: str, user_id: int | None = None) -> RegisterImport:
    case.state, case.done = state, 0
    db.session.flush()
    enqueue(job, {"import_id": case.id, "user_id": user_id}, unique_key=f"{job}:{case.id}")
    return case


def _noted(case: RegisterImport, verb: str, words: str, actor: Actor) -> None:
    summary = f"Import {case.id} of {IMPORT_WORDS[case.kind].lower()}: {words}"
    record(f"members.{verb}_import", Subject("import", case.id), summary=summary, actor=actor)


def noted(case: RegisterImport, verb: str, words: str, actor: Actor, **facts: Any) -> None:
    """Put a step of an import on record, with how many rows of which outcome."""
    counts = {name: getattr(case, name) for name in ("added", "changed", "unchanged")}
    summary = f"Import {case.id} of {IMPORT_WORDS[case.kind].lower()}: {words}"
    after = {**counts, **facts}
    record(f"members.{verb}_import", Subject("import", case.id), summary=summary, after=after, actor=actor)
