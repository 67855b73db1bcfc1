"""Ids that are never given twice, on SQLite too."""

from __future__ import annotations

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BARE = "id INTEGER NOT NULL"


def upgrade() -> None:
    """Let SQLite remember the greatest id it has given, as PostgreSQL does: the trail names what is gone by its id."""
    if op.get_bind().dialect.name == "sqlite":
        for table in _tables(" PRIMARY KEY (id)"):
            _rebuild(table, _counting)
        _count_those_gone()
        op.execute("ANALYZE")


def downgrade() -> None:
    """Let the ids of what is gone be given again."""
    if op.get_bind().dialect.name == "sqlite":
        for table in _tables(" PRIMARY KEY AUTOINCREMENT"):
            _rebuild(table, _not_counting)
        op.execute("ANALYZE")


def _tables(words: str) -> list[str]:
    """The tables made with these words, but for that of one row whose id is no number taken in turn."""
    master = sa.table("sqlite_master", sa.column("name"), sa.column("sql"), sa.column("type"))
    asked = sa.select(master.c.name).where(master.c.type == "table", master.c.sql.contains(words, autoescape=True))
    return [name for name in op.get_bind().scalars(asked.order_by(master.c.name)) if name != "audit_head"]


def _counting(table: str, made: str) -> str:
    key = re.escape(f"CONSTRAINT pk_{table} PRIMARY KEY (id)")
    made = re.sub(rf",\s*{key}|{key}\s*,", "", made, count=1)
    return made.replace(BARE, f"{BARE} CONSTRAINT pk_{table} PRIMARY KEY AUTOINCREMENT", 1)


def _not_counting(table: str, made: str) -> str:
    key = f"CONSTRAINT pk_{table} PRIMARY KEY"
    for counted in (f"{BARE} {key} AUTOINCREMENT", f"{BARE} PRIMARY KEY AUTOINCREMENT"):  # A rebuilt one has no name.
        made = made.replace(counted, BARE, 1)
    return re.sub(r"\s*\)\s*$", f",\n\t{key} (id)\n)", made)


def _rebuild(table: str, change: Callable[[str, str], str]) -> None:
    """Make a table anew with other words: its rows, constraints and indexes stay what they are."""
    connection = op.get_bind()
    master = sa.table("sqlite_master", *map(sa.column, ("name", "sql", "type", "tbl_name")))
    of_it = sa.select(master.c.sql).where(master.c.tbl_name == table, master.c.sql.is_not(None))
    made = connection.scalars(of_it.where(master.c.type == "table")).one()
    indexes = connection.scalars(of_it.where(master.c.type == "index").order_by(master.c.name)).all()
    begin = re.compile(rf'^CREATE TABLE ("{table}"|{table})')
    connection.exec_driver_sql(begin.sub(f'CREATE TABLE "{table}_anew"', change(table, made)))
    connection.exec_driver_sql(f'INSERT INTO "{table}_anew" SELECT * FROM "{table}"')  # noqa: S608 - names of our own
    connection.exec_driver_sql(f'DROP TABLE "{table}"')
    connection.exec_driver_sql(f'ALTER TABLE "{table}_anew" RENAME TO "{table}"')
    for index in indexes:
        connection.exec_driver_sql(index)


def _count_those_gone() -> None:
    """What an import had added and was taken back is named by its id in the trail and by the import."""
    connection = op.get_bind()
    sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    entry = sa.table("audit_entry", sa.column("subject_kind"), sa.column("subject_id"))
    effect = sa.table("import_effect", sa.column("subject"), sa.column("record_id"))
    named = sa.union_all(
        sa.select(entry.c.subject_kind.label("kind"), entry.c.subject_id.label("id")),
        sa.select(effect.c.subject.label("kind"), effect.c.record_id.label("id")),
    ).subquery()
    greatest = sa.select(named.c.kind, sa.func.max(named.c.id).label("last")).group_by(named.c.kind)
    for kind, last in connection.execute(greatest).all():
        of_it = sequence.c.name == kind
        connection.execute(sequence.update().where(of_it, sequence.c.seq < last).values(seq=last))
