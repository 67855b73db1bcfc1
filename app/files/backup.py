"""Making a backup: every row as of one instant, while others go on writing, and every document they name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Connection, Table, select

from app.core import clock
from app.core.database import Base, db, reading_only
from app.core.errors import DomainError
from app.core.schema import wanted_revision
from app.files.archive import MANIFEST, HashingWriter, Manifest, Part, line_of, plain_tables
from app.files.models import StoredFile
from app.files.rules import key_of
from app.files.store import get_bytes

BLOCK = 1000


def make_backup(target: Path) -> Manifest:
    """Write a backup to a new file, complete or not at all; what the manifest calls missing could not be read."""
    if target.exists():
        message = f"{target} exists already; a backup never overwrites a file."
        raise DomainError(message)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        manifest = _write(draft)
        # Not os.replace: another backup that took the name meanwhile stays.
        os.link(draft, target)
    except FileExistsError as error:
        message = f"{target} exists already; a backup never overwrites a file."
        raise DomainError(message) from error
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return manifest


def _write(draft: Path) -> Manifest:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3) as archive, _snapshot() as connection:
            made_at = clock.now().isoformat()
            tables = [_write_table(archive, connection, table) for table in plain_tables()]
            documents, missing = _write_documents(archive, connection)
            manifest = Manifest(str(wanted_revision()), made_at, (*tables, *documents), tuple(missing))
            archive.writestr(MANIFEST, manifest.written())
        file.flush()
        os.fsync(file.fileno())
    return manifest


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A connection that sees one instant for as long as it is open."""
    with reading_only(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _write_table(archive: ZipFile, connection: Connection, table: Table) -> Part:
    keys = [table.c[column.name] for column in Base.metadata.tables[table.name].primary_key]
    asked = select(*table.c).order_by(*keys).execution_options(yield_per=BLOCK)
    name, count = f"tables/{table.name}.jsonl", 0
    with archive.open(name, "w", force_zip64=True) as part:
        writer = HashingWriter(part)
        for row in connection.execute(asked):
            writer.write(line_of(row))
            count += 1
    return Part(name, writer.digest.hexdigest(), table.name, tuple(column.name for column in table.columns), count)


def _write_documents(archive: ZipFile, connection: Connection) -> tuple[list[Part], list[str]]:
    """Write each document once; papers and pictures are packed already, so they are stored as they are."""
    parts: list[Part] = []
    missing: list[str] = []
    asked = select(StoredFile.sha256).distinct().order_by(StoredFile.sha256).execution_options(yield_per=BLOCK)
    for (sha256,) in connection.execute(asked):
        content = get_bytes(sha256)
        if content is None:
            missing.append(sha256)
            continue
        name = f"documents/{key_of(sha256)}"
        archive.writestr(ZipInfo(name), content, ZIP_STORED)
        parts.append(Part(name, sha256))
    return parts, missing


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
