"""Runs the revisions in one transaction each, on SQLite too, with foreign keys checked at the end."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

target = current_app.extensions["migrate"].db
metadata = target.metadata


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write plain types, so that revisions never import the application."""
    if kind != "type":
        return False
    if isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}" if not isinstance(item.impl, sa.DateTime) else "sa.DateTime(timezone=True)"
    if isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    if isinstance(item, sa.BigInteger):
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


def run() -> None:
    """Bring the database to the wanted revision; nothing of a revision stays when it fails."""
    with target.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # Outside any transaction: inside one it is ignored. On, a batch change would delete cascading children.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=is_sqlite,
            render_item=render_item,
            transactional_ddl=True,
            compare_type=False,
        )
        with connection.begin():
            context.run_migrations()
            if is_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    message = f"A revision left rows that point nowhere: {broken[:5]}"
                    raise RuntimeError(message)
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


run()
