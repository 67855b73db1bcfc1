"""Restoring a backup into an empty site: everything is checked first, then all of it is written or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from sqlalchemy import Connection, Integer, Table, func, insert, select, update

from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.database import Base, db
from app.core.errors import DomainError
from app.core.paging import exists_row
from app.core.schema import wanted_revision
from app.core.transaction import reading, transaction
from app.files.archive import Manifest, Part, hash_of_part, plain_table, read_manifest, rows_of
from app.files.store import put_bytes

BLOCK = 1000
SITE = Subject("site", 1)
# Rows that the revisions themselves bring: a site that holds nothing else is empty.
BROUGHT = frozenset({"membership_class", "ledger_account"})
NOT_SENT_AGAIN = "It had not been carried out when the backup was made. Look whether it was since, then try it again."


@dataclass(frozen=True)
class Restored:
    """What a restore brought back, and what it left missing because the backup lacks it."""

    rows: int
    documents: int
    missing: tuple[str, ...]


def restore_backup(source: Path, *, actor: Actor) -> Restored:
    """Bring a backup back into an empty site; sessions, links and feeds of then are ended, nothing is sent again."""
    try:
        with ZipFile(source) as archive:
            manifest = read_manifest(archive)
            _check(archive, manifest)
            _require_empty()
            for part in manifest.documents:
                put_bytes(archive.read(part.name))
            with transaction():
                _write_rows(archive, manifest)
                _settle(manifest, actor)
    except BadZipFile as error:
        message = "The file is not a backup of Muster, or it is damaged."
        raise DomainError(message) from error
    return Restored(manifest.rows, len(manifest.documents), manifest.missing)


def _check(archive: ZipFile, manifest: Manifest) -> None:
    if manifest.revision != wanted_revision():
        message = (
            f"The backup is of revision {manifest.revision}, this program needs {wanted_revision()}. "
            "Restore it with the program it was made by, then upgrade."
        )
        raise DomainError(message)
    held = {part.table: set(part.columns) for part in manifest.tables}
    if held != {table.name: set(table.columns.keys()) for table in _tables()}:
        message = "The backup does not hold the tables of this program."
        raise DomainError(message)
    damaged = [part.name for part in manifest.parts if hash_of_part(archive, part.name) != part.sha256]
    if damaged:
        message = f"The backup is damaged: {', '.join(damaged[:5])}. Nothing was changed."
        raise DomainError(message)


def _require_empty() -> None:
    with reading():
        filled = [table.name for table in _tables() if table.name not in BROUGHT and exists_row(select(table))]
    if filled:
        message = f"The database is not empty ({', '.join(filled[:5])}). A backup is restored into an empty one only."
        raise DomainError(message)


def _tables() -> list[Table]:
    return Base.metadata.sorted_tables


def _write_rows(archive: ZipFile, manifest: Manifest) -> None:
    connection = db.session.connection()
    parts = {part.table: part for part in manifest.tables}
    for table in reversed(_tables()):
        connection.execute(table.delete())
    _defer(connection)
    for table in _tables():
        _write_table(archive, connection, table, parts[table.name])
    _undefer(connection)
    _set_sequences(connection)


def _write_table(archive: ZipFile, connection: Connection, table: Table, part: Part) -> None:
    target = plain_table(table)
    with archive.open(part.name) as lines:
        rows = rows_of(lines, [target.c[name] for name in part.columns])
        while block := list(islice(rows, BLOCK)):
            connection.execute(insert(target), block)


def _own_references(connection: Connection) -> Iterator[tuple[str, str]]:
    """Constraints of tables that point to themselves, with the table, quoted."""
    quote = connection.dialect.identifier_preparer.quote
    for table in _tables():
        for constraint in table.foreign_key_constraints:
            if constraint.referred_table is table:
                yield quote(table.name), quote(str(constraint.name))


def _defer(connection: Connection) -> None:
    """Let a row come before the row of its own table that it points to."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        return
    for table, name in _own_references(connection):
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED")


def _undefer(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        return
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name in _own_references(connection):
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")


def _set_sequences(connection: Connection) -> None:
    """PostgreSQL: let new ids begin after those restored; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    for table in _tables():
        column = table.autoincrement_column
        if column is not None and isinstance(column.type, Integer):
            last = connection.scalar(select(func.max(column)))
            sequence = func.pg_get_serial_sequence(quote(table.name), column.name)
            connection.execute(select(func.setval(sequence, last or 1, last is not None)))


def _settle(manifest: Manifest, actor: Actor) -> None:
    """End what must not live on in a copy, and say in the trail that this site was restored."""
    present = clock.now()
    counts = {
        "sessions ended": _change("sign_in_session", {"ended_at": None}, {"ended_at": present}),
        "links ended": _change("access_link", {"used_at": None}, {"used_at": present}),
        "answers by link ended": _change("answer_link", {"used_at": None}, {"used_at": present}),
        "calendar feeds ended": _change("calendar_feed", {"revoked_at": None}, {"revoked_at": present}),
        "mails kept": _change("mail", {"state": "waiting"}, {"state": "kept"}),
        "jobs put aside": sum(_put_aside(state) for state in ("waiting", "running")),
    }
    record(
        "files.restore_backup",
        SITE,
        summary=f"Restored the backup made on {manifest.made_at}",
        after={"rows": manifest.rows, "documents": len(manifest.documents), **counts},
        actor=actor,
    )


def _put_aside(state: str) -> int:
    values = {
        "state": "dead",
        "unique_key": None,
        "leased_by": None,
        "leased_until": None,
        "finished_at": clock.now(),
        "last_error": NOT_SENT_AGAIN,
    }
    return _change("job", {"state": state}, values)


def _change(name: str, where: dict[str, Any], values: dict[str, Any]) -> int:
    table = plain_table(Base.metadata.tables[name])
    wanted = [table.c[column].is_not_distinct_from(value) for column, value in where.items()]
    return db.session.connection().execute(update(table).where(*wanted).values(values)).rowcount
